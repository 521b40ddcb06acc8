#include "benchmark/scene.hpp"

#include <asman/base/config.hpp>

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

namespace asman::track {

namespace {

using base::Errc;
using base::Result;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A finite number, or nothing.
std::optional<double> number(const nlohmann::json& from, const char* key) {
    const auto at = from.find(key);
    if (at == from.end() || !at->is_number()) return {};
    const double v = at->get<double>();
    return std::isfinite(v) ? std::optional(v) : std::nullopt;
}

Result<picture::Sensor> read_sensor(const nlohmann::json& j, const std::string& file, bool plane, bool replies) {
    const auto missing = [&](const char* key) {
        return base::fail(Errc::missing, {.source = file, .line = 0, .column = 0, .item = key},
                          "a sensor lacks this number");
    };
    if (!j.is_object()) return missing("sensors");
    picture::Sensor s;
    const auto id = number(j, "id"), range = number(j, "rmax_m"), sr = number(j, "sigma_r_m"),
               sa = number(j, "sigma_az_deg"), scan = number(j, "scan_s"), pd = number(j, "pd");
    if (!id || *id < 0 || *id > 4e9) return missing("id");
    if (!range || !sr || !sa) return missing("rmax_m, sigma_r_m, sigma_az_deg");
    if (!scan || *scan <= 0 || *scan > 3600) return missing("scan_s");
    s.id = {static_cast<std::uint32_t>(*id)};
    s.name = "scene/" + std::to_string(s.id.value);
    s.kind = replies ? picture::SensorKind::combined : picture::SensorKind::primary;
    s.max_range = *range;
    s.sigma_range = *sr;
    s.sigma_azimuth = *sa * geo::deg;
    s.scan_period = base::seconds(*scan);
    s.detection_probability = pd.value_or(0.9);
    s.false_reports_per_scan = number(j, "clutter_per_scan").value_or(0);
    const double h = number(j, "height_m").value_or(0);
    const auto x = number(j, plane ? "x" : "lon"), y = number(j, plane ? "y" : "lat");
    if (!x || !y) return missing(plane ? "x, y" : "lat, lon");
    s.position = geo::Position{plane ? PlaneFrame::label(*x, *y) : geo::Point::degrees(*y, *x), {h}};
    return s;
}

struct Columns {
    int time = -1, sensor = -1, range = -1, azimuth = -1, height = -1, code = -1, address = -1, code_valid = -1,
        height_valid = -1, count = 0;
};

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0;;) {
        const std::size_t comma = line.find(',', at);
        out.push_back(line.substr(at, comma == std::string_view::npos ? comma : comma - at));
        if (comma == std::string_view::npos) return out;
        at = comma + 1;
    }
}

Columns columns(std::string_view header) {
    Columns c;
    const auto names = split(header);
    const std::pair<std::string_view, int*> wanted[] = {
        {"time", &c.time},           {"sensor", &c.sensor},         {"range_m", &c.range},
        {"azimuth_deg", &c.azimuth}, {"height_m", &c.height},       {"mode3a", &c.code},
        {"addr", &c.address},        {"code_valid", &c.code_valid}, {"height_valid", &c.height_valid}};
    for (std::size_t i = 0; i < names.size(); ++i)
        for (const auto& [name, at] : wanted)
            if (names[i] == name) *at = static_cast<int>(i);
    c.count = static_cast<int>(names.size());
    return c;
}

template <class T>
bool parse(std::string_view text, T& out, int radix) {
    const auto r = std::from_chars(text.data(), text.data() + text.size(), out, radix);
    return r.ec == std::errc{} && r.ptr == text.data() + text.size();
}
bool parse(std::string_view text, double& out) {
    const auto r = std::from_chars(text.data(), text.data() + text.size(), out);
    return r.ec == std::errc{} && r.ptr == text.data() + text.size();
}

