#include <asman/base/markup.hpp>
#include <asman/coverage/output.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace asman::coverage {
namespace {

/// The line's points, and the ground under them.
base::Result<Section> profile(const geo::TerrainStore& terrain, geo::Point from, geo::Point to,
                              const SectionOptions& o) {
    if (o.points < 2 || o.points > 100'000)
        return base::fail(base::Errc::bad_value, "a section has between 2 and 100,000 points");
    if (!(o.rise > 0) || !(o.ceiling > o.rise) || o.ceiling / o.rise > 10'000)
        return base::fail(base::Errc::bad_value, "a section's ceiling lies above its step, by 10,000 steps at most");
    const auto line = geo::inverse(from, to);
    if (!(line.distance > 0)) return base::fail(base::Errc::bad_value, "a section needs two different ends");
    Section out;
    out.from = from, out.to = to, out.terrain = terrain.source();
    for (double a = 0; a <= o.ceiling + 0.5 * o.rise; a += o.rise) out.altitude.push_back(a);
    const double spacing = line.distance / static_cast<double>(o.points - 1);
    // Terrain in pieces of a degree or so: a long line over fine terrain would not fit in memory.
    geo::Terrain here;
    std::size_t have = 0;
    for (std::size_t i = 0; i < o.points; ++i) {
        out.distance.push_back(spacing * static_cast<double>(i));
        const auto p = geo::direct(from, line.azimuth_at_a, out.distance[i]);
        if (i >= have) {
            constexpr double piece = 100e3;
            const auto more = std::max<std::size_t>(1, static_cast<std::size_t>(piece / spacing));
            have = terrain.in_memory() ? o.points : i + more;
            const auto q = geo::direct(p, line.azimuth_at_a, spacing * static_cast<double>(more));
            const double margin = 2 * std::max(terrain.resolution(), 1.0) / 6.37e6 + 0.01;
            const double wide = std::abs(geo::wrap_pi(q.lon - p.lon)) + margin / std::max(0.02, std::cos(p.lat));
            auto box = terrain.box({std::min(p.lat, q.lat) - margin - 0.02, geo::wrap_pi(p.lon - wide)},
                                   {std::max(p.lat, q.lat) + margin + 0.02, geo::wrap_pi(p.lon + wide)});
            if (!box && box.error().code != base::Errc::missing) return std::unexpected(box.error());
            here = box ? std::move(*box) : geo::Terrain{};
        }
        out.ground.push_back(here.elevation_or(p, std::numeric_limits<double>::quiet_NaN()));
    }
    out.sensors.assign(o.points * out.altitude.size(), 0);
    return out;
}

void add(Section& s, const geo::Geoid& geoid, const SensorView& view, const Target& target) {
    const auto& sensor = view.instrument().sensor;
    const double azimuth = geo::inverse(s.from, s.to).azimuth_at_a;
    bool any = false;
    for (std::size_t i = 0; i < s.distance.size(); ++i) {
        const auto p = geo::direct(s.from, azimuth, s.distance[i]);
        if (geo::distance(p, sensor.position->at) > sensor.max_range) continue;
        const double undulation = geoid.undulation(p), ground = std::isnan(s.ground[i]) ? 0 : s.ground[i];
        const double lowest = view.lowest_visible({p, {ground + undulation}});
        for (std::size_t k = 0; k < s.altitude.size(); ++k) {
            if (s.altitude[k] <= ground) continue;
            const geo::Position at{p, {s.altitude[k] + undulation}};
            if (view.look(at, lowest, target).probability < 0.5) continue;
            auto& count = s.sensors[i * s.altitude.size() + k];
            if (count < 255) ++count;
            any = true;
        }
    }
    if (any) s.seeing.push_back(sensor.name);
}

}  // namespace

double Section::lowest(std::size_t point, std::uint8_t count) const {
    for (std::size_t k = 0; k < altitude.size(); ++k)
        if (at(point, k) >= count) return altitude[k];
    return std::numeric_limits<double>::quiet_NaN();
}

base::Result<Section> section(const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                              std::span<const SensorView* const> views, const Target& target, geo::Point from,
                              geo::Point to, const SectionOptions& options) {
    ASMAN_TRY(auto out, profile(terrain, from, to, options));
    for (const auto* view : views) add(out, geoid, *view, target);
    return out;
}

base::Result<Section> section(const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                              const std::vector<Instrument>& instruments, const Target& target, geo::Point from,
                              geo::Point to, const SectionOptions& options) {
    ASMAN_TRY(auto out, profile(terrain, from, to, options));
    const auto line = geo::inverse(from, to);
    for (const auto& instrument : instruments) {
        if (!instrument.sensor.position) continue;
        const auto reaches = [&](double d) {
            return geo::distance(geo::direct(from, line.azimuth_at_a, d), instrument.sensor.position->at) <=
                   instrument.sensor.max_range;
        };
        if (std::ranges::none_of(out.distance, reaches)) continue;
        ASMAN_TRY(const auto view, SensorView::make(terrain, geoid, instrument, options.joint));
        add(out, geoid, view, target);
    }
    return out;
}

namespace {

constexpr double width = 980, height = 440, left = 66, right = 20, top = 54, bottom = 84;

struct Frame {
    double length, ceiling;
    double x(double d) const { return left + d / length * (width - left - right); }
    double y(double h) const {
        return height - bottom - std::clamp(h, 0.0, ceiling) / ceiling * (height - top - bottom);
    }
};

/// The cells with at least `count` sensors as one path: a rectangle a run of altitudes, runs of equal columns as one.
std::string cells(const Section& s, const Frame& f, std::uint8_t count) {
    const auto runs = [&](std::size_t i) {
        std::vector<std::pair<std::size_t, std::size_t>> out;
        for (std::size_t k = 0; k < s.altitude.size(); ++k) {
            if (s.at(i, k) < count) continue;
            if (!out.empty() && out.back().second == k)
                ++out.back().second;
            else
                out.emplace_back(k, k + 1);
        }
        return out;
    };
    const double half = 0.5 * (s.distance[1] - s.distance[0]), rise = s.altitude[1] - s.altitude[0];
    std::string path;
    for (std::size_t i = 0; i < s.distance.size();) {
        const auto here = runs(i);
        std::size_t end = i + 1;
        while (end < s.distance.size() && runs(end) == here) ++end;
        const double x0 = f.x(std::max(0.0, s.distance[i] - half)),
                     x1 = f.x(std::min(f.length, s.distance[end - 1] + half));
        for (const auto& [low, high] : here)
            path += fmt::format("M{:.1f} {:.1f}H{:.1f}V{:.1f}H{:.1f}Z", x0, f.y(s.altitude[low] - rise / 2), x1,
                                f.y(s.altitude[high - 1] + rise / 2), x0);
        i = end;
    }
    return path;
}

/// 1, 2 or 5 times a power of ten: about `wanted` of them in `length`.
double step_of(double length, double wanted) {
    const double raw = length / wanted, ten = std::pow(10, std::floor(std::log10(raw)));
    for (const double m : {1.0, 2.0, 5.0})
        if (m * ten >= raw) return m * ten;
    return 10 * ten;
}

std::string axes(const Frame& f) {
    std::string out;
    for (double h = 0; h <= f.ceiling; h += 2000)
        out += fmt::format(
            "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#000\" stroke-opacity=\"0.13\"/><text "
            "x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:.0f} m</text>\n",
            left, width - right, f.y(h), left - 6, f.y(h) + 4, h);
    const double step = step_of(f.length, 7);
    for (double d = 0; d <= f.length * 1.0001; d += step)
        out += fmt::format(
            "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#555\"/><text x=\"{0:.1f}\" y=\"{3}\" "
            "text-anchor=\"middle\">{4:.0f}{5}</text>\n",
            f.x(d), height - bottom, height - bottom + 4, height - bottom + 17, d / 1000, d == 0 ? " km" : "");
    return out;
}

}  // namespace

std::string section_svg(const Section& s, const std::string& title) {
    const Frame f{s.distance.back(), s.altitude.back()};
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
        "font-family=\"system-ui, 'DejaVu Sans', sans-serif\" font-size=\"12\" fill=\"#222\">\n<title>{3}</title>\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n<text x=\"{2}\" y=\"24\" font-size=\"15\">{3}</text>\n",
        width, height, left, base::escaped_markup(title));
    std::string seeing;
    for (const auto& name : s.seeing) seeing += (seeing.empty() ? "" : ", ") + name;
    if (seeing.size() > 130) seeing = fmt::format("{} sensors", s.seeing.size());
    out += fmt::format("<text x=\"{}\" y=\"43\" fill=\"#555\">seen by: {}</text>\n", left,
                       seeing.empty() ? "nobody" : base::escaped_markup(seeing));
    const char* fills[] = {"#cfe3f5", "#8dbbe2", "#4688c0"};
    for (std::uint8_t k = 0; k < 3; ++k)
        if (const auto path = cells(s, f, k + 1); !path.empty())
            out += fmt::format("<path d=\"{}\" fill=\"{}\" shape-rendering=\"crispEdges\"/>\n", path, fills[k]);
    std::string ground = fmt::format("M{:.1f} {:.1f}", f.x(0), f.y(0));
    for (std::size_t i = 0; i < s.distance.size(); ++i)
        ground += fmt::format("L{:.1f} {:.1f}", f.x(s.distance[i]), f.y(std::isnan(s.ground[i]) ? 0 : s.ground[i]));
    out += fmt::format("<path d=\"{}L{:.1f} {:.1f}Z\" fill=\"#7a6a55\"/>\n", ground, f.x(f.length), f.y(0)) + axes(f);
    const std::pair<const char*, const char*> legend[] = {{"#fff", "seen by none"},
                                                          {fills[0], "by one sensor"},
                                                          {fills[1], "by two"},
                                                          {fills[2], "by three or more"},
                                                          {"#7a6a55", "ground"}};
    double x = left;
    for (const auto& [fill, label] : legend) {
        out += fmt::format(
            "<rect x=\"{0}\" y=\"{1}\" width=\"14\" height=\"12\" fill=\"{2}\" stroke=\"#555\" stroke-width=\"0.5\"/>"
            "<text x=\"{3}\" y=\"{4}\">{5}</text>\n",
            x, height - 48, fill, x + 20, height - 38, label);
        x += 40 + 7.0 * static_cast<double>(std::string_view(label).size());
    }
    out += fmt::format(
        "<text x=\"{}\" y=\"{}\" fill=\"#555\">from {:.3f}, {:.3f} to {:.3f}, {:.3f} (WGS-84); metres above mean sea "
        "level (EGM96), heights stretched {:.0f} times</text>\n",
        left, height - 21, s.from.lat_deg(), s.from.lon_deg(), s.to.lat_deg(), s.to.lon_deg(),
        (height - top - bottom) / f.ceiling / ((width - left - right) / f.length));
    out += fmt::format("<text x=\"{}\" y=\"{}\" fill=\"#555\">terrain: {}</text>\n", left, height - 6,
                       base::escaped_markup(s.terrain));
    return out + "</svg>\n";
}

}  // namespace asman::coverage
