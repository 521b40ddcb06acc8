#include "register/registrar.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr int kFlight = 5;                         ///< x, y, vx, vy, height error
constexpr double kAcceleration = 0.15;             ///< unmodelled acceleration of straight flight, 1σ, m/s²
constexpr double kMemory = 1800;                   ///< s: errors drift slower
constexpr double kKnown = 0.02, kTimeKnown = 0.3;  ///< of the prior variance, azimuth and time: known well
constexpr std::size_t kWhole = 40;                 ///< sensors that are solved together
constexpr double kLearning = 2, kSettledInterval = 10, kLongest = 30;  ///< s between solutions
constexpr double kWidest = 1.5;                                        ///< of the prior variance: more is no solution
constexpr std::size_t kMaxAirs = 4096;
constexpr std::size_t kSpares = 32;
constexpr std::size_t kJoint = 200;  ///< sensors and airs of which the joint covariance is worked out on request
constexpr int P = kParameters;

using Flight = Eigen::Matrix<double, kFlight, kFlight>;
using FlightVector = Eigen::Matrix<double, kFlight, 1>;
using Cross = Eigen::Matrix<double, kFlight, P * Registrar::kMaxSensors>;
using Dynamic =
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, P * Registrar::kMaxSensors, P * Registrar::kMaxSensors>;

/// Normal equations of a window in (flight, errors).
struct Normal {
    Flight A = Flight::Zero();
    Cross B = Cross::Zero();
    FlightVector a = FlightVector::Zero();
    double chi2 = 0;
};

/// Certainty of a sensor outside a patch, with its own part of the link to a sensor inside, and without what that link
/// has told it already (it would come back as news). Diagonals stand for the matrices there.
ParameterMatrix without(const ParameterMatrix& outside, const ParameterMatrix& inside, const ParameterMatrix& own) {
    ParameterVector scale;
    for (int p = 0; p < kParameters; ++p) {
        const double told = own(p, p) * inside(p, p) / std::max(own(p, p) + inside(p, p), 1e-12);
        scale[p] = std::sqrt(std::max(outside(p, p) - told, 1.0) / std::max(outside(p, p), 1.0));
    }
    return ParameterMatrix(scale.asDiagonal() * outside * scale.asDiagonal()) + own;
}

/// The same where the link is a tie t of the prior: of two of a tree with certainties o and s (of either all that is
/// known told), the outside's without the tie, x, follows from o = x − t²/y and s = y − t²/x.
ParameterMatrix without_tie(const ParameterMatrix& outside, const ParameterMatrix& inside, double tie) {
    const double t = tie * tie;
    ParameterMatrix x = outside + ParameterMatrix(ParameterMatrix::Identity() * std::abs(tie));
    for (int k = 0; k < 12; ++k) x = outside + t * ParameterMatrix(inside + t * x.inverse()).inverse();
    return x;
}

bool acceptable(double chi2, std::size_t plots) {
    const double freedom = 2 * static_cast<double>(plots) - 4;
    return chi2 < freedom + 2.5 * std::sqrt(2 * freedom);
}

}  // namespace

void Registrar::add(const ParameterVector& sigma) {
    place_.push_back(static_cast<std::uint32_t>(sensors_.size()));
    add_sensor(sigma);
}

std::uint32_t Registrar::add_air(std::uint64_t region, double sigma_offset, double sigma_slope, std::uint32_t like,
                                 double correlation) {
    if (const auto known = airs_.find(region); known != airs_.end()) return known->second;
    if (airs_.size() >= kMaxAirs) return kNoAir;
    ParameterVector sigma = ParameterVector::Zero();
    sigma[kAirOffset] = sigma_offset;
    sigma[kAirSlope] = sigma_slope;
    const auto place = static_cast<std::uint32_t>(sensors_.size());
    add_sensor(sigma);
    airs_.emplace(region, place);
    if (like == kNoAir || correlation <= 0) return place;
    activate(like);
    activate(place);
    // A tree of Markov: each air given the one it was tied to is independent of all before; every σ stays the prior's.
    const double gain = 1 / (1 - correlation * correlation);
    sensors_[like].held_by_prior.array() += correlation * correlation * gain;
    sensors_[place].held_by_prior.setConstant(gain);
    neighbour(like, place).tie = neighbour(place, like).tie = -correlation * gain;
    return place;
}

std::uint32_t Registrar::air_of(std::uint64_t region) const {
    const auto known = airs_.find(region);
    return known == airs_.end() ? kNoAir : known->second;
}

