// The public face: configuration in, tracks out.
#include <asman/track/tracker.hpp>

#include "manage/state.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace asman::track {

namespace {

constexpr double kClutterMemory = 30;  ///< turns
/// m²/s: unknown heights change as climbs of 5 m/s that last a minute or so do, at times; known ones as pressure does.
constexpr double kClimbWalk = 1500, kPressureWalk = 1;

}  // namespace

Tracker::Impl::Impl(Config c, std::shared_ptr<const Frame> f)
    : config(c),
      frame(std::move(f)),
      ground_range(frame->ground_range()),
      undetected(1e-6 * c.initial_density_per_km2, 1e-6 * c.birth_rate_per_km2_s),
      speeds(kSpeedSigma),
      workers(c.threads),
      work(workers.threads()) {
    for (Work& w : work) {
        w.shared.reserve(Cluster::kMaxShared);
        w.cluster.shared.reserve(Cluster::kMaxShared);
        w.weights.shared.reserve(Cluster::kMaxShared);
        w.cluster.apart.reserve(Work::kMaxTracks * Work::kMaxTracks);
        w.nearby.reserve(64);
        w.escaped.reserve(64);
        w.fresh.reserve(64);
        w.chosen.reserve(Work::kMaxPlots);
        w.chosen_beta.reserve(Work::kMaxPlots);
    }
    motion.single_mode = config.ablate_imm;
    motion.height_walk = ground_range ? 0 : kClimbWalk;
    level_motion = motion;
    level_motion.height_walk = ground_range ? 0 : kPressureWalk;
}

Tracker::Tracker(Config config) : Tracker(config, std::make_shared<EllipsoidFrame>()) {}
Tracker::Tracker(Config config, std::shared_ptr<const Frame> frame)
    : impl_(std::make_unique<Impl>(config, std::move(frame))) {}
Tracker::~Tracker() = default;
Tracker::Tracker(Tracker&&) noexcept = default;
Tracker& Tracker::operator=(Tracker&&) noexcept = default;

base::Result<void> Tracker::add_sensor(const picture::Sensor& sensor) {
    const base::Place place{.source = {}, .line = 0, .column = 0, .item = sensor.name};
    if (impl_->sensor_of.contains(sensor.id.value))
        return base::fail(base::Errc::duplicate, place, "a sensor with this id is known already");
    const auto bad = [&](double v) { return !std::isfinite(v) || v < 0; };
    if (bad(sensor.sigma_range) || bad(sensor.sigma_azimuth) || bad(sensor.max_range) ||
        bad(sensor.false_reports_per_scan) || bad(sensor.detection_probability) || sensor.detection_probability > 1 ||
        sensor.scan_period.ns < 0)
        return base::fail(base::Errc::bad_value, place, "a σ, range, rate or probability of the sensor means nothing");
    if (sensor.position && (!std::isfinite(sensor.position->at.lat) || !std::isfinite(sensor.position->at.lon) ||
                            !std::isfinite(sensor.position->height.m)))
        return base::fail(base::Errc::bad_value, place, "the sensor's position is not finite");

    SensorState s;
    s.near.reserve(64);
    s.info = sensor;
    s.period = sensor.scan_period.seconds();
    s.max_range = sensor.max_range;
    s.declare_detection();
    const auto kind = sensor.kind;
    s.sweeps = s.period > 0 && kind != picture::SensorKind::ads_b && kind != picture::SensorKind::multilateration &&
               kind != picture::SensorKind::tracker;
    if (s.sweeps) s.beam.rate = 2 * std::numbers::pi / s.period;
    if (sensor.position) {
        s.placed = true;
        s.site = impl_->frame->site(*sensor.position);
    }
    if (s.sweeps) {
        const double reach = s.reach();
        if (s.placed) impl_->sweepers.add(static_cast<std::uint32_t>(impl_->sensors.size()), s.site.place, reach);
        s.echoes = ClutterMap(sensor.false_reports_per_scan, reach, s.period, kClutterMemory);
        s.replies = ClutterMap(0.1 * sensor.false_reports_per_scan, reach, s.period, kClutterMemory);
    }
    ParameterVector unknown = ParameterVector::Zero();
    const Config& c = impl_->config;
    if (c.registration && s.sweeps)
        unknown << c.registration_sigma_range, c.registration_sigma_gain, c.registration_sigma_azimuth,
            c.registration_sigma_time;
    else if (c.registration)
        unknown[kTime] = c.registration_sigma_latency;
    impl_->registrar.add(unknown);
    const auto place_in_list = static_cast<std::uint32_t>(impl_->sensors.size());
    impl_->sensor_of.emplace(sensor.id.value, place_in_list);
    if (auto& small = impl_->small_ids; sensor.id.value < Impl::kSmallIds) {
        if (small.size() <= sensor.id.value) small.resize(sensor.id.value + 1, kNobody);
        small[sensor.id.value] = place_in_list;
    }
    impl_->sensors.push_back(std::move(s));
    impl_->undetected.forget_watchers();
    return {};
}

