#include <asman/simulate/calibration.hpp>

#include <asman/asterix/cat048.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/simulate/instruments.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace asman::simulate {
namespace {

/// (sensor, turn, aircraft)
using Look = std::tuple<std::uint32_t, std::int64_t, std::string>;

std::int64_t turn_of(base::Time t, base::Time start, base::Duration period) {
    return (t - start).ns / std::max<std::int64_t>(1, period.ns);
}

/// The aircraft that a plot lies on: by address, else the nearest within 3 km.
const Truth* owner_of(const asterix::cat048::View& plot, const geo::LocalFrame& frame,
                      const std::vector<Truth>& truths) {
    if (const auto address = plot.i220())
        for (const auto& t : truths)
            if (t.address == *address) return &t;
    const double range = plot.i040()->rho() * geo::nautical_mile, azimuth = plot.i040()->theta() * geo::deg;
    const Truth* best = nullptr;
    double nearest = 3000;
    for (const auto& t : truths) {
        const auto enu = frame.to_local(t.position);
        const double r = enu.norm(), across = geo::wrap_pi(azimuth - std::atan2(enu.x(), enu.y())) * r;
        if (const double d = std::hypot(range - r, across); d < nearest) nearest = d, best = &t;
    }
    return best;
}

/// Every detection of every radar, from its bytes.
std::set<Look> detections(World& world, double seconds) {
    std::set<Look> out;
    const auto start = world.scenario().start, end = start + base::seconds(seconds);
    const asterix::Editions editions;
    std::map<std::uint32_t, geo::LocalFrame> frames;
    for (const auto& s : world.sensors()) frames.emplace(s.id.value, geo::LocalFrame(*s.position));
    for (const auto& d : world.step(end + base::seconds(2))) {
        const auto& sensor = world.sensors()[d.sensor.value - 1];
        asterix::DatagramReader reader(d.bytes, editions);
        while (const auto* event = reader.next()) {
            if (event->what != asterix::What::record || event->category != 48) continue;
            const asterix::cat048::View plot(event->record);
            if (!plot.i140() || !plot.i040()) continue;
            // Time of day onto the day of reception.
            const double day = 86400.0, received = std::fmod(static_cast<double>(d.received.ns / 1000) * 1e-6, day);
            double back = received - *plot.i140();
            if (back < -day / 2) back += day;
            const auto at = d.received - base::seconds(back);
            const auto truths = world.truth(std::max(at, start));
            if (const auto* t = owner_of(plot, frames.at(d.sensor.value), truths))
                out.insert({d.sensor.value, turn_of(at, start, sensor.scan_period), t->id});
        }
    }
    return out;
}

}  // namespace