double Registrar::air_offset(std::uint32_t air, double height) const {
    if (air == kNoAir) return 0;
    const ParameterVector& v = sensors_[air].bias.value;
    return v[kAirOffset] + v[kAirSlope] * height / kAirHeight;
}

double Registrar::air_variance(std::uint32_t air, double height) const {
    const ParameterMatrix& c = sensors_[air].bias.covariance;
    const double h = height / kAirHeight;
    return c(kAirOffset, kAirOffset) + 2 * h * c(kAirOffset, kAirSlope) + h * h * c(kAirSlope, kAirSlope);
}

void Registrar::add_sensor(const ParameterVector& sigma) {
    Sensor s;
    s.sigma = sigma;
    s.bias.covariance.diagonal() = sigma.cwiseAbs2();
    s.certainty = ParameterMatrix::Identity();
    s.learns = sigma.maxCoeff() > 0;
    sensors_.push_back(std::move(s));
    moved_at_.push_back(-1e9);
}

bool Registrar::fit(std::span<const Sighting> window, double height_variance, Fit& out, std::uint32_t air) const {
    out.sensors = 0;
    double middle = 0;
    for (const Sighting& s : window) {
        middle += s.t / static_cast<double>(window.size());
        const auto end = out.ids + out.sensors;
        const std::uint32_t place = place_[s.sensor];
        const auto at = std::find(out.ids, end, place);
        if (at == end) {
            if (out.sensors == kMaxSensors - 1) return false;
            out.plots[out.sensors] = 0;
            out.ids[out.sensors++] = place;
        }
        ++out.plots[at - out.ids];
    }
    if (out.sensors < 2 || window.size() < 5) return false;
    const int sky = out.sensors;
    if (air != kNoAir) {
        out.ids[out.sensors] = air;
        out.plots[out.sensors++] = static_cast<std::uint32_t>(window.size());
    }

    Normal n;
    out.information.setZero();
    out.score.setZero();
    const Eigen::Vector2d origin(window[0].z[0], window[0].z[1]);
    for (const Sighting& s : window) {
        const double dt = s.t - middle, wander = 0.5 * kAcceleration * dt * dt;
        Eigen::Matrix2d R;
        R << s.r00 + wander * wander, s.r01, s.r01, s.r11 + wander * wander;
        const double det = R(0, 0) * R(1, 1) - R(0, 1) * R(0, 1);
        Eigen::Matrix2d W;
        W << R(1, 1) / det, -R(0, 1) / det, -R(0, 1) / det, R(0, 0) / det;
        Eigen::Matrix<double, 2, kFlight> H;
        H << 1, 0, dt, 0, s.by_height[0], 0, 1, 0, dt, s.by_height[1];
        const std::uint32_t place = place_[s.sensor];
        const ParameterVector& sigma = sensors_[place].sigma;
        Eigen::Matrix<double, 2, P> G;
        for (int p = 0; p < P; ++p) G.col(p) = sigma[p] * Eigen::Vector2d(s.by[p][0], s.by[p][1]);
        const Eigen::Vector2d y = Eigen::Vector2d(s.z[0], s.z[1]) - origin;
        const auto k = P * (std::find(out.ids, out.ids + out.sensors, place) - out.ids);
        const Eigen::Matrix<double, kFlight, 2> HW = H.transpose() * W;
        const Eigen::Matrix<double, P, 2> GW = G.transpose() * W;
        n.A += HW * H;
        n.B.middleCols<P>(k) += HW * G;
        out.information.block<P, P>(k, k) += GW * G;
        n.a += HW * y;
        out.score.segment<P>(k) += GW * y;
        if (air != kNoAir && (s.by_height[0] != 0 || s.by_height[1] != 0)) {
            // Of what the air is off, the present estimate is removed as those of the sensors are.
            const ParameterVector& unknown = sensors_[air].sigma;
            Eigen::Matrix<double, 2, P> A = Eigen::Matrix<double, 2, P>::Zero();
            A.col(kAirOffset) = unknown[kAirOffset] * Eigen::Vector2d(s.by_height[0], s.by_height[1]);
            A.col(kAirSlope) =
                unknown[kAirSlope] * s.height / kAirHeight * Eigen::Vector2d(s.by_height[0], s.by_height[1]);
            const Eigen::Matrix<double, P, 2> AW = A.transpose() * W;
            n.B.middleCols<P>(P * sky) += HW * A;
            out.information.block<P, P>(P * sky, P * sky) += AW * A;
            out.information.block<P, P>(k, P * sky) += GW * A;
            out.score.segment<P>(P * sky) += AW * y;
        }
        n.chi2 += y.dot(W * y);
    }
    n.A(4, 4) += height_variance > 0 ? 1 / height_variance : 1e12;
    n.A(2, 2) += 1e-6;  // speeds up to 1 km/s
    n.A(3, 3) += 1e-6;
    // Schur complement by the triangle of A: what the flight takes is the square of Y = L⁻¹ B.
    const Eigen::LLT<Flight> flight(n.A);
    const FlightVector ya = flight.matrixL().solve(n.a);
    const int m = P * out.sensors;
    Cross& Y = n.B;
    flight.matrixL().solveInPlace(Y);
    for (int j = 0; j < m; ++j) {
        for (int i = 0; i <= j; ++i) {
            out.information(i, j) -= Y.col(i).dot(Y.col(j));
            out.information(j, i) = out.information(i, j);
        }
        out.score(j) -= Y.col(j).dot(ya);
    }
    n.chi2 -= ya.squaredNorm();

    // Does straight flight explain the window, with the errors as uncertain as they are?
    const auto misfit = [&](int free) {
        Dynamic all = out.information.topLeftCorner(m, m);
        for (int i = 0; i < out.sensors; ++i)
            all.block<P, P>(P * i, P * i) +=
                i == free ? ParameterMatrix(ParameterMatrix::Identity()) : sensors_[out.ids[i]].certainty;
        // The score's square in the metric of `all`, by its triangle.
        double sum = 0;
        double y[P * kMaxSensors];
        for (int j = 0; j < m; ++j) {
            double d = all(j, j), v = out.score(j);
            for (int k = 0; k < j; ++k) {
                d -= all(j, k) * all(j, k);
                v -= all(j, k) * y[k];
            }
            d = std::sqrt(std::max(d, 1e-12));
            y[j] = v / d;
            sum += y[j] * y[j];
            for (int i = j + 1; i < m; ++i) {
                double l = all(i, j);
                for (int k = 0; k < j; ++k) l -= all(i, k) * all(j, k);
                all(i, j) = l / d;
            }
        }
        return n.chi2 - sum;
    };
    out.changed = -1;
    out.fits = acceptable(misfit(-1), window.size());
    if (out.fits) return true;
    // Or would it, if one of the sensors were no longer what it was?
    double least = 1e300;
    for (int i = 0; i < out.sensors; ++i) {
        if (sensors_[out.ids[i]].learnt_since < 0) continue;
        const double chi2 = misfit(i);
        if (chi2 < least && acceptable(chi2, window.size())) {
            least = chi2;
            out.changed = i;
        }
    }
    return out.changed >= 0;
}

