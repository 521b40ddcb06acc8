// Sensors that change: a radar that is serviced, a clock that drifts.
//
// Windows are summed by slices of time beside their total, so that the normal equations can be written down for a
// parameter that changed at the beginning of any slice: a step, or a steady drift. Each is one hypothesis more, with
// two unknowns more; its generalised likelihood ratio with the unknowns' prior (a Bayes factor) weighs it against no
// change (Willsky & Jones, "A generalized likelihood ratio approach to the detection and estimation of jumps in linear
// systems", IEEE Trans. AC 21, 1976). Estimates and covariances are the moments of the mixture, so that they widen
// while a change is suspected. One that is beyond doubt is decided: what a step's sensor was before is one unknown of
// its own, and eliminated; nothing of what the others' plots told is lost, and nothing after the step is learnt anew.
#include "register/registrar.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr int P = kParameters;
constexpr double kBetweenSteps = 2 * 86400;   ///< s between steps of one parameter of one sensor, on average
constexpr double kBetweenDrifts = 4 * 86400;  ///< and between beginnings of a drift
constexpr double kDrifting = 0.001;           ///< share of parameters that drift
constexpr double kStepHeld = 1.0 / 9;         ///< a step's inverse variance, in prior units
constexpr double kDriftTime = 600;            ///< s in which what drifts does so by its prior 1σ
constexpr double kNotable = 6;                ///< χ² of one parameter from which on its changes are looked at
constexpr double kFaint = -8;                 ///< log odds of what plays no part
constexpr double kFirstHeard = 0.01, kWhollyHeard = 0.05;  ///< probabilities of a change
constexpr double kDecided = 0.9995;
constexpr double kSure = 60;          ///< s that a step must have been behind
constexpr double kStaysDecided = 40;  ///< s, where sensors are solved in patches, each in turn
constexpr std::uint64_t kNever = ~std::uint64_t{0};

/// log(eᵃ + eᵇ)
double log_sum(double a, double b) {
    return std::max(a, b) + std::log1p(std::exp(-std::abs(a - b)));
}

}  // namespace

/// The blocks between a sensor and its neighbour, whichever of the two keeps them.
class Registrar::LinkSlices {
  public:
    LinkSlices(const Registrar& r, std::uint32_t place, const Neighbour& n) : mirrored_(place > n.sensor) {
        if (!mirrored_) {
            slices_ = &n.slices;
            return;
        }
        const auto& back = r.sensors_[n.sensor].neighbours;
        const auto at = std::ranges::lower_bound(back, place, {}, &Neighbour::sensor);
        if (at != back.end() && at->sensor == place) slices_ = &at->slices;
    }
    /// False where nothing was summed.
    bool read(std::uint64_t number, ParameterMatrix& block) const {
        const LinkSum* sum = slices_ != nullptr ? slices_->find(number) : nullptr;
        if (sum == nullptr) return false;
        block = sum->block.cast<double>();
        if (mirrored_) block.transposeInPlace();
        return true;
    }

  private:
    bool mirrored_;
    const Slices<LinkSum>* slices_ = nullptr;
};

Registrar::Cut Registrar::cut() const {
    return active_.size() <= whole_ ? Cut{10, 48, 3, 0} : Cut{40, 8, 1, 3};
}

/// Begins a new slice when it is time. Of what drifts, each slice that falls out is what it was then, and no longer is.
void Registrar::pass_slices() {
    const Cut c = cut();
    if (now_ - slice_began_ < c.length) return;
    const auto passed = static_cast<std::uint64_t>((now_ - slice_began_) / c.length);
    slice_ += passed;
    slice_began_ += c.length * static_cast<double>(passed);
    if (slice_ < c.count) return;
    const std::uint64_t oldest = slice_ - c.count + 1;
    for (const std::uint32_t id : active_)
        for (int p = 0; p < P; ++p)
            if ((sensors_[id].drifts >> p & 1) != 0) split(id, p, oldest, oldest);
}

