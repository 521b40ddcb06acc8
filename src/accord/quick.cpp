#include "evaluate.hpp"
#include "law_impl.hpp"

#include <algorithm>

namespace asman::accord {

Quick::Quick(const Grant& g) : since(g.since()), until(g.until()), grantor(g.grantor()), product(g.clause().product) {
    const auto& c = g.clause();
    const auto& m = c.match;
    area = m.area ? m.area->field.get() : nullptr;
    own_sensors = c.own_sensors;
    view = c.view;
    if (m.band) {
        band_kind = static_cast<std::uint8_t>(m.band->kind);
        band_from = m.band->from;
        band_to = m.band->to;
        unknown_height = m.unknown_height;
    }
    if (!m.classes.empty()) {
        classes = m.unknown_class ? 1 : 0;
        for (const auto k : m.classes) classes = static_cast<std::uint8_t>(classes | 1u << static_cast<unsigned>(k));
    }
    if (!m.identities.empty()) {
        const unsigned unknown = 1u << static_cast<unsigned>(picture::Identity::pending) |
                                 1u << static_cast<unsigned>(picture::Identity::unknown);
        unsigned bits = m.unknown_identity ? unknown : 0;
        for (const auto i : m.identities) bits |= 1u << static_cast<unsigned>(i);
        identities = static_cast<std::uint8_t>(bits);
    }
    rare_after_class = !m.nationalities.empty();
    rare_after_identity = !m.addresses.empty() || !m.callsigns.empty() || !m.criteria.empty();
}

std::optional<Reason> Quick::refuses(const Object& o, Time now, Duration skew, Memo& memo) const {
    // In the order of Evaluator::grant(): what comes first there gives the reason.
    const bool foreign = !o.originator.empty() && o.originator != grantor;
    if (foreign || o.time > now + skew || !o.associated || o.near_excluded) return std::nullopt;
    if (o.time - skew < since || o.time < Time{since.ns + skew.ns}) return Reason::before_clause;
    if (until != Time::max() && now + skew >= until) return Reason::not_operative;
    if (!o.views.empty() && std::ranges::find(o.views, view) == o.views.end()) return Reason::sensor_not_covered;
    for (const auto& s : o.sources) {
        if (s.owner != grantor || !s.site_accord.empty() || !own_sensors) return std::nullopt;
    }
    if (band_kind != no_band) {
        const auto height = height_for(o, static_cast<HeightKind>(band_kind));
        if (!height.value) {
            if (!unknown_height) return Reason::unknown_height;
        } else if (!(band_from <= *height.value && *height.value < band_to)) {
            return Reason::outside_band;
        }
    }
    if ((classes >> static_cast<unsigned>(o.flight_class) & 1) == 0)
        return o.flight_class == picture::FlightClass::unknown ? Reason::unknown_class : Reason::wrong_class;
    if (rare_after_class) return std::nullopt;
    if ((identities >> static_cast<unsigned>(o.identity) & 1) == 0) {
        const bool known = o.identity != picture::Identity::pending && o.identity != picture::Identity::unknown;
        return known ? Reason::wrong_identity : Reason::unknown_identity;
    }
    if (rare_after_identity || !area) return std::nullopt;
    if (area_slot > 63) return area->inside(o.at, 0) ? std::nullopt : std::optional(Reason::outside_area);
    const std::uint64_t bit = std::uint64_t{1} << area_slot;
    if ((memo.asked & bit) == 0) {
        memo.asked |= bit;
        if (area->inside(o.at, 0)) memo.inside |= bit;
    }
    return (memo.inside & bit) != 0 ? std::nullopt : std::optional(Reason::outside_area);
}

}  // namespace asman::accord
