#include "manage/labels.hpp"

#include "manage/state.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace asman::track {

namespace {

constexpr double kAlike = 0.02;    ///< how likely the other way round must be for a pair to count as not told apart
constexpr double kAtFirst = 0.05;  ///< chance that two which came together went on the other way than thought
constexpr double kOneReply = 4.6;  ///< ln: no reply alone says more than this
constexpr double kDecided = 3;     ///< ln odds for giving each its own number again
constexpr double kApartFor = 8;    ///< s without doubt before that
constexpr double kKept = 90;       ///< s after the last doubt
constexpr double kSettled = 20;    ///< s until a speed is what the aircraft flies, whatever the track had believed
constexpr double kSteady = 0.7;    ///< share of aircraft that keep their height and speed
constexpr double kClimb = 8, kHurry = 0.7;  ///< m/s, m/s²: 1σ of the others' rate of change
constexpr double kHeightNoise = 30, kSpeedNoise = 4;
constexpr std::uint32_t kWellKnown = 8;  ///< reports
constexpr std::uint32_t kSureReplies = 3;
constexpr double kOtherHeight = 150;  ///< m
constexpr double kJudged = 1;         ///< s between judgements
constexpr std::size_t kMostPairs = 4096;

double normal(double d, double variance) {
    return std::exp(-0.5 * d * d / variance) / std::sqrt(variance);
}

}  // namespace

double Labelling::exchanged() const {
    return 1 / (1 + std::exp(-whole));
}

double confused(double odds, double q) {
    const double p = 1 / (1 + std::exp(-odds)), after = p * (1 - q) + (1 - p) * q;
    return std::log(after) - std::log1p(-after);
}

double steadier(double value, double one, double variance_one, double other, double variance_other, double drift) {
    const auto density = [&](double at, double variance) {
        return kSteady * normal(value - at, variance) + (1 - kSteady) * normal(value - at, variance + drift * drift);
    };
    return std::log(std::max(density(one, variance_one), 1e-12)) -
           std::log(std::max(density(other, variance_other), 1e-12));
}

/// Whether anything is known of the two that could ever tell them apart.
bool Tracker::Impl::distinct(const TrackState& k, const TrackState& o) const {
    if (k.address && o.address ? k.address != o.address : k.address.has_value() != o.address.has_value()) return true;
    if (k.code && o.code ? k.code != o.code : k.code.has_value() != o.code.has_value()) return true;
    if ((k.replies == 0) != (o.replies == 0)) return true;
    if (k.vertical.valid() && o.vertical.valid() && std::abs(k.vertical.height(now) - o.vertical.height(now)) > 100)
        return true;
    const double sum = k.spread_rate * k.spread_rate + o.spread_rate * o.spread_rate,
                 d = k.velocity.norm() - o.velocity.norm();
    return d * d > 4 * sum;
}

/// Whether what was known of the two when they met can be of no one aircraft.
bool Tracker::Impl::were_two(const Labelling& l) const {
    const Known &k = l.side[0].known, &o = l.side[1].known;
    if (k.address && o.address) return k.address != o.address;
    if (k.replies < kSureReplies && o.replies < kSureReplies) return false;
    if (k.replies == 0 || o.replies == 0) return std::max(k.echoes, o.echoes) >= kSureReplies;
    if (k.code && o.code && k.code != o.code) return true;
    return k.vertical.proven() && o.vertical.proven() &&
           std::abs(k.vertical.height(l.opened) - o.vertical.height(l.opened)) > kOtherHeight;
}

