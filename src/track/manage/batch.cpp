// All that waits at one advance: what shares nothing runs in parallel, what it leaves is merged in order. The same on
// one thread and on many: pieces of work, their order and their slots depend on the input alone.
#include "manage/state.hpp"

#include <algorithm>
#include <numeric>

namespace asman::track {

namespace {

constexpr double kPlotReach = 12'000;  ///< m: plots nearer than this may begin or share a track
constexpr double kLookAhead = 8;       ///< s: by then a track has a plot, or a miss that puts it again
constexpr double kSurveyInterval = 10;
/// A second of the tracker's own work comes in small portions, as what a report waits for is the longest of them.
constexpr std::int64_t kTicks = 50, kTicksATenth = kTicks / 10;
constexpr std::int64_t kSolveTick = 2;      ///< of a tenth: another than that in which silent sensors are looked at
constexpr std::int64_t kTrafficSurvey = 3;  ///< every how many surveys a track's place is told to the frontier
constexpr std::size_t kAhead = 3;           ///< pieces of work ahead of which memory is asked for

/// Asks for the memory of something that is worked on soon: what lies in the main memory comes while other work goes
/// on.
template <class T>
void fetch(const T& what) {
    const char* at = reinterpret_cast<const char*>(&what);
    for (std::size_t i = 0; i < sizeof(T); i += 64) __builtin_prefetch(at + i);
}
constexpr double kSpeedMemory = 60;     ///< s of one track's flight that count as a track in the histogram of speeds
constexpr std::uint32_t kLongHeld = 8;  ///< reports of a track whose flight and end say how aircraft fly and leave

}  // namespace

Effects::Effects() {
    constexpr std::size_t usual = 32;
    passes.reserve(usual);
    false_plots.reserve(usual);
    visits.reserve(usual);
    moved.reserve(usual);
    messages.reserve(usual);
    sure.reserve(usual);
    fits.reserve(12);
}

void Effects::clear() {
    passes.clear();
    false_plots.clear();
    visits.clear();
    moved.clear();
    started.clear();
    dropped.clear();
    sure.clear();
    settled.clear();
    alone.clear();
    confused.clear();
    two.clear();
    unknown.clear();
    flown.clear();
    n_fits = 0;
    airs.clear();
    messages.clear();
    updates = misses = 0;
}

template <class F>
void Tracker::Impl::in_parallel(std::size_t n, std::size_t run, F&& f) {
    const std::size_t runs = (n + run - 1) / run;
    if (effects.size() < runs) effects.resize(runs);
    workers.each(runs, [&](std::size_t r, unsigned worker) {
        Work& w = work[worker];
        w.effects = &effects[r];
        w.effects->clear();
        for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) f(w, i);
    });
    for (std::size_t r = 0; r < runs; ++r) merge(effects[r]);
}

void Tracker::Impl::mark(std::uint32_t id) {
    if (sensors[id].dirty) return;
    sensors[id].dirty = true;
    dirty.push_back(id);
}

void Tracker::Impl::advance(Seconds to) {
    if (!(to > now)) return;
    now = to;
    const auto next = static_cast<std::int64_t>(std::floor(now * kTicks));
    const bool ticks = next > tick;
    if (!ticks && dirty.empty()) return;
    const std::int64_t before = std::max(tick, next - kTicks);
    /// Whether something that is done every `period` ticks, at the tick `phase` of them, is due.
    const auto due_at = [&](std::int64_t period, std::int64_t phase) {
        return tick < 0 || (next + period - phase) / period > (tick + period - phase) / period;
    };
    const bool tenth = due_at(kTicksATenth, 0), second = due_at(kTicks, 0), solves = due_at(kTicksATenth, kSolveTick);
    run_batch(tenth);
    if (!ticks) return;
    tick = next;
    for (std::int64_t t = before + 1; t <= next; ++t) tend(t);
    if (tenth) undetected.probe(frontier, now);
    if (second) {
        speeds.settle();
        headings.settle();
        crossings.settle(undetected.rim_watched(), undetected.crossing(), undetected.mean_speed());
    }
    if (config.registration && solves) registrar.solve(now, workers);
}