/// Columns, own information and scores of one sensor of the patch, by slice from its first to the present one, beyond
/// the patch's estimate. False when nothing in them is notable: the cheap look that is all most sensors get.
bool Registrar::gather(Patch& patch, std::size_t at) const {
    const Cut c = cut();
    const Sensor& s = sensors_[patch.sensors[at]];
    if (s.learnt_since < 0) return false;
    const std::uint64_t first = std::max(s.since, slice_ < c.count ? 0 : slice_ - c.count + 1);
    const std::size_t n = slice_ < first ? 0 : slice_ - first + 1;
    patch.own.assign(n, ParameterMatrix::Zero());
    patch.scores.assign(n, ParameterVector::Zero());
    patch.against_own.assign(n, ParameterMatrix::Zero());
    patch.against_scores.assign(n, ParameterVector::Zero());
    const double scale = 1 / weight();
    const auto rows = patch.value.size();
    const ParameterVector mine = patch.value.segment<P>(static_cast<Eigen::Index>(P * at));
    for (std::size_t q = 0; q < n; ++q) {
        patch.columns[q].setZero(rows, P);
        const OwnSum* sum = s.slices.find(first + q);
        if (sum == nullptr) continue;
        patch.own[q] = scale * sum->information.cast<double>();
        patch.columns[q].middleRows<P>(static_cast<Eigen::Index>(P * at)) = patch.own[q];
        patch.scores[q] = scale * sum->vector.cast<double>() - patch.own[q] * mine;
        patch.against_own[q] = scale * sum->against.cast<double>();
        patch.against_scores[q] = scale * sum->against_vector.cast<double>() - patch.against_own[q] * mine;
    }
    for (const Neighbour& o : s.neighbours) {
        const auto place = std::ranges::find(patch.sensors, o.sensor);
        const auto row = static_cast<Eigen::Index>(P * (place - patch.sensors.begin()));
        const Sensor& other = sensors_[o.sensor];
        ParameterVector theirs = ParameterVector::Zero();
        for (int p = 0; p < P; ++p)
            if (other.sigma[p] > 0) theirs[p] = other.bias.value[p] / other.sigma[p];
        if (place != patch.sensors.end()) theirs = patch.value.segment<P>(row);
        const LinkSlices slices(*this, patch.sensors[at], o);
        for (std::size_t q = 0; q < n; ++q) {
            ParameterMatrix block;
            if (!slices.read(first + q, block)) continue;
            patch.scores[q] -= scale * block * theirs;
            if (place != patch.sensors.end()) patch.columns[q].middleRows<P>(row) = scale * block.transpose();
        }
    }
    ParameterVector score = ParameterVector::Zero(), own = ParameterVector::Constant(kStepHeld);
    bool notable = s.drifts != 0;
    for (std::size_t q = n; q-- > 0 && !notable;) {
        score += patch.scores[q] + patch.against_scores[q];
        own += (patch.own[q] + patch.against_own[q]).diagonal();
        notable = (score.cwiseAbs2().cwiseQuotient(own).array() > kNotable).any();
    }
    return notable;
}

/// All that its slices and proposals will ever take, at once.
void Registrar::Patch::make_room(std::size_t slices) {
    const auto rows = value.size();
    const Eigen::Index kept = all ? rows : Eigen::Index{P};
    hypotheses.resize(all ? kProposals : kProposals / 8);
    changed.resize(kept, static_cast<Eigen::Index>(2 * hypotheses.size()));
    mean.resize(kept);
    moved.resize(kept);
    halves.resize(kept, 2);
    spread.resize(kept, kept);
    for (Unknown* u : {&none, &first, &second}) u->clear(rows);
    own.reserve(slices);
    against_own.reserve(slices);
    scores.reserve(slices);
    against_scores.reserve(slices);
    columns.resize(slices);
    moves.resize(slices);
    for (auto& m : columns) m.resize(rows, P);
    for (auto& m : moves) m.resize(rows, P);
}

