#include <asman/release/gates.hpp>

#include "coarsen.hpp"
#include "numbers.hpp"
#include "object_of.hpp"

#include <algorithm>

namespace asman::release {
namespace {

using accord::Reason;
using picture::NoticeKind;

constexpr std::size_t most_waiting = 4096;  ///< per receiver

/// Keeps what the decision lets through.
void cut(picture::Notice& n, const accord::Decision& d) {
    namespace field = accord::field;
    const auto has = [&](std::uint16_t bits) { return (d.fields & bits) != 0; };
    if (n.at && d.grid > 0) n.at = accord::cell_of(*n.at, d.grid).centre;
    switch (n.kind) {
        case NoticeKind::alert:
            // "7600" is a code, and says what kind of emergency it is.
            if (!has(field::mode_3a | field::emergency)) n.detail.clear();
            break;
        case NoticeKind::identity:
            if (!has(field::standard_identity)) n.what.clear();
            break;
        case NoticeKind::sensor_status:
            if (!has(field::sensor_position)) n.at.reset();
            break;
        case NoticeKind::incident:
        case NoticeKind::coverage:
            break;
    }
}

picture::Lineage lineage_of(const Basis& basis, State self, Time time) {
    picture::Lineage out;
    if (!basis.own.empty() || basis.sensor) out.push_back({self, {}, time, time, 0});
    for (const auto& c : basis.held) out.push_back({c.originator, {}, time, time, 0});
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace

accord::Product product_of(NoticeKind kind) {
    switch (kind) {
        case NoticeKind::alert:
            return accord::Product::alerts;
        case NoticeKind::identity:
            return accord::Product::identity;
        case NoticeKind::incident:
            return accord::Product::incidents;
        case NoticeKind::sensor_status:
            return accord::Product::sensor_status;
        case NoticeKind::coverage:
            return accord::Product::coverage;
    }
    return accord::Product::incidents;
}

struct NoticeGate::Impl {
    Config config;
    Exporter::SensorOf sensor_of;
    Counted counted;
    struct Waiting {
        picture::Notice notice;
        Time not_before;
        picture::ClauseRef clause;
        Time law_time;  ///< of applicability, by the law's clock
        Origin origin;
    };
    struct Receiver {
        Numbers numbers;
        std::deque<Waiting> waiting;
    };
    std::map<State, Receiver> receivers;
    std::vector<Origin> origins;

    Receiver& receiver(State to) {
        // A notice's number stays its own however long it is silent: no gap renews it.
        return receivers.try_emplace(to, Receiver{Numbers(config.secret + " notices", to, Duration{INT64_MAX / 4}), {}})
            .first->second;
    }

    /// `time`: of the object as the law's clock has it.
    struct Parts {
        std::vector<Prepared> prepared;
        std::vector<accord::Object> objects;
    };
    Parts parts(const picture::Notice& n, const Basis& basis, const accord::LawView& view, Duration offset) const;
    void send(State to, picture::Notice n, std::uint64_t own_number, const accord::Decision& d, Time now, Time law_now);
};

NoticeGate::NoticeGate(Config config, Exporter::SensorOf sensor_of) : impl_(std::make_unique<Impl>()) {
    impl_->config = std::move(config);
    impl_->sensor_of = std::move(sensor_of);
}
NoticeGate::~NoticeGate() = default;
NoticeGate::NoticeGate(NoticeGate&&) noexcept = default;
NoticeGate& NoticeGate::operator=(NoticeGate&&) noexcept = default;

const NoticeGate::Counted& NoticeGate::counted() const {
    return impl_->counted;
}

std::span<const Origin> NoticeGate::origins() const {
    return impl_->origins;
}

NoticeGate::Impl::Parts NoticeGate::Impl::parts(const picture::Notice& n, const Basis& basis,
                                                const accord::LawView& view, Duration offset) const {
    Parts out;
    for (const auto& t : basis.own) out.prepared.push_back(own_object(t, config, sensor_of, offset));
    for (const auto& c : basis.held) out.prepared.push_back(held_object(c, config, view, offset));
    if (basis.sensor) {
        Prepared p;
        p.object.at = basis.sensor->position ? basis.sensor->position->at : geo::Point{};
        p.sources.push_back({basis.sensor->owner, basis.sensor->accord, basis.sensor->name});
        out.prepared.push_back(std::move(p));
    }
    for (auto& p : out.prepared) {
        p.object.product = product_of(n.kind);
        p.object.sources = p.sources;
        p.object.hops = p.hops;
        // What counts is when the notice was made of it.
        p.object.time = n.time + offset;
        out.objects.push_back(p.object);
    }
    return out;
}

void NoticeGate::Impl::send(State to, picture::Notice n, std::uint64_t own_number, const accord::Decision& d, Time now,
                            Time law_now) {
    auto& r = receiver(to);
    std::uint64_t retired = 0;
    const Origin origin{own_number, n.at};
    n.number = r.numbers.use({config.self, {}, own_number, static_cast<std::uint64_t>(n.kind)}, now, retired).number;
    n.leave.originator = n.leave.via = config.self;
    n.leave.clauses = {d.grant->reference()};
    n.leave.coarsening = coarsening_of(d, {});
    n.leave.assumed = d.grant->assumed();
    n.leave.valid_until = d.valid_until - (law_now - now);
    cut(n, d);
    if (!n.open && n.kind != NoticeKind::sensor_status)
        r.numbers.end({config.self, {}, own_number, static_cast<std::uint64_t>(n.kind)});
    if (r.waiting.size() >= most_waiting) {
        r.waiting.pop_front();
        ++counted.overflow;
    }
    const auto time = n.time;
    r.waiting.push_back({std::move(n), time + d.delay, d.grant->reference(), time + (law_now - now), origin});
}

void NoticeGate::offer(const picture::Notice& notice, const Basis& basis, std::uint64_t own_number,
                       const accord::LawView& view, Time now, Time law_now, std::span<const State> receivers,
                       const TrackOf& track_of) {
    auto& m = *impl_;
    const auto offset = law_now - now;
    const auto parts = m.parts(notice, basis, view, offset);
    if (parts.objects.empty() || (basis.sensor && !basis.sensor->position)) return;
    for (const auto& to : receivers) {
        if (to == m.config.self) continue;
        // Somebody's own data never goes back to it as if it were news.
        if (std::ranges::any_of(basis.held, [&](const auto& c) { return c.originator == to || c.via == to; })) continue;
        const auto d = view.decide_all(parts.objects, m.config.self, to, law_now);
        if (!d.released() && d.reason != Reason::too_early) {
            ++m.counted.withheld[d.reason];
            continue;
        }
        auto n = notice;
        n.lineage = lineage_of(basis, m.config.self, notice.time);
        n.track = track_of ? track_of(to) : 0;
        m.send(to, std::move(n), own_number, d, now, law_now);
    }
}

void NoticeGate::pass(picture::Notice notice, std::uint64_t own_number, const accord::Grant& grant, Time now,
                      Time law_now) {
    accord::Decision d;
    d.reason = Reason::released;
    d.grant = &grant;
    d.fields = grant.clause().fields;
    d.grid = grant.clause().grid;
    d.delay = Duration{0};  // what it was made from has waited already
    d.valid_until = notice.time + (law_now - now) + grant.clause().validity;
    impl_->send(grant.receiver(), std::move(notice), own_number, d, now, law_now);
}

std::vector<std::pair<State, picture::Notice>> NoticeGate::take(const accord::LawView& view, Time now, Time law_now) {
    auto& m = *impl_;
    std::vector<std::pair<State, picture::Notice>> out;
    m.origins.clear();
    if (!view.holds_at(law_now)) return out;
    for (auto& [to, r] : m.receivers) {
        std::deque<Impl::Waiting> rest;
        for (auto& w : r.waiting) {
            const auto* g = view.find(w.clause, m.config.self, to);
            if (!g || g->since() > w.law_time || now >= w.notice.leave.valid_until) {
                ++m.counted.destroyed;
            } else if (w.not_before > now) {
                rest.push_back(std::move(w));
            } else {
                ++m.counted.released[w.clause];
                out.emplace_back(to, std::move(w.notice));
                m.origins.push_back(w.origin);
            }
        }
        r.waiting = std::move(rest);
    }
    return out;
}

}  // namespace asman::release