/// `everyone`: sensors without news too, as time alone makes plots ripe and passes missed.
void Tracker::Impl::run_batch(bool everyone) {
    queued = 0;
    active.clear();
    if (everyone) {
        for (std::uint32_t id = 0; id < sensors.size(); ++id) {
            SensorState& s = sensors[id];
            if (!s.alive) continue;
            // A sensor that still sends has shown everything up to its usual delay.
            const double silence = s.sweeps ? 2.5 * s.period : 10.0;
            if (now - s.latest < silence + s.latency) s.clock = std::max(s.clock, now - s.latency - 0.05);
            if (!s.idle()) active.push_back(id);
        }
    } else {
        active.assign(dirty.begin(), dirty.end());
        std::sort(active.begin(), active.end());
    }
    for (const std::uint32_t id : dirty) sensors[id].dirty = false;
    dirty.clear();

    constexpr std::size_t run = 16;
    workers.each((active.size() + run - 1) / run, [&](std::size_t r, unsigned) {
        for (std::size_t i = r * run; i < std::min(active.size(), (r + 1) * run); ++i) prepare(active[i]);
    });
    list_items();
    if (!items.empty()) {
        find_components();
        run_components();
    }
    run_due();
    judge_labels();
    ++batch;
}

void Tracker::Impl::list_items() {
    items.clear();
    for (const std::uint32_t id : active) {
        const SensorState& s = sensors[id];
        if (s.ripe == 0) continue;
        for (std::uint32_t i = 0; i < s.pending.size(); ++i)
            if (i < s.ripe || s.pending[i].near_count > 0) items.push_back({s.pending[i].t, id, i, i < s.ripe});
    }
    for (const Item& i : items)
        if (i.ripe)
            ++waits[static_cast<std::size_t>(
                std::clamp((now - i.t) / wait_step, 0.0, static_cast<double>(waits.size() - 1)))];
    std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
        if (a.t != b.t) return a.t < b.t;
        return a.sensor != b.sensor ? a.sensor < b.sensor : a.plot < b.plot;
    });
}

std::uint32_t Tracker::Impl::root(std::uint32_t item) {
    while (parent[item] != item) item = parent[item] = parent[parent[item]];
    return item;
}

void Tracker::Impl::unite(std::uint32_t a, std::uint32_t b) {
    a = root(a);
    b = root(b);
    parent[std::max(a, b)] = std::min(a, b);
}

void Tracker::Impl::find_components() {
    const auto n = static_cast<std::uint32_t>(items.size());
    parent.resize(n);
    std::iota(parent.begin(), parent.end(), 0U);
    owners.resize(tracks.size());
    for (std::uint32_t i = 0; i < n; ++i) {
        const SensorState& s = sensors[items[i].sensor];
        const Plot& p = s.pending[items[i].plot];
        for (std::uint32_t k = p.near_first; k < p.near_first + p.near_count; ++k) {
            Owner& o = owners[s.near[k]];
            if (o.batch == batch)
                unite(i, o.item);
            else
                o = {batch, i};
        }
        if (n == 1) break;
        plot_index.near(p.place, [&](std::uint32_t j) {
            const Plot& q = sensors[items[j].sensor].pending[items[j].plot];
            if ((q.place - p.place).squaredNorm() < kPlotReach * kPlotReach) unite(i, j);
        });
        plot_index.put(i, p.place);
    }
    for (std::uint32_t i = 0; n > 1 && i < n; ++i) plot_index.remove(i);

    // Components in order of their first plot, members in order of time.
    components.clear();
    component.resize(n);
    for (std::uint32_t i = 0; i < n; ++i) {
        const std::uint32_t r = root(i);
        if (r == i) {
            component[i] = static_cast<std::uint32_t>(components.size());
            components.emplace_back();
        } else {
            component[i] = component[r];
        }
        ++components[component[i]].count;
    }
    std::uint32_t first = 0;
    for (Component& c : components) {
        c.first = first;
        first += c.count;
        c.count = 0;
    }
    members.resize(n);
    for (std::uint32_t i = 0; i < n; ++i) {
        Component& c = components[component[i]];
        members[c.first + c.count++] = items[i];
    }
}

/// A track may begin at every plot: each component gets slots of its own, as far as the bound on tracks allows.
void Tracker::Impl::reserve_slots() {
    const std::size_t wanted =
        std::min<std::size_t>(items.size(), config.max_tracks - std::min<std::size_t>(live, config.max_tracks));
    while (free_slots.size() < wanted) {
        free_slots.push_back(static_cast<std::uint32_t>(tracks.size()));
        tracks.emplace_back().links.reserve(std::min(sensors.size(), kUsualLinks));
        wheres.emplace_back();
    }
    const auto end = static_cast<std::uint32_t>(free_slots.size());
    auto next = static_cast<std::uint32_t>(end - wanted);
    for (Component& c : components) {
        c.slots = next;
        c.slots_end = next = std::min(end, next + c.count);
    }
}

void Tracker::Impl::fetch_component(const Component& c) const {
    for (std::uint32_t i = c.first; i < c.first + std::min(c.count, 2U); ++i) {
        const SensorState& s = sensors[members[i].sensor];
        const Plot& p = s.pending[members[i].plot];
        for (std::uint32_t k = p.near_first; k < p.near_first + std::min(p.near_count, 3U); ++k)
            fetch(tracks[s.near[k]]);
    }
}

