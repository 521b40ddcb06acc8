#include <asman/simulate/scenario.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace asman::simulate {
namespace {

using base::Errc;
using base::Section;

double in_range(const Section& s, std::string_view key, double value, double low, double high) {
    if (!(value >= low && value <= high))
        s.reject(key, Errc::bad_value, fmt::format("{} is not between {} and {}", value, low, high));
    return value;
}
double number(const Section& s, std::string_view key, double fallback, double low, double high) {
    return in_range(s, key, s.number_or(key, fallback), low, high);
}

picture::State state_code(const Section& s, std::string_view key, const std::string& text) {
    if (!picture::State::well_formed(text))
        s.reject(key, Errc::bad_value, "'" + text + "' is not a state: three capital letters, as in KGZ");
    return picture::State(text);
}

std::uint32_t digits(const Section& s, std::string_view key, const std::string& text, int base, std::uint32_t most,
                     const char* what) {
    std::uint32_t v = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v, base);
    if (error != std::errc{} || end != text.data() + text.size() || v > most)
        s.reject(key, Errc::bad_value, "'" + text + "' is not " + what);
    return v;
}
std::uint32_t address(const Section& s, std::string_view key, const std::string& text) {
    return digits(s, key, text, 16, 0xffffff, "a 24-bit address: up to six hexadecimal digits");
}
picture::Mode3A code(const Section& s, std::string_view key, const std::string& text) {
    return static_cast<picture::Mode3A>(digits(s, key, text, 8, 07777, "a Mode 3/A code: four octal digits"));
}
std::uint8_t octet(const Section& s, std::string_view key) {
    const auto v = s.integer(key);
    if (v < 0 || v > 255) s.reject(key, Errc::bad_value, "must be between 0 and 255");
    return static_cast<std::uint8_t>(v);
}

/// The states and airports known so far, for references with the nearest name.
class Reader {
  public:
    Reader(const base::Config& doc, Scenario& out) : root_(doc.root()), out_(out) {}
    void read();

  private:
    void known_state(const Section& s, std::string_view key, picture::State state) const;
    picture::State state(const Section& s, std::string_view key, picture::State fallback) const;
    const Airport* airport(const Section& s, std::string_view key, const std::string& icao) const;
    RoutePoint point(const Section& s, std::string_view key, const std::string& text) const;
    std::vector<RoutePoint> route(const Section& s) const;
    void head();
    std::uint8_t unit(const base::Section& s) const;
    void states();
    void airports();
    void traffic();
    SensorSpec sensor(const Section& s) const;
    FlightSpec flight(const Section& s) const;
    IntruderSpec intruder(const Section& s) const;
    void unique_names();

    Section root_;
    Scenario& out_;
};

void Reader::known_state(const Section& s, std::string_view key, picture::State code) const {
    std::vector<std::string> names;
    for (const auto& x : out_.states) {
        if (x.code == code) return;
        names.emplace_back(x.code.text());
    }
    s.reject(key, Errc::unknown_name,
             fmt::format("no state '{}' in this scenario; the nearest is '{}'", code.text(),
                         base::nearest_name(code.text(), names)));
}

picture::State Reader::state(const Section& s, std::string_view key, picture::State fallback) const {
    const auto text = s.string_or(key, std::string(fallback.text()));
    if (text.empty()) return {};
    const auto c = state_code(s, key, text);
    known_state(s, key, c);
    return c;
}

