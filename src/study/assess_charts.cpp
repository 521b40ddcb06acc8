#include "assess_charts.hpp"

#include <asman/base/markup.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace asman::study::charts {
namespace {

constexpr double map_width = 440;

/// From longitude and latitude to a map's picture.
struct Frame {
    const SightMap& m;
    double scale_x, scale_y;
    explicit Frame(const SightMap& map)
        : m(map), scale_x(map_width / static_cast<double>(std::max<std::size_t>(1, map.columns))) {
        const double middle = m.north_west.lat - 0.5 * m.step_lat * static_cast<double>(m.rows);
        scale_y = scale_x * m.step_lat / (m.step_lon * std::max(0.1, std::cos(middle)));
    }
    double width() const { return map_width; }
    double height() const { return scale_y * static_cast<double>(m.rows); }
    double x(double lon) const {
        return (geo::wrap_pi(lon - m.north_west.lon - 0.5 * m.step_lon * static_cast<double>(m.columns)) / m.step_lon +
                0.5 * static_cast<double>(m.columns) + 0.5) *
               scale_x;
    }
    double y(double lat) const { return ((m.north_west.lat - lat) / m.step_lat + 0.5) * scale_y; }
};

/// Cells for which `wanted` holds, as one path of runs.
std::string cells(const Frame& f, const auto& wanted) {
    std::string path;
    const auto& m = f.m;
    for (std::size_t r = 0; r < m.rows; ++r)
        for (std::size_t c = 0; c < m.columns; ++c) {
            if (!wanted(m.cells[r * m.columns + c])) continue;
            std::size_t end = c + 1;
            while (end < m.columns && wanted(m.cells[r * m.columns + end])) ++end;
            path += fmt::format("M{:.1f} {:.1f}h{:.1f}v{:.1f}h-{:.1f}z", static_cast<double>(c) * f.scale_x,
                                static_cast<double>(r) * f.scale_y, static_cast<double>(end - c) * f.scale_x,
                                f.scale_y + 0.15, static_cast<double>(end - c) * f.scale_x);
            c = end;
        }
    return path;
}

std::string polyline(const Frame& f, const std::vector<geo::Point>& line) {
    std::string path;
    double px = -1e9, py = -1e9;
    bool inside_before = false, pen = false;
    for (const auto& p : line) {
        const double x = f.x(p.lon), y = f.y(p.lat);
        const bool inside = x > -20 && x < f.width() + 20 && y > -20 && y < f.height() + 20;
        if (!inside && !inside_before) {
            px = x, py = y, pen = false;
            continue;
        }
        if (pen && std::hypot(x - px, y - py) < 1.2) continue;
        // A jump across the map is the seam at the far side of the earth.
        if (std::abs(x - px) > 0.5 * f.width()) pen = false;
        if (!pen && inside_before == false && px > -1e8 && std::abs(x - px) < 0.5 * f.width())
            path += fmt::format("M{:.1f} {:.1f}", px, py), pen = true;
        path += fmt::format("{}{:.1f} {:.1f}", pen ? "L" : "M", x, y);
        px = x, py = y, pen = true, inside_before = inside;
    }
    return path;
}

std::string open_svg(double width, double height, const std::string& title) {
    return fmt::format(
        "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
        "aria-label=\"{2}\"><title>{2}</title>",
        width, height, base::escaped_markup(title));
}

}  // namespace

std::string grouped(double number) {
    std::string digits = fmt::format("{:.0f}", std::abs(number));
    for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3)
        digits.insert(static_cast<std::size_t>(i), "\u202f");
    return (number < -0.5 ? "−" : "") + digits;
}

std::string day(base::Time t) {
    return base::format_time(t).substr(0, 10);
}

const LevelResult* level_nearest(const StateResult& s, double level) {
    const LevelResult* best = nullptr;
    for (const auto& l : s.levels)
        if (!best || std::abs(l.level - level) < std::abs(best->level - level)) best = &l;
    return best;
}

std::string patterns() {
    return "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs><pattern id=\"hatch\" "
           "width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"5\" "
           "height=\"5\" fill=\"#c4dcf0\"/><rect width=\"1.4\" height=\"5\" fill=\"#2f6fa8\"/></pattern></defs></svg>";
}

