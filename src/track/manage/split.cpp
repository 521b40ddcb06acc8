// Two aircraft in every plot of one track, told by their replies: now the one's, now the other's.
#include "manage/state.hpp"

#include <algorithm>
#include <bit>

namespace asman::track {

namespace {

constexpr double kForgotten = 90, kTooLong = 240;  ///< s
constexpr double kLongEnough = 15;                 ///< s: radars repeat a code that has changed for some turns
constexpr float kItsReplies = 3, kOwnReplies = 2;  ///< since the other's first
constexpr float kGarbledReply = 0.5F;              ///< counts for as much of a whole one
constexpr int kAlternate = 2;                      ///< turns by which a changed code is no explanation
constexpr int kTurns = 3;                          ///< from the one's replies to the other's and back
constexpr int kPulses = 2;                         ///< that garbling adds to a code
constexpr double kSplitExistence = 0.9995, kAtOnePlace = 300, kBeside = 2000, kGarbles = 8000, kBetween = 300;
constexpr std::uint32_t kKnown = 8;

/// Replies laid over one another have pulses too many, not too few.
bool within(picture::Mode3A whole, picture::Mode3A heard) {
    return (heard & whole) == whole;
}

bool fits(picture::Mode3A whole, picture::Mode3A heard) {
    return within(whole, heard) && std::popcount(static_cast<unsigned>(heard ^ whole)) <= kPulses;
}

}  // namespace

bool Tracker::Impl::note_second(TrackState& k, const Plot& p) const {
    SecondIdentity& o = k.second;
    if (!p.replied || !p.polar || !p.identity.mode_3a || (p.identity.address && p.identity.address != k.address))
        return false;
    const picture::Mode3A code = *p.identity.mode_3a;
    const bool called = p.identity.address.has_value();
    const auto garbling = [&](picture::Mode3A a, picture::Mode3A b) {  // of the one could make the other
        return k.address ? fits(a, b) : within(a, b) || within(b, a);
    };
    if (o.its && (p.t - o.latest > kForgotten || p.t - o.since > kTooLong || (o.first && garbling(*o.first, *o.its))))
        o.its.reset();
    if (called && !p.garbled) o.first = code;
    if (!k.address && !o.its) o.first = k.code;
    // An aircraft that tells its address does so in nearly every reply.
    const bool own = called || !o.first || (k.address ? fits : within)(*o.first, code);
    if (!o.its) {
        if (own || p.garbled || garbling(*o.first, code)) return false;
        o.its = code;
        o.since = o.latest = p.t;
        o.own = 0;
        o.other = 1;
        o.turns = 0;
        o.its_last = true;
    } else if (own) {
        if (!called && fits(*o.its, code)) return false;  // either's
        o.own += 1;
        o.turns += o.its_last;
        o.its_last = false;
    } else if (fits(*o.its, code) || fits(code, *o.its)) {
        o.latest = p.t;
        o.turns += !o.its_last;
        o.its_last = true;
        o.other += p.garbled || code != *o.its ? kGarbledReply : 1;
        if (within(code, *o.its)) o.its = code;
        return o.turns >= kAlternate;
    }
    return false;
}

bool Tracker::Impl::is_two(const TrackState& k) const {
    return k.second.its && k.second.other >= kItsReplies && k.second.own >= kOwnReplies && k.second.turns >= kTurns &&
           k.second.latest - k.second.since >= kLongEnough && k.established && k.reports >= kKnown;
}

/// A second track where the first one is, with the other's code, if no track is that already. Which height was whose is
/// open from here on.
void Tracker::Impl::split(std::uint32_t slot) {
    TrackState& k = tracks[slot];
    const SecondIdentity second = k.second;
    k.second = {};
    bool there = live >= config.max_tracks;
    index.near(k.place, [&](std::uint32_t n) {
        const TrackState& o = tracks[n];
        if (&o == &k || !o.alive || o.existence < 0.5) return;
        const double gap = (o.place + o.velocity * (k.t - o.t) - k.place).norm();
        there |= gap < (o.code && fits(*second.its, *o.code) ? kBeside : kAtOnePlace);
        // The codes of the two laid over one another.
        there |= gap < kGarbles && o.code && second.first && (*o.code | *second.first) == *second.its;
    });
    if (there) return;
    if (free_slots.empty()) {
        free_slots.push_back(static_cast<std::uint32_t>(tracks.size()));
        tracks.emplace_back().links.reserve(std::min(sensors.size(), kUsualLinks));
        wheres.emplace_back();
    }
    const std::uint32_t other = free_slots.back();
    free_slots.pop_back();
    TrackState& o = tracks[other];
    const std::uint32_t generation = o.generation + 1;
    k.vertical.loosen(kBetween);
    k.parted = true;
    if (second.first) k.code = second.first;
    k.recent_codes.clear();
    o = k;
    o.generation = generation;
    o.born = batch;
    o.labelling = kNobody;
    o.confirmed = o.established = false;
    o.existence = kSplitExistence;
    o.birth.credited = true;
    o.birth.counted = 0;
    o.parted_from = k.address;
    o.address.reset();
    o.address_weight = 0;
    o.callsign.clear();
    o.told.clear();
    o.code = second.its;
    o.replies = o.reports = kKnown;
    o.first_seen = second.since;
    o.samples.clear();
    o.links.clear();
    o.rival_score = 0;
    o.last_survey = -1e9;
    confirm(o);
    o.established = true;
    note_where(other);
    index.put(other, o.place, 4.5 * (o.spread + 8 * o.spread_rate));
    identities.put_code(other, *o.code);
    ++live;
    ++counters.tracks_started;
    companions.learn(true);
}

}  // namespace asman::track
