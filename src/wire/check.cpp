#include "check.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <numbers>

namespace asman::wire {
namespace {

using base::Errc;
using base::fail;
using Check = base::Result<void>;

Check bad(std::string_view what, std::string reason) {
    return fail(Errc::bad_value, {{}, 0, 0, std::string(what)}, std::move(reason));
}

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

}  // namespace

base::Result<void> check_time(base::Time time, std::string_view what) {
    if (time >= earliest && time <= latest) return {};
    return bad(what, "not between 1970 and 2200");
}

base::Result<void> check(const picture::Contribution& c) {
    ASMAN_CHECK(state(c.originator, "originator"));
    if (!c.via.empty()) ASMAN_CHECK(state(c.via, "via"));
    if (c.clauses.size() > max_clauses) return bad("clauses", "more than " + std::to_string(max_clauses));
    for (const auto& clause : c.clauses) {
        ASMAN_CHECK(text(clause.accord, max_text, "accord"));
        ASMAN_CHECK(text(clause.clause, max_text, "clause"));
    }
    ASMAN_CHECK(number(c.coarsening.grid, 0, 1e7, "coarsening"));
    ASMAN_CHECK(number(c.coarsening.delay.seconds(), 0, 1e9, "delay"));
    if (c.assumed.size() > max_assumed) return bad("assumed", "more than " + std::to_string(max_assumed));
    for (const auto& assumed : c.assumed) ASMAN_CHECK(text(assumed, max_text, "assumed"));
    if (c.valid_until != base::Time::max()) ASMAN_CHECK(check_time(c.valid_until, "valid until"));
    return track(c.track);
}

base::Result<void> check(const Drop& drop) {
    return state(drop.originator, "originator");
}

base::Result<void> check(const picture::Alert& a) {
    ASMAN_CHECK(check_time(a.raised, "raised"));
    ASMAN_CHECK(point(a.at, "position"));
    ASMAN_CHECK(text(a.detail, max_text, "detail"));
    if (a.warning) ASMAN_CHECK(number(a.warning->seconds(), -1e9, 1e9, "warning"));
    return lineage(a.lineage);
}

base::Result<void> check(const LawActText& act) {
    ASMAN_CHECK(text(act.name, max_text, "name"));
    return text(act.text, max_act_text, "text");
}

}  // namespace asman::wire