void Tracker::Impl::run_components() {
    reserve_slots();
    const std::size_t n = components.size(), run = std::max<std::size_t>(8, n / 64), runs = (n + run - 1) / run;
    if (effects.size() < runs) effects.resize(runs);
    workers.each(runs, [&](std::size_t r, unsigned worker) {
        Work& w = work[worker];
        w.effects = &effects[r];
        w.effects->clear();
        for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) {
            if (i + kAhead < n) fetch_component(components[i + kAhead]);
            const Component& c = components[i];
            w.members = std::span(members).subspan(c.first, c.count);
            w.next_slot = c.slots;
            w.end_slot = c.slots_end;
            w.fresh.clear();
            for (const Item& item : w.members)
                if (item.ripe && !sensors[item.sensor].pending[item.plot].taken) associate(w, item);
        }
    });
    const auto lent = free_slots.begin() + components[0].slots;
    free_slots.erase(
        std::remove_if(lent, free_slots.end(), [&](std::uint32_t slot) { return tracks[slot].born == batch; }),
        free_slots.end());
    for (std::size_t r = 0; r < runs; ++r) merge(effects[r]);
    for (const std::uint32_t id : active) {
        SensorState& s = sensors[id];
        if (s.ripe == 0) continue;
        waiting -= s.pending.size();
        s.forget_taken();
        waiting += s.pending.size();
        s.prepared = s.pending.size();
        s.ripe = 0;
    }
}

/// Passes that should be over by now, and receivers that heard what others had heard, track by track.
void Tracker::Impl::run_due() {
    due.clear();
    for (const std::uint32_t id : active)
        for (const Visit& v : sensors[id].due) due.push_back({v.slot, id, false, v});
    for (const Heard& h : heard) {
        const Message& m = messages[h.message];
        if (m.slot != kNobody) due.push_back({m.slot, h.sensor, true, {h.t, h.t, m.slot, m.generation}});
    }
    heard.clear();
    if (due.empty()) return;
    std::sort(due.begin(), due.end(), [](const Due& a, const Due& b) {
        if (a.slot != b.slot) return a.slot < b.slot;
        return a.visit.ripe != b.visit.ripe ? a.visit.ripe < b.visit.ripe : a.sensor < b.sensor;
    });
    components.clear();
    for (std::uint32_t i = 0; i < due.size(); ++i) {
        if (i == 0 || due[i].slot != due[i - 1].slot) components.push_back({i, 0, 0, 0});
        ++components.back().count;
    }
    const std::size_t n = components.size();
    in_parallel(n, std::max<std::size_t>(16, n / 64), [&](Work& w, std::size_t g) {
        if (g + kAhead < n) fetch(tracks[due[components[g + kAhead].first].slot]);
        const Component& c = components[g];
        TrackState& k = tracks[due[c.first].slot];
        for (std::uint32_t i = c.first; i < c.first + c.count; ++i) {
            const Due& d = due[i];
            if (!d.heard)
                visit(w, d.sensor, d.visit);
            else if (k.alive && k.generation == d.visit.generation)
                note_hearer(w, k, d.sensor, d.visit.pass);
        }
    });
}

/// Once a second every track is looked after: a share of them each tick.
void Tracker::Impl::tend(std::int64_t at) {
    const auto phase = static_cast<std::size_t>(at % kTicks);
    if (tracks.size() <= phase) return;
    const std::size_t n = (tracks.size() - phase + kTicks - 1) / kTicks;
    const auto slot_of = [&](std::size_t i) { return static_cast<std::uint32_t>(i * kTicks + phase); };
    rival_of.resize(n);
    constexpr std::size_t run = 64;
    workers.each((n + run - 1) / run, [&](std::size_t r, unsigned) {
        for (std::size_t i = r * run; i < std::min(n, (r + 1) * run); ++i) rival_of[i] = find_rival(slot_of(i));
    });
    in_parallel(n, run, [&](Work& w, std::size_t i) {
        if (i + kAhead < n) fetch(tracks[slot_of(i + kAhead)]);
        const std::uint32_t slot = slot_of(i);
        TrackState& k = tracks[slot];
        if (!k.alive) return;
        const double quiet = now - k.last_report;
        const double patience = k.confirmed ? config.max_coast.seconds() : 0.5 * config.max_coast.seconds();
        if (quiet > patience || k.existence < config.drop_existence) return drop(w, slot);
        if (config.registration) follow_registration(slot);
        miss_receivers(w, slot);
        if (!k.alive) return;
        if (now - k.last_survey > kSurveyInterval) {
            survey(w, slot);
            if (k.confirmed && k.replies > 0 &&
                std::ranges::count_if(k.links, [](const Link& l) { return l.reports > 0; }) == 1)
                w.effects->alone.push_back(slot);
            if (k.established && k.reports >= kLongHeld && !k.sure_place.isZero(0))
                w.effects->flown.push_back(
                    {k.sure_place, k.velocity.norm(),
                     (static_cast<std::int64_t>(now / kSurveyInterval) + slot) % kTrafficSurvey == 0});
        }
        if (k.existence >= 0.2) yield_to_rival(w, slot, rival_of[i]);
    });
}

