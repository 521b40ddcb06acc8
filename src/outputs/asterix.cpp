// The picture as ASTERIX 062 edition 1.19 and 065 edition 1.5.
#include <asman/asterix/cat062.hpp>
#include <asman/asterix/cat065.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/outputs/outputs.hpp>

#include "asterix_derived.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::outputs {
namespace {

using asterix::cat062::Fields;
using Datagrams = std::vector<std::vector<std::byte>>;

constexpr std::string_view edition_062 = "1.19", edition_065 = "1.5";

/// Seconds after midnight as the wire will round them: 1/128 s, never a whole day.
double time_of_day(base::Time t) {
    constexpr std::int64_t day = 86'400'000'000'000;
    const double s = base::Duration{((t.ns % day) + day) % day}.seconds();
    const double rounded = std::round(s * 128) / 128;
    return rounded >= 86'400 ? 0 : rounded;
}

/// Six-bit characters only, or nothing.
std::string wire_callsign(std::string_view callsign) {
    const auto good = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' '; };
    return callsign.size() <= 8 && std::ranges::all_of(callsign, good) ? std::string(callsign) : std::string();
}

/// 062/200 and 210. A turn or a change of speed is told where it is more than the filter's own doubt.
void put_motion(Fields& f, const picture::Kinematics& k) {
    constexpr double turning = 0.3 * geo::deg, hastening = 0.2, climbing = 300 * geo::foot / 60;
    enum : std::uint8_t { constant, first, second, undetermined };
    const auto sense = [](double v, double least) -> std::uint8_t {
        if (!std::isfinite(v)) return undetermined;
        return v > least ? first : v < -least ? second : constant;
    };
    f.i200 = {.trans = sense(k.turn_rate, turning),  // positive: right
              .long_ = sense(k.acceleration, hastening),
              .vert = k.vertical_rate ? sense(*k.vertical_rate, climbing) : std::uint8_t{undetermined},
              .adf = false};
    const double speed = k.velocity.norm();
    const Eigen::Vector2d along = speed > 1 ? Eigen::Vector2d(k.velocity / speed) : Eigen::Vector2d(0, 0);
    const Eigen::Vector2d right(along.y(), -along.x());
    const Eigen::Vector2d a = k.acceleration * along + k.turn_rate * speed * right;
    if (a.allFinite()) f.i210 = {.ax = held(a.x(), -32, 31.75), .ay = held(a.y(), -32, 31.75)};
}

/// AA, beside 210: of what is along the course and what is across it.
void put_accuracy_of_acceleration(Fields& f, const picture::Kinematics& k) {
    const double speed = k.velocity.norm(), across = k.sigma_turn_rate * speed;
    if (!f.i210 || speed <= 1 || (k.sigma_acceleration <= 0 && across <= 0)) return;
    const Eigen::Vector2d along = k.velocity / speed;
    const auto sigma = [&](double a, double b) {
        return held(std::hypot(k.sigma_acceleration * a, across * b), 0, 63.75);
    };
    f.i500->aa = {.x = sigma(along.x(), along.y()), .y = sigma(along.y(), along.x())};
}

