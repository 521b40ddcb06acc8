// Tracks begin, move their tangent frame, are confirmed, and lose to their doubles.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr double kReanchor = 15'000;      ///< distance from the tangent point at which a new one is taken, m
constexpr double kSameHeight = 150;       ///< m
constexpr double kMirrorDetour = 30'000;  ///< m: longer ways by a mirror are too weak to be seen
constexpr double kLikely = 0.5;           ///< what is rather not there is not shown whatever waiting costs
constexpr double kPicture = 4;            ///< s between two pictures, about
constexpr std::uint32_t kSureReports = 3, kLongReports = 8;
constexpr double kRivalReach = 8000;                 ///< m: beyond, nothing can be a double
constexpr double kItsOwn = 0.7;                      ///< share from which a plot is surely a track's own
constexpr double kLately = 2.5;                      ///< turns of a sensor
constexpr double kLowest = -500, kHighest = 16'000;  ///< m
constexpr int kRivalLimit = 6;                       ///< seconds as a double before a track gives way
constexpr std::uint32_t kTold = SlotBuckets::kNone - 1;
constexpr int kToldScore = 3, kToldFor = 30;  ///< seconds more for every second that it was told apart, and at most

}  // namespace

void Tracker::Impl::start(Work& w, const Plot& p, double existence, const Birth& birth) {
    if (w.next_slot == w.end_slot) return;  // the bound on tracks
    const SensorState& s = sensors[p.sensor];
    const std::uint32_t slot = free_slots[w.next_slot++];
    w.effects->started.push_back(slot);
    w.fresh.push_back(slot);
    TrackState& k = tracks[slot];
    std::vector<Link> links = std::move(k.links);
    std::vector<Sample> samples = std::move(k.samples);
    std::vector<picture::Mode3A> codes = std::move(k.recent_codes);
    std::vector<TrackState::Told> told = std::move(k.told);
    const std::uint32_t generation = k.generation + 1;
    k = TrackState{};
    links.clear();
    samples.clear();
    codes.clear();
    told.clear();
    k.links = std::move(links);
    k.samples = std::move(samples);
    k.recent_codes = std::move(codes);
    k.told = std::move(told);
    k.generation = generation;
    k.born = batch;
    k.alive = true;
    k.existence = existence;
    k.birth = birth;
    k.t = k.first_seen = k.last_report = k.existed = p.t;
    k.anchor = frame->anchor(p.place);
    k.height_open = !ground_range;
    const double h = p.pressure_height.value_or(config.unknown_height);
    double sigma_e = 0;
    if (k.height_open) sigma_e = p.pressure_height ? config.pressure_offset_sigma : config.unknown_height_sigma;
    Measurement m = measurement(s, p, k.anchor, p.geometric_height && !p.pressure_height ? *p.geometric_height : h);
    k.f = Imm::start(motion, m, kSpeedSigma, sigma_e);
    k.pressure_based = p.pressure_height.has_value();
    k.reports = 1;
    learn_identity(k, p);
    if (p.pressure_height) k.vertical.update(p.t, *p.pressure_height, kHeightSigma);
    learn_geometric_height(k, p);
    note_kind(k, p);
    if (p.ground_speed && p.track_angle)
        k.f.set_velocity(*p.ground_speed * std::sin(*p.track_angle), *p.ground_speed * std::cos(*p.track_angle), 25);
    refresh(w, slot);
    Link& link = link_to(k, p.sensor);
    link.last_hit = link.last_pass = link.first = link.last = p.t;
    link.hit_share = 1;
    link.reports = 1;
    k.registered = now;
    if (p.self_reported) learn_message(k, p);
    if (p.message != kNobody) w.effects->messages.push_back({p.message, slot});
    survey(w, slot);
}