void Tracker::Impl::merge(Effects& e) {
    for (const auto& [id, v] : e.visits) {
        auto& visits = sensors[id].visits;
        visits.push_back(v);
        std::push_heap(visits.begin(), visits.end());
        sensors[id].next_visit = visits.front().ripe;
    }
    for (const auto& p : e.passes) {
        SensorState& s = sensors[p.sensor];
        if (p.detection) s.learn_detection(p.range, p.hit);
        if (p.visibility) s.learn_visibility(p.range, p.visible);
    }
    for (const auto& [place, t] : e.unknown) {
        Undetected::Cell* c = undetected.cell(place, t, [&] {
            const Anchor a = frame->anchor(place);
            return Eigen::Vector3d(a.axes(2, 0), a.axes(2, 1), a.axes(2, 2));
        });
        if (c != nullptr && !c->listed) list_watchers(*c, place);
    }
    for (const auto& [place, speed, traffic] : e.flown) {
        speeds.learn(speed, kSurveyInterval / kSpeedMemory);
        undetected.flew(speed, kSurveyInterval);
        if (traffic) see_traffic(place);
    }
    for (const auto& f : e.false_plots) {
        SensorState& s = sensors[f.sensor];
        (f.reply ? s.replies : s.echoes).add(f.east, f.north, f.t, f.weight);
    }
    for (const auto& [slot, place] : e.moved) {
        const TrackState& k = tracks[slot];
        if (!k.alive) continue;
        index.put(slot, place, 4.5 * (k.spread + kLookAhead * k.spread_rate));
        if (k.address) identities.put_address(slot, *k.address);
        if (k.code) identities.put_code(slot, *k.code);
    }
    for (const auto& [message, slot] : e.messages) {
        messages[message].slot = slot;
        messages[message].generation = tracks[slot].generation;
    }
    live += e.started.size();
    counters.tracks_started += e.started.size();
    counters.updates += e.updates;
    counters.misses += e.misses;
    for (const auto& [a, b, wrong] : e.confused) {
        const TrackState &k = tracks[a], &o = tracks[b];
        if (!k.alive || !o.alive) continue;
        if (k.labelling == kNobody && o.labelling == kNobody) begin_labelling(a, b);
        if (k.labelling == kNobody || k.labelling != o.labelling) continue;
        Labelling& l = labellings[k.labelling];
        l.odds = confused(l.odds, wrong);
        l.together = now;
        for (auto& s : l.side) s.heights = 0;
    }
    for (const std::uint32_t slot : e.sure) {
        TrackState& k = tracks[slot];
        if (!k.alive || k.confirmed || !sure(k)) continue;
        if (borrowed(k, false))
            k.suspect = true;
        else
            confirm(k);
    }
    for (const std::uint32_t slot : e.settled) {
        TrackState& k = tracks[slot];
        if (k.alive && k.confirmed && !k.established) settle(k);
    }
    for (const std::uint32_t slot : e.two)
        if (tracks[slot].alive && is_two(tracks[slot])) split(slot);
    for (const std::uint32_t slot : e.alone)
        if (TrackState& k = tracks[slot]; k.alive && k.confirmed && borrowed(k, true)) withdraw(k);
    for (const std::uint32_t slot : e.dropped) {
        index.remove(slot);
        identities.remove(slot);
        free_slots.push_back(slot);
        --live;
        ++counters.tracks_dropped;
        const TrackState& k = tracks[slot];
        if (!k.confirmed) continue;
        ended.push_back(k.number);
        if (k.established && k.reports >= kLongHeld && k.rival_score == 0 && !k.sure_place.isZero(0)) {
            // Who comes in where others leave flies the other way.
            const Rim rim = frontier.at(k.sure_place);
            if (rim.band > Rim::kLastOut) undetected.ended(k.sure_place, rim.band);
            const double speed = k.velocity.norm();
            if (rim.band != Rim::kUnknown && speed > 1)
                headings.learn(rim.band, -rim.inward.cast<double>().dot(k.velocity) / speed, 1);
            see_traffic(k.sure_place);
        }
    }
    for (const auto& place : e.airs) learn_air(place);
    for (std::size_t i = 0; i < e.n_fits; ++i) registrar.take(e.fits[i]);
}

}  // namespace asman::track
