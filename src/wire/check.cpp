#include "check.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <numbers>

namespace asman::wire {
namespace {

using base::Errc;
using base::fail;
using Check = base::Result<void>;

/// Finite and within [low, high].
Check number(double v, double low, double high, std::string_view what) {
    if (v >= low && v <= high) return {};
    return bad(what, "out of its range");
}

Check number(const std::optional<double>& v, double low, double high, std::string_view what) {
    return v ? number(*v, low, high, what) : Check{};
}

Check state(picture::State s, std::string_view what) {
    if (picture::State::well_formed(s.text())) return {};
    return bad(what, "not three capital letters");
}

bool is_utf8(std::string_view s) {
    for (std::size_t i = 0; i < s.size();) {
        const auto lead = static_cast<unsigned char>(s[i]);
        const std::size_t more = lead < 0x80                   ? 0
                                 : lead >= 0xC2 && lead < 0xE0 ? 1
                                 : lead >= 0xE0 && lead < 0xF0 ? 2
                                                               : 3;
        if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || more >= s.size() - i) return false;
        std::uint32_t code = more == 0 ? lead : lead & (0x3Fu >> more);
        for (std::size_t k = 1; k <= more; ++k) {
            const auto c = static_cast<unsigned char>(s[i + k]);
            if ((c & 0xC0) != 0x80) return false;
            code = code << 6 | (c & 0x3F);
        }
        const bool overlong = (more == 2 && code < 0x800) || (more == 3 && code < 0x10000);
        if (overlong || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) return false;
        i += more + 1;
    }
    return true;
}

Check text(std::string_view s, std::size_t max, std::string_view what) {
    if (s.size() > max) return bad(what, "longer than " + std::to_string(max) + " bytes");
    if (!is_utf8(s)) return bad(what, "not UTF-8");
    return {};
}

Check point(geo::Point p, std::string_view what) {
    ASMAN_CHECK(number(p.lat, -std::numbers::pi / 2, std::numbers::pi / 2, what));
    return number(p.lon, -std::numbers::pi, std::numbers::pi, what);
}

/// Symmetric to rounding and positive semidefinite: looked at as correlations, since metres and m/s differ in size.
Check covariance(const Eigen::Matrix4d& p) {
    constexpr std::string_view what = "covariance";
    Eigen::Matrix4d correlation = Eigen::Matrix4d::Identity();
    for (int i = 0; i < 4; ++i) ASMAN_CHECK(number(p(i, i), 0, i < 2 ? 1e14 : 1e10, what));
    for (int i = 0; i < 4; ++i)
        for (int j = i + 1; j < 4; ++j) {
            const double scale = std::sqrt(p(i, i) * p(j, j));
            if (!(std::abs(p(i, j)) <= scale * (1 + 1e-9)) || !(std::abs(p(i, j) - p(j, i)) <= scale * 1e-9))
                return bad(what, "not a covariance");
            if (scale > 0) correlation(i, j) = correlation(j, i) = p(i, j) / scale;
        }
    const Eigen::SelfAdjointEigenSolver<Eigen::Matrix4d> solver(correlation, Eigen::EigenvaluesOnly);
    if (!(solver.eigenvalues()(0) >= -1e-6)) return bad(what, "not positive semidefinite");
    return {};
}

Check kinematics(const picture::Kinematics& k) {
    ASMAN_CHECK(check_time(k.time, "time"));
    ASMAN_CHECK(point(k.at, "position"));
    for (const double v : k.velocity) ASMAN_CHECK(number(v, -1e4, 1e4, "velocity"));
    ASMAN_CHECK(covariance(k.covariance));
    if (k.pressure_altitude) ASMAN_CHECK(number(k.pressure_altitude->m, -5e3, 5e5, "pressure altitude"));
    if (k.geometric_height) ASMAN_CHECK(number(k.geometric_height->m, -5e3, 5e5, "geometric height"));
    ASMAN_CHECK(number(k.sigma_pressure_altitude, 0, 1e6, "sigma of pressure altitude"));
    ASMAN_CHECK(number(k.sigma_geometric_height, 0, 1e6, "sigma of geometric height"));
    ASMAN_CHECK(number(k.vertical_rate, -2e3, 2e3, "vertical rate"));
    return number(k.turn_rate, -10, 10, "turn rate");
}

Check identity(const picture::ReportedIdentity& i) {
    if (i.address && *i.address > 0xFFFFFF) return bad("address", "more than 24 bits");
    if (i.mode_3a && *i.mode_3a > 07777) return bad("mode 3/A", "more than 12 bits");
    if (i.callsign.size() > 16 || !std::ranges::all_of(i.callsign, [](char c) { return c >= ' ' && c <= '~'; }))
        return bad("callsign", "not up to 16 printable characters");
    return {};
}

Check lineage(const picture::Lineage& entries) {
    constexpr std::string_view what = "lineage";
    if (entries.size() > max_lineage) return bad(what, "too many entries");
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& e = entries[i];
        ASMAN_CHECK(state(e.state, what));
        ASMAN_CHECK(check_time(e.first, what));
        ASMAN_CHECK(check_time(e.last, what));
        if (e.last < e.first) return bad(what, "ends before it begins");
        if (i > 0 && std::pair(entries[i - 1].state, entries[i - 1].sensor) >= std::pair(e.state, e.sensor))
            return bad(what, "not sorted by state and sensor");
    }
    return {};
}

