#include "clause_index.hpp"

#include "evaluate.hpp"
#include "law_impl.hpp"

#include <algorithm>
#include <cmath>

namespace asman::accord {
namespace {

constexpr double cell_degrees = 1;
constexpr std::uint64_t all_ones = ~std::uint64_t{0};

}  // namespace

ClauseIndex::ClauseIndex(std::span<const Quick> clauses)
    : words_((clauses.size() + 63) / 64),
      none_(words_),
      own_sensors_(words_),
      any_height_(words_),
      rare_after_class_(words_),
      rare_after_identity_(words_),
      has_area_(words_),
      cells_(new std::atomic<const Cell*>[static_cast<std::size_t>(rows * columns)] {}) {
    for (auto& mask : product_) mask = none_;
    for (auto& mask : class_) mask = none_;
    for (auto& mask : identity_) mask = none_;
    for (auto& mask : kind_) mask = none_;
    for (auto& mask : unknown_height_) mask = none_;
    for (std::size_t i = 0; i < clauses.size(); ++i) {
        const auto& q = clauses[i];
        set(product_[static_cast<std::size_t>(q.product)], i);
        for (std::size_t k = 0; k < class_.size(); ++k)
            if (q.classes >> k & 1) set(class_[k], i);
        for (std::size_t k = 0; k < identity_.size(); ++k)
            if (q.identities >> k & 1) set(identity_[k], i);
        if (q.own_sensors) set(own_sensors_, i);
        if (q.rare_after_class) set(rare_after_class_, i);
        if (q.rare_after_identity) set(rare_after_identity_, i);
        if (q.area) set(has_area_, i);
        auto view = std::ranges::find(views_, q.view, &std::pair<std::uint64_t, Words>::first);
        if (view == views_.end()) view = views_.insert(view, {q.view, none_});
        set(view->second, i);
        if (q.band_kind == Quick::no_band) {
            set(any_height_, i);
        } else {
            set(kind_[q.band_kind], i);
            if (q.unknown_height) set(unknown_height_[q.band_kind], i);
        }
    }
    for (std::uint8_t kind = 0; kind < heights_.size(); ++kind) heights_[kind] = intervals(clauses, kind);
    number_areas(clauses);
}

ClauseIndex::~ClauseIndex() {
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows * columns); ++i)
        delete cells_[i].load(std::memory_order_relaxed);
}

void ClauseIndex::number_areas(std::span<const Quick> clauses) {
    for (const auto& q : clauses)
        if (q.area) areas_.push_back(q.area);
    std::ranges::sort(areas_, std::less<>());
    areas_.erase(std::unique(areas_.begin(), areas_.end()), areas_.end());
    area_of_.reserve(clauses.size());
    for (const auto& q : clauses)
        area_of_.push_back(
            static_cast<std::uint16_t>(std::ranges::lower_bound(areas_, q.area, std::less<>()) - areas_.begin()));
}

ClauseIndex::Intervals ClauseIndex::intervals(std::span<const Quick> clauses, std::uint8_t kind) const {
    Intervals out;
    for (const auto& q : clauses) {
        if (q.band_kind == kind) out.limits.insert(out.limits.end(), {q.band_from, q.band_to});
    }
    std::ranges::sort(out.limits);
    out.limits.erase(std::unique(out.limits.begin(), out.limits.end()), out.limits.end());
    // Piece k: what is at or over limit k - 1 and under limit k.
    out.masks.resize((out.limits.size() + 1) * words_);
    for (std::size_t i = 0; i < clauses.size(); ++i) {
        if (clauses[i].band_kind != kind) continue;
        const auto piece = [&](double limit) {
            return static_cast<std::size_t>(std::ranges::lower_bound(out.limits, limit) - out.limits.begin()) + 1;
        };
        for (auto k = piece(clauses[i].band_from); k < piece(clauses[i].band_to); ++k)
            out.masks[k * words_ + i / 64] |= std::uint64_t{1} << i % 64;
    }
    return out;
}

std::unique_ptr<ClauseIndex::Cell> ClauseIndex::make_cell(geo::Point centre) const {
    std::vector<DistanceField::Share> shares;
    shares.reserve(areas_.size());
    for (const auto* area : areas_) shares.push_back(area->share(centre, cell_degrees));
    auto out = std::make_unique<Cell>(Cell{none_, none_});
    for (std::size_t i = 0; i < area_of_.size(); ++i) {
        if ((has_area_[i / 64] >> i % 64 & 1) == 0) continue;
        const auto share = shares[area_of_[i]];
        if (share == DistanceField::Share::all) set(out->sure, i);
        if (share == DistanceField::Share::some) set(out->maybe, i);
    }
    return out;
}

