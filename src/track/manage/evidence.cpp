// Identity, height and velocity as evidence: likelihood ratios, never keys.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr double kSameAddress = 2000, kOtherAddress = 0.005;
constexpr double kSameCode = 100, kSharedCode = 3, kOtherCode = 0.05;
constexpr double kSameGarbled = 10, kUncalled = 0.05;  ///< of one of two that were told apart by their replies
constexpr double kSilent = 0.05;                       ///< a transponder that did not reply to a sensor that asks
constexpr double kReplyOfEcho = 0.3,
                 kReplyOfManyEchoes = 0.1;  ///< a reply from what was only an echo to sensors that ask
constexpr double kHeightSpan = 13000;
constexpr double kApart = 2;          ///< s after which two that were not told apart are
constexpr double kHeightMemory = 30;  ///< s: for so long an aircraft's satellite navigation errs the same way in height
constexpr double kTurnRateSigma =
    0.0045;  ///< rad/s: the step of BDS 50 is 0.03°/s; gusts and its age add a quarter degree

/// Codes that many aircraft carry at once.
bool shared_code(picture::Mode3A c) {
    return c == 02000 || c == 07000 || c == 01200 || c == 0 || c == 01000 || c == 02100 || c == 02200;
}

}  // namespace

namespace {

/// What a code says of one of two that were told apart by their replies: replies laid over one another have pulses too
/// many, not too few.
double parted_code(const picture::ReportedIdentity& told, picture::Mode3A code) {
    if (*told.mode_3a == code) return told.mode_3a_valid ? kSameCode : kSameGarbled;
    return (*told.mode_3a & code) == code ? 1 : kOtherCode;
}

}  // namespace

/// `Who` is a track, or what was known of one.
template <class Who>
double Tracker::Impl::told(const SensorState& s, const Who& k, const Plot& p) const {
    double ratio = 1;
    const bool asks = s.info.kind != picture::SensorKind::primary;
    if (p.identity.address && k.address) ratio *= *p.identity.address == *k.address ? kSameAddress : kOtherAddress;
    if (k.parted && p.replied && p.polar) {
        if (k.address && !p.identity.address) ratio *= kUncalled;
        if (!k.address && k.parted_from && p.identity.address == k.parted_from) ratio *= kOtherAddress;
    }
    if (p.identity.mode_3a && k.code) {
        if (k.parted && !shared_code(*k.code))
            ratio *= parted_code(p.identity, *k.code);
        else if (p.identity.mode_3a_valid && *p.identity.mode_3a != *k.code)
            ratio *= kOtherCode;
        else if (p.identity.mode_3a_valid)
            ratio *= shared_code(*k.code) ? kSharedCode : kSameCode;
    }
    if (asks && !p.replied && k.replies > 0) ratio *= kSilent;
    if (p.replied && p.polar && k.replies == 0 && k.echoes > 0)
        ratio *= k.echoes > 4 ? kReplyOfManyEchoes : kReplyOfEcho;
    return ratio;
}
template double Tracker::Impl::told(const SensorState&, const Known&, const Plot&) const;

double Tracker::Impl::evidence(const SensorState& s, const TrackState& k, const Plot& p) const {
    double ratio = 1;
    if (k.labelling == kNobody || p.t - labellings[k.labelling].together < kApart) {
        ratio = told(s, k, p);
    } else {  // whoever of the two it is
        const Labelling& l = labellings[k.labelling];
        const int n = &tracks[l.side[1].slot] == &k;
        const double other = l.exchanged();
        ratio = (1 - other) * told(s, l.side[n].known, p) + other * told(s, l.side[1 - n].known, p);
    }
    if (p.pressure_height && k.vertical.valid())
        ratio *= k.vertical.likelihood(p.t, *p.pressure_height, kHeightSigma) * kHeightSpan;
    return ratio;
}

void Tracker::Impl::learn_identity(TrackState& k, const Plot& p) const {
    const bool asked = sensors[p.sensor].info.kind != picture::SensorKind::primary;
    if (p.replied)
        ++k.replies;
    else if (asked)
        ++k.echoes;
    k.simulated |= p.simulated;
    if (p.identity.address && p.identity.address != k.parted_from) {
        if (k.address == p.identity.address) {
            k.address_weight = std::min(k.address_weight + 1, 10.0);
        } else if ((k.address_weight -= 1) <= 0) {
            if (k.address) k.told.clear();  // it was another's
            k.address = p.identity.address;
            k.address_weight = 1;
        }
    }
    if (p.identity.mode_3a && p.identity.mode_3a_valid) {
        k.recent_codes.push_back(*p.identity.mode_3a);
        if (k.recent_codes.size() > 3) k.recent_codes.erase(k.recent_codes.begin());
        const auto votes = std::count(k.recent_codes.begin(), k.recent_codes.end(), *p.identity.mode_3a);
        if (!k.code || votes >= 2) k.code = p.identity.mode_3a;
    }
    if (!p.identity.callsign.empty()) k.callsign = p.identity.callsign.substr(0, 16);
    if (p.replied) {
        k.special_position = p.identity.special_position;
        k.emergency = p.identity.emergency;
    }
}