void Registrar::Patch::add(Unknown& to, std::size_t slice, int parameter, double by) const {
    to.column += by * columns[slice].col(parameter);
    to.moves += by * moves[slice].col(parameter);
    to.own += by * by * own[slice](parameter, parameter);
    to.score += by * scores[slice][parameter];
}

/// Weighs two unknowns more (one: the second is `none`) against none. `then`: by slice, what a unit of the first and of
/// the second was worth then; `now`: of the first, at present.
template <class Then>
void Registrar::weigh(Patch& patch, Hypothesis h, Eigen::Vector2d held, double cross, const Unknown& a,
                      const Unknown& b, double now, Then&& then) const {
    const auto mine = static_cast<Eigen::Index>(P * h.at);
    Eigen::Matrix2d m;
    m << a.own + held[0] - a.column.dot(a.moves), cross - a.column.dot(b.moves), 0,
        b.own + held[1] - b.column.dot(b.moves);
    Eigen::Vector2d score(a.score, b.score);
    // Windows that only a change explains tell of the sensor alone, as it was when they were flown.
    for (std::size_t q = 0; q < patch.own.size(); ++q) {
        if (patch.against_own[q].trace() <= 0) continue;
        Eigen::Matrix<double, P, 2> by;
        by << -a.moves.segment<P>(mine), -b.moves.segment<P>(mine);
        by.row(h.parameter) += then(q);
        const Eigen::Matrix2d more = by.transpose() * patch.against_own[q] * by;
        m(0, 0) += more(0, 0);
        m(0, 1) += more(0, 1);
        m(1, 1) += more(1, 1);
        score += by.transpose() * patch.against_scores[q];
    }
    m(1, 0) = m(0, 1);
    const double determinant = m.determinant();
    if (!(m(0, 0) > 0 && determinant > 0)) return;
    h.covariance = m.inverse();
    h.value = h.covariance * score;
    h.log += 0.5 * score.dot(h.value) - 0.5 * std::log(determinant / (held[0] * held[1]));
    if (h.log < kFaint) return;
    // When there is no more room the least likely goes.
    std::size_t at = patch.proposed;
    if (at < patch.hypotheses.size()) {
        ++patch.proposed;
    } else {
        const auto least = std::ranges::min_element(patch.hypotheses, {}, &Hypothesis::log);
        if (least->log >= h.log) return;
        at = static_cast<std::size_t>(least - patch.hypotheses.begin());
    }
    patch.hypotheses[at] = h;
    auto moves = patch.changed.middleCols<2>(static_cast<Eigen::Index>(2 * at));
    const Eigen::Index kept = moves.rows();
    moves << -a.moves.head(kept), -b.moves.head(kept);
    moves(mine + h.parameter, 0) += now;
}

/// A step at the beginning of any slice.
void Registrar::propose_steps(Patch& patch, Hypothesis h) const {
    const Cut c = cut();
    const std::size_t n = patch.own.size();
    const std::uint64_t first = slice_ + 1 - n;
    Unknown &after = patch.first, &middle = patch.second;
    h.log = std::log(c.length / kBetweenSteps);
    after.clear(patch.value.size());
    for (std::size_t k = n; k-- > 0;) {
        // Few slices ago there is no telling when within them.
        const std::size_t since = n - k, smeared = std::clamp<std::size_t>(since, c.middle, 2 * c.middle) - c.middle;
        const std::size_t from = k + smeared;
        if (since <= c.middle || since > 2 * c.middle) patch.add(after, from, h.parameter, 1);
        middle.clear(patch.value.size());
        for (std::size_t q = k; q < from; ++q) patch.add(middle, q, h.parameter, 1);
        h.middle = first + k;
        h.from = first + from;
        weigh(patch, h, Eigen::Vector2d::Constant(kStepHeld), 0, after, middle, 1,
              [&](std::size_t q) { return Eigen::RowVector2d(q >= from, q >= k && q < from); });
    }
}