void Tracker::Impl::refresh(Work& w, std::uint32_t slot) {
    TrackState& k = tracks[slot];
    const Moments m = k.f.moments();
    const double h = ground_range ? 0 : k.height(k.t, config.unknown_height) + k.f.mean(iE);
    k.place = k.anchor.to_global(m.mean(0), m.mean(1), h);
    k.velocity = k.anchor.velocity_to_global(m.mean(0), m.mean(1), m.mean(2), m.mean(3));
    k.spread = std::sqrt(std::max(m.covariance(0, 0) + m.covariance(1, 1), 1.0));
    k.spread_rate = std::sqrt(std::max(m.covariance(2, 2) + m.covariance(3, 3), 0.01));
    if (std::abs(m.mean(0)) > kReanchor || std::abs(m.mean(1)) > kReanchor) anchor_at_place(k);
    note_where(slot);
    w.effects->moved.push_back({slot, k.place});
}

void Tracker::Impl::note_where(std::uint32_t slot) {
    const TrackState& k = tracks[slot];
    Where& at = wheres[slot];
    at.place = k.place;
    at.velocity = k.velocity;
    at.t = k.t;
    at.spread = static_cast<float>(k.spread);
    at.spread_rate = static_cast<float>(k.spread_rate);
    at.up = k.anchor.axes.row(2).cast<float>();
    at.address = k.address.value_or(kNobody);
}

void Tracker::Impl::anchor_at_place(TrackState& k) const {
    const Anchor next = frame->anchor(k.place);
    const double x0 = k.f.mean(iX), y0 = k.f.mean(iY);
    const double h = ground_range ? 0 : k.height(k.t, config.unknown_height) + k.f.mean(iE);
    // Positions about the mean and velocities turn with the axes; the surface's normal differs by 0.2° at most.
    Eigen::Matrix2d turn = (next.axes * k.anchor.axes.transpose()).topLeftCorner<2, 2>();
    const double scale = 1 / std::sqrt(std::abs(turn(0, 0) * turn(1, 1) - turn(0, 1) * turn(1, 0)));
    turn *= scale;
    const Eigen::Vector2d centre = next.to_tangent(k.place, h);
    k.f.transform(x0, y0, turn);
    k.f.x[iX] += V4(centre.x());
    k.f.x[iY] += V4(centre.y());
    k.anchor = next;
}

bool Tracker::Impl::borrowed(const TrackState& k, bool better) const {
    // A mirror shows one radar an aircraft a second time, farther off; replies to another radar appear anywhere. Who
    // carries the replies of a track that is well known elsewhere must be seen well by two sensors, or long by one that
    // no mirror can explain.
    if (k.replies == 0) return false;
    const Link* best = nullptr;
    int sure = 0, sensors_of = 0;
    for (const Link& l : k.links) {
        sensors_of += l.reports > 0;
        if (l.reports >= kSureReports) ++sure;
        if (best == nullptr || l.reports > best->reports) best = &l;
    }
    if (best == nullptr || sure >= 2 || !sensors[best->sensor].sweeps) return false;
    // Mirrors show one aircraft after the other: what followed the first is suspect too.
    if (!better && k.suspect && sensors_of == 1 && k.reports < kLongReports) return true;
    const Eigen::Vector3d& antenna = sensors[best->sensor].site.place;
    const double range = (k.place - antenna).norm();
    bool found = false;
    const auto resembles = [&](std::uint32_t slot, bool same) {
        const TrackState& o = tracks[slot];
        if (found || !same || !o.alive || !o.confirmed || &o == &k) return;
        const double detour = range - (o.place + o.velocity * (k.t - o.t) - antenna).norm();
        const bool mirror = detour > 0 && detour < kMirrorDetour;
        found = better ? mirror && o.reports > k.reports : mirror || k.reports < kLongReports;
    };
    // Who replied several times without an address has none to reply with.
    const auto alike = [](const TrackState& one, const TrackState& other) {
        return one.address || !other.address || one.replies < kSureReports;
    };
    if (k.address)
        identities.with_address(*k.address, [&](std::uint32_t o) { resembles(o, tracks[o].address == k.address); });
    if (k.code)
        identities.with_code(*k.code, [&](std::uint32_t slot) {
            const TrackState& o = tracks[slot];
            const bool same = !(k.address && o.address) && (!better || (alike(k, o) && alike(o, k))) &&
                              o.code == k.code &&
                              (!k.vertical.valid() || !o.vertical.valid() ||
                               std::abs(k.vertical.height(k.t) - o.vertical.height(k.t)) < kSameHeight);
            resembles(slot, same);
        });
    return found;
}