/// Pairs of the cluster whose plots may as well be taken the other way round.
void Tracker::Impl::find_confused(Work& w) {
    const std::size_t n = w.n_candidates, m = w.cluster_plots.size();
    for (std::size_t i = 0; i < n; ++i) w.candidates[i].confused = false;
    if (n < 2 || config.ablate_multiscan) return;
    const auto known = [&](const Work::Candidate& c) {
        return c.share == 1 && tracks[c.slot].established && tracks[c.slot].reports >= kWellKnown;
    };
    const auto sight_alone = [&](std::size_t i, std::size_t j) {
        const double f = w.candidates[i].log_factor.empty() ? 1 : w.candidates[i].log_factor[j];
        return w.candidates[i].gated[j] ? w.cluster.at(i, j) / std::max(f, 1e-12) : 0.0;
    };
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = a + 1; b < n; ++b) {
            Work::Candidate &c = w.candidates[a], &d = w.candidates[b];
            if (!known(c) || !known(d)) continue;
            // The best way to give them plots, by place alone; m: none.
            double best = 0, other = 0, wrong = 0;
            const auto take = [&](std::size_t i, std::size_t j, const auto& weight) {
                return (i < m ? weight(a, i) : w.cluster.none[a]) * (j < m ? weight(b, j) : w.cluster.none[b]);
            };
            const auto full = [&](std::size_t i, std::size_t j) {
                return w.candidates[i].gated[j] ? w.cluster.at(i, j) : 0.0;
            };
            for (std::size_t i = 0; i <= m; ++i)
                for (std::size_t j = 0; j <= m; ++j) {
                    if (i == j) continue;
                    const double p = take(i, j, sight_alone);
                    if (p <= best) continue;
                    best = p;
                    other = take(j, i, sight_alone);
                    const double x = take(i, j, full), y = take(j, i, full);
                    wrong = x + y > 0 ? std::min(x, y) / (x + y) : 0;
                }
            double shared = 0;
            for (std::size_t k = 0; k < w.weights.shared.size(); ++k)
                if (w.cluster.shared[k].a == a && w.cluster.shared[k].b == b) shared += w.weights.shared[k];
            if (best > 0 && other < kAlike * best && shared < 0.1) continue;
            if (best <= 0 && shared < 0.1) continue;
            c.confused = d.confused = true;
            const TrackState &k = tracks[c.slot], &o = tracks[d.slot];
            if (k.labelling != kNobody ? k.labelling == o.labelling : o.labelling == kNobody && distinct(k, o))
                w.effects->confused.push_back({c.slot, d.slot, wrong});
        }
}

Known Tracker::Impl::known_of(const TrackState& k) const {
    Known out{k.address,        k.address_weight, k.code,        k.replies, k.echoes, k.vertical,
              k.pressure_based, k.parted,         k.parted_from, 0,         0};
    out.speed = k.velocity.norm();
    out.speed_variance = 0.5 * k.spread_rate * k.spread_rate;
    return out;
}

void Tracker::Impl::begin_labelling(std::uint32_t a, std::uint32_t b) {
    if (labellings.size() >= kMostPairs) return;
    Labelling l;
    l.opened = l.together = now;
    l.odds = std::log(kAtFirst / (1 - kAtFirst));
    for (int n = 0; n < 2; ++n) {
        TrackState& k = tracks[n == 0 ? a : b];
        k.labelling = static_cast<std::uint32_t>(labellings.size());
        l.side[n].slot = n == 0 ? a : b;
        l.side[n].generation = k.generation;
        l.side[n].known = known_of(k);
    }
    l.whole = l.odds;
    labellings.push_back(l);
}

void Tracker::Impl::end_labelling(std::size_t n) {
    for (const auto& s : labellings[n].side)
        if (tracks[s.slot].generation == s.generation) tracks[s.slot].labelling = kNobody;
    if (n + 1 < labellings.size()) {
        labellings[n] = labellings.back();
        for (const auto& s : labellings[n].side)
            if (tracks[s.slot].generation == s.generation) tracks[s.slot].labelling = static_cast<std::uint32_t>(n);
    }
    labellings.pop_back();
}

/// A plot that is surely this track's, and not its neighbour's by place: what its reply says of who it is.
void Tracker::Impl::note_label(const SensorState& s, const TrackState& k, std::uint32_t slot, const Plot& p) {
    Labelling& l = labellings[k.labelling];
    const int n = l.side_of(slot);
    Labelling::Side& side = l.side[n];
    const Known &mine = side.known, &its = l.side[1 - n].known;
    Plot q = p;
    if (mine.code && its.code && p.identity.mode_3a == (*mine.code | *its.code))
        q.identity.mode_3a_valid = false;  // the two laid over one another are of either
    const double own = told(s, mine, q), other = told(s, its, q);
    side.told += std::clamp(std::log(std::max(other, 1e-12) / std::max(own, 1e-12)), -kOneReply, kOneReply);
    if (!p.pressure_height || p.garbled) return;
    const bool agrees =
        std::abs(*p.pressure_height - side.height) < 50 + 15 * std::min(std::abs(p.t - side.height_at), 30.0);
    side.heights = agrees ? side.heights + 1 : 1;
    side.height = *p.pressure_height;
    side.height_at = p.t;
}