std::string timeline(const Assessment& a, double level) {
    const double width = 940, row = 52, left = 56, right = 12, top = 22;
    const auto states = a.epochs.empty() ? 0 : a.epochs.front().states.size();
    const double span = (a.options.to - a.options.from).seconds(), height = top + row * static_cast<double>(states);
    std::string out = open_svg(width, height + 26, "Area seen over time, by state");
    const auto x = [&](base::Time t) { return left + (t - a.options.from).seconds() / span * (width - left - right); };
    for (std::size_t k = 0; k < states; ++k) {
        double most = 1;
        for (const auto& e : a.epochs)
            if (const auto* l = level_nearest(e.states[k], level)) most = std::max(most, l->area);
        const double base = top + row * static_cast<double>(k + 1) - 6;
        out += fmt::format("<text x=\"0\" y=\"{:.0f}\" font-weight=\"600\">{}</text>", base - 16,
                           a.epochs.front().states[k].state.text());
        for (std::size_t i = 0; i < a.epochs.size(); ++i) {
            const auto* l = level_nearest(a.epochs[i].states[k], level);
            if (!l) continue;
            const double from = x(a.epochs[i].from),
                         to = i + 1 < a.epochs.size() ? x(a.epochs[i + 1].from) : width - right;
            const double h = l->area / most * (row - 12), o = l->own / most * (row - 12);
            out += fmt::format(
                "<rect x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" height=\"{3:.1f}\" "
                "fill=\"url(#hatch)\"><title>{6} "
                "from {7}: {8} km² jointly, {9} km² by own sensors</title></rect><rect x=\"{0:.1f}\" y=\"{4:.1f}\" "
                "width=\"{2:.1f}\" height=\"{5:.1f}\" fill=\"#2f6fa8\"/>",
                from, base - h, to - from + 0.3, h, base - o, o, a.epochs[i].states[k].state.text(),
                day(a.epochs[i].from), grouped(l->area), grouped(l->own));
        }
        out += fmt::format("<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#888\"/>", left,
                           width - right, base);
    }
    int number = 0;
    double last = -1e9;
    for (const auto& e : a.epochs) {
        if (e.changes.empty()) continue;
        ++number;
        const double at = x(e.from), label = std::max(at, last + 15);
        last = label;
        out += fmt::format(
            "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2:.0f}\" stroke=\"#333\" stroke-width=\"0.7\" "
            "stroke-dasharray=\"2 3\"/><text x=\"{3:.1f}\" y=\"13\" text-anchor=\"middle\">{4}</text>",
            at, 17, height, label, number);
    }
    out += fmt::format("<text x=\"{}\" y=\"{:.0f}\">{}</text><text x=\"{}\" y=\"{:.0f}\" text-anchor=\"end\">{}</text>",
                       left, height + 18, day(a.options.from), width - right, height + 18, day(a.options.to));
    return out + "</svg>";
}

std::string bar(const LevelResult& l, double most) {
    const double w = 220;
    const auto to = [&](double v) { return most > 0 ? v / most * w : 0; };
    return fmt::format(
        "<svg role=\"img\" width=\"{0}\" height=\"16\" aria-label=\"own {4}, jointly {5}, by two {6} km²\"><rect "
        "y=\"1\" width=\"{1:.1f}\" height=\"14\" fill=\"url(#hatch)\"/><rect y=\"1\" width=\"{2:.1f}\" height=\"14\" "
        "fill=\"#2f6fa8\"/><rect x=\"{3:.1f}\" width=\"2.5\" height=\"16\" fill=\"#1b1b1b\"/></svg>",
        w + 3, to(l.area), to(l.own), to(l.area_by_2), grouped(l.own), grouped(l.area), grouped(l.area_by_2));
}

std::string map(const SightMap& m, const std::string& symbol, const std::string& title) {
    if (m.rows == 0 || m.columns == 0) return {};
    const Frame f(m);
    const auto is = [&](std::uint8_t value, int kind) {
        if (value == 0) return false;
        const auto set = value < m.sets.size() ? m.sets[value] : 1;
        const int what = value == 1 ? 0 : set & 1 ? 1 : 2;
        return what == kind;
    };
    const char* fills[] = {"#e9ecee", "#2f6fa8", "url(#hatch)"};
    std::string out = open_svg(f.width(), f.height(), title);
    for (int kind = 0; kind < 3; ++kind)
        out += fmt::format("<path fill=\"{}\" d=\"{}\"/>", fills[kind],
                           cells(f, [&](std::uint8_t v) { return is(v, kind); }));
    if (!symbol.empty())
        out += fmt::format("<use href=\"#{}\" width=\"{:.0f}\" height=\"{:.0f}\"/>", symbol, f.width(), f.height());
    return out + "</svg>";
}

std::string border_symbol(const SightMap& m, const geo::Borders& borders, const std::string& id) {
    if (m.rows == 0) return {};
    const Frame f(m);
    std::string path;
    for (const auto& state : borders.states())
        for (const auto& polygon : state.polygons) {
            auto ring = polygon.outer;
            if (!ring.empty()) ring.push_back(ring.front());
            path += polyline(f, ring);
        }
    return fmt::format(
        "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><symbol id=\"{}\" viewBox=\"0 "
        "0 "
        "{:.0f} {:.0f}\" preserveAspectRatio=\"none\"><path d=\"{}\" fill=\"none\" stroke=\"#333\" "
        "stroke-width=\"0.8\"/></symbol></svg>",
        id, f.width(), f.height(), path);
}