base::Result<Calibration> calibrate(World& world, const geo::Geoid& geoid, double seconds, double cell) {
    if (!(seconds > 0)) return base::fail(base::Errc::bad_value, "a calibration needs a time above 0");
    const auto start = world.scenario().start;
    const auto [south_west, north_east] = world.scenario().box();
    ASMAN_TRY(const auto grid, coverage::Grid::over(south_west, north_east, cell));
    ASMAN_TRY(const auto all, instruments(world.scenario(), world.terrain(), geoid));
    ASMAN_TRY(const auto joint, coverage::Joint::make(grid, world.terrain(), geoid, all));
    auto seen = detections(world, seconds);
    Calibration out;
    out.terrain = world.terrain_source();
    double squares = 0;
    std::size_t hits = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& s = world.sensors()[i];
        if (s.kind == picture::SensorKind::ads_b) continue;
        const auto turns = static_cast<std::int64_t>(seconds / s.scan_period.seconds());
        for (std::int64_t k = 0; k < turns; ++k) {
            const auto middle = start + s.scan_period * k + base::seconds(0.5 * s.scan_period.seconds());
            for (const auto& t : world.truth(middle)) {
                const double row = std::round((grid.north_west.lat - t.position.at.lat) / grid.step_lat);
                const double column =
                    std::round(geo::wrap_2pi(t.position.at.lon - grid.north_west.lon) / grid.step_lon);
                if (row < 0 || row >= static_cast<double>(grid.rows) || column >= static_cast<double>(grid.columns))
                    continue;
                const auto at = static_cast<std::size_t>(row) * grid.columns + static_cast<std::size_t>(column);
                const coverage::Target target{.transponder = t.transponder, .ads_b = false, .rcs = t.rcs};
                const double altitude = geoid.msl(t.position.at, t.position.height).m;
                const auto look = joint.look(i, at, altitude, target);
                const double p = look.probability;
                const bool detected = seen.contains({s.id.value, k, t.id});
                // Masked or not: every look within the instrumented range counts.
                if ((look.range <= 0 || look.range > s.max_range) && !detected) continue;
                auto& bin = out.bins[std::min<std::size_t>(9, static_cast<std::size_t>(p * 10))];
                bin.looks++, bin.detected += detected ? 1 : 0, bin.predicted += p;
                squares += (p - (detected ? 1 : 0)) * (p - (detected ? 1 : 0));
                hits += detected ? 1 : 0, out.looks++;
            }
        }
    }
    for (auto& b : out.bins)
        if (b.looks > 0) b.predicted /= static_cast<double>(b.looks);
    if (out.looks > 0) {
        const double share = static_cast<double>(hits) / static_cast<double>(out.looks);
        out.brier = squares / static_cast<double>(out.looks);
        out.brier_constant = share * (1 - share);
    }
    return out;
}

std::string calibration_svg(const Calibration& c, const std::string& title) {
    constexpr double size = 360, left = 56, top = 40;
    const auto x = [&](double p) { return left + p * size; };
    const auto y = [&](double p) { return top + (1 - p) * size; };
    std::string out = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 460 480\" width=\"460\" height=\"480\" "
        "font-family=\"sans-serif\" font-size=\"12\">\n"
        "<rect width=\"460\" height=\"480\" fill=\"#fff\"/><text x=\"{0}\" y=\"22\" font-size=\"14\">{1}</text>\n"
        "<rect x=\"{0}\" y=\"{2}\" width=\"{3}\" height=\"{3}\" fill=\"none\" stroke=\"#999\"/><line x1=\"{0}\" "
        "y1=\"{4}\" x2=\"{5}\" y2=\"{2}\" stroke=\"#bbb\"/>\n",
        left, title, top, size, top + size, left + size);
    for (int i = 0; i <= 10; i += 2)
        out += fmt::format(
            "<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.1f}</text><text x=\"{}\" y=\"{:.1f}\" "
            "text-anchor=\"end\">{:.1f}</text>\n",
            x(i / 10.0), top + size + 16, i / 10.0, left - 6, y(i / 10.0) + 4, i / 10.0);
    for (const auto& b : c.bins) {
        if (b.looks == 0) continue;
        const double share = static_cast<double>(b.detected) / static_cast<double>(b.looks);
        const double radius = 2 + 2.2 * std::log10(static_cast<double>(b.looks));
        out += fmt::format(
            "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" fill=\"#2f6fa8\" fill-opacity=\"0.8\"><title>{} "
            "looks</title></circle>\n",
            x(b.predicted), y(share), radius, b.looks);
    }
    return out +
           fmt::format(
               "<text x=\"{0}\" y=\"440\">predicted probability of detection on a look; upward: what was seen</text>\n"
               "<text x=\"{0}\" y=\"456\">Brier score {1:.4f} over {2} looks (a constant: {3:.4f})</text>\n<text "
               "x=\"{0}\" y=\"472\" fill=\"#555\">terrain: {4}</text>\n</svg>\n",
               left, c.brier, c.looks, c.brier_constant, c.terrain);
}

}  // namespace asman::simulate