/// A drift that begins at any slice, and one that had begun before the first.
void Registrar::propose_drifts(Patch& patch, Hypothesis h) const {
    const Cut c = cut();
    const std::size_t n = patch.own.size();
    if (n < 3 * c.middle) return;
    const std::uint64_t first = slice_ + 1 - n;
    const double pace = c.length / kDriftTime;
    const int p = h.parameter;
    Unknown &drift = patch.first, &since = patch.second;
    double linear = 0;
    h.drift = true;
    h.log = std::log(c.length / kBetweenDrifts);
    drift.clear(patch.value.size());
    since.clear(patch.value.size());
    for (std::size_t k = n; k-- > 0;) {
        // One slice earlier all weights are more by `pace`.
        drift.column += pace * since.column;
        drift.moves += pace * since.moves;
        drift.score += pace * since.score;
        drift.own += 2 * pace * linear + pace * pace * since.own;
        linear += pace * since.own + 0.5 * pace * patch.own[k](p, p);
        patch.add(drift, k, p, 0.5 * pace);
        patch.add(since, k, p, 1);
        if (n - k < 3 * c.middle) continue;
        h.middle = h.from = first + k;
        weigh(patch, h, Eigen::Vector2d::Ones(), 0, drift, patch.none, pace * static_cast<double>(n - k),
              [&](std::size_t q) {
                  return Eigen::RowVector2d(q >= k ? pace * (static_cast<double>(q - k) + 0.5) : 0, 0);
              });
    }
    // What it is off now against then, and the rate: weights from the present back.
    Unknown &offset = patch.second, &rate = patch.first;
    const auto ago = [&](std::size_t q) { return pace * (static_cast<double>(n - 1 - q) + 0.5); };
    double cross = 0;
    rate.clear(patch.value.size());
    for (std::size_t q = 0; q < n; ++q) {
        patch.add(rate, q, p, -ago(q));
        cross -= ago(q) * patch.own[q](p, p);
    }
    h.middle = h.from = first;
    h.log = std::log(kDrifting);
    weigh(patch, h, Eigen::Vector2d(kStepHeld, 1), cross, offset, rate, 1,
          [&](std::size_t q) { return Eigen::RowVector2d(1, -ago(q)); });
}

/// Ways in which a sensor of the patch may have changed, with their odds.
void Registrar::propose(Patch& patch, std::size_t at) const {
    const Sensor& s = sensors_[patch.sensors[at]];
    const std::size_t n = patch.own.size();
    for (std::size_t q = 0; q < n; ++q)
        if (patch.all)
            patch.moves[q].noalias() = patch.covariance * patch.columns[q];
        else
            patch.moves[q] = patch.ldlt.solve(patch.columns[q]);
    for (int p = 0; p < P; ++p) {
        if (s.sigma[p] <= 0) continue;
        Hypothesis h;
        h.at = at;
        h.parameter = p;
        propose_steps(patch, h);
        propose_drifts(patch, h);
    }
}

/// The patch's first `count` sensors, and what it estimates of them, as a mixture over the changes that may have been.
void Registrar::weigh_changes(Patch& patch, std::size_t count) const {
    patch.proposed = 0;
    patch.odds = kFaint;
    patch.widened = 0;
    patch.all = count == patch.sensors.size();
    if (steady_ || !patch.value.allFinite() || !patch.covariance.allFinite()) return;
    patch.make_room(cut().count);
    for (std::size_t at = 0; at < count; ++at)
        if (gather(patch, at)) propose(patch, at);
    for (const Hypothesis& h : patch.proposals()) patch.odds = log_sum(patch.odds, h.log);
    // What shows in one sensor's windows may be its partner's change.
    patch.against = log_sum(patch.odds, 0);
    if (!patch.all)
        for (const Neighbour& n : sensors_[patch.sensors[0]].neighbours)
            patch.against = log_sum(patch.against, sensors_[n.sensor].odds);
    mix(patch);
}