std::string histogram(const Distribution& own, const Distribution& joint, double in_time, const std::string& title) {
    const double width = 300, height = 118, left = 40, right = 8, top = 20, bottom = 28;
    std::size_t most = 1;
    for (std::size_t i = 0; i < own.bins.size(); ++i) most = std::max({most, own.bins[i], joint.bins[i]});
    const double n = static_cast<double>(std::max<std::size_t>(1, joint.approaches));
    const double step = (width - left - right) / static_cast<double>(own.bins.size());
    const auto y = [&](std::size_t count) {
        return height - bottom - static_cast<double>(count) / static_cast<double>(most) * (height - top - bottom);
    };
    std::string out = open_svg(width, height, title);
    out += fmt::format("<text x=\"0\" y=\"12\" font-weight=\"600\">{}</text>", base::escaped_markup(title));
    std::string line;
    for (std::size_t i = 0; i < own.bins.size(); ++i) {
        const double x = left + static_cast<double>(i) * step;
        out += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"url(#hatch)\"/>",
                           x + 1, y(joint.bins[i]), step - 2, height - bottom - y(joint.bins[i]));
        out += fmt::format(
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"none\" stroke=\"#1b1b1b\" "
            "stroke-width=\"1.2\"/>",
            x + 2.5, y(own.bins[i]), step - 5, height - bottom - y(own.bins[i]));
    }
    const double limit = left + (1 + in_time / Distribution::bin) * step;
    if (limit < width - right)
        out += fmt::format(
            "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#a33\" stroke-dasharray=\"3 2\"/>",
            limit, top, height - bottom);
    out += fmt::format("<line x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\" stroke=\"#888\"/>", left, width - right,
                       height - bottom);
    out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">none</text>", left + step / 2, height - 14);
    for (std::size_t i = 2; i < own.bins.size(); i += 4)
        out += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{:.0f}</text>",
                           left + static_cast<double>(i + 1) * step, height - 14,
                           static_cast<double>(i) * Distribution::bin / 60);
    out +=
        fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">minutes of warning</text>", width - right, height - 2);
    out += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{:.0f} %</text>", left - 3, top + 6,
                       100.0 * static_cast<double>(most) / n);
    return out + "</svg>";
}

SightMap frame_of(const SightMap& map, const std::vector<SegmentResult>& segments) {
    if (map.rows == 0) return {};
    const Frame whole(map);
    double left = 1e9, right = -1e9, top = 1e9, bottom = -1e9;
    for (const auto& s : segments)
        for (const auto& p : s.line) {
            const double x = whole.x(p.lon) / whole.scale_x, y = whole.y(p.lat) / whole.scale_y;
            if (x < 0 || x > static_cast<double>(map.columns) || y < 0 || y > static_cast<double>(map.rows)) continue;
            left = std::min(left, x), right = std::max(right, x), top = std::min(top, y), bottom = std::max(bottom, y);
        }
    if (left > right) return {};
    const double margin = 0.08 * std::max(right - left, bottom - top) + 1;
    const auto cell = [](double v) { return static_cast<std::size_t>(std::max(0.0, v)); };
    const std::size_t c0 = cell(left - margin), c1 = std::min(map.columns, cell(right + margin) + 1),
                      r0 = cell(top - margin), r1 = std::min(map.rows, cell(bottom + margin) + 1);
    SightMap out = map;
    out.north_west.lat -= map.step_lat * static_cast<double>(r0);
    out.north_west.lon = geo::wrap_pi(out.north_west.lon + map.step_lon * static_cast<double>(c0));
    out.rows = r1 - r0, out.columns = c1 - c0;
    out.cells.clear();
    return out;
}

std::string border_map(const SightMap& frame, const std::vector<SegmentResult>& segments, bool joint,
                       const std::string& symbol, const std::string& title) {
    if (frame.rows == 0) return {};
    const Frame f(frame);
    std::string out = open_svg(f.width(), f.height(), title);
    out += fmt::format("<rect width=\"{:.0f}\" height=\"{:.0f}\" fill=\"#f4f5f6\"/>", f.width(), f.height());
    if (!symbol.empty())
        out += fmt::format("<use href=\"#{}\" width=\"{:.0f}\" height=\"{:.0f}\" opacity=\"0.45\"/>", symbol, f.width(),
                           f.height());
    for (const auto& s : segments) {
        const auto& d = joint ? s.joint : s.own;
        // Wider and darker: more of the approaches are seen in time. Nought: dotted.
        const double w = 1.5 + 5 * d.in_time;
        const int shade = static_cast<int>(std::lround(150 - 110 * d.in_time));
        const auto path = polyline(f, s.line);
        if (path.find('L') == std::string::npos) continue;
        out += fmt::format(
            "<path d=\"{}\" fill=\"none\" stroke=\"rgb({},{},{})\" stroke-width=\"{:.1f}\"{}><title>towards {}: {:.0f} "
            "% of "
            "{} approaches in time, median {:.0f} s</title></path>",
            path, d.in_time > 0 ? shade / 3 : 163, d.in_time > 0 ? shade : 51, d.in_time > 0 ? shade + 40 : 51, w,
            d.in_time > 0 ? "" : " stroke-dasharray=\"1.5 3\"", base::escaped_markup(s.neighbour), d.in_time * 100,
            d.approaches, d.median);
    }
    return out + "</svg>";
}

}  // namespace asman::study::charts
