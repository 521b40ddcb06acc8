#include <asman/release/exporter.hpp>

#include "coarsen.hpp"
#include "numbers.hpp"
#include "object_of.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

namespace asman::release {
namespace {

using accord::Reason;

/// A sample that waits for its clause's delay.
struct Waiting {
    Key key;
    Time not_before;
    picture::ClauseRef clause;  ///< of the grantor, under which it waits
    bool foreign = false;
    picture::Contribution held;  ///< the track is in held.track either way
    std::optional<Time> previous;
    std::vector<std::uint64_t> views;
};

/// What was decided last about an object, for the national chain.
struct Told {
    Reason reason = Reason::no_clause;
    std::string clause;
    std::uint32_t version = 0;
    double grid = 0;
    Duration delay{0};
    std::uint16_t fields = 0;
    bool operator==(const Told&) const = default;
};

struct Receiver {
    explicit Receiver(const Config& c, State state) : numbers(c.secret, state, c.number_gap) {}
    std::map<Key, Told> told;
    Numbers numbers;
    std::deque<Waiting> waiting;           ///< in the order of sampling
    std::set<picture::ClauseRef> clauses;  ///< that held at the last release
};

Told told_of(const accord::Decision& d) {
    // What waits for its delay is as good as released: each sample would else change it twice.
    const bool goes = d.released() || d.reason == Reason::too_early;
    Told out;
    out.reason = goes ? Reason::released : d.reason;
    if (!goes) return out;
    out.clause = d.grant->reference().text();
    out.version = d.grant->reference().version;
    out.grid = d.grid;
    out.delay = d.delay;
    out.fields = d.fields;
    return out;
}

std::string words(const Told& t) {
    if (t.reason != Reason::released) return fmt::format("withheld ({})", accord::name(t.reason));
    return fmt::format("released under {} version {}, {}, {} s late, fields {}", t.clause, t.version,
                       t.grid > 0 ? fmt::format("grid {} km", t.grid / 1000) : std::string("exact"), t.delay.seconds(),
                       accord::field_list(t.fields));
}

Key own_key(State self, const LocalView& part, const picture::Track& t) {
    return {self, {}, t.number, part.views.empty() ? 0 : part.views.front()};
}

constexpr std::size_t most_changes = 100'000;

/// Whether a refusal ends the object for the receiver, or only this sample of it.
bool ends(Reason r) {
    return r != Reason::rate_slot && r != Reason::too_early;
}

}  // namespace

struct Exporter::Impl {
    Config config;
    SensorOf sensor_of;
    Counters counters;
    std::map<State, Receiver> receivers;
    std::map<Key, Time> sampled;  ///< time of the latest sample of each object
    std::vector<Change> changes;
    Duration offset{0};

    struct Round {
        const accord::LawView& view;
        Time now, law_now;
        Batch& batch;
        Receiver& receiver;
        std::set<Key>& alive;
        std::set<Key>& seen;
    };
    /// One sample of an object, as it is now or as it waited.
    struct Sample {
        const picture::Contribution& held;
        bool foreign = false;
        std::optional<Time> previous;
        bool fresh = true;
        bool from_queue = false;
        std::span<const std::uint64_t> views;
    };

