#include "distance_field.hpp"

#include <asman/accord/terms.hpp>

#include <algorithm>
#include <cmath>

namespace asman::accord {
namespace {

// Half the diagonal of a cell of one degree where a degree is longest.
constexpr double radius_per_degree = 111'700 * 0.70711;
constexpr double rounding = 3;  ///< metres: of the distance itself, and of its storing as float
constexpr double infinite = 1e9;

}  // namespace

struct DistanceField::Cell {
    std::atomic<Node*> child{nullptr};
    std::atomic<float> distance{std::numeric_limits<float>::quiet_NaN()};
    ~Cell();
};
struct DistanceField::Node {
    std::array<Cell, static_cast<std::size_t>(split* split)> cells;
};

DistanceField::Cell::~Cell() {
    delete child.load(std::memory_order_relaxed);
}

DistanceField::DistanceField(geo::Region region)
    : region_(std::move(region)), root_(new Cell[static_cast<std::size_t>(rows * columns)]) {}
DistanceField::~DistanceField() = default;

template <class Judge>
int DistanceField::ask(geo::Point p, Judge judge) const {
    double y = (p.lat_deg() + 90) / root_degrees, x = (p.lon_deg() + 180) / root_degrees;
    // NaN and infinite positions are near every boundary: the exact test judges them.
    if (!(y >= 0 && y <= 180 / root_degrees && x >= 0 && x <= 360 / root_degrees)) return -1;
    int row = std::min(static_cast<int>(y), rows - 1), column = std::min(static_cast<int>(x), columns - 1);
    Cell* cells = root_.get();
    int width = columns;
    double degrees = root_degrees, south = -90, west = -180;  ///< of the block of cells
    for (int level = 0;; ++level) {
        auto& cell = cells[row * width + column];
        float d = cell.distance.load(std::memory_order_relaxed);
        if (std::isnan(d)) {
            const double lat = south + (row + 0.5) * degrees, lon = west + (column + 0.5) * degrees;
            d = static_cast<float>(std::clamp(region_.signed_distance(geo::Point::degrees(std::min(lat, 90.0), lon)),
                                              -infinite, infinite));
            cell.distance.store(d, std::memory_order_relaxed);
        }
        const double slack = degrees * radius_per_degree + rounding;
        const int answer = judge(d - slack, d + slack);
        if (answer >= 0 || level == levels - 1) return answer;
        Node* node = cell.child.load(std::memory_order_acquire);
        if (!node) {
            if (count_.load(std::memory_order_relaxed) >= most_nodes) return -1;
            auto fresh = std::make_unique<Node>();
            if (cell.child.compare_exchange_strong(node, fresh.get(), std::memory_order_acq_rel)) {
                node = fresh.release();
                count_.fetch_add(1, std::memory_order_relaxed);
            }
        }
        south += row * degrees;
        west += column * degrees;
        degrees /= split;
        y = (y - row) * split;
        x = (x - column) * split;
        row = std::min(static_cast<int>(y), split - 1);
        column = std::min(static_cast<int>(x), split - 1);
        cells = node->cells.data();
        width = split;
    }
}

bool DistanceField::inside(geo::Point p, double margin) const {
    const int known = ask(p, [margin](double low, double high) { return high < -margin ? 1 : low > -margin ? 0 : -1; });
    if (known >= 0) return known != 0;
    return margin > 0 ? region_.contains(p, false) && region_.signed_distance(p) < -margin : region_.contains(p, false);
}

bool DistanceField::touches(geo::Point p, double reach) const {
    if (!(reach <= infinite)) return true;  // an unbounded or unknown uncertainty may be anywhere
    const int known = ask(p, [reach](double low, double high) { return high < reach ? 1 : low > reach ? 0 : -1; });
    if (known >= 0) return known != 0;
    return region_.contains(p, true) || (reach > 0 && region_.signed_distance(p) <= reach);
}

DistanceField::Share DistanceField::share(geo::Point centre, double degrees) const {
    const double slack = degrees * radius_per_degree + rounding;
    const auto told = [slack](double low, double high) {
        return high < -slack ? Share::all : low > slack ? Share::none : Share::some;
    };
    // What the large cell says spares exact geometry far from the boundary.
    auto share = Share::some;
    ask(centre, [&](double low, double high) { return share = told(low, high), 1; });
    if (share != Share::some) return share;
    const double d = region_.signed_distance(centre);
    return told(d, d);
}

bool Area::contains(geo::Point p) const {
    return field && field->inside(p, 0);
}

}  // namespace asman::accord