/// What heights and speeds since then say for exchanged labels.
double Tracker::Impl::going_on(const Labelling& l) const {
    double sum = 0;
    for (int n = 0; n < 2; ++n) {
        const Known &own = l.side[n].known, &other = l.side[1 - n].known;
        const Labelling::Side& s = l.side[n];
        if (s.heights >= 2 && own.vertical.valid() && other.vertical.valid()) {
            const double dt = std::max(0.0, s.height_at - l.opened);
            const auto at = [&](const Known& k) {
                return k.vertical.height(std::min(s.height_at, k.vertical.last() + 15));
            };
            const auto noise = [&](const Known& k) {
                return kHeightNoise * kHeightNoise + std::min(k.vertical.variance(k.vertical.last()), 1e4);
            };
            sum += std::clamp(steadier(s.height, at(other), noise(other), at(own), noise(own), 50 + kClimb * dt),
                              -kOneReply, kOneReply);
        }
        const TrackState& k = tracks[s.slot];
        const double since = k.t - l.together;
        if (since > kSettled) {
            const double v = k.velocity.norm(),
                         variance = 0.5 * k.spread_rate * k.spread_rate + kSpeedNoise * kSpeedNoise;
            sum += std::clamp(steadier(v, other.speed, variance + other.speed_variance, own.speed,
                                       variance + own.speed_variance, kHurry * (k.t - l.opened)),
                              -kOneReply, kOneReply);
        }
    }
    return sum;
}

/// The reports of a batch are in: what they say of labels.
void Tracker::Impl::judge_labels() {
    for (std::size_t n = labellings.size(); n-- > 0;) {
        Labelling& l = labellings[n];
        if (now - l.judged < kJudged) continue;
        l.judged = now;
        bool alive = true;
        for (const auto& s : l.side) alive &= tracks[s.slot].alive && tracks[s.slot].generation == s.generation;
        if (!alive || now - l.together > kKept) {
            end_labelling(n);
            continue;
        }
        for (auto& s : l.side) {
            l.odds = std::clamp(l.odds + s.told, -12.0, 12.0);
            s.told = 0;
        }
        l.whole = l.odds + going_on(l);
        if (l.whole > kDecided && now - l.together > kApartFor) exchange_labels(l);
    }
}

/// The height that a track had by its label, or that it has by its plots.
void Tracker::Impl::take_vertical(TrackState& k, const Vertical& next, bool pressure_based) const {
    const double before = k.height(k.t, config.unknown_height);
    k.vertical = next;
    if (ground_range) {
        k.pressure_based = pressure_based;
        return;
    }
    k.f.shift_height_error(before - k.height(k.t, config.unknown_height));
    if (pressure_based && !k.pressure_based)
        k.f.update_height_error(0, config.pressure_offset_sigma * config.pressure_offset_sigma);
    if (!pressure_based && k.pressure_based)
        k.f.p[packed(iE, iE)] += V4(config.unknown_height_sigma * config.unknown_height_sigma);
    k.pressure_based = pressure_based;
}

/// Each goes on with the other's number and identity; where they are, how they move and what radars see of them stays.
void Tracker::Impl::exchange_labels(Labelling& l) {
    TrackState &a = tracks[l.side[0].slot], &b = tracks[l.side[1].slot];
    std::swap(a.number, b.number);
    std::swap(a.first_seen, b.first_seen);
    std::swap(a.callsign, b.callsign);
    std::swap(a.told, b.told);
    std::swap(a.emergency, b.emergency);
    std::swap(a.special_position, b.special_position);
    std::swap(a.simulated, b.simulated);
    std::swap(l.side[0].known, l.side[1].known);
    const auto unlike = [&](const Vertical& v, const Known& k) {
        if (v.valid() != k.vertical.valid()) return 5000.0;
        return v.valid() ? std::min(std::abs(v.height(now) - k.vertical.height(now)), 5000.0) : 0.0;
    };
    const bool stay = unlike(a.vertical, l.side[0].known) + unlike(b.vertical, l.side[1].known) <=
                      unlike(b.vertical, l.side[0].known) + unlike(a.vertical, l.side[1].known);
    const Vertical of[2] = {stay ? a.vertical : b.vertical, stay ? b.vertical : a.vertical};
    for (int n = 0; n < 2; ++n) {
        TrackState& k = tracks[l.side[n].slot];
        const Known& who = l.side[n].known;
        k.address = who.address;
        k.address_weight = who.address_weight;
        k.code = who.code;
        k.parted = who.parted;
        k.parted_from = who.parted_from;
        k.second = {};
        k.recent_codes.clear();
        k.replies = who.replies;
        k.echoes = who.echoes;
        take_vertical(k, of[n].valid() == who.vertical.valid() ? of[n] : who.vertical, who.pressure_based);
        identities.remove(l.side[n].slot);
        if (k.address) identities.put_address(l.side[n].slot, *k.address);
        if (k.code) identities.put_code(l.side[n].slot, *k.code);
    }
    l.odds = -l.odds;
    l.whole = -l.whole;
    ++counters.labels_exchanged;
}

}  // namespace asman::track
