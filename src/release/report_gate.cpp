#include <asman/release/gates.hpp>

#include "coarsen.hpp"
#include "object_of.hpp"

#include <asman/fuse/joint.hpp>

#include <algorithm>
#include <cmath>

namespace asman::release {
namespace {

using accord::Reason;
namespace field = accord::field;

constexpr double gate_sigmas = 4;           ///< of track and plot together
constexpr double gate_least = 500;          ///< metres
constexpr double acceleration_density = 2;  ///< m²/s³, for prediction to the plot's time
constexpr std::size_t most_waiting = 20'000;

double worst_sigma(const Eigen::Matrix2d& c) {
    return std::sqrt(std::max(0.0, (c(0, 0) + c(1, 1)) / 2 + std::hypot((c(0, 0) - c(1, 1)) / 2, c(0, 1))));
}

/// Pseudonyms of sensors, per receiver: who knows the secret can undo them, nobody else.
std::uint32_t pseudonym(const std::string& secret, State receiver, picture::SensorId sensor) {
    base::Hasher h;
    h.add("asman sensor pseudonym 1");
    h.add(secret);
    h.add(receiver.text());
    h.add(static_cast<std::int64_t>(sensor.value));
    const auto d = h.finish();
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < sizeof out; ++i) out = out << 8 | d.value[i];
    return out | 1;  // never 0
}

}  // namespace

struct ReportGate::Impl {
    Config config;
    Exporter::SensorOf sensor_of;
    NoticeGate::Counted counted;
    struct Waiting {
        picture::TargetReport report;
        Time not_before;
        picture::ClauseRef clause;
        std::uint64_t clause_view = 0;
    };
    std::map<State, std::deque<Waiting>> waiting;
    std::vector<Origin> origins;
    /// The latest plot of each sensor and track, for rate slots, by receiver and clause.
    using Sampled = std::map<std::pair<picture::SensorId, std::uint64_t>, Time>;
    std::map<std::pair<State, picture::ClauseRef>, Sampled> sampled;

    /// A view's tracks as objects, each with whether an exclusion keeps it from a receiver.
    struct Neighbour {
        const picture::Track* track = nullptr;
        Prepared prepared;
        bool excluded = false;
    };
    struct Round {
        const accord::LawView& view;
        Time now, law_now;
        State to;
        std::vector<Neighbour> tracks;
        const accord::Grant* grant = nullptr;
        Sampled& sampled;
        const BiasOf& bias_of;
        const NumberOf& number_of;
        std::vector<std::pair<State, picture::ReleasedReport>>& out;
    };
    void one(Round& r, const picture::TargetReport& report, std::uint64_t clause_view, bool from_queue);
    picture::ReleasedReport made(const picture::TargetReport& report, const picture::Sensor& sensor,
                                 const Placed& where, const accord::Decision& d, State to) const;
};

ReportGate::ReportGate(Config config, Exporter::SensorOf sensor_of) : impl_(std::make_unique<Impl>()) {
    impl_->config = std::move(config);
    impl_->sensor_of = std::move(sensor_of);
}
ReportGate::~ReportGate() = default;
ReportGate::ReportGate(ReportGate&&) noexcept = default;
ReportGate& ReportGate::operator=(ReportGate&&) noexcept = default;

const NoticeGate::Counted& ReportGate::counted() const {
    return impl_->counted;
}

std::span<const Origin> ReportGate::origins() const {
    return impl_->origins;
}