double Registrar::weight() const {
    return std::exp((now_ - origin_) / kMemory);
}

/// Weights grow with time; now and then they are counted from a new origin.
void Registrar::rebase() {
    if (now_ - origin_ < 20 * kMemory) return;
    const double factor = 1 / weight();
    for (Sensor& s : sensors_) {
        s.information *= factor;
        s.vector *= factor;
        s.slices.scale(static_cast<float>(factor));
        for (auto& n : s.neighbours) {
            n.block *= factor;
            n.theirs *= factor;
            n.slices.scale(static_cast<float>(factor));
        }
    }
    origin_ = now_;
}

Registrar::Neighbour& Registrar::neighbour(std::uint32_t i, std::uint32_t j) {
    auto& all = sensors_[i].neighbours;
    auto at =
        std::lower_bound(all.begin(), all.end(), j, [](const Neighbour& n, std::uint32_t id) { return n.sensor < id; });
    if (at == all.end() || at->sensor != j)
        at = all.insert(at, {j, 0, ParameterMatrix::Zero(), ParameterMatrix::Zero(), {}});
    return *at;
}

LinkSum& Registrar::link_sum(Neighbour& n) {
    const std::size_t count = cut().count;
    if (n.slices.empty()) {
        if (spare_.empty()) {
            spare_.resize(kSpares);
            for (auto& s : spare_) s.reserve(count);
        }
        n.slices = std::move(spare_.back());
        spare_.pop_back();
    }
    return n.slices.at(slice_, count);
}

void Registrar::activate(std::uint32_t place) {
    const auto at = std::lower_bound(active_.begin(), active_.end(), place);
    if (at == active_.end() || *at != place) active_.insert(at, place);
}