void Tracker::report(const picture::TargetReport& report) {
    impl_->take(report);
}

void Tracker::service(const picture::ServiceMessage& message) {
    impl_->service(message);
}

void Tracker::advance(base::Time now) {
    if (impl_->begin(now)) impl_->advance(impl_->seconds(now));
}

base::Time Tracker::now() const {
    return impl_->time(impl_->now);
}

const Counters& Tracker::counters() const {
    return impl_->counters;
}

std::size_t Tracker::size() const {
    return impl_->live;
}

std::uint32_t Tracker::Impl::find_sensor(picture::SensorId id) const {
    if (id.value < kSmallIds) return id.value < small_ids.size() ? small_ids[id.value] : kNobody;
    const auto at = sensor_of.find(id.value);
    return at == sensor_of.end() ? kNobody : at->second;
}

std::size_t Tracker::waiting() const {
    return impl_->waiting;
}

std::span<const std::uint64_t> Tracker::waits() const {
    return impl_->waits;
}

std::vector<std::uint64_t> Tracker::take_ended() {
    return std::exchange(impl_->ended, {});
}

std::vector<Registration> Tracker::registration() const {
    std::vector<Registration> out;
    for (const auto& [id, at] : impl_->sensor_of) {
        const SensorState& s = impl_->sensors[at];
        const Registrar::Bias& b = impl_->registrar.of(at);
        const ParameterVector& prior = impl_->registrar.prior(at);
        if (prior.isZero(0) || (!s.placed && b.samples == 0)) continue;
        Registration r;
        r.sensor = s.info.id;
        r.samples = b.samples;
        r.jumps = b.jumps;
        const auto estimate = [&](Parameter p) {
            Registration::Estimate e;
            e.value = b.value[p];
            e.sigma = std::sqrt(b.covariance(p, p));
            e.learns = prior[p] > 0;
            e.observable = e.learns && b.samples > 0 && e.sigma < 0.5 * prior[p];
            return e;
        };
        r.range = estimate(kRange);
        r.gain = estimate(kGain);
        r.azimuth = estimate(kAzimuth);
        r.time = estimate(kTime);
        out.push_back(r);
    }
    return out;
}

JointRegistration Tracker::joint_registration() const {
    std::vector<std::uint32_t> sensors;
    for (const auto& [id, at] : impl_->sensor_of)
        if (!impl_->registrar.prior(at).isZero(0) && impl_->registrar.of(at).samples > 0) sensors.push_back(at);
    JointRegistration out;
    Eigen::MatrixXd all;
    if (!impl_->registrar.joint(sensors, all)) return out;
    std::vector<Eigen::Index> from;
    std::vector<double> value;
    for (std::size_t i = 0; i < sensors.size(); ++i)
        for (int p = 0; p < kParameters; ++p) {
            const double prior = impl_->registrar.prior(sensors[i])[p];
            if (prior <= 0) continue;
            out.rows.push_back({impl_->sensors[sensors[i]].info.id, static_cast<JointRegistration::Error>(p), prior});
            from.push_back(static_cast<Eigen::Index>(kParameters * i) + p);
            value.push_back(impl_->registrar.of(sensors[i]).value[p]);
        }
    out.value = Eigen::Map<const Eigen::VectorXd>(value.data(), static_cast<Eigen::Index>(value.size()));
    out.covariance = all(from, from);
    return out;
}

std::span<const picture::Track> Tracker::picture(base::Time at) {
    Impl& m = *impl_;
    const Seconds t = m.seconds(at);
    auto& order = m.order;
    order.clear();
    for (std::uint32_t slot = 0; slot < m.tracks.size(); ++slot)
        if (m.tracks[slot].alive && m.tracks[slot].confirmed) order.emplace_back(m.tracks[slot].number, slot);
    std::sort(order.begin(), order.end());
    if (m.shown.size() < order.size()) m.shown.resize(order.size());
    m.visible.assign(order.size(), 0);
    constexpr std::size_t run = 128;
    m.workers.each((order.size() + run - 1) / run, [&](std::size_t r, unsigned) {
        for (std::size_t i = r * run; i < std::min(order.size(), (r + 1) * run); ++i)
            m.visible[i] = m.show(m.tracks[order[i].second], t, m.shown[i]);
    });
    std::size_t n = 0;
    for (std::size_t i = 0; i < order.size(); ++i)
        if (m.visible[i] != 0) {
            if (i != n) std::swap(m.shown[n], m.shown[i]);
            ++n;
        }
    return {m.shown.data(), n};
}

}  // namespace asman::track
