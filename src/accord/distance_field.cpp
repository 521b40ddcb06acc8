#include "distance_field.hpp"

#include <asman/accord/terms.hpp>

#include <algorithm>
#include <cmath>

namespace asman::accord {
namespace {

constexpr double unit = 10;  ///< metres of a stored step; ±327 km
constexpr int lat_cells = 180 * 4, lon_cells = 360 * 4;
// Half the diagonal of a cell where a degree is longest (111.7 km), with the rounding of what is stored.
constexpr double coarse_radius = 0.25 * 111'700 * 0.70711 + unit;
constexpr double fine_radius = coarse_radius / 16 + unit;
constexpr int blocks_lat = lat_cells / 16, blocks_lon = lon_cells / 16;
constexpr double infinite = 1e9;

}  // namespace

struct DistanceField::Block {
    Cells coarse;
    std::array<std::atomic<Cells*>, block * block> fine{};
    Block() {
        for (auto& c : coarse) c.store(unknown, std::memory_order_relaxed);
    }
    ~Block() {
        for (auto& f : fine) delete f.load(std::memory_order_relaxed);
    }
};

DistanceField::DistanceField(geo::Region region)
    : region_(std::move(region)), blocks_(new std::atomic<Block*>[static_cast<std::size_t>(blocks_lat * blocks_lon)]) {
    for (int i = 0; i < blocks_lat * blocks_lon; ++i) blocks_[static_cast<std::size_t>(i)] = nullptr;
}

DistanceField::~DistanceField() {
    for (int i = 0; i < blocks_lat * blocks_lon; ++i) delete blocks_[static_cast<std::size_t>(i)].load();
}

std::int16_t DistanceField::fill(std::atomic<std::int16_t>& cell, const geo::Region& region, double lat_deg,
                                 double lon_deg) {
    const double d = region.signed_distance(geo::Point::degrees(lat_deg, lon_deg)) / unit;
    const auto value = static_cast<std::int16_t>(std::lround(std::clamp(d, -32'767.0, 32'767.0)));
    cell.store(value, std::memory_order_relaxed);
    return value;
}

DistanceField::Bounds DistanceField::bounds(geo::Point p, bool fine) const {
    const double lat = (p.lat_deg() + 90) * per_degree, lon = (p.lon_deg() + 180) * per_degree;
    // NaN and infinite positions are near every boundary: the exact test judges them.
    if (!(lat >= 0 && lat <= lat_cells && lon >= 0 && lon <= lon_cells)) return {-infinite, infinite};
    const int row = std::min(static_cast<int>(lat), lat_cells - 1);
    const int column = std::min(static_cast<int>(lon), lon_cells - 1);
    auto& slot = blocks_[static_cast<std::size_t>(row / block * blocks_lon + column / block)];
    Block* b = slot.load(std::memory_order_acquire);
    if (!b) {
        auto fresh = std::make_unique<Block>();
        if (slot.compare_exchange_strong(b, fresh.get(), std::memory_order_acq_rel)) b = fresh.release();
    }
    const auto index = static_cast<std::size_t>(row % block * block + column % block);
    std::int16_t value = unknown;
    double radius = coarse_radius;
    if (!fine) {
        value = b->coarse[index].load(std::memory_order_relaxed);
        if (value == unknown) {
            value = fill(b->coarse[index], region_, (row + 0.5) / per_degree - 90, (column + 0.5) / per_degree - 180);
        }
    } else {
        Cells* cells = b->fine[index].load(std::memory_order_acquire);
        if (!cells) {
            auto fresh = std::make_unique<Cells>();
            for (auto& c : *fresh) c.store(unknown, std::memory_order_relaxed);
            if (b->fine[index].compare_exchange_strong(cells, fresh.get(), std::memory_order_acq_rel)) {
                cells = fresh.release();
            }
        }
        const int i = std::min(static_cast<int>((lat - row) * block), block - 1);
        const int j = std::min(static_cast<int>((lon - column) * block), block - 1);
        auto& cell = (*cells)[static_cast<std::size_t>(i * block + j)];
        value = cell.load(std::memory_order_relaxed);
        if (value == unknown) {
            value = fill(cell, region_, (row + (i + 0.5) / block) / per_degree - 90,
                         (column + (j + 0.5) / block) / per_degree - 180);
        }
        radius = fine_radius;
    }
    const double d = value * unit;
    return {value == -32'767 ? -infinite : d - radius, value == 32'767 ? infinite : d + radius};
}

bool DistanceField::inside(geo::Point p, double margin) const {
    for (const bool fine : {false, true}) {
        const auto b = bounds(p, fine);
        if (b.high < -margin) return true;
        if (b.low > -margin) return false;
    }
    return margin > 0 ? region_.contains(p, false) && region_.signed_distance(p) < -margin : region_.contains(p, false);
}

bool DistanceField::touches(geo::Point p, double reach) const {
    if (!(reach <= infinite)) return true;  // an unbounded or unknown uncertainty may be anywhere
    for (const bool fine : {false, true}) {
        const auto b = bounds(p, fine);
        if (b.high < reach) return true;
        if (b.low > reach) return false;
    }
    return region_.contains(p, true) || (reach > 0 && region_.signed_distance(p) <= reach);
}

bool Area::contains(geo::Point p) const {
    return field && field->inside(p, 0);
}

}  // namespace asman::accord