bool Tracker::Impl::sure(const TrackState& k) const {
    if (k.reports < 2 || k.existence < kLikely) return false;
    // A false track costs what it costs; a true one that is not shown costs the more the longer it takes until the next
    // plot shows it anyhow (the rule of optimal stopping, one look ahead). A false one that the next look takes away
    // before anybody looks costs nothing: hence not below the time between two pictures.
    const double cost = config.confirm_existence / (1 - config.confirm_existence) * kPicture * (1 - k.existence);
    if (k.existence * kPicture > cost) return true;
    return k.existence * kLongWait > cost && k.existence * next_seen(k) > cost;
}

void Tracker::Impl::confirm(TrackState& k) {
    k.confirmed = true;
    k.number = next_number++;
    ++counters.tracks_confirmed;
}

void Tracker::Impl::withdraw(TrackState& k) {
    ended.push_back(k.number);
    k.confirmed = k.established = false;
    k.suspect = true;
}

void Tracker::Impl::settle(TrackState& k) {
    k.established = true;
    bool beside = false;
    index.near(k.place, [&](std::uint32_t other) {
        const TrackState& o = tracks[other];
        if (&o == &k || !o.established) return;
        beside |=
            (k.place - o.place - o.velocity * (k.t - o.t)).squaredNorm() < Companions::kReach * Companions::kReach;
    });
    companions.learn(beside);
    if (k.replies + k.echoes > 0) silent.learn(k.replies == 0);
    Birth& b = k.birth;
    if (b.credited) return;
    b.credited = true;
    const double over = b.crossing.share;
    undetected.began(b.place, b.rim.band, b.newborn * (1 - over), now);
    if (over > 0) crossings.came(b.crossing, b.newborn * over);
    const double speed = k.velocity.norm();
    if (b.rim.band != Rim::kUnknown && speed > 1)
        headings.learn(b.rim.band, b.rim.inward.cast<double>().dot(k.velocity) / speed, b.newborn);
    see_traffic(b.place);
    SensorState& s = sensors[b.sensor];
    if (b.counted > 0) (b.reply ? s.replies : s.echoes).withdraw(b.east, b.north, b.t, b.counted);
}

void Tracker::Impl::see_traffic(const Eigen::Vector3d& place) {
    frontier.pass(place, now, [&](const Eigen::Vector3d& at) { return frame->anchor(at).axes; });
}

/// Two tracks of which nobody tells the height may be one aircraft, laid down at two places by two radars as both
/// heights are thought wrong: no sensor has seen both lately, and another height of k would bring it to o. By how much
/// its velocity in space would change with it, m/s; nothing if none does. `gap`: from o to k, m; `sigma`: of what else
/// is between them.
std::optional<Eigen::Vector3d> Tracker::Impl::by_height(const TrackState& k, const TrackState& o,
                                                        const Eigen::Vector3d& gap, double sigma) const {
    if (!k.height_open || k.vertical.valid() || o.vertical.valid() || !k.established) return std::nullopt;
    for (const Link& a : k.links)
        for (const Link& b : o.links)
            if (a.sensor == b.sensor &&
                std::abs(a.last_hit - b.last_hit) < kLately * std::max(sensors[a.sensor].period, 1.0))
                return std::nullopt;
    const double variance = k.f.variance(iE, iE);
    if (variance < 1) return std::nullopt;
    // As its place and velocity hang on its height.
    const auto hangs = [&](int x, int y) {
        return Eigen::Vector2d(k.f.variance(x, iE) / variance, k.f.variance(y, iE) / variance);
    };
    const Eigen::Vector2d d = (k.anchor.axes * gap).head<2>(), place = hangs(iX, iY);
    const double height = config.unknown_height + k.f.mean(iE),
                 change = std::clamp(-d.dot(place) / std::max(place.squaredNorm(), 1e-6), kLowest - height,
                                     kHighest - height);
    if ((d + change * place).squaredNorm() > 4 * sigma * sigma) return std::nullopt;
    return k.anchor.axes.topRows<2>().transpose() * (change * hangs(iVx, iVy));
}