/// One line; false when it is not of the format. Numbers that mean nothing are left to the tracker to refuse.
bool read_plot(std::string_view line, const Columns& c, const Scene& scene, picture::TargetReport& out) {
    const auto cells = split(line);
    if (static_cast<int>(cells.size()) != c.count) return false;
    const auto cell = [&](int i) { return i < 0 ? std::string_view{} : cells[static_cast<std::size_t>(i)]; };
    double time = kNaN, azimuth = kNaN;
    if (!parse(cell(c.time), time) || !(std::abs(time) < 1e9) || !parse(cell(c.sensor), out.sensor.value, 10) ||
        !parse(cell(c.range), out.range) || !parse(cell(c.azimuth), azimuth))
        return false;
    out.time = kSceneStart + base::seconds(time);
    out.azimuth = azimuth * geo::deg;
    const bool code_ok = cell(c.code_valid) != "0", height_ok = cell(c.height_valid) != "0";
    bool replied = false;
    if (double h = 0; !cell(c.height).empty()) {
        if (!parse(cell(c.height), h)) return false;
        out.pressure_altitude = geo::PressureAltitude{h};
        out.pressure_altitude_valid = height_ok;
        replied = true;
    }
    if (std::uint16_t code = 0; !cell(c.code).empty()) {
        if (!parse(cell(c.code), code, 8)) return false;
        out.identity.mode_3a = code;
        out.identity.mode_3a_valid = code_ok;
        replied = true;
    }
    if (std::uint32_t address = 0; !cell(c.address).empty()) {
        if (!parse(cell(c.address), address, 16)) return false;
        out.identity.address = address;
        replied = true;
    }
    out.kind = replied && scene.heights ? picture::SensorKind::combined : picture::SensorKind::primary;
    return true;
}

Result<void> read_meta(const std::string& file, Scene& scene) {
    ASMAN_TRY(const std::string text, base::read_file(file));
    const auto j = nlohmann::json::parse(text, nullptr, false);
    const auto bad = [&](const char* item, const char* why) {
        return base::fail(Errc::bad_value, {.source = file, .line = 0, .column = 0, .item = item}, why);
    };
    if (!j.is_object()) return bad("", "this is not a JSON object");
    const auto word = [&](const char* key, const char* fallback) {
        const auto at = j.find(key);
        return at != j.end() && at->is_string() ? at->get<std::string>() : std::string(fallback);
    };
    const std::string frame = word("frame", "plane"), mode = word("mode", "psr");
    if (frame != "plane" && frame != "wgs84") return bad("frame", "plane or wgs84 was expected");
    if (mode != "psr" && mode != "ssr") return bad("mode", "psr or ssr was expected");
    scene.plane = frame == "plane";
    scene.heights = mode == "ssr";
    scene.pressure = word("height", "") == "pressure";
    const bool slant = word("range", scene.heights ? "slant" : "ground") == "slant";
    if (scene.plane)
        scene.frame = std::make_shared<PlaneFrame>(!slant);
    else
        scene.frame = std::make_shared<EllipsoidFrame>();
    scene.epoch = number(j, "epoch_s").value_or(5);
    scene.duration = number(j, "duration").value_or(0);
    if (!(scene.epoch > 0.01)) return bad("epoch_s", "more than 0.01 s was expected");
    const auto sensors = j.find("sensors");
    if (sensors == j.end() || !sensors->is_array()) return bad("sensors", "a list was expected");
    for (const auto& s : *sensors) {
        ASMAN_TRY(picture::Sensor sensor, read_sensor(s, file, scene.plane, scene.heights));
        scene.sensors.push_back(std::move(sensor));
    }
    return {};
}

}  // namespace

Result<Scene> read_scene(const std::string& plots, const std::string& meta) {
    Scene scene;
    ASMAN_CHECK(read_meta(meta, scene));
    ASMAN_TRY(const std::string text, base::read_file(plots));
    std::string_view rest = text;
    const auto next = [&] {
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        return line;
    };
    const Columns c = columns(next());
    if (c.time < 0 || c.sensor < 0 || c.range < 0 || c.azimuth < 0)
        return base::fail(Errc::missing, {.source = plots, .line = 1, .column = 1, .item = {}},
                          "columns time, sensor, range_m and azimuth_deg were expected");
    for (std::uint32_t line = 2; !rest.empty(); ++line) {
        const std::string_view row = next();
        if (row.empty()) continue;
        picture::TargetReport r;
        r.number = scene.reports.size();
        if (!read_plot(row, c, scene, r))
            return base::fail(Errc::syntax, {.source = plots, .line = line, .column = 1, .item = {}},
                              "this is not a plot of the columns that the header names");
        scene.reports.push_back(std::move(r));
    }
    return scene;
}

}  // namespace asman::track