void put_kinematics(Fields& f, const picture::Kinematics& k) {
    f.i070 = time_of_day(k.time);
    const double lon = held(k.at.lon_deg(), -180, 180);
    f.i105 = {.lat = held(k.at.lat_deg(), -90, 90), .lon = lon >= 180 ? -180 : lon};
    f.i185 = {.vx = held(k.velocity.x(), -8191, 8191), .vy = held(k.velocity.y(), -8191, 8191)};
    if (k.pressure_altitude) {
        const double level = held(k.pressure_altitude->flight_level(), -15, 1500);
        f.i136 = level;
        f.i135 = {.qnh = false, .ctb = level};
    }
    if (k.geometric_height) f.i130 = held(k.geometric_height->m / geo::foot, -1500, 150'000);
    if (k.vertical_rate) f.i220 = held(*k.vertical_rate / geo::foot * 60, -200'000, 200'000);
    put_motion(f, k);
    auto& accuracy = f.i500.emplace();
    const auto sigma = [&](int i, double most) { return held(std::sqrt(k.covariance(i, i)), 0, most); };
    accuracy.apc = {.x = sigma(0, 32'767), .y = sigma(1, 32'767)};
    accuracy.atv = {.x = sigma(2, 63.75), .y = sigma(3, 63.75)};
    put_accuracy_of_acceleration(f, k);
    // COV is a root with the covariance's sign, in metres.
    const double both = k.covariance(0, 1);
    accuracy.cov = held(std::copysign(std::sqrt(std::abs(both)), both), -16'383, 16'383);
    constexpr double per_radian = 180 / std::numbers::pi, radius = 6'371'000, most = 0.35;
    const double cosine = std::max(std::cos(held(k.at.lat, -1.58, 1.58)), 1e-3);
    accuracy.apw = {.lat = held(sigma(1, 32'767) / radius * per_radian, 0, most),
                    .lon = held(sigma(0, 32'767) / radius / cosine * per_radian, 0, most)};
    if (k.geometric_height && k.sigma_geometric_height > 0)
        accuracy.aga = held(k.sigma_geometric_height / geo::foot, 0, 1593.75);
    if (k.pressure_altitude && k.sigma_pressure_altitude > 0)
        accuracy.aba = held(k.sigma_pressure_altitude / geo::foot / 100, 0, 63.75);
    if (k.vertical_rate && k.sigma_vertical_rate > 0)
        accuracy.arc = held(k.sigma_vertical_rate / geo::foot * 60, 0, 1593.75);
}

void put_identity(Fields& f, const picture::ReportedIdentity& i) {
    if (i.mode_3a)
        f.i060 = {
            .v = !i.mode_3a_valid, .g = false, .ch = false, .mode3a = static_cast<std::uint16_t>(*i.mode_3a & 07777)};
    const auto callsign = wire_callsign(i.callsign);
    if (!callsign.empty()) f.i245 = {.sti = 0, .chr = asterix::Text<8>(callsign)};
    if (!i.address && callsign.empty()) return;
    auto& derived = f.i380_1_19.emplace();
    if (i.address) derived.adr = *i.address & 0xFFFFFF;
    if (!callsign.empty()) derived.id = asterix::Text<8>(callsign);
}

/// Of each kind of report that ever updated the track: its age, and whether it is too old to say anything.
template <class Age>
void put_ages(Fields& f, const picture::Track& t, Age age) {
    constexpr double old = 25;  // s: two turns of a long-range radar
    const auto put = [&](base::Time latest, std::optional<double>& item, std::optional<bool>& coasted) {
        if (latest == base::Time::min()) return;
        item = age(latest);
        if (*item > old) coasted = true;
    };
    auto& status = *f.i080;
    auto& ages = *f.i290;
    std::optional<bool> no_bit;
    put(t.latest.primary, ages.psr, status.psr);
    put(t.latest.secondary, ages.ssr, status.ssr);
    put(t.latest.mode_s, ages.mds, status.mds);
    put(t.latest.ads_b, ages.es, status.ads);
    put(t.latest.multilateration, ages.mlt, no_bit);
}

/// 062/295: how old the flight level and the code are that the track tells.
template <class Age>
void put_data_ages(Fields& f, const picture::Track& t, Age age) {
    const auto told = [&](base::Time latest) {
        return latest == base::Time::min() ? std::optional<double>{} : std::optional<double>{age(latest)};
    };
    const auto level = f.i136 ? told(t.latest.pressure_altitude) : std::nullopt;
    const auto code = f.i060 ? told(t.latest.mode_3a) : std::nullopt;
    if (!level && !code) return;
    auto& ages = f.i295.emplace();
    ages.mfl = level;
    ages.mda = code;
}

/// 062/340: the latest report as its sensor measured it. Whether a Mode S reply was to an all-call is not kept: a
/// roll-call.
void put_measured(Fields& f, const picture::Measurement& m) {
    using enum picture::SensorKind;
    auto& out = f.i340.emplace();
    out.sid = {.sac = m.sac, .sic = m.sic};
    constexpr double farthest = 65'535.0 / 256;
    if (const double rho = m.range / geo::nautical_mile; m.polar() && rho >= 0 && rho <= farthest) {
        const double theta = geo::wrap_2pi(m.azimuth) / geo::deg;
        out.pos = {.rho = rho, .theta = theta > 360.0 - 180.0 / 65'536 ? 0 : held(theta, 0, 359.995)};
    }
    if (m.pressure_altitude)
        out.mdc = {.v = false, .g = false, .lmc = held(m.pressure_altitude->flight_level(), -12, 1270)};
    if (m.mode_3a)
        out.mda = {
            .v = !m.mode_3a_valid, .g = false, .l = false, .mode3a = static_cast<std::uint16_t>(*m.mode_3a & 07777)};
    enum : std::uint8_t { no_detection, psr, ssr, ssr_psr, all_call, roll_call, all_call_psr, roll_call_psr };
    std::uint8_t type = no_detection;
    const bool mode_s_reply = m.kind == mode_s || m.address;
    if (m.kind == primary || (m.kind == combined && !m.replied))
        type = psr;
    else if (m.kind == combined)
        type = mode_s_reply ? roll_call_psr : ssr_psr;
    else if (m.kind == secondary || m.kind == mode_s)
        type = mode_s_reply ? roll_call : ssr;
    out.typ = {.typ = type, .sim = m.simulated, .rab = false, .tst = false};
}

Fields record_of(const picture::Track& t, std::uint64_t number, const AsterixOptions& options) {
    Fields f;
    f.i010 = {.sac = options.sac, .sic = options.sic};
    f.i015 = options.service;
    f.i040 = static_cast<std::uint16_t>(number & 0xFFFF);
    put_kinematics(f, t.kinematics);
    put_identity(f, t.identity);
    auto& status = f.i080.emplace();
    status.mon = t.lineage.size() == 1;
    status.spi = t.identity.special_position;
    status.cnf = !t.confirmed;
    status.sim = t.simulated;
    if (t.coasting) status.cst = true;
    auto& ages = f.i290.emplace();
    const auto age = [&](base::Time since) { return held((t.kinematics.time - since).seconds(), 0, 63.75); };
    ages.trk = age(t.first_seen);
    put_ages(f, t, age);
    put_data_ages(f, t, age);
    put_derived(f, t);
    if (t.measured) put_measured(f, *t.measured);
    return f;
}

/// 062/510. Several tracks of one state are told one after the other; a track handed on is its originator's.
void put_composition(Fields& f, const picture::JointTrack& t, const AsterixOptions& options) {
    const auto unit = [&](const picture::State& state) {
        return std::ranges::find(options.units, state, &std::pair<picture::State, std::uint8_t>::first);
    };
    const auto own = unit({});
    if (own == options.units.end()) return;
    constexpr std::uint64_t most = 0x7FFF;
    auto& out = f.i510.emplace();
    const auto add = [&](std::uint8_t of, std::uint64_t number) {
        out.push_back({.ident = of, .track = static_cast<std::uint16_t>(number & most)});
    };
    add(own->second, t.number);
    for (const auto& c : t.contributions)
        if (const auto at = c.via.empty() ? own : unit(c.originator); at != options.units.end())
            add(at->second, c.number);
}

/// Fills blocks of at most max_datagram octets.
class Blocks {
  public:
    explicit Blocks(const AsterixOptions& options)
        : block_(asterix::cat062::category, options.max_datagram,
                 asterix::find_edition(asterix::cat062::category, edition_062)) {}
    void add(const Fields& f) {
        if (block_.add(f)) return;
        flush();
        block_.add(f);
    }
    Datagrams take() {
        flush();
        return std::move(out_);
    }

  private:
    void flush() {
        if (block_.records() == 0) return;
        const auto bytes = block_.finish();
        out_.emplace_back(bytes.begin(), bytes.end());
    }
    asterix::BlockWriter block_;
    Datagrams out_;
};

}  // namespace

Datagrams asterix_062(std::span<const picture::Track> tracks, const AsterixOptions& options) {
    Blocks blocks(options);
    for (const auto& t : tracks)
        if (t.confirmed) blocks.add(record_of(t, t.number, options));
    return blocks.take();
}

Datagrams asterix_062(std::span<const picture::JointTrack> tracks, const AsterixOptions& options) {
    Blocks blocks(options);
    for (const auto& t : tracks) {
        if (!t.fused.confirmed) continue;
        Fields f = record_of(t.fused, t.number, options);
        put_composition(f, t, options);
        blocks.add(f);
    }
    return blocks.take();
}

Datagrams asterix_062_ended(std::span<const std::uint64_t> numbers, base::Time now, const AsterixOptions& options) {
    Blocks blocks(options);
    for (const auto number : numbers) {
        Fields f;
        f.i010 = {.sac = options.sac, .sic = options.sic};
        f.i015 = options.service;
        f.i040 = static_cast<std::uint16_t>(number & 0xFFFF);
        f.i070 = time_of_day(now);
        f.i080.emplace().tse = true;
        f.i080->sim = options.simulated;
        blocks.add(f);
    }
    return blocks.take();
}

std::vector<std::byte> asterix_065(ServiceReport type, base::Time now, const AsterixOptions& options,
                                   std::uint8_t batch, bool degraded) {
    asterix::cat065::Fields f;
    f.i000 = static_cast<std::uint8_t>(type);
    f.i010 = {.sac = options.sac, .sic = options.sic};
    f.i015 = options.service;
    f.i030 = time_of_day(now);
    if (type == ServiceReport::status) f.i040 = {.nogo = static_cast<std::uint8_t>(degraded ? 1 : 0)};
    if (type == ServiceReport::end_of_batch) f.i020 = batch;
    if (type == ServiceReport::service) f.i050 = static_cast<std::uint8_t>(degraded ? 1 : 2);
    asterix::BlockWriter block(asterix::cat065::category, options.max_datagram,
                               asterix::find_edition(asterix::cat065::category, edition_065));
    if (!block.add(f)) return {};
    const auto bytes = block.finish();
    return {bytes.begin(), bytes.end()};
}

}  // namespace asman::outputs
