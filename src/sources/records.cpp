#include "records.hpp"

#include <algorithm>

namespace asman::sources {

bool Context::admits(bool simulated, bool field_monitor, bool test_target) const {
    auto& n = count();
    const bool ok = simulation == Simulation::accept || simulated == (simulation == Simulation::only);
    if (!ok)
        ++n.wrong_simulation;
    else if (field_monitor)
        ++n.field_monitors;
    else if (test_target)
        ++n.test_targets;
    return ok && !field_monitor && !test_target;
}

std::optional<base::Time> Context::time_of_day(double seconds) const {
    const auto t = unwrap_day(seconds, received);
    if (seconds < 86'400 && t - received <= farthest_time && received - t <= farthest_time) return t;
    ++count().bad_time;
    return std::nullopt;
}

picture::TargetReport Context::report(base::Time time, picture::SensorKind kind, bool simulated) const {
    picture::TargetReport r;
    r.sensor = sensor.state.sensor.id;
    r.time = time;
    r.kind = kind;
    r.simulated = simulated;
    return r;
}

void Context::give(picture::TargetReport report) const {
    auto& n = count();
    ++n.reports;
    n.time_estimated += report.time_estimated;
    n.garbled_code += report.identity.mode_3a && !report.identity.mode_3a_valid;
    n.garbled_height += report.pressure_altitude && !report.pressure_altitude_valid;
    out.reports.push_back(std::move(report));
}

std::string callsign_of(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    const auto good = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' '; };
    return std::ranges::all_of(text, good) ? std::string(text) : std::string();
}

}  // namespace asman::sources
