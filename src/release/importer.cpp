#include <asman/release/importer.hpp>

#include "chain.hpp"

#include <algorithm>
#include <cmath>

namespace asman::release {
namespace {

namespace field = accord::field;
using accord::Grant;
using base::Duration;
using base::Time;
using picture::Contribution;
using picture::State;

/// What all clauses on the way allow together.
struct Meet {
    std::uint16_t fields = field::all;
    double grid = 0;
    Duration delay{0};
    Time valid_until = Time::max();
};

class Check {
  public:
    Check(const Contribution& c, State sender, State self, const accord::LawView& view, Time stamped, Duration offset)
        : c_(c), sender_(sender), self_(self), view_(view), stamped_(stamped), offset_(offset) {}

    Refusal run() {
        if (const auto r = chain(); r != Refusal::none) return r;
        if (!finite()) return Refusal::malformed;
        for (std::size_t i = 0; i < grants_.size(); ++i) {
            if (const auto r = terms(*grants_[i], i); r != Refusal::none) return r;
        }
        if (c_.coarsening.grid < meet_.grid) return Refusal::too_fine;
        if (c_.coarsening.grid > 0) {
            const auto cell = accord::cell_of(c_.track.kinematics.at, c_.coarsening.grid);
            if (geo::distance(cell.centre, c_.track.kinematics.at) > 1) return Refusal::too_fine;
        }
        const auto measured = c_.track.kinematics.time;
        if (stamped_ - measured < meet_.delay - view_.skew()) return Refusal::too_early;
        if (c_.valid_until > meet_.valid_until) return Refusal::too_long;
        if (stamped_ >= c_.valid_until + view_.skew()) return Refusal::expired;
        return fields();
    }

  private:
    Refusal chain() {
        if (c_.clauses.empty() || c_.originator.empty() || c_.via != sender_ || self_ == c_.originator) {
            return Refusal::wrong_chain;
        }
        if ((c_.clauses.size() == 1) != (c_.originator == sender_)) return Refusal::wrong_chain;
        const auto path = holders(c_, self_, view_);
        if (path.empty()) return Refusal::no_clause;
        const auto measured = c_.track.kinematics.time + offset_;
        for (std::size_t i = 0; i < c_.clauses.size(); ++i) {
            const auto* g = view_.find(c_.clauses[i], path[i], path[i + 1]);
            if (!g || measured < g->since()) return Refusal::no_clause;
            if (i > 0 && !g->clause().includes_onward) return Refusal::wrong_chain;
            const auto& onward = g->clause().onward;
            const auto after = c_.clauses.size() - 1 - i;  // hand-overs that followed this one
            if (after > 0) {
                if (!onward || onward->hops < after) return Refusal::wrong_chain;
                if (std::ranges::find(onward->to, self_) == onward->to.end()) return Refusal::wrong_chain;
            }
            grants_.push_back(g);
        }
        return Refusal::none;
    }

    bool finite() const {
        const auto& k = c_.track.kinematics;
        return std::isfinite(k.at.lat) && std::isfinite(k.at.lon) && k.velocity.allFinite() &&
               k.covariance.allFinite() && k.covariance.diagonal().minCoeff() >= 0 &&
               std::isfinite(c_.coarsening.grid) && c_.coarsening.grid >= 0;
    }

    Refusal terms(const Grant& g, std::size_t i) {
        const auto& clause = g.clause();
        const auto& k = c_.track.kinematics;
        if (clause.match.area && !clause.match.area->contains(k.at)) return Refusal::outside_area;
        meet_.fields &= clause.fields;
        meet_.grid = std::max(meet_.grid, clause.grid);
        meet_.delay = std::max(meet_.delay, clause.delay);
        meet_.valid_until = std::min(meet_.valid_until, k.time + clause.validity);
        if (i + 1 < grants_.size() && clause.onward) {
            meet_.grid = std::max(meet_.grid, clause.onward->grid);
            meet_.delay = std::max(meet_.delay, clause.onward->delay);
            if (clause.onward->fields) meet_.fields &= *clause.onward->fields;
        }
        if (const auto& band = clause.match.band) {
            // Only where the band's kind of height came along; an importer cannot judge what it was not given.
            std::optional<double> h;
            if (band->kind == accord::HeightKind::flight_level && k.pressure_altitude) {
                h = k.pressure_altitude->flight_level();
            }
            if (band->kind == accord::HeightKind::ellipsoid && k.geometric_height) h = k.geometric_height->m;
            if (h && !(band->from - 0.5 <= *h && *h < band->to + 0.5)) return Refusal::outside_band;
        }
        return Refusal::none;
    }

    Refusal fields() const {
        const auto& t = c_.track;
        const auto granted = [&](std::uint16_t bit) { return (meet_.fields & bit) != 0; };
        const auto& k = t.kinematics;
        const bool too_much =
            (!granted(field::velocity) && (!k.velocity.isZero() || k.vertical_rate)) ||
            (!granted(field::height) && (k.pressure_altitude || k.geometric_height)) ||
            (!granted(field::mode_3a) && (t.identity.mode_3a || !t.recent_codes.empty())) ||
            (!granted(field::address) && t.identity.address) ||
            (!granted(field::callsign) && !t.identity.callsign.empty()) ||
            (!granted(field::emergency) && (t.identity.emergency != 0 || t.identity.special_position)) ||
            (!granted(field::flight_class) && t.flight_class != picture::FlightClass::unknown) ||
            (!granted(field::standard_identity) && t.standard_identity != picture::Identity::pending);
        return too_much ? Refusal::field_not_granted : Refusal::none;
    }

    const Contribution& c_;
    State sender_, self_;
    const accord::LawView& view_;
    Time stamped_;
    Duration offset_;
    std::vector<const Grant*> grants_;
    Meet meet_;
};

}  // namespace

std::string_view name(Refusal refusal) {
    static constexpr std::array<std::string_view, refusal_kinds> names{
        "accepted",          "no clause holds", "chain does not fit", "outside the area",
        "outside the band",  "too fine",        "too early",          "longer than the validity",
        "field not granted", "expired",         "malformed"};
    static_assert(static_cast<std::size_t>(Refusal::malformed) + 1 == refusal_kinds);
    return names.at(static_cast<std::size_t>(refusal));
}

Refusal check(const Contribution& contribution, State sender, State self, const accord::LawView& view, Time stamped) {
    return check(contribution, sender, self, view, stamped, stamped);
}

Refusal check(const Contribution& contribution, State sender, State self, const accord::LawView& view, Time stamped,
              Time law_stamped) {
    if (!view.holds_at(law_stamped)) return Refusal::no_clause;
    return Check(contribution, sender, self, view, stamped, law_stamped - stamped).run();
}

}  // namespace asman::release