const Airport* Reader::airport(const Section& s, std::string_view key, const std::string& icao) const {
    if (const auto* a = out_.airport(icao)) return a;
    std::vector<std::string> names;
    for (const auto& a : out_.airports) names.push_back(a.icao);
    const auto near = base::nearest_name(icao, names);
    s.reject(key, Errc::unknown_name,
             "no airport '" + icao + "' in this scenario" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
    return nullptr;
}

RoutePoint Reader::point(const Section& s, std::string_view key, const std::string& text) const {
    const auto comma = text.find(',');
    if (comma == std::string::npos) {
        const auto* a = airport(s, key, text);
        return {a ? a->at : geo::Point{}, text};
    }
    double lat = 0, lon = 0;
    const char* begin = text.data();
    const char* end = begin + text.size();
    const char* second = begin + comma + 1;
    while (second < end && *second == ' ') ++second;
    const auto a = std::from_chars(begin, begin + comma, lat), b = std::from_chars(second, end, lon);
    if (a.ec != std::errc{} || a.ptr != begin + comma || b.ec != std::errc{} || b.ptr != end ||
        !(std::abs(lat) <= 90) || !(std::abs(lon) <= 180))
        s.reject(key, Errc::bad_value, "'" + text + "' is neither an airport nor \"latitude,longitude\" in degrees");
    return {geo::Point::degrees(lat, lon), {}};
}

std::vector<RoutePoint> Reader::route(const Section& s) const {
    std::vector<RoutePoint> out;
    for (const auto& text : s.strings("route")) out.push_back(point(s, "route", text));
    if (out.size() < 2) {
        s.reject("route", Errc::missing, "a route has at least two points");
        out.resize(2);
    }
    return out;
}

void Reader::head() {
    if (root_.integer("format") != 1) root_.reject("format", Errc::bad_value, "this version reads format 1");
    out_.name = root_.string("name");
    out_.note = root_.string_or("note", "");
    out_.start = root_.time("start");
    out_.duration = base::seconds(number(root_, "duration_s", 1800, 1, 864000));
    const auto seed = root_.integer_or("seed", 1);
    if (seed < 0) root_.reject("seed", Errc::bad_value, "must not be negative");
    out_.seed = static_cast<std::uint64_t>(seed);
    out_.terrain = root_.string_or("terrain", "");
    const auto w = root_.table("weather");
    out_.weather.qnh = number(w, "qnh_hpa", 1013.25, 900, 1090);
    out_.weather.qnh_swing = number(w, "qnh_swing_hpa", 0, 0, 40);
    out_.weather.surface_deviation = number(w, "surface_deviation_k", 0, -50, 40);
    out_.weather.upper_deviation = number(w, "upper_deviation_k", 0, -30, 30);
    out_.weather.deviation_swing = number(w, "deviation_swing_k", 0, 0, 20);
}

std::uint8_t Reader::unit(const base::Section& s) const {
    const auto v = s.integer("unit");
    if (v < 0 || v > 255) s.reject("unit", Errc::bad_value, "must be between 0 and 255");
    for (const auto& other : out_.states)
        if (other.unit == v)
            s.reject("unit", Errc::duplicate, fmt::format("unit {} is that of {} already", v, other.code.text()));
    return static_cast<std::uint8_t>(v);
}

void Reader::states() {
    for (const auto& s : root_.tables("state")) {
        StateSpec x;
        x.code = state_code(s, "code", s.string("code"));
        x.name = s.string_or("name", std::string(x.code.text()));
        for (const auto& a : s.strings("state_aircraft")) x.state_aircraft.push_back(address(s, "state_aircraft", a));
        x.expected = s.strings("expected");
        if (s.has("unit")) x.unit = unit(s);
        if (out_.state(x.code)) s.reject("code", Errc::duplicate, fmt::format("state {} stands twice", x.code.text()));
        out_.states.push_back(std::move(x));
    }
}

void Reader::airports() {
    for (const auto& s : root_.tables("airport")) {
        Airport a;
        a.icao = s.string("icao");
        a.name = s.string_or("name", a.icao);
        if (const auto c = s.string_or("state", ""); !c.empty()) a.state = state_code(s, "state", c);  // any state
        a.at = geo::Point::degrees(in_range(s, "lat", s.number("lat"), -90, 90),
                                   in_range(s, "lon", s.number("lon"), -180, 180));
        a.elevation = in_range(s, "elevation_m", s.number("elevation_m"), -500, 6000);
        a.weight = number(s, "weight", 1, 0, 1000);
        if (out_.airport(a.icao)) s.reject("icao", Errc::duplicate, "airport " + a.icao + " stands twice");
        out_.airports.push_back(std::move(a));
    }
}

void Reader::traffic() {
    const auto s = root_.table("traffic");
    auto& t = out_.traffic;
    t.aircraft = static_cast<std::uint32_t>(number(s, "aircraft", 0, 0, 900));
    t.min_leg = number(s, "min_leg_km", 150, 10, 20000) * 1000;
    t.max_leg = number(s, "max_leg_km", 3500, 10, 20000) * 1000;
    t.holding_share = number(s, "holding_share", 0.1, 0, 1);
    t.light_share = number(s, "light_share", 0.1, 0, 1);
    t.ads_b_share = number(s, "ads_b_share", 0.8, 0, 1);
    t.mode_s_share = number(s, "mode_s_share", 0.9, 0, 1);
    if (t.aircraft > 0 && out_.airports.size() < 2)
        root_.reject("traffic", Errc::missing, "generated traffic needs at least two airports");
}

SensorSpec Reader::sensor(const Section& s) const {
    SensorSpec out;
    auto& x = out.sensor;
    x.name = s.string("name");
    x.owner = state(s, "owner", {});
    if (x.owner.empty()) s.reject("owner", Errc::missing, "a sensor has an owner");
    x.operated_by = state(s, "operator", x.owner);
    x.host = state(s, "host", x.owner);
    x.accord = s.string_or("accord", "");
    x.feed = s.string_or("feed", x.name);
    x.sac = octet(s, "sac");
    x.sic = octet(s, "sic");
    using K = picture::SensorKind;
    constexpr K kinds[] = {K::primary, K::secondary, K::mode_s, K::combined, K::ads_b};
    x.kind = kinds[s.one_of("kind", {"primary", "secondary", "mode_s", "combined", "ads_b"})];
    const bool radar = x.kind != K::ads_b, primary = x.kind == K::primary || x.kind == K::combined;
    if (const auto icao = s.string_opt("airport")) {
        if (const auto* a = airport(s, "airport", *icao)) out.at = a->at, out.elevation = a->elevation;
        if (s.has("lat") || s.has("lon"))
            s.reject("airport", Errc::conflict, "a sensor stands at an airport or at lat, lon");
    } else {
        out.at = geo::Point::degrees(in_range(s, "lat", s.number("lat"), -90, 90),
                                     in_range(s, "lon", s.number("lon"), -180, 180));
        out.elevation = in_range(s, "elevation_m", s.number("elevation_m"), -500, 6000);
    }
    out.mast = number(s, "mast_m", radar ? 20 : 10, 0, 300);
    x.max_range = number(s, "range_km", radar ? 400 : 350, 1, 700) * 1000;
    if (primary)
        out.primary_range =
            number(s, "primary_range_km", x.kind == K::primary ? x.max_range / 1000 : 300, 1, 700) * 1000;
    if (primary) out.primary_reference_range = number(s, "primary_reference_range_km", 180, 1, 1000) * 1000;
    if (x.kind == K::primary) x.max_range = out.primary_range;
    x.max_range = std::max(x.max_range, out.primary_range);
    x.scan_period = base::seconds(radar ? number(s, "scan_s", 10, 1, 30) : 0);
    x.sigma_range = number(s, "sigma_range_m", 50, 1, 2000);
    x.sigma_azimuth = number(s, "sigma_azimuth_deg", 0.08, 0.001, 5) * geo::deg;
    x.detection_probability = number(s, "detection_probability", radar ? 0.97 : 0.95, 0.01, 1);
    x.false_reports_per_scan = out.clutter_per_scan = primary ? number(s, "clutter_per_scan", 2, 0, 200) : 0;
    out.max_elevation = number(s, "max_elevation_deg", radar ? 45 : 85, 1, 90) * geo::deg;
    out.min_elevation = number(s, "min_elevation_deg", -90, -90, 10) * geo::deg;
    if (x.kind == K::ads_b && s.has("sensitivity_dbm")) {
        out.link.emplace();
        out.link->sensitivity_dbm = number(s, "sensitivity_dbm", out.link->sensitivity_dbm, -110, -60);
        out.link->gain_dbi = number(s, "antenna_gain_dbi", out.link->gain_dbi, -10, 30);
        out.link->loss_db = number(s, "loss_db", out.link->loss_db, 0, 30);
        out.link->scatter_db = number(s, "scatter_db", out.link->scatter_db, 0.1, 20);
    }
    out.range_bias = number(s, "bias_range_m", 0, -2000, 2000);
    out.azimuth_bias = number(s, "bias_azimuth_deg", 0, -5, 5) * geo::deg;
    out.delay = base::seconds(number(s, "delay_s", 0.2, 0, 10));
    x.simulated = true;
    return out;
}

FlightSpec Reader::flight(const Section& s) const {
    FlightSpec f;
    f.name = s.string("name");
    f.callsign = s.string_or("callsign", "");
    f.state = state(s, "state", {});
    f.address = address(s, "address", s.string("address"));
    f.mode_3a = code(s, "mode_3a", s.string_or("mode_3a", "2000"));
    f.state_aircraft = s.boolean_or("state_aircraft", false);
    f.mode_s = s.boolean_or("mode_s", true);
    f.ads_b = s.boolean_or("ads_b", true);
    f.expected = s.boolean_or("expected", true);
    f.rcs = number(s, "rcs_m2", 30, 0.001, 1000);
    f.speed = number(s, "speed_mps", 220, 30, 900);
    f.flight_level = number(s, "flight_level", 330, 10, 600);
    f.start = number(s, "start_s", 0, -20000, 864000);
    f.airborne = s.boolean_or("airborne", false);
    f.route = route(s);
    for (const auto& e : s.tables("event")) {
        FlightEvent event{number(e, "at_s", 0, -20000, 864000), {}, e.boolean_or("transponder_off", false)};
        if (const auto c = e.string_opt("mode_3a")) event.mode_3a = code(e, "mode_3a", *c);
        f.events.push_back(event);
    }
    std::ranges::stable_sort(f.events, {}, &FlightEvent::at);
    return f;
}

IntruderSpec Reader::intruder(const Section& s) const {
    IntruderSpec out;
    out.name = s.string("name");
    for (const auto& p : route(s)) out.route.push_back(p.at);
    out.speed = number(s, "speed_mps", 200, 30, 900);
    out.start = number(s, "start_s", 0, -20000, 864000);
    out.rcs = number(s, "rcs_m2", 2, 0.001, 1000);
    out.clearance = number(s, "clearance_m", 300, 10, 5000);
    out.climb = number(s, "gradient", 0.08, 0.005, 1);
    for (const auto& l : s.tables("level")) {
        IntruderLevel level{l.string("name"), number(l, "after_s", 0, -20000, 20000), l.number_opt("above_ground_m"),
                            l.number_opt("altitude_m")};
        if (level.above_ground.has_value() == level.altitude.has_value())
            l.reject("above_ground_m", Errc::conflict, "a level has either above_ground_m or altitude_m");
        if (level.above_ground) in_range(l, "above_ground_m", *level.above_ground, 10, 20000);
        if (level.altitude) in_range(l, "altitude_m", *level.altitude, 10, 25000);
        out.levels.push_back(std::move(level));
    }
    if (out.levels.empty()) s.reject("level", Errc::missing, "an intruder flies at one level at least");
    return out;
}

void Reader::unique_names() {
    std::set<std::string> seen;
    for (const auto& s : root_.tables("sensor"))
        if (!seen.insert("sensor " + s.string("name")).second)
            s.reject("name", Errc::duplicate, "the sensor stands twice");
    for (const char* kind : {"flight", "intruder"})
        for (const auto& s : root_.tables(kind))
            if (!seen.insert(s.string("name")).second) s.reject("name", Errc::duplicate, "the flight stands twice");
}

void Reader::read() {
    head();
    states();
    airports();
    traffic();
    for (const auto& s : root_.tables("sensor")) {
        out_.sensors.push_back(sensor(s));
        out_.sensors.back().sensor.id.value = static_cast<std::uint32_t>(out_.sensors.size());
    }
    for (const auto& s : root_.tables("flight")) out_.flights.push_back(flight(s));
    for (const auto& s : root_.tables("intruder")) out_.intruders.push_back(intruder(s));
    unique_names();
}

}  // namespace