const ClauseIndex::Cell* ClauseIndex::cell(geo::Point p) const {
    const double y = (p.lat_deg() + 90) / cell_degrees, x = (p.lon_deg() + 180) / cell_degrees;
    if (!(y >= 0 && y <= rows && x >= 0 && x <= columns)) return nullptr;
    const int row = std::min(static_cast<int>(y), rows - 1), column = std::min(static_cast<int>(x), columns - 1);
    auto& place = cells_[static_cast<std::size_t>(row * columns + column)];
    const Cell* there = place.load(std::memory_order_acquire);
    if (there) return there;
    auto made = make_cell(geo::Point::degrees(-90 + (row + 0.5) * cell_degrees, -180 + (column + 0.5) * cell_degrees));
    // Who comes second finds what it would have made.
    return place.compare_exchange_strong(there, made.get(), std::memory_order_acq_rel) ? made.release() : there;
}

struct ClauseIndex::Selected {
    const std::uint64_t *product, *flight_class, *identity, *sure, *maybe;
    std::array<const std::uint64_t*, 3> height;  ///< by kind: the band holds it, or takes it unknown
    std::array<bool, 3> height_known;
    Mask view;   ///< of a view that the object was made in
    Mask quick;  ///< its sensors are all the grantor's own, and all of those are covered
};

void ClauseIndex::select(const Object& o, Selected& s) const {
    s.product = product_[static_cast<std::size_t>(o.product)].data();
    s.flight_class = class_[static_cast<std::size_t>(o.flight_class)].data();
    s.identity = identity_[static_cast<std::size_t>(o.identity)].data();
    std::fill_n(s.view.begin(), words_, o.views.empty() ? all_ones : 0);
    for (const auto& [view, clauses] : views_) {
        if (std::ranges::find(o.views, view) == o.views.end()) continue;
        for (std::size_t w = 0; w < words_; ++w) s.view[w] |= clauses[w];
    }
    if (o.sources.empty())
        std::fill_n(s.quick.begin(), words_, all_ones);
    else
        std::ranges::copy(own_sensors_, s.quick.begin());
    for (std::size_t kind = 0; kind < heights_.size(); ++kind) {
        const auto height = height_for(o, static_cast<HeightKind>(kind)).value;
        s.height_known[kind] = height.has_value();
        const auto& pieces = heights_[kind];
        if (!height) {
            s.height[kind] = unknown_height_[kind].data();
        } else if (std::isnan(*height)) {
            s.height[kind] = none_.data();
        } else {
            const auto piece = std::ranges::upper_bound(pieces.limits, *height) - pieces.limits.begin();
            s.height[kind] = pieces.masks.data() + static_cast<std::size_t>(piece) * words_;
        }
    }
    const auto* c = cell(o.at);
    s.sure = c ? c->sure.data() : none_.data();
    s.maybe = c ? c->maybe.data() : has_area_.data();
}

void ClauseIndex::sort(const Object& o, Left& left) const {
    Selected s;
    select(o, s);
    for (std::size_t w = 0; w < words_; ++w) {
        const auto quick = s.quick[w];
        const auto height = any_height_[w] | s.height[0][w] | s.height[1][w] | s.height[2][w];
        const auto fits_class = quick & height & s.flight_class[w];
        const auto fits_identity = fits_class & ~rare_after_class_[w] & s.identity[w];
        const auto to_area = fits_identity & ~rare_after_identity_[w];
        const auto ask = ~quick | (fits_class & rare_after_class_[w]) | (fits_identity & rare_after_identity_[w]) |
                         (to_area & (~has_area_[w] | s.sure[w]));
        const auto asked = s.product[w] & s.view[w];
        left.ask[w] = asked & ask;
        left.near[w] = asked & to_area & s.maybe[w];
        left.inside[w] = asked & to_area & s.sure[w];
    }
}

void ClauseIndex::sort(const Object& o, Refused& refused) const {
    Selected s;
    select(o, s);
    for (std::size_t w = 0; w < words_; ++w) {
        refused.view[w] = s.product[w] & ~s.view[w];
        const auto asked = s.product[w] & s.view[w] & s.quick[w];
        const auto height = any_height_[w] | s.height[0][w] | s.height[1][w] | s.height[2][w];
        std::uint64_t unknown = 0;
        for (std::size_t kind = 0; kind < kind_.size(); ++kind)
            if (!s.height_known[kind]) unknown |= kind_[kind][w];
        refused.band[w] = asked & ~height & ~unknown;
        refused.unknown_height[w] = asked & ~height & unknown;
        refused.flight_class[w] = asked & height & ~s.flight_class[w];
        const auto to_identity = asked & height & s.flight_class[w] & ~rare_after_class_[w];
        refused.identity[w] = to_identity & ~s.identity[w];
        refused.area[w] =
            to_identity & s.identity[w] & ~rare_after_identity_[w] & has_area_[w] & ~s.sure[w] & ~s.maybe[w];
    }
}

}  // namespace asman::accord
