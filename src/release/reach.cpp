#include <asman/release/reach.hpp>

#include "coarsen.hpp"
#include "object_of.hpp"

#include <algorithm>
#include <tuple>

namespace asman::release {
namespace {

constexpr std::size_t most_views = 8;

bool better(const Way& a, const Way& b) {
    const auto key = [](const Way& w) {
        return std::tuple(w.coarsening.delay, w.coarsening.grid, w.clauses.size(), -static_cast<int>(w.fields));
    };
    return std::tuple(key(a), a.clauses) < std::tuple(key(b), b.clauses);
}

}  // namespace

Reach::Reach(accord::Law law, Config config, Exporter::SensorOf sensor_of)
    : law_(std::move(law)), config_(std::move(config)), sensor_of_(std::move(sensor_of)) {}

const accord::LawView& Reach::view(Time law_time) {
    for (const auto& v : views_)
        if (v.holds_at(law_time)) return v;
    if (views_.size() >= most_views) views_.erase(views_.begin());
    views_.push_back(law_.at(law_time));
    return views_.back();
}

/// One walk over everybody whom the track may reach.
struct Reach::Walk {
    Reach& reach;
    Duration offset;
    std::map<State, Way> found;

    /// A decision at an instant, or at the end of the delay that it asks for. `at` becomes the instant of hand-over.
    std::optional<std::pair<accord::LawView, accord::Decision>> decide(const accord::Object& o, State from, State to,
                                                                       Time& at) {
        for (int tries = 0; tries < 2; ++tries) {
            auto view = reach.view(at);
            const auto d = view.decide(o, from, to, at);
            if (d.released()) return std::pair(std::move(view), d);
            if (d.reason != accord::Reason::too_early || d.not_before <= at) return {};
            at = d.not_before;
        }
        return {};
    }

    static Way way_of(const picture::Contribution& c, const accord::Decision& d, std::vector<State> through) {
        Way w;
        w.clauses = c.clauses;
        w.through = std::move(through);
        w.coarsening = c.coarsening;
        w.fields = d.fields;
        w.assumed = c.assumed;
        return w;
    }

    /// What a receiver holds after a decision, as the exporter would have sent it.
    picture::Contribution handed(const picture::Contribution& held, const accord::Decision& d, State by) const {
        auto c = granted(held, d, offset);
        c.originator = held.originator;
        c.via = by;
        c.number = held.number;
        return c;
    }

    void take(const picture::Contribution& c, const accord::Decision& d, State receiver, std::vector<State> through,
              Time at) {
        auto way = way_of(c, d, through);
        const auto it = found.find(receiver);
        if (it == found.end())
            found.emplace(receiver, std::move(way));
        else if (better(way, it->second))
            it->second = std::move(way);
        pass_on(c, receiver, std::move(through), at);
    }

    void pass_on(const picture::Contribution& c, State holder, std::vector<State> through, Time at) {
        const auto view = reach.view(at);
        through.push_back(holder);
        for (const auto& next : view.receivers(holder)) {
            if (next == c.originator || std::ranges::find(through, next) != through.end()) continue;
            auto config = reach.config_;
            config.self = holder;
            auto p = held_object(c, config, view, offset);
            p.object.product = reach.config_.product;
            p.object.hops = p.hops;
            auto when = at;
            if (const auto d = decide(p.object, holder, next, when))
                take(handed(c, d->second, holder), d->second, next, through, when);
        }
    }
};

std::map<State, Way> Reach::of(const picture::Track& track, std::span<const std::uint64_t> views,
                               std::optional<Time> previous, Time now, Duration offset) {
    Walk walk{*this, offset, {}};
    auto p = own_object(track, config_, sensor_of_, offset);
    p.object.product = config_.product;
    p.object.sources = p.sources;
    p.object.views = views;
    if (previous) p.object.previous = *previous + offset;
    picture::Contribution own;
    own.originator = config_.self;
    own.number = track.number;
    own.track = track;
    const auto here = view(now + offset);
    for (const auto& receiver : here.receivers(config_.self)) {
        auto at = now + offset;
        if (const auto d = walk.decide(p.object, config_.self, receiver, at))
            walk.take(walk.handed(own, d->second, config_.self), d->second, receiver, {}, at);
    }
    return std::move(walk.found);
}

}  // namespace asman::release
