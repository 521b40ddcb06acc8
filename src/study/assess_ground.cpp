#include "assess_ground.hpp"

#include <asman/base/parallel.hpp>

#include <algorithm>
#include <cmath>

namespace asman::study {
namespace {

using std::numbers::pi;
constexpr double shortest_outline = 300e3;  ///< islands and enclaves with less are left out

}  // namespace

WayIn ways_in(const geo::StateArea& state, const geo::Borders& borders, const coverage::Grid& grid,
              const std::vector<std::uint8_t>& where, const AssessOptions& o) {
    WayIn out;
    // The places of one line, from near to far; far from everything that sensors reach none is computed.
    const auto line_of = [&](geo::Point p, double azimuth) {
        std::vector<std::size_t> cells;
        bool near = false;
        for (const double d : {0.0, 0.5, 1.0})
            near = near || grid.cell_of(geo::direct(p, azimuth, line_step + d * o.approach)).has_value();
        if (!near) {
            cells.assign(static_cast<std::size_t>(o.approach / line_step), outside_grid);
            return cells;
        }
        for (double d = line_step; d <= o.approach; d += line_step) {
            const auto q = geo::direct(p, azimuth, d);
            const auto cell = grid.cell_of(q);
            if (cell && where[*cell] == 2 && d > 3e3 && state.land.contains(q)) break;
            cells.push_back(cell.value_or(outside_grid));
        }
        return cells;
    };
    for (const auto& line : state.land.outline()) {
        double length = 0;
        for (std::size_t i = 1; i < line.size(); ++i) length += geo::distance(line[i - 1], line[i]);
        if (length < shortest_outline) continue;
        double walked = 0, next = o.border_step / 2, segment_from = 0;
        std::string last_neighbour = "?";
        for (std::size_t i = 1; i < line.size(); ++i) {
            const auto edge = geo::inverse(line[i - 1], line[i]);
            for (; next < walked + edge.distance; next += o.border_step) {
                const auto p = geo::direct(line[i - 1], edge.azimuth_at_a, next - walked);
                // Which side is out: 3 km off the border.
                double normal = edge.azimuth_at_a + pi / 2;
                if (state.land.contains(geo::direct(p, normal, 3e3))) normal -= pi;
                if (state.land.contains(geo::direct(p, normal, 3e3))) continue;  // a spit: both sides are in
                const auto* beyond = borders.state_at(geo::direct(p, normal, 6e3));
                if (beyond == &state) continue;
                const std::string neighbour = beyond ? beyond->iso3 : "sea";
                if (neighbour != last_neighbour || next - segment_from > o.segment) {
                    out.segments.push_back({neighbour, {}});
                    last_neighbour = neighbour, segment_from = next;
                }
                out.segments.back().line.push_back(p);
                for (const double angle : o.angles) {
                    auto cells = line_of(p, normal + angle);
                    if (static_cast<double>(cells.size()) * line_step < o.approach / 4) continue;
                    std::ranges::reverse(cells);
                    out.approaches.push_back({out.segments.size() - 1, std::move(cells)});
                }
            }
            walked += edge.distance;
        }
    }
    return out;
}

base::Result<void> Ground::prepare(const geo::Borders& borders) {
    for (const double level : o.levels) probes.push_back({level, o.target});
    probes.push_back({o.warning_level, o.target});
    if (!o.routes.empty()) probes.push_back({o.route_level, coverage::Target{}});
    block = law_block(o.cell);
    look();
    std::vector<const geo::StateArea*> areas;
    for (const State s : o.states) {
        areas.push_back(borders.find(s.text()));
        if (!areas.back())
            return base::fail(base::Errc::unknown_name, "the borders have no state " + std::string(s.text()));
        where[s], ways_in[s], span[s];
    }
    base::each_index(areas.size(), o.threads, [&](std::size_t i) {
        place(o.states[i], *areas[i]);
        ways_in.at(o.states[i]) = study::ways_in(*areas[i], borders, joint.grid(), where.at(o.states[i]), o);
    });
    lay_routes();
    return {};
}

void Ground::look() {
    const auto& footprints = joint.footprints();
    sees.assign(probes.size(), std::vector<std::vector<std::uint8_t>>(footprints.size()));
    base::each_index(footprints.size() * probes.size(), o.threads, [&](std::size_t i) {
        const std::size_t sensor = i % footprints.size();
        const auto& probe = probes[i / footprints.size()];
        const auto& f = footprints[sensor];
        const double altitude = geo::PressureAltitude::from_flight_level(probe.level).m;
        auto& out = sees[i / footprints.size()][sensor];
        out.assign(f.lowest.size(), 0);
        for (std::size_t w = 0; w < out.size(); ++w)
            if (f.lowest[w] < altitude)
                out[w] = joint.look(sensor, joint.cell(sensor, w), altitude, probe.target).probability >= 0.5 ? 1 : 0;
    });
}

/// Distances to the land at the corners of blocks, and between them bilinear; land itself cell by cell near the border.
void Ground::place(State s, const geo::StateArea& area) {
    const auto& g = joint.grid();
    const std::size_t down = (g.rows + block - 1) / block + 1, across = (g.columns + block - 1) / block + 1;
    std::vector<float> corner(down * across);
    for (std::size_t i = 0; i < corner.size(); ++i)
        corner[i] = static_cast<float>(area.land.signed_distance(g.at(i / across * block, i % across * block)));
    auto& out = where.at(s);
    out.assign(g.size(), 0);
    for (std::size_t r = 0; r < g.rows; ++r) {
        const float f = static_cast<float>(r % block) / static_cast<float>(block);
        const float* upper = corner.data() + r / block * across;
        const float* lower = upper + across;
        for (std::size_t c = 0; c < g.columns; ++c) {
            const std::size_t k = c / block;
            const float h = static_cast<float>(c % block) / static_cast<float>(block);
            const float a = upper[k] + h * (upper[k + 1] - upper[k]), b = lower[k] + h * (lower[k + 1] - lower[k]);
            const float d = a + f * (b - a);
            // Within a block's diagonal the border may pass anywhere.
            const bool near = std::abs(d) < 1.5 * o.cell * static_cast<double>(block);
            const bool land = near ? area.land.contains(g.at(r, c)) : d < 0;
            out[r * g.columns + c] = land ? 2 : d <= o.approach ? 1 : 0;
        }
    }
    const auto inside = [](std::uint8_t v) { return v != 0; };
    const auto first = std::ranges::find_if(out, inside);
    const auto last = std::find_if(out.rbegin(), out.rend(), inside);
    const auto from = static_cast<std::size_t>(first - out.begin()) / g.columns * g.columns;
    const auto to =
        first == out.end() ? from : (static_cast<std::size_t>(out.rend() - last - 1) / g.columns + 1) * g.columns;
    span.at(s) = {from, to};
}

void Ground::lay_routes() {
    for (const auto& route : o.routes) {
        std::vector<std::size_t> cells;
        double length = 0;
        for (std::size_t i = 1; i < route.points.size(); ++i)
            length += geo::distance(route.points[i - 1], route.points[i]);
        double walked = 0, next = o.route_ends;
        for (std::size_t i = 1; i < route.points.size(); ++i) {
            const auto leg = geo::inverse(route.points[i - 1], route.points[i]);
            for (; next < walked + leg.distance && next <= length - o.route_ends; next += line_step)
                cells.push_back(joint.grid()
                                    .cell_of(geo::direct(route.points[i - 1], leg.azimuth_at_a, next - walked))
                                    .value_or(outside_grid));
            walked += leg.distance;
        }
        routes.push_back(std::move(cells));
    }
}

std::vector<std::uint8_t> Ground::reach_of(const Group& group) const {
    const auto& g = joint.grid();
    const std::size_t across = (g.columns + block - 1) / block;
    std::vector<std::uint8_t> out(across * ((g.rows + block - 1) / block), 0);
    for (const auto s : group.sensors) {
        const auto& f = joint.footprints()[s];
        for (std::size_t w = 0; w < f.lowest.size(); ++w)
            if (!std::isnan(f.lowest[w])) {
                const auto c = joint.cell(s, w);
                out[c / g.columns / block * across + c % g.columns / block] = 1;
            }
    }
    return out;
}

}  // namespace asman::study