void Registrar::take(const Fit& f) {
    const double w = weight();
    const std::size_t kept = cut().count;
    if (!f.fits) {
        const int k = P * f.changed;
        Sensor& s = sensors_[f.ids[f.changed]];
        const ParameterMatrix own = f.information.block<P, P>(k, k);
        ParameterVector v = f.score.segment<P>(k);
        for (int p = 0; p < P; ++p)
            if (s.sigma[p] > 0) v += own.col(p) * (s.bias.value[p] / s.sigma[p]);
        OwnSum& sum = s.slices.at(slice_, kept);
        sum.against += (w * own).cast<float>();
        sum.against_vector += (w * v).cast<float>();
        s.gained += 1;
        return;
    }
    for (int i = 0; i < f.sensors; ++i) {
        Sensor& s = sensors_[f.ids[i]];
        if (s.learns && s.bias.samples == 0) activate(f.ids[i]);
        const ParameterMatrix own = f.information.block<P, P>(P * i, P * i);
        ParameterVector v = f.score.segment<P>(P * i);
        for (int j = 0; j < f.sensors; ++j) {
            const Sensor& o = sensors_[f.ids[j]];
            const ParameterMatrix b = f.information.block<P, P>(P * i, P * j);
            for (int p = 0; p < P; ++p)
                if (o.sigma[p] > 0) v += b.col(p) * (o.bias.value[p] / o.sigma[p]);
            if (j == i || !s.learns || !o.learns) continue;
            Neighbour& n = neighbour(f.ids[i], f.ids[j]);
            n.block += w * b;
            n.theirs += (w / (f.sensors - 1)) * f.information.block<P, P>(P * j, P * j);
            if (f.ids[i] < f.ids[j]) link_sum(n).block += (w * b).cast<float>();
        }
        OwnSum& sum = s.slices.at(slice_, kept);
        sum.information += (w * own).cast<float>();
        sum.vector += (w * v).cast<float>();
        s.information += w * own;
        s.vector += w * v;
        s.gained += own.trace();
        s.bias.samples += f.plots[i];
    }
}

void Registrar::find_networks() {
    constexpr std::uint32_t none = 0xffffffff;
    for (const std::uint32_t id : active_) sensors_[id].network = none;
    networks_.clear();
    const double scale = 1 / weight();
    for (const std::uint32_t first : active_) {
        if (sensors_[first].network != none || sensors_[first].sigma[kTime] <= 0) continue;
        const auto network = static_cast<std::uint32_t>(networks_.size());
        double information = 0;
        open_.assign(1, first);
        sensors_[first].network = network;
        while (!open_.empty()) {
            const Sensor& s = sensors_[open_.back()];
            open_.pop_back();
            information += s.sigma[kTime] > 0 ? s.held_by_prior[kTime] + scale * s.information(kTime, kTime) : 0;
            for (const Neighbour& n : s.neighbours) {
                if (sensors_[n.sensor].sigma[kTime] <= 0) continue;  // air has no clock
                information += scale * n.block(kTime, kTime);
                Sensor& o = sensors_[n.sensor];
                if (o.network == network) continue;
                o.network = network;
                open_.push_back(n.sensor);
            }
        }
        networks_.push_back(1 / std::max(information, 1.0));
    }
}

bool Registrar::due(const Sensor& s) const {
    return s.gained > 0.2 * s.held + 1 || (s.gained > 0 && now_ - s.solved_at > kLongest);
}