/// Moments of the mixture. What is hardly suspected may be anywhere, and would rule a variance without mattering to any
/// interval of 95 %: it is heard by degrees.
void Registrar::mix(Patch& patch) const {
    const double suspected = std::exp(patch.odds - patch.against),
                 heard = std::clamp((suspected - kFirstHeard) / (kWhollyHeard - kFirstHeard), 0.0, 1.0);
    if (heard <= 0) return;
    const Eigen::Index rows = patch.all ? patch.value.size() : Eigen::Index{P};
    patch.mean.setZero(rows);
    patch.spread.setZero(rows, rows);
    for (std::size_t i = 0; i < patch.proposed; ++i) {
        const Hypothesis& h = patch.hypotheses[i];
        const double share = heard * std::exp(h.log - patch.against);
        if (share < 1e-4) continue;
        const auto by = patch.changed.middleCols<2>(static_cast<Eigen::Index>(2 * i));
        patch.moved.noalias() = by * h.value;
        patch.mean += share * patch.moved;
        patch.halves.noalias() = by * h.covariance;
        patch.spread.noalias() += share * (patch.halves * by.transpose());
        patch.spread.noalias() += share * (patch.moved * patch.moved.transpose());
    }
    patch.spread.noalias() -= patch.mean * patch.mean.transpose();
    patch.value.head(rows) += patch.mean;
    patch.covariance.topLeftCorner(rows, rows) += patch.spread;
    patch.widened = patch.spread.diagonal().maxCoeff();
}

/// What is beyond doubt.
void Registrar::decide(const Patch& patch, std::size_t count) {
    const bool whole = patch.all;
    if (!whole) sensors_[patch.sensors[0]].odds = patch.odds;
    for (std::size_t at = 0; at < count; ++at) {
        const std::uint32_t place = patch.sensors[at];
        double steps[P] = {}, drifts[P] = {}, most[P] = {};
        const Hypothesis* best[P] = {};
        for (const Hypothesis& h : patch.proposals()) {
            if (h.at != at) continue;
            const double share = std::exp(h.log - patch.against);
            (h.drift ? drifts : steps)[h.parameter] += share;
            if (h.drift || share <= most[h.parameter]) continue;
            most[h.parameter] = share;
            best[h.parameter] = &h;
        }
        Sensor& s = sensors_[place];
        bool step = false;
        s.bias.suspected = 0;
        for (int p = 0; p < P; ++p) {
            s.bias.suspected += static_cast<float>(steps[p] + drifts[p]);
            const auto bit = static_cast<std::uint8_t>(1U << p);
            if (drifts[p] > 0.95) s.drifts |= bit;
            if (drifts[p] < 0.5) s.drifts &= static_cast<std::uint8_t>(~bit);
            step |= steps[p] > kDecided;
        }
        s.odds_since = step ? std::min(s.odds_since, now_) : 1e300;
        if (!step || (!whole && now_ - s.odds_since < kStaysDecided)) continue;
        for (int p = 0; p < P; ++p) {
            if (steps[p] <= kDecided) continue;
            const double behind = static_cast<double>(slice_ - best[p]->from) * cut().length;
            if (behind < kSure) break;
            split(place, p, best[p]->middle, best[p]->from);
            // Serviced once, several parameters may have changed.
            if (now_ - behind > s.changed) ++s.bias.jumps;
            s.changed = now_;
            s.odds = kFaint;
            s.odds_since = 1e300;
            break;
        }
    }
}