/// A better established track that says the same as this one, kTold where a sensor told the two apart in its latest
/// pass, or kNone. Reads tracks only.
std::uint32_t Tracker::Impl::find_rival(std::uint32_t slot) const {
    const TrackState& k = tracks[slot];
    std::uint32_t found = SlotBuckets::kNone;
    if (!k.alive || k.existence < 0.2) return found;
    index.near(k.place, [&](std::uint32_t other) {
        const Where& at = wheres[other];
        if (other == slot || (k.place - at.place).squaredNorm() > kRivalReach * kRivalReach) return;
        const TrackState& o = tracks[other];
        if (o.existence < 0.2) return;
        const double later = std::max(k.t, o.t);
        Eigen::Vector3d gap = (k.place + k.velocity * (later - k.t)) - (o.place + o.velocity * (later - o.t));
        // Heights that nobody tells may disagree by kilometres.
        const Eigen::Vector3d up = k.anchor.axes.row(2);
        gap -= up * up.dot(gap);
        const double sigma = std::hypot(k.spread, o.spread) + 2 * (later - std::min(k.t, o.t)) + 20;
        Eigen::Vector3d change = Eigen::Vector3d::Zero();
        if (gap.squaredNorm() > 4 * sigma * sigma) {
            const auto other_height = by_height(k, o, gap, sigma);
            if (!other_height) return;
            change = *other_height;
        }
        const double sv = std::hypot(k.spread_rate, o.spread_rate);
        const bool alike = (k.velocity + change - o.velocity).squaredNorm() < 4 * sv * sv;
        // Two that have replied by other codes, from other heights or the one by an address, are two aircraft.
        if (k.code && o.code && *k.code != *o.code && k.replies >= kSureReports && o.replies >= kSureReports &&
            (k.parted || o.parted || k.address.has_value() != o.address.has_value() ||
             (k.vertical.valid() && o.vertical.valid() &&
              std::abs(k.vertical.height(later) - o.vertical.height(later)) > kSameHeight))) {
            if (found == SlotBuckets::kNone) found = kTold;
            return;
        }
        if (k.labelling != kNobody && k.labelling == o.labelling && were_two(labellings[k.labelling])) {
            if (found == SlotBuckets::kNone) found = kTold;
            return;
        }
        // Two plots in one pass of one sensor are two aircraft.
        for (const Link& a : k.links)
            for (const Link& b : o.links)
                if (a.sensor == b.sensor && sensors[a.sensor].sweeps && a.hit_share > kItsOwn &&
                    b.hit_share > kItsOwn && !a.shared && !b.shared &&
                    std::abs(a.last_hit - b.last_hit) < 0.3 * sensors[a.sensor].period) {
                    if (found == SlotBuckets::kNone) found = kTold;
                    return;
                }
        if (alike && std::pair(o.reports, slot) > std::pair(k.reports, other)) found = std::min(found, other);
    });
    return found;
}

void Tracker::Impl::yield_to_rival(Work& w, std::uint32_t slot, std::uint32_t rival) {
    TrackState& k = tracks[slot];
    if (rival == SlotBuckets::kNone) {
        k.rival_score -= k.rival_score > 0;
        return;
    }
    if (rival == kTold) {
        k.rival_score = std::max(k.rival_score - kToldScore, -kToldFor);
        return;
    }
    if (k.rival != rival) k.rival_score = std::min(k.rival_score, 0);
    k.rival = rival;
    if (++k.rival_score >= kRivalLimit) drop(w, slot);
}

}  // namespace asman::track