    void one(Round& r, const Key& key, const Sample& sample);
    void tell(Round& r, const Key& key, const accord::Decision& d);
    void forget(Round& r);
    void drain(Round& r);
    void stop(Round& r);
    void send(Round& r, const Key& key, const picture::Contribution& held, bool foreign, const accord::Decision& d);
    void drops(Round& r);
    picture::Lineage lineage(const picture::Track& t, const accord::Grant& g, bool coarse) const;
};

Exporter::Exporter(Config config, SensorOf sensor_of) : impl_(std::make_unique<Impl>()) {
    impl_->config = std::move(config);
    impl_->sensor_of = std::move(sensor_of);
}
Exporter::~Exporter() = default;
Exporter::Exporter(Exporter&&) noexcept = default;
Exporter& Exporter::operator=(Exporter&&) noexcept = default;

const Counters& Exporter::counters() const {
    return impl_->counters;
}

picture::Lineage Exporter::Impl::lineage(const picture::Track& t, const accord::Grant& g, bool coarse) const {
    // Sensors are not told, except those on a site that the clause itself names.
    picture::Lineage out;
    // Nor is how long they have held it: one instant stands for first and last.
    const auto last = coarse ? t.kinematics.time : t.last_report;
    const picture::LineageEntry rest{config.self, {}, last, last, 0};
    bool any = false;
    for (const auto& e : t.lineage) {
        const auto* sensor = sensor_of ? sensor_of(e.sensor) : nullptr;
        // A turning antenna's time of detection is an azimuth: it would undo a grid.
        const bool named = !coarse && sensor && std::ranges::any_of(g.clause().sites, [&](const std::string& id) {
            const auto* site = g.text().site(id);
            return site && std::ranges::binary_search(site->sensors, sensor->name);
        });
        if (named) {
            out.push_back({config.self, e.sensor, e.last, e.last, 0});
        } else {
            any = true;
        }
    }
    if (any || out.empty()) out.push_back(rest);
    std::ranges::sort(out);
    return out;
}

void Exporter::Impl::send(Round& r, const Key& key, const picture::Contribution& held, bool foreign,
                          const accord::Decision& d) {
    auto c = granted(held, d, offset);
    std::uint64_t retired = 0;
    const auto* before = r.receiver.numbers.find(key);
    const auto last_accord = before ? before->accord : std::string();
    auto& number = r.receiver.numbers.use(key, r.now, retired);
    c.originator = foreign ? held.originator : config.self;
    if (retired) r.batch.drops.push_back({c.originator, retired, last_accord});
    number.originator = c.originator;
    number.accord = d.grant->reference().accord;
    c.via = config.self;
    c.number = number.number;
    c.track.number = number.number;
    // Nothing of the time before the receiver first saw it under this number.
    c.track.first_seen = std::min(std::max(c.track.first_seen, number.since - d.delay), c.track.last_report);
    if (!foreign) c.track.lineage = lineage(held.track, *d.grant, d.grid > 0);
    ++counters.released[d.grant->reference()];
    r.batch.contributions.push_back(std::move(c));
}

void Exporter::Impl::tell(Round& r, const Key& key, const accord::Decision& d) {
    r.seen.insert(key);
    if (d.reason == Reason::rate_slot) return;  // a thinned sample is no other decision
    auto now = told_of(d);
    auto& before = r.receiver.told[key];
    if (before == now) return;
    before = std::move(now);
    if (changes.size() >= most_changes) {
        ++counters.changes_lost;
        return;
    }
    changes.push_back(
        {r.batch.receiver, key.via.empty() ? config.self : key.originator, key.via, key.number, words(before)});
}

void Exporter::Impl::one(Round& r, const Key& key, const Sample& sample) {
    const auto& held = sample.held;
    auto p =
        sample.foreign ? held_object(held, config, r.view, offset) : own_object(held.track, config, sensor_of, offset);
    p.object.product = config.product;
    p.object.sources = p.sources;
    p.object.hops = p.hops;
    p.object.views = sample.views;
    if (config.only) p.object.under = &*config.only;
    if (sample.previous) p.object.previous = *sample.previous + offset;
    const auto d = r.view.decide(p.object, config.self, r.batch.receiver, r.law_now);
    tell(r, key, d);
    if (!d.released()) {
        ++counters.withheld[d.reason];
        if (d.reason == Reason::too_early && sample.fresh && !sample.from_queue) {
            if (r.receiver.waiting.size() >= config.max_waiting_per_receiver) {
                r.receiver.waiting.pop_front();
                ++counters.overflow;
            }
            r.receiver.waiting.push_back({key,
                                          d.not_before - offset,
                                          d.grant->reference(),
                                          sample.foreign,
                                          held,
                                          sample.previous,
                                          {sample.views.begin(), sample.views.end()}});
        }
        if (!ends(d.reason)) r.alive.insert(key);
        return;
    }
    r.alive.insert(key);
    if (sample.fresh) send(r, key, held, sample.foreign, d);
}

void Exporter::Impl::drain(Round& r) {
    std::deque<Waiting> rest;
    for (auto& w : r.receiver.waiting) {
        if (w.not_before > r.now) {
            r.alive.insert(w.key);
            rest.push_back(std::move(w));
            continue;
        }
        one(r, w.key, {w.held, w.foreign, w.previous, true, true, w.views});
    }
    r.receiver.waiting = std::move(rest);
}

void Exporter::Impl::stop(Round& r) {
    std::set<picture::ClauseRef> now_hold;
    for (const auto& g : r.view.grants(config.self, r.batch.receiver)) now_hold.insert(g.reference());
    for (const auto& c : r.receiver.clauses) {
        if (!now_hold.contains(c)) r.batch.stopped.push_back(c);
    }
    r.receiver.clauses = std::move(now_hold);
    // What waits under a clause that has stopped, or that has begun anew since, is destroyed (rule 13).
    const auto gone = [&](const Waiting& w) {
        const auto* g = r.view.find(w.clause, config.self, r.batch.receiver);
        return !g || g->since() > w.held.track.kinematics.time + offset;
    };
    counters.destroyed += std::erase_if(r.receiver.waiting, gone);
}

void Exporter::Impl::drops(Round& r) {
    std::vector<Key> gone;
    for (const auto& [key, held] : r.receiver.numbers.held()) {
        if (!r.alive.contains(key)) gone.push_back(key);
    }
    for (const auto& key : gone) {
        const auto& held = *r.receiver.numbers.find(key);
        r.batch.drops.push_back({held.originator, held.number, held.accord});
        r.receiver.numbers.end(key);
    }
}

void Exporter::Impl::forget(Round& r) {
    for (auto it = r.receiver.told.begin(); it != r.receiver.told.end();) {
        if (r.seen.contains(it->first) || r.alive.contains(it->first)) {
            ++it;
            continue;
        }
        const auto& key = it->first;
        if (it->second.reason == Reason::released && changes.size() < most_changes) {
            changes.push_back(
                {r.batch.receiver, key.via.empty() ? config.self : key.originator, key.via, key.number, "gone"});
        }
        it = r.receiver.told.erase(it);
    }
}

std::uint64_t Exporter::number_of(State receiver, std::uint64_t view, std::uint64_t track) const {
    const auto it = impl_->receivers.find(receiver);
    if (it == impl_->receivers.end()) return 0;
    const auto* held = it->second.numbers.find({impl_->config.self, {}, track, view});
    return held ? held->number : 0;
}

std::vector<Change> Exporter::take_changes() {
    return std::exchange(impl_->changes, {});
}

std::vector<Batch> Exporter::release(std::span<const LocalView> local, std::span<const picture::Contribution> foreign,
                                     const accord::LawView& view, Time now, std::span<const State> receivers) {
    return release(local, foreign, view, now, now, receivers);
}

std::vector<Batch> Exporter::release(std::span<const LocalView> local, std::span<const picture::Contribution> foreign,
                                     const accord::LawView& given, Time now, Time law_now,
                                     std::span<const State> receivers) {
    auto& m = *impl_;
    static const accord::LawView nothing;
    // A view of another instant decides nothing: fail closed.
    const auto& view = given.holds_at(law_now) ? given : nothing;
    const auto offset = law_now - now;
    if (offset != m.offset) {
        for (auto& [state, r] : m.receivers) {
            m.counters.destroyed += r.waiting.size();
            r.waiting.clear();
        }
        m.offset = offset;
    }
    const auto previous_of = [&](const Key& key) -> std::optional<Time> {
        const auto it = m.sampled.find(key);
        return it == m.sampled.end() ? std::nullopt : std::optional(it->second);
    };
    std::vector<Batch> out;
    for (const auto& to : receivers) {
        auto& receiver = m.receivers.try_emplace(to, m.config, to).first->second;
        Batch batch{to, now, {}, {}, {}};
        std::set<Key> alive, seen;
        Impl::Round round{view, now, law_now, batch, receiver, alive, seen};
        m.stop(round);
        m.drain(round);
        picture::Contribution own;
        for (const auto& part : local) {
            for (const auto& t : part.tracks) {
                if (!t.confirmed || to == m.config.self) continue;
                const auto key = own_key(m.config.self, part, t);
                const auto previous = previous_of(key);
                own.track = t;
                m.one(round, key,
                      {own, false, previous, !previous || *previous < t.kinematics.time, false, part.views});
            }
        }
        for (const auto& c : foreign) {
            // Its own data never goes back to a state as if it were news.
            if (c.originator == m.config.self || c.originator == to || c.via == to || now >= c.valid_until) continue;
            const Key key{c.originator, c.via, c.number, 0};
            const auto previous = previous_of(key);
            const bool fresh = !previous || *previous < c.track.kinematics.time;
            m.one(round, key, {c, true, fresh ? previous : std::nullopt, fresh, false, {}});
        }
        m.drops(round);
        m.forget(round);
        out.push_back(std::move(batch));
    }
    std::map<Key, Time> sampled;
    for (const auto& part : local) {
        for (const auto& t : part.tracks) sampled[own_key(m.config.self, part, t)] = t.kinematics.time;
    }
    for (const auto& c : foreign) sampled[{c.originator, c.via, c.number, 0}] = c.track.kinematics.time;
    m.sampled = std::move(sampled);
    m.counters.waiting = 0;
    for (const auto& [state, r] : m.receivers) m.counters.waiting += r.waiting.size();
    return out;
}

accord::Explanation Exporter::explain(const picture::Track& track, std::span<const std::uint64_t> views,
                                      const accord::LawView& view, State receiver, Time now) const {
    auto p = own_object(track, impl_->config, impl_->sensor_of, impl_->offset);
    p.object.product = impl_->config.product;
    p.object.sources = p.sources;
    p.object.views = views;
    return view.explain(p.object, impl_->config.self, receiver, now + impl_->offset);
}

accord::Explanation Exporter::explain(const picture::Contribution& held, const accord::LawView& view, State receiver,
                                      Time now) const {
    auto p = held_object(held, impl_->config, view, impl_->offset);
    p.object.product = impl_->config.product;
    p.object.hops = p.hops;
    return view.explain(p.object, impl_->config.self, receiver, now + impl_->offset);
}

}  // namespace asman::release