void Tracker::Impl::learn_height(TrackState& k, const Plot& p) const {
    if (p.garbled) k.vertical.garbled();
    if (p.pressure_height) {
        const bool first = !k.vertical.valid();
        const double before = k.height(p.t, config.unknown_height);
        k.vertical.update(p.t, *p.pressure_height, kHeightSigma, p.garbled);
        if (first && !ground_range) {
            k.pressure_based = true;
            k.f.shift_height_error(before - *p.pressure_height);
            k.f.update_height_error(0, config.pressure_offset_sigma * config.pressure_offset_sigma);
        }
    }
    learn_geometric_height(k, p);
}

void Tracker::Impl::learn_geometric_height(TrackState& k, const Plot& p) const {
    if (p.vertical_rate) k.vertical.update_rate(*p.vertical_rate, 2);
    if (!p.geometric_height || ground_range || !k.height_open) return;
    // Satellite heights err slowly: a report counts for as much as is new in it.
    const double news = std::clamp((p.t - k.geometric_at) / kHeightMemory, 1 / kHeightMemory, 1.0);
    k.geometric_at = std::max(k.geometric_at, p.t);
    k.f.update_height_error(*p.geometric_height - k.height(p.t, config.unknown_height), p.variance_geometric / news);
}

void Tracker::Impl::learn_velocity(TrackState& k, const Plot& p) const {
    if (p.turn_rate) k.f.update_turn_rate(-*p.turn_rate, kTurnRateSigma * kTurnRateSigma);
    if (!p.ground_speed || !p.track_angle) return;
    // Down-linked velocity is east and north at the aircraft; the anchor's axes are at most 20 km away.
    k.f.update_velocity(*p.ground_speed * std::sin(*p.track_angle), *p.ground_speed * std::cos(*p.track_angle),
                        p.variance_velocity);
}

/// What the aircraft told besides, of a plot that is certainly the track's. Nothing of this moves an estimate.
void Tracker::Impl::learn_told(TrackState& k, const Plot& p) const {
    if (p.told_count == 0 || (p.identity.address && k.address && *p.identity.address != *k.address)) return;
    const std::vector<ToldValue>& told = sensors[p.sensor].told;
    for (std::uint32_t i = p.told_first; i < p.told_first + p.told_count; ++i) {
        const TrackState::Told next{told[i].value, p.t - told[i].age};
        const auto held = std::ranges::find_if(k.told, [&](const auto& o) { return next.value.replaces(o.value); });
        if (held != k.told.end()) {
            if (next.at >= held->at) *held = next;
        } else if (k.told.size() < kMostTold) {
            if (k.told.capacity() == 0) k.told.reserve(8);
            k.told.push_back(next);
        } else {  // more registers than usual: the one told longest ago gives way
            const auto oldest = std::ranges::min_element(k.told, {}, &TrackState::Told::at);
            if (oldest->at <= next.at) *oldest = next;
        }
    }
}

void Tracker::Impl::note_kind(TrackState& k, const Plot& p) const {
    using enum picture::SensorKind;
    const auto note = [&](Seconds& latest) { latest = std::max(latest, p.t); };
    if (p.pressure_height) note(k.latest.pressure_height);
    if (p.identity.mode_3a) note(k.latest.code);
    if (p.t >= k.measured.t)
        k.measured = {p.t,
                      p.sensor,
                      p.kind,
                      p.replied,
                      p.simulated,
                      p.polar,
                      p.identity.mode_3a_valid,
                      p.raw_range,
                      p.raw_azimuth,
                      p.pressure_height,
                      p.identity.mode_3a,
                      p.identity.address};
    if (p.kind == multilateration) return note(k.latest.multilateration);
    if (p.kind == ads_b) return note(k.latest.ads_b);
    if (p.kind == tracker) return;
    // A combined plot is an echo with a reply, or without one.
    if (p.kind == primary || p.kind == combined) note(k.latest.primary);
    if (p.kind == primary || !p.replied) return;
    note(p.kind == mode_s || p.identity.address ? k.latest.mode_s : k.latest.secondary);
}

}  // namespace asman::track