base::Result<Scenario> Scenario::parse(std::string_view text, const std::string& file) {
    ASMAN_TRY(auto doc, base::Config::parse(text, file));
    Scenario out;
    out.file = file;
    Reader(doc, out).read();
    ASMAN_CHECK(doc.finish());
    return out;
}

base::Result<Scenario> Scenario::load(const std::string& path) {
    ASMAN_TRY(const auto text, base::read_file(path));
    return parse(text, path);
}

const Airport* Scenario::airport(std::string_view icao) const {
    const auto it = std::ranges::find(airports, icao, &Airport::icao);
    return it == airports.end() ? nullptr : &*it;
}

const StateSpec* Scenario::state(picture::State code) const {
    const auto it = std::ranges::find(states, code, &StateSpec::code);
    return it == states.end() ? nullptr : &*it;
}

std::pair<geo::Point, geo::Point> Scenario::box() const {
    // Longitudes relative to the first place, so that a scenario over the antimeridian has a narrow box.
    std::vector<std::pair<geo::Point, double>> places;
    for (const auto& s : sensors) places.emplace_back(s.at, s.sensor.max_range + 30e3);
    for (const auto& a : airports) places.emplace_back(a.at, 50e3);
    for (const auto& f : flights)
        for (const auto& p : f.route) places.emplace_back(p.at, 50e3);
    for (const auto& i : intruders)
        for (const auto& p : i.route) places.emplace_back(p, 50e3);
    if (places.empty()) return {{-0.01, -0.01}, {0.01, 0.01}};
    const double middle = places.front().first.lon;
    double south = 1e9, north = -1e9, west = 1e9, east = -1e9;
    for (const auto& [p, metres] : places) {
        const double dlat = metres / 6.35e6;
        const double dlon = metres / (6.35e6 * std::max(0.02, std::cos(std::min(1.55, std::abs(p.lat) + dlat))));
        const double lon = geo::wrap_pi(p.lon - middle);
        south = std::min(south, p.lat - dlat), north = std::max(north, p.lat + dlat);
        west = std::min(west, lon - dlon), east = std::max(east, lon + dlon);
    }
    const double half_turn = std::numbers::pi;
    south = std::max(south, -half_turn / 2), north = std::min(north, half_turn / 2);
    if (east - west >= 2 * half_turn) return {{south, -half_turn + 1e-9}, {north, half_turn}};
    return {{south, geo::wrap_pi(middle + west)}, {north, geo::wrap_pi(middle + east)}};
}

}  // namespace asman::simulate
