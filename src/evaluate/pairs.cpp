#include "pairs.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace asman::evaluate {
namespace {

using Cell = std::array<std::int64_t, 3>;

Cell cell_of(const geo::Ecef& x, double size) {
    Cell out{};
    for (int i = 0; i < 3; ++i) out[static_cast<std::size_t>(i)] = std::llround(std::floor(x[i] / size));
    return out;
}

}  // namespace

std::vector<NearPair> near_pairs(std::span<const geo::Point> a, std::span<const geo::Point> b, double radius) {
    const double size = std::max(radius, 100.0);
    const auto finite = [](geo::Point p) { return std::isfinite(p.lat) && std::isfinite(p.lon); };
    std::vector<std::pair<Cell, std::uint32_t>> cells;
    for (std::uint32_t j = 0; j < b.size(); ++j) {
        if (finite(b[j])) cells.emplace_back(cell_of(geo::to_ecef({b[j], {0}}), size), j);
    }
    std::ranges::sort(cells);
    std::vector<NearPair> out;
    for (std::uint32_t i = 0; i < a.size(); ++i) {
        if (!finite(a[i])) continue;
        const auto first = out.size();
        const auto centre = cell_of(geo::to_ecef({a[i], {0}}), size);
        for (int d = 0; d < 27; ++d) {
            const Cell cell{centre[0] + d / 9 - 1, centre[1] + d / 3 % 3 - 1, centre[2] + d % 3 - 1};
            auto it = std::ranges::lower_bound(cells, std::pair(cell, std::uint32_t{0}));
            for (; it != cells.end() && it->first == cell; ++it) {
                const double metres = geo::distance(a[i], b[it->second]);
                if (metres <= radius) out.push_back({i, it->second, metres});
            }
        }
        std::sort(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(),
                  [](const NearPair& x, const NearPair& y) { return x.b < y.b; });
    }
    return out;
}

}  // namespace asman::evaluate