bool Registrar::solve(double now, Workers& workers) {
    const bool few = active_.size() <= whole_;
    now_ = now;
    if (active_.empty() || (few && now - solved_ < (settled_ ? kSettledInterval : kLearning))) return false;
    rebase();
    pass_slices();
    if (now - solved_ >= kLearning) solved_ = now;
    if (few) {
        if (!std::ranges::any_of(active_, [&](std::uint32_t id) { return sensors_[id].gained > 0; })) return false;
        patches_.resize(std::max<std::size_t>(patches_.size(), 1));
        patches_[0].sensors.assign(active_.begin(), active_.end());
        solve_patch(patches_[0], active_.size());
        weigh_changes(patches_[0], active_.size());
        const bool moved = accept(patches_[0], active_.size());
        decide(patches_[0], active_.size());
        std::size_t known = 0, all = 0;
        for (const std::uint32_t id : active_) {
            if (sensors_[id].sigma[kTime] <= 0) continue;
            ++all;
            known += sensors_[id].learnt_since >= 0;
        }
        settled_ = 10 * known >= 9 * all;
        return moved;
    }
    if (now == solved_) find_networks();
    // A share of those that have news.
    const std::size_t own = active_.size() - std::min(active_.size(), airs_.size()),
                      most = std::max<std::size_t>(8, own / 100);
    std::size_t n = 0;
    for (std::size_t looked = 0; looked < active_.size() && n < most; ++looked) {
        next_ = (next_ + 1) % active_.size();
        if (!due(sensors_[active_[next_]])) continue;
        if (patches_.size() <= n) patches_.emplace_back();
        choose(active_[next_], patches_[n++]);
    }
    workers.each(n, [&](std::size_t i, unsigned) {
        solve_patch(patches_[i], 1);
        weigh_changes(patches_[i], 1);
    });
    bool moved = false;
    for (std::size_t i = 0; i < n; ++i) moved |= accept(patches_[i], 1);
    for (std::size_t i = 0; i < n; ++i) decide(patches_[i], 1);
    return moved;
}

/// The sensor, and those that it shares most information with.
void Registrar::choose(std::uint32_t sensor, Patch& patch) const {
    patch.ranked.clear();
    for (const Neighbour& n : sensors_[sensor].neighbours) patch.ranked.emplace_back(-n.block.norm(), n.sensor);
    const auto most = std::min(patch.ranked.size(), Patch::kNeighbours);
    std::partial_sort(patch.ranked.begin(), patch.ranked.begin() + static_cast<std::ptrdiff_t>(most),
                      patch.ranked.end());
    patch.sensors.assign(1, sensor);
    for (std::size_t i = 0; i < most; ++i) patch.sensors.push_back(patch.ranked[i].second);
}

/// Estimates: those outside the patch are held where they stand; going round all sensors this ends where one solution
/// for all would (block Gauss–Seidel). Covariance: those outside are uncertain, and links to them tell that much less.
void Registrar::solve_patch(Patch& patch, std::size_t count) const {
    const auto n = static_cast<Eigen::Index>(P * patch.sensors.size());
    const double scale = 1 / weight();
    patch.full.setZero(n, n);
    patch.right.resize(n);
    patch.less.setZero(P, n);
    bool open = false;
    for (std::size_t i = 0; i < patch.sensors.size(); ++i) {
        const Sensor& s = sensors_[patch.sensors[i]];
        const auto a = static_cast<Eigen::Index>(P * i);
        patch.full.block<P, P>(a, a) = scale * s.information + ParameterMatrix(s.held_by_prior.asDiagonal());
        ParameterVector right = scale * s.vector;
        for (const Neighbour& o : s.neighbours) {
            const ParameterMatrix link = scale * o.block + ParameterMatrix(ParameterMatrix::Identity() * o.tie);
            const auto at = std::ranges::find(patch.sensors, o.sensor);
            if (at != patch.sensors.end()) {
                patch.full.block<P, P>(a, static_cast<Eigen::Index>(P * (at - patch.sensors.begin()))) = link;
                continue;
            }
            const Sensor& out = sensors_[o.sensor];
            for (int p = 0; p < P; ++p)
                if (out.sigma[p] > 0) right -= link.col(p) * (out.bias.value[p] / out.sigma[p]);
            const ParameterMatrix with = o.tie == 0 ? without(out.certainty, s.certainty, scale * o.theirs)
                                                    : without_tie(out.certainty, s.certainty, o.tie);
            patch.less.middleCols<P>(a) += link * with.ldlt().solve(link.transpose());
            open = true;
        }
        patch.right.segment<P>(a) = right;
    }
    patch.ldlt.compute(patch.full);
    patch.value = patch.ldlt.solve(patch.right);
    if (open) {
        for (Eigen::Index a = 0; a < n; a += P) patch.full.block<P, P>(a, a) -= patch.less.middleCols<P>(a);
        patch.ldlt.compute(patch.full);
    }
    patch.covariance = patch.ldlt.solve(Eigen::MatrixXd::Identity(n, static_cast<Eigen::Index>(P * count)));
}