picture::ReleasedReport ReportGate::Impl::made(const picture::TargetReport& report, const picture::Sensor& sensor,
                                               const Placed& where, const accord::Decision& d, State to) const {
    picture::ReleasedReport out;
    out.leave.originator = out.leave.via = config.self;
    out.leave.clauses = {d.grant->reference()};
    out.leave.coarsening = coarsening_of(d, {});
    out.leave.assumed = d.grant->assumed();
    const auto has = [&](std::uint16_t bits) { return (d.fields & bits) != 0; };
    auto& r = out.report;
    r.time = report.time;
    r.kind = report.kind;
    r.simulated = report.simulated;
    r.sensor.value = pseudonym(config.secret, to, report.sensor);
    if (has(field::height)) {
        if (report.pressure_altitude_valid) r.pressure_altitude = report.pressure_altitude;
        r.geometric_height = report.geometric_height;
    }
    if (has(field::mode_3a)) {
        r.identity.mode_3a = report.identity.mode_3a;
        r.identity.mode_3a_valid = report.identity.mode_3a_valid;
    }
    if (has(field::address)) r.identity.address = report.identity.address;
    if (has(field::callsign)) r.identity.callsign = report.identity.callsign;
    if (has(field::emergency)) {
        r.identity.emergency = report.identity.emergency;
        r.identity.special_position = report.identity.special_position;
    }
    if (d.grant->clause().form == accord::Form::polar && report.polar() && sensor.position) {
        r.range = report.range;
        r.azimuth = report.azimuth;
        r.sigma_range = report.sigma_range > 0 ? report.sigma_range : sensor.sigma_range;
        r.sigma_azimuth = report.sigma_azimuth > 0 ? report.sigma_azimuth : sensor.sigma_azimuth;
        out.sensor_at = sensor.position;
        return out;
    }
    out.covariance = where.covariance;
    r.point = where.at;
    if (d.grid > 0) {
        const auto cell = accord::cell_of(where.at, d.grid);
        r.point = cell.centre;
        out.covariance = Eigen::Vector2d(where.covariance(0, 0) + cell.east_west * cell.east_west / 12,
                                         where.covariance(1, 1) + cell.north_south * cell.north_south / 12)
                             .asDiagonal();
        // A turning antenna's time is an azimuth: whole seconds only.
        r.time = {(report.time.ns / 1'000'000'000 + 1) * 1'000'000'000};
        r.sensor = {};
    }
    if (!has(field::accuracy) || d.grid > 0) {
        double sigma = accuracy_bound;
        while (sigma < worst_sigma(out.covariance) && sigma < 1e7) sigma *= 2;
        out.covariance = Eigen::Matrix2d::Identity() * sigma * sigma;
    }
    out.covariance(1, 0) = out.covariance(0, 1);
    return out;
}

void ReportGate::Impl::one(Round& r, const picture::TargetReport& report, std::uint64_t clause_view, bool from_queue) {
    const auto* sensor = sensor_of ? sensor_of(report.sensor) : nullptr;
    if (!sensor) return;
    const auto where = placed(report, *sensor, r.bias_of ? r.bias_of(clause_view, report.sensor) : Bias{});
    if (!where) return;
    const auto offset = r.law_now - r.now;
    const accord::Source source{sensor->owner, sensor->accord, sensor->name};
    accord::Object o;
    o.product = accord::Product::target_reports;
    o.time = report.time + offset;
    o.at = where->at;
    o.sigma = worst_sigma(where->covariance);
    if (report.pressure_altitude_valid) o.pressure_altitude = report.pressure_altitude;
    o.ellipsoidal = report.geometric_height;
    if (config.geoid && config.geoid->available() && report.geometric_height)
        o.msl = config.geoid->msl(where->at, *report.geometric_height);
    o.sigma_height = 50;
    o.address = report.identity.address;
    o.callsign = report.identity.callsign;
    o.mode_3a = report.identity.mode_3a;
    o.transponder = report.kind != picture::SensorKind::primary;
    o.emergency = report.identity.emergency;
    o.sources = std::span(&source, 1);
    o.under = &r.grant->reference();
    // The nearest track in whose gate it lies is the one that it belongs to; an excluded one there keeps it back.
    const Neighbour* nearest = nullptr;
    double best = 1e18;
    for (const auto& n : r.tracks) {
        const auto k = fuse::predict(n.track->kinematics, report.time, acceleration_density);
        const double spread = std::hypot(worst_sigma(k.covariance.topLeftCorner<2, 2>()), o.sigma);
        const double distance = geo::distance(k.at, where->at);
        if (!(distance <= gate_least + gate_sigmas * spread)) continue;
        const auto& told = report.identity.address;
        const bool another = told && n.track->identity.address && *told != *n.track->identity.address;
        o.near_excluded = o.near_excluded || (n.excluded && !another);
        if (distance < best) {
            best = distance;
            nearest = &n;
        }
    }
    o.associated = nearest != nullptr;
    if (nearest) {
        o.belongs_to = &nearest->prepared.object;
        o.flight_class = nearest->track->flight_class;
        o.identity = nearest->track->standard_identity;
        if (!from_queue) {
            auto& last = r.sampled[{report.sensor, nearest->track->number}];
            if (last != Time{}) o.previous = last + offset;
            last = std::max(last, report.time);
        }
    }
    const auto d = r.view.decide(o, config.self, r.to, r.law_now);
    if (d.reason == Reason::too_early && !from_queue) {
        auto& queue = waiting[r.to];
        if (queue.size() >= most_waiting) {
            queue.pop_front();
            ++counted.overflow;
        }
        queue.push_back({report, d.not_before - offset, r.grant->reference(), clause_view});
    }
    if (!d.released()) {
        ++counted.withheld[d.reason];
        return;
    }
    ++counted.released[d.grant->reference()];
    auto released = made(report, *sensor, *where, d, r.to);
    released.leave.valid_until = d.valid_until - offset;
    if (nearest && r.number_of) released.track = r.number_of(r.to, clause_view, nearest->track->number);
    r.out.emplace_back(r.to, std::move(released));
    origins.push_back({report.number, where->at});
}

std::vector<std::pair<State, picture::ReleasedReport>> ReportGate::release(
    std::span<const picture::TargetReport> reports, std::span<const LocalView> local, const accord::LawView& given,
    Time now, Time law_now, std::span<const State> receivers, const BiasOf& bias_of, const NumberOf& number_of) {
    auto& m = *impl_;
    std::vector<std::pair<State, picture::ReleasedReport>> out;
    m.origins.clear();
    if (!given.holds_at(law_now)) return out;
    for (const auto& to : receivers) {
        for (const auto& grant : given.grants(m.config.self, to)) {
            if (grant.clause().product != accord::Product::target_reports) continue;
            Impl::Round r{given,   now,       law_now, to, {}, &grant, m.sampled[{to, grant.reference()}],
                          bias_of, number_of, out};
            for (const auto& part : local) {
                const bool serves =
                    part.views.empty() || std::ranges::find(part.views, grant.clause().view) != part.views.end();
                if (!serves) continue;
                for (const auto& t : part.tracks)
                    r.tracks.push_back({&t, own_object(t, m.config, m.sensor_of, law_now - now), false});
            }
            for (auto& n : r.tracks) {
                n.prepared.object.sources = n.prepared.sources;
                n.prepared.object.product = accord::Product::target_reports;
                n.excluded = given.excluded(n.prepared.object, grant);
            }
            auto queue = std::exchange(m.waiting[to], {});
            for (auto& w : queue) {
                if (w.clause == grant.reference() && w.not_before <= now)
                    m.one(r, w.report, w.clause_view, true);
                else if (w.not_before > now || given.find(w.clause, m.config.self, to))
                    m.waiting[to].push_back(std::move(w));
                else
                    ++m.counted.destroyed;
            }
            for (const auto& report : reports) m.one(r, report, grant.clause().view, false);
        }
    }
    // What a stopped clause left behind is destroyed.
    for (auto& [to, queue] : m.waiting)
        m.counted.destroyed += std::erase_if(queue, [&](const auto& w) {
            const auto* g = given.find(w.clause, m.config.self, to);
            return !g || g->since() > w.report.time + (law_now - now);
        });
    // Slots are judged against tracks that still are.
    for (auto& [clause, last] : m.sampled)
        std::erase_if(last, [&](const auto& s) { return now - s.second > base::seconds(120); });
    std::erase_if(m.sampled, [](const auto& s) { return s.second.empty(); });
    return out;
}

}  // namespace asman::release
