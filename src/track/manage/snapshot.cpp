// The whole state as bytes, and back.
#include "manage/archive.hpp"
#include "manage/state.hpp"

#include <asman/base/digest.hpp>

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace asman::track {

namespace {

constexpr std::string_view kFormat = "asman tracker snapshot 5\n";

}  // namespace

inline auto members(Site& v) {
    return std::tie(v.place, v.axes, v.height, v.curvature_east, v.curvature_north);
}
inline auto members(Anchor& v) {
    return std::tie(v.origin, v.axes, v.curvature_east, v.curvature_north);
}

template <class Archive>
void Tracker::Impl::fields(Archive& a) {
    a(counters, sensors, sensor_of, tracks, wheres, free_slots, index, identities, registrar, undetected, frontier,
      crossings, headings, speeds, companions, silent, started, epoch, now, tick, next_number, ended, queued, waiting,
      waits, heard, dirty, batch, labellings);
    auto held = static_cast<std::uint64_t>(live);
    a(held);
    live = held;
}

/// Only messages that are kept still: most of the table is empty.
void Tracker::Impl::save_messages(base::Writer& out) const {
    Saver save(out);
    std::uint32_t n = 0;
    for (const Message& m : messages) n += m.t > -1e8;
    out.put(static_cast<std::uint32_t>(messages.size()));
    out.put(n);
    for (std::uint32_t i = 0; i < messages.size(); ++i)
        if (messages[i].t > -1e8) save(i, messages[i]);
}

bool Tracker::Impl::load_messages(base::Reader& in) {
    Loader load(in);
    std::uint32_t size = 0, n = 0, at = 0;
    load(size, n);
    if (size > 1U << 24 || n > size) return false;
    messages.assign(size, {});
    for (std::uint32_t i = 0; i < n && in.ok(); ++i) {
        load(at);
        if (at >= size) return false;
        load(messages[at]);
    }
    return in.ok();
}

/// Every number that stands for a place lies within what it is a place of.
bool Tracker::Impl::consistent() const {
    const std::size_t n = tracks.size(), m = sensors.size();
    const auto sensor = [&](std::uint32_t id) { return id < m; };
    const auto slot = [&](std::uint32_t s) { return s < n; };
    const auto message = [&](std::uint32_t k) { return k == kNobody || k < messages.size(); };
    if (wheres.size() != n || registrar.size() != m || live > n || !std::ranges::all_of(free_slots, slot)) return false;
    if (!undetected.consistent() || !frontier.consistent() || !registrar.consistent()) return false;
    for (const auto& [id, at] : sensor_of)
        if (!sensor(at)) return false;
    for (const SensorState& s : sensors) {
        if (s.prepared > s.pending.size()) return false;
        for (const Visit& v : s.visits)
            if (!slot(v.slot)) return false;
        for (const Plot& p : s.pending)
            if (!sensor(p.sensor) || !message(p.message) || p.told_count > s.told.size() ||
                p.told_first > s.told.size() - p.told_count)
                return false;
    }
    for (const TrackState& k : tracks) {
        if (k.alive && !sensor(k.birth.sensor)) return false;
        if (k.birth.rim.band < 0 || k.birth.rim.band > Rim::kUnknown) return false;
        for (const Link& l : k.links)
            if (!sensor(l.sensor)) return false;
        for (const Sample& s : k.samples)
            if (!sensor(s.sensor)) return false;
    }
    for (const TrackState& k : tracks)
        if (k.alive && k.labelling != kNobody && k.labelling >= labellings.size()) return false;
    for (const Labelling& l : labellings)
        if (!slot(l.side[0].slot) || !slot(l.side[1].slot)) return false;
    for (const Heard& h : heard)
        if (h.message >= messages.size() || !sensor(h.sensor)) return false;
    for (const Message& k : messages)
        if (k.slot != kNobody && !slot(k.slot)) return false;
    return std::ranges::all_of(dirty, sensor);
}

std::vector<std::byte> Tracker::save() const {
    base::Writer out;
    out.raw(base::as_bytes(kFormat));
    Saver saver(out);
    impl_->fields(saver);
    impl_->save_messages(out);
    const base::Digest digest = base::digest(out.bytes());
    out.raw(std::as_bytes(std::span(digest.value)));
    return out.take();
}

base::Result<Tracker> Tracker::restore(base::Bytes snapshot, Config config) {
    return restore(snapshot, config, std::make_shared<EllipsoidFrame>());
}

base::Result<Tracker> Tracker::restore(base::Bytes snapshot, Config config, std::shared_ptr<const Frame> frame) {
    const base::Place place{.source = {}, .line = 0, .column = 0, .item = "tracker snapshot"};
    constexpr std::size_t tail = sizeof(base::Digest::value);
    if (snapshot.size() < kFormat.size() + tail ||
        !std::ranges::equal(snapshot.first(kFormat.size()), base::as_bytes(kFormat)))
        return base::fail(base::Errc::bad_value, place, "this is no snapshot of a tracker of this version");
    const base::Bytes body = snapshot.first(snapshot.size() - tail);
    const base::Digest digest = base::digest(body);
    if (!std::ranges::equal(snapshot.last(tail), std::as_bytes(std::span(digest.value))))
        return base::fail(base::Errc::bad_value, place, "the snapshot was damaged: its digest does not fit");
    Tracker out(config, std::move(frame));
    Impl& m = *out.impl_;
    base::Reader in(body.subspan(kFormat.size()));
    Loader loader(in);
    m.fields(loader);
    if (!in.ok() || !m.load_messages(in) || !in.empty() || !m.consistent())
        return base::fail(base::Errc::bad_value, place, "the snapshot does not hold what a tracker's state is");
    for (const auto& [id, at] : m.sensor_of)
        if (id < Impl::kSmallIds) {
            if (m.small_ids.size() <= id) m.small_ids.resize(id + 1, kNobody);
            m.small_ids[id] = at;
        }
    for (std::uint32_t id = 0; id < m.sensors.size(); ++id)
        if (const SensorState& s = m.sensors[id]; s.sweeps && s.placed) m.sweepers.add(id, s.site.place, s.reach());
    return out;
}

}  // namespace asman::track
