// A picture is made, shown, watched and released.
#include "engine_impl.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace asman::core {
namespace {

/// A track's numbers as bytes, for the digest: two runs must agree in every bit.
void add_track(base::Writer& w, const picture::Track& t) {
    const auto& k = t.kinematics;
    w.put(t.number);
    w.put(k.time.ns);
    w.put(k.at.lat);
    w.put(k.at.lon);
    for (int i = 0; i < 2; ++i) w.put(k.velocity[i]);
    for (int i = 0; i < 16; ++i) w.put(k.covariance.data()[i]);
    w.put(k.pressure_altitude ? k.pressure_altitude->m : -1e9);
    w.put(k.geometric_height ? k.geometric_height->m : -1e9);
    w.put(k.vertical_rate.value_or(0));
    w.put(t.existence);
    w.put(t.last_report.ns);
    w.put(t.identity.address.value_or(0xffffffff));
    w.put(static_cast<std::uint8_t>(t.standard_identity));
    w.text(t.identity.callsign);
    for (const auto& l : t.lineage) w.put(l.sensor.value);
}

void keep_encodable(wire::Batch& batch) {
    std::erase_if(batch.contributions, [&](const picture::Contribution& c) {
        wire::Batch alone;
        alone.tick = batch.tick;
        alone.law_time = batch.law_time;
        alone.contributions.push_back(c);
        return !wire::encode(alone);
    });
}

}  // namespace

void Engine::Impl::make_picture() {
    const auto tracks = ingest->picture(now);
    local.assign(tracks.begin(), tracks.end());
    joint->set_local(local);
    joint->advance(now);
    watch->update(joint->tracks(), now);
    show();
    release();
    add_digest();
    ++pictures;
    out.picture = true;
}

/// The machine proposes, up to suspect; a person of the airspace's owner decides (architecture.md, Words).
void Engine::Impl::show() {
    shown.assign(joint->tracks().begin(), joint->tracks().end());
    for (auto& track : shown) {
        if (const auto* proposal = watch->proposal(track.number)) track.fused.standard_identity = proposal->identity;
        if (const auto decided = notices->decided(track)) track.fused.standard_identity = *decided;
    }
}

void Engine::Impl::release() {
    const auto moment = as_now();
    notices->expire(now, *law, false);
    notices->advance(moment);
    std::map<picture::State, wire::Batch> state, log;
    for (auto& [to, batch] : law->release(now, ingest->views(), joint->tracks())) state[to] = std::move(batch);
    notices->collect(moment, state, log);
    for (auto& [to, batch] : state) send(to, batch, false);
    for (auto& [to, batch] : log) send(to, batch, true);
    pass_on(law->take_events());
}

void Engine::Impl::send(picture::State to, wire::Batch& batch, bool log_class) {
    if (batch.empty()) return;
    batch.tick = now;
    batch.law_time = law->law_time();
    auto payload = wire::encode(batch);
    if (!payload) {
        // One bad record loses that record (invariant 4), not what stands beside it.
        tell("release.failed", fmt::format("to {}: {}", to.text(), payload.error().text()));
        keep_encodable(batch);
        payload = wire::encode(batch);
        if (!payload) return;
    }
    // What goes is entered; the entry's number and salt go with it. Messages of one schema may be joined end to end.
    wire::Batch entered;
    entered.tick = now;
    entered.law_time = batch.law_time;
    audit->hand_over(to, batch, now);
    entered.handed = batch.handed;
    if (const auto tail = wire::encode(entered); tail && !entered.handed.empty())
        payload->insert(payload->end(), tail->begin(), tail->end());
    contributions_out += batch.contributions.size();
    digest.add(to.text());
    digest.add(*payload);
    out.outgoing.push_back({to, log_class, std::move(*payload)});
}

void Engine::Impl::add_digest() {
    base::Writer w;
    w.put(now.ns);
    for (const auto& t : local) add_track(w, t);
    for (const auto& t : shown) {
        w.put(t.number);
        add_track(w, t.fused);
        w.put(static_cast<std::uint32_t>(t.contributions.size()));
    }
    for (const auto& a : watch->open()) {
        w.put(a.number);
        w.put(a.joint_track);
        w.put(static_cast<std::uint8_t>(a.kind));
    }
    digest.add(w.bytes());
}

}  // namespace asman::core