Check track(const picture::Track& t) {
    ASMAN_CHECK(kinematics(t.kinematics));
    ASMAN_CHECK(check_time(t.first_seen, "first seen"));
    ASMAN_CHECK(check_time(t.last_report, "last report"));
    if (t.last_report < t.first_seen) return bad("last report", "before the first");
    ASMAN_CHECK(number(t.existence, 0, 1, "existence"));
    for (const float p : t.mode_probabilities) ASMAN_CHECK(number(double{p}, 0, 1, "mode probability"));
    ASMAN_CHECK(identity(t.identity));
    if (t.recent_codes.size() > 3) return bad("recent codes", "more than three");
    for (const auto code : t.recent_codes)
        if (code > 07777) return bad("recent codes", "more than 12 bits");
    return lineage(t.lineage);
}

Check leave(const picture::Leave& l) {
    ASMAN_CHECK(state(l.originator, "originator"));
    if (!l.via.empty()) ASMAN_CHECK(state(l.via, "via"));
    if (l.clauses.size() > max_clauses) return bad("clauses", "more than " + std::to_string(max_clauses));
    for (const auto& clause : l.clauses) {
        ASMAN_CHECK(text(clause.accord, max_text, "accord"));
        ASMAN_CHECK(text(clause.clause, max_text, "clause"));
    }
    ASMAN_CHECK(number(l.coarsening.grid, 0, 1e7, "coarsening"));
    ASMAN_CHECK(number(l.coarsening.delay.seconds(), 0, 1e9, "delay"));
    if (l.assumed.size() > max_assumed) return bad("assumed", "more than " + std::to_string(max_assumed));
    for (const auto& assumed : l.assumed) ASMAN_CHECK(text(assumed, max_text, "assumed"));
    if (l.valid_until != base::Time::max()) ASMAN_CHECK(check_time(l.valid_until, "valid until"));
    return {};
}

}  // namespace

base::Result<void> bad(std::string_view what, std::string reason) {
    return base::fail(base::Errc::bad_value, {{}, 0, 0, std::string(what)}, std::move(reason));
}

base::Result<void> check_time(base::Time time, std::string_view what) {
    if (time >= earliest && time <= latest) return {};
    return bad(what, "not between 1970 and 2200");
}

base::Result<void> check(const picture::Contribution& c) {
    ASMAN_CHECK(leave({c.originator, c.via, c.clauses, c.coarsening, c.assumed, c.valid_until}));
    return track(c.track);
}

base::Result<void> check(const Drop& drop) {
    return state(drop.originator, "originator");
}

base::Result<void> check(const picture::ReleasedReport& r) {
    ASMAN_CHECK(leave(r.leave));
    const auto& p = r.report;
    ASMAN_CHECK(check_time(p.time, "time"));
    ASMAN_CHECK(identity(p.identity));
    if (p.pressure_altitude) ASMAN_CHECK(number(p.pressure_altitude->m, -5e3, 5e5, "pressure altitude"));
    if (p.geometric_height) ASMAN_CHECK(number(p.geometric_height->m, -5e3, 5e5, "geometric height"));
    if (p.polar() == p.point.has_value()) return bad("report", "neither polar nor geodetic, or both");
    if (p.polar()) {
        ASMAN_CHECK(number(p.range, 0, 1e7, "range"));
        ASMAN_CHECK(number(p.azimuth, -10, 10, "azimuth"));
        ASMAN_CHECK(number(p.sigma_range, 0, 1e6, "sigma of range"));
        ASMAN_CHECK(number(p.sigma_azimuth, 0, 10, "sigma of azimuth"));
        if (!r.sensor_at) return bad("sensor position", "missing, and polar without it means nothing");
        ASMAN_CHECK(point(r.sensor_at->at, "sensor position"));
        return number(r.sensor_at->height.m, -5e3, 5e4, "sensor height");
    }
    if (r.sensor_at) return bad("sensor position", "stands with a geodetic report");
    ASMAN_CHECK(point(*p.point, "position"));
    const auto& c = r.covariance;
    ASMAN_CHECK(number(c(0, 0), 0, 1e14, "covariance"));
    ASMAN_CHECK(number(c(1, 1), 0, 1e14, "covariance"));
    if (!(c(0, 1) * c(0, 1) <= c(0, 0) * c(1, 1) * (1 + 1e-9)) || c(0, 1) != c(1, 0))
        return bad("covariance", "not a covariance");
    return {};
}

base::Result<void> check(const picture::Notice& n) {
    ASMAN_CHECK(leave(n.leave));
    ASMAN_CHECK(check_time(n.time, "time"));
    if (n.at) ASMAN_CHECK(point(*n.at, "position"));
    ASMAN_CHECK(text(n.what, max_text, "what"));
    ASMAN_CHECK(text(n.detail, max_text, "detail"));
    ASMAN_CHECK(number(n.radius, 0, 1e7, "radius"));
    return lineage(n.lineage);
}

base::Result<void> check(const Handed& h) {
    return text(h.accord, max_text, "accord");
}

base::Result<void> check(const AuditHead& h) {
    ASMAN_CHECK(text(h.accord, max_text, "accord"));
    if (h.entries.size() > max_roll) return bad("audit head", "more than " + std::to_string(max_roll) + " entries");
    for (const auto& e : h.entries) {
        ASMAN_CHECK(check_time(e.at, "entry's time"));
        ASMAN_CHECK(text(e.kind, 32, "entry's kind"));
        ASMAN_CHECK(text(e.text, max_text, "entry"));
    }
    return {};
}

base::Result<void> check(const Countersignature& c) {
    ASMAN_CHECK(text(c.accord, max_text, "accord"));
    return text(c.remarks, max_text, "remarks");
}

base::Result<void> check(const Refusal& r) {
    ASMAN_CHECK(text(r.accord, max_text, "accord"));
    return text(r.reason, max_text, "reason");
}

base::Result<void> check(const LawActText& act) {
    ASMAN_CHECK(text(act.name, max_text, "name"));
    return text(act.text, max_act_text, "text");
}

}  // namespace asman::wire