/// What a sensor's windows told while slices `from` to before `to` passed (kNever: to the end; from 0: all before).
Registrar::Part Registrar::part(std::uint32_t place, std::uint64_t from, std::uint64_t to) const {
    const Sensor& s = sensors_[place];
    Part out;
    out.blocks.assign(s.neighbours.size(), ParameterMatrix::Zero());
    const std::size_t count = cut().count;
    const bool before = from == 0;
    const double sign = before ? -1 : 1;
    if (before) {
        out.own = s.information;
        out.vector = s.vector;
        for (std::size_t i = 0; i < s.neighbours.size(); ++i) out.blocks[i] = s.neighbours[i].block;
        from = to;
        to = kNever;
    }
    const std::uint64_t oldest = slice_ < count ? 0 : slice_ - count + 1;
    from = std::max(from, oldest);
    to = std::min(to, slice_ + 1);
    for (std::uint64_t q = from; q < to; ++q)
        if (const OwnSum* sum = s.slices.find(q)) {
            out.own += sign * sum->information.cast<double>();
            out.vector += sign * sum->vector.cast<double>();
        }
    for (std::size_t i = 0; i < s.neighbours.size(); ++i) {
        const LinkSlices slices(*this, place, s.neighbours[i]);
        ParameterMatrix block;
        for (std::uint64_t q = from; q < to; ++q)
            if (slices.read(q, block)) out.blocks[i] += sign * block;
    }
    return out;
}

/// Takes the part's row of one parameter out of all sums, and puts there what is left of it when the parameter, as it
/// was then, is an unknown of its own (Schur complement); `held`: its prior's inverse variance.
void Registrar::eliminate(std::uint32_t place, int parameter, const Part& part, double held) {
    Sensor& s = sensors_[place];
    const int p = parameter;
    const double scale = 1 / weight(), own = std::max(part.own(p, p), 0.0), gain = scale / (scale * own + held);
    ParameterVector row = part.own.col(p);
    const double left = s.information(p, p) > 0 ? std::clamp(1 - own / s.information(p, p), 0.0, 1.0) : 0;
    s.information.row(p) -= row.transpose();
    s.information.col(p) -= row;
    s.information(p, p) += row[p];
    s.vector[p] -= part.vector[p];
    row[p] = 0;
    s.information -= gain * row * row.transpose();
    s.vector -= gain * part.vector[p] * row;
    std::vector<std::pair<std::uint32_t, ParameterVector>> rows;
    for (std::size_t i = 0; i < s.neighbours.size(); ++i) {
        const ParameterVector theirs = part.blocks[i].row(p).transpose();
        Neighbour& n = s.neighbours[i];
        n.block.row(p) -= theirs.transpose();
        n.block -= gain * row * theirs.transpose();
        Neighbour& back = neighbour(n.sensor, place);
        back.block = n.block.transpose();
        back.theirs.row(p) *= std::sqrt(left);
        back.theirs.col(p) *= std::sqrt(left);
        if (!theirs.isZero(0)) rows.emplace_back(n.sensor, theirs);
    }
    for (const auto& [a, of_a] : rows) {
        Sensor& o = sensors_[a];
        o.information -= gain * of_a * of_a.transpose();
        o.vector -= gain * part.vector[p] * of_a;
        o.gained += 1e-3;
        for (const auto& [b, of_b] : rows)
            if (b != a) neighbour(a, b).block -= gain * of_a * of_b.transpose();
    }
}

/// From slice `from` on the parameter is another than before slice `middle`; between it was either or neither.
void Registrar::split(std::uint32_t place, int parameter, std::uint64_t middle, std::uint64_t from) {
    Sensor& s = sensors_[place];
    if (!s.learns || s.sigma[parameter] <= 0) return;
    const Part before = part(place, 0, middle), between = part(place, std::max<std::uint64_t>(middle, 1), from);
    eliminate(place, parameter, before, s.held_by_prior[parameter]);
    if (middle < from) eliminate(place, parameter, between, kStepHeld);
    s.held_by_prior[parameter] = kStepHeld;
    s.since = std::max(s.since, from);
    for (const Neighbour& n : s.neighbours) sensors_[n.sensor].since = std::max(sensors_[n.sensor].since, from);
    s.gained += 1;
}

}  // namespace asman::track
