#include <asman/coverage/output.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace asman::coverage {

base::Result<Section> section(const geo::Terrain& terrain, const geo::Geoid& geoid,
                              const std::vector<Instrument>& instruments, const Target& target, geo::Point from,
                              geo::Point to, std::size_t points, const JointOptions& options) {
    if (points < 2 || points > 100'000)
        return base::fail(base::Errc::bad_value, "a section has between 2 and 100,000 points");
    const auto line = geo::inverse(from, to);
    if (!(line.distance > 0)) return base::fail(base::Errc::bad_value, "a section needs two different ends");
    Section out;
    out.from = from, out.to = to, out.terrain = terrain.source();
    const double spacing = line.distance / static_cast<double>(points - 1);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    out.distance.resize(points), out.ground.resize(points);
    for (auto& l : out.lowest) l.assign(points, nan);
    // A grid of one cell round each point: the same code answers as for maps.
    for (std::size_t i = 0; i < points; ++i) {
        out.distance[i] = spacing * static_cast<double>(i);
        out.ground[i] = terrain.elevation_or(geo::direct(from, line.azimuth_at_a, out.distance[i]), nan);
    }
    for (const auto& instrument : instruments) {
        if (!instrument.sensor.position) continue;
        HorizonOptions horizon_options;
        horizon_options.range = instrument.sensor.max_range + 5e3;
        horizon_options.k = options.k;
        ASMAN_TRY(const auto horizon, Horizon::make(terrain, geoid, *instrument.sensor.position, horizon_options));
        for (std::size_t i = 0; i < points; ++i) {
            const auto p = geo::direct(from, line.azimuth_at_a, out.distance[i]);
            const double undulation = geoid.undulation(p);
            const double ground = std::isnan(out.ground[i]) ? 0 : out.ground[i];
            const double low = std::max(horizon.lowest_visible(p).m - undulation, ground) + 1;
            const auto probability = [&](double altitude) {
                const geo::Position at{p, {altitude + undulation}};
                const auto enu = horizon.frame().to_local(at);
                return look_probability(instrument, target, enu.norm(),
                                        std::atan2(enu.z(), std::hypot(enu.x(), enu.y())), horizon.margin(at));
            };
            double seen = low;
            if (probability(low) < 0.5) {
                double bad = low, good = low + geo::distance(p, instrument.sensor.position->at) * 0.1 * geo::deg;
                if (probability(good) < 0.5) continue;
                for (int k = 0; k < 6; ++k) {
                    const double middle = 0.5 * (bad + good);
                    (probability(middle) < 0.5 ? bad : good) = middle;
                }
                seen = good;
            }
            for (auto& slot : out.lowest)
                if (std::isnan(slot[i]) || seen < slot[i]) {
                    std::swap(slot[i], seen);
                    if (std::isnan(seen)) break;
                }
        }
    }
    return out;
}

std::string section_svg(const Section& s, const std::string& title, double ceiling) {
    constexpr double width = 960, height = 420, left = 64, right = 16, top = 36, bottom = 56;
    const double length = s.distance.back();
    const auto x = [&](double d) { return left + d / length * (width - left - right); };
    const auto y = [&](double h) {
        return height - bottom - std::clamp(h, 0.0, ceiling) / ceiling * (height - top - bottom);
    };
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
        "font-family=\"sans-serif\" "
        "font-size=\"12\">\n<rect width=\"{0}\" height=\"{1}\" fill=\"#fff\"/>\n<text x=\"{2}\" y=\"22\" "
        "font-size=\"15\">{3}</text>\n",
        width, height, left, title);
    // Seen by one, two, three: bands from the lowest altitude up.
    const char* fills[] = {"#cfe3f5", "#8dbbe2", "#4688c0"};
    for (std::size_t k = 0; k < 3; ++k) {
        std::string path;
        for (std::size_t i = 0; i < s.distance.size();) {
            if (std::isnan(s.lowest[k][i])) {
                ++i;
                continue;
            }
            const std::size_t first = i;
            std::string edge;
            for (; i < s.distance.size() && !std::isnan(s.lowest[k][i]); ++i)
                edge += fmt::format("L{:.1f} {:.1f}", x(s.distance[i]), y(s.lowest[k][i]));
            path += fmt::format("M{:.1f} {:.1f}{}L{:.1f} {:.1f}Z", x(s.distance[first]), y(ceiling), edge,
                                x(s.distance[i - 1]), y(ceiling));
        }
        if (!path.empty()) out += fmt::format("<path d=\"{}\" fill=\"{}\"/>\n", path, fills[k]);
    }
    std::string ground = fmt::format("M{:.1f} {:.1f}", x(0), y(0));
    for (std::size_t i = 0; i < s.distance.size(); ++i)
        ground += fmt::format("L{:.1f} {:.1f}", x(s.distance[i]), y(std::isnan(s.ground[i]) ? 0 : s.ground[i]));
    out += fmt::format("<path d=\"{}L{:.1f} {:.1f}Z\" fill=\"#7a6a55\"/>\n", ground, x(length), y(0));
    for (double h = 0; h <= ceiling; h += 2000)
        out += fmt::format(
            "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#0002\"/><text x=\"{3}\" y=\"{4:.1f}\" "
            "text-anchor=\"end\">{5:.0f} m</text>\n",
            left, width - right, y(h), left - 6, y(h) + 4, h);
    for (int i = 0; i <= 5; ++i)
        out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.0f} km</text>\n", x(length * i / 5),
                           height - bottom + 16, length * i / 5000);
    const char* labels[] = {"seen by one sensor", "by two", "by three or more"};
    for (int k = 0; k < 3; ++k)
        out += fmt::format(
            "<rect x=\"{0}\" y=\"{1}\" width=\"14\" height=\"12\" fill=\"{2}\"/><text x=\"{3}\" y=\"{4}\">{5}</text>\n",
            left + 150 * k, height - 28, fills[k], left + 150 * k + 20, height - 18, labels[k]);
    out += fmt::format(
        "<text x=\"{}\" y=\"{}\" fill=\"#555\">from {:.3f}, {:.3f} to {:.3f}, {:.3f}; above mean sea level (EGM96), "
        "WGS-84; terrain: {}</text>\n",
        left, height - 4, s.from.lat_deg(), s.from.lon_deg(), s.to.lat_deg(), s.to.lon_deg(), s.terrain);
    return out + "</svg>\n";
}

}  // namespace asman::coverage