bool Registrar::joint(std::span<const std::uint32_t> sensors, Eigen::MatrixXd& covariance) const {
    if (active_.size() > kJoint) return false;
    const auto n = static_cast<Eigen::Index>(P * sensors.size());
    covariance.setZero(n, n);
    Patch patch;
    patch.sensors = active_;
    if (!active_.empty()) {
        solve_patch(patch, active_.size());
        weigh_changes(patch, active_.size());
    }
    if (!patch.covariance.allFinite()) return false;
    const auto row = [&](std::size_t i) {
        const auto at = std::ranges::find(active_, place_[sensors[i]]);
        return at == active_.end() ? Eigen::Index{-1} : static_cast<Eigen::Index>(P * (at - active_.begin()));
    };
    for (std::size_t i = 0; i < sensors.size(); ++i) {
        const auto a = static_cast<Eigen::Index>(P * i);
        const ParameterVector& sigma = prior(sensors[i]);
        if (row(i) < 0) {
            covariance.block<P, P>(a, a) = of(sensors[i]).covariance;
            continue;
        }
        for (std::size_t j = 0; j < sensors.size(); ++j)
            if (row(j) >= 0)
                covariance.block<P, P>(a, static_cast<Eigen::Index>(P * j)) =
                    sigma.asDiagonal() * patch.covariance.block<P, P>(row(i), row(j)) * prior(sensors[j]).asDiagonal();
    }
    return true;
}

bool Registrar::consistent() const {
    const auto known = [&](std::uint32_t place) { return place < sensors_.size(); };
    return moved_at_.size() == sensors_.size() && std::ranges::all_of(place_, known) &&
           std::ranges::all_of(active_, known) &&
           std::ranges::all_of(airs_, [&](const auto& air) { return known(air.second); }) &&
           std::ranges::all_of(sensors_, [&](const Sensor& s) {
               return std::ranges::all_of(s.neighbours, [&](const Neighbour& n) { return known(n.sensor); });
           });
}

/// The patch's first `count` sensors take its result. True when it moved them.
bool Registrar::accept(const Patch& patch, std::size_t count) {
    if (!patch.value.allFinite() || !patch.covariance.allFinite()) return false;
    bool moved = false;
    for (std::size_t i = 0; i < count; ++i) {
        Sensor& s = sensors_[patch.sensors[i]];
        const auto a = static_cast<Eigen::Index>(P * i);
        ParameterMatrix c = patch.covariance.block<P, P>(a, a);
        c = ParameterMatrix(0.5 * (c + c.transpose()));
        if (count < patch.sensors.size() && s.sigma[kTime] > 0 && s.network < networks_.size()) {
            // All clocks of a patch together are told by hardly anything, where the sum over links may leave less than
            // nothing: no less than all other errors known would leave.
            const double least = 1 / (s.information(kTime, kTime) / weight() + s.held_by_prior[kTime]);
            if (c(kTime, kTime) < least) {
                c.row(kTime).setZero();
                c.col(kTime).setZero();
                c(kTime, kTime) = least;
            }
            c(kTime, kTime) = std::min(c(kTime, kTime) + networks_[s.network], std::max(c(kTime, kTime), 1.0));
        }
        if (!(c.diagonal().minCoeff() > 0) ||
            c.diagonal().maxCoeff() > kWidest / std::min(s.held_by_prior.minCoeff(), 1.0) + patch.widened)
            continue;
        ParameterVector step;
        for (int p = 0; p < P; ++p) {
            step[p] = patch.value[a + p] - (s.sigma[p] > 0 ? s.bias.value[p] / s.sigma[p] : 0);
            if (s.sigma[p] <= 0) step[p] = 0;
        }
        s.bias.step = s.sigma.cwiseProduct(step);
        moved_at_[patch.sensors[i]] = now_;
        s.bias.value += s.bias.step;
        s.bias.covariance = ParameterMatrix(s.sigma.asDiagonal() * c * s.sigma.asDiagonal());
        s.certainty = c.ldlt().solve(ParameterMatrix::Identity());
        s.held += s.gained;
        s.gained = 0;
        s.solved_at = now_;
        moved |= step.cwiseAbs().maxCoeff() > 1e-3;
        // What moved far for what is known of it is news to those who were solved with where it stood.
        if ((step.cwiseAbs2() - 0.04 * c.diagonal()).maxCoeff() > 0)
            for (const Neighbour& n : s.neighbours) sensors_[n.sensor].gained += 1e-3;
        const bool known =
            s.sigma[kAzimuth] > 0 ? c(kAzimuth, kAzimuth) < kKnown : s.sigma[kTime] > 0 && c(kTime, kTime) < kTimeKnown;
        if (s.learnt_since < 0 && known) {
            s.learnt_since = now_;
            s.since = slice_ + cut().settling;
        }
    }
    return moved;
}

}  // namespace asman::track
