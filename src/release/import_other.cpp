#include <asman/release/gates.hpp>

#include "chain.hpp"

#include <algorithm>

namespace asman::release {
namespace {

namespace field = accord::field;

/// What is common to reports and notices: one hop, by a clause of the product that holds between the two.
struct LeaveCheck {
    const picture::Leave& leave;
    State sender, self;
    const accord::LawView& view;
    Time stamped, law_stamped;

    Refusal run(accord::Product product, Time time, const accord::Grant*& grant) const {
        if (!view.holds_at(law_stamped)) return Refusal::no_clause;
        if (leave.clauses.size() != 1 || leave.originator != sender || leave.via != sender || sender == self)
            return Refusal::wrong_chain;
        grant = view.find(leave.clauses.front(), sender, self);
        if (!grant || grant->clause().product != product) return Refusal::no_clause;
        const auto& c = grant->clause();
        if (time + (law_stamped - stamped) < grant->since()) return Refusal::no_clause;
        if (leave.coarsening.grid < c.grid) return Refusal::too_fine;
        if (stamped - time < c.delay - view.skew()) return Refusal::too_early;
        if (leave.valid_until > time + c.validity + base::seconds(1)) return Refusal::too_long;
        if (stamped >= leave.valid_until + view.skew()) return Refusal::expired;
        return Refusal::none;
    }

    Refusal place(const accord::Grant& g, geo::Point at) const {
        if (g.clause().match.area && !g.clause().match.area->contains(at)) return Refusal::outside_area;
        if (leave.coarsening.grid > 0 && geo::distance(accord::cell_of(at, leave.coarsening.grid).centre, at) > 1)
            return Refusal::too_fine;
        return Refusal::none;
    }
};

}  // namespace

Refusal check(const picture::ReleasedReport& r, State sender, State self, const accord::LawView& view, Time stamped,
              Time law_stamped) {
    const LeaveCheck leave{r.leave, sender, self, view, stamped, law_stamped};
    const accord::Grant* grant = nullptr;
    if (const auto bad = leave.run(accord::Product::target_reports, r.report.time, grant); bad != Refusal::none)
        return bad;
    const auto fields = grant->clause().fields;
    const auto& p = r.report;
    const bool too_much = ((fields & field::height) == 0 && (p.pressure_altitude || p.geometric_height)) ||
                          ((fields & field::mode_3a) == 0 && p.identity.mode_3a) ||
                          ((fields & field::address) == 0 && p.identity.address) ||
                          ((fields & field::callsign) == 0 && !p.identity.callsign.empty()) ||
                          (grant->clause().form == accord::Form::geodetic && p.polar());
    if (too_much) return Refusal::field_not_granted;
    if (p.point) return leave.place(*grant, *p.point);
    return Refusal::none;
}

Refusal check(const picture::Notice& n, State sender, State self, const accord::LawView& view, Time stamped,
              Time law_stamped) {
    const LeaveCheck leave{n.leave, sender, self, view, stamped, law_stamped};
    const accord::Grant* grant = nullptr;
    if (const auto bad = leave.run(product_of(n.kind), n.time, grant); bad != Refusal::none) return bad;
    // What rests on others' data goes only by a clause that hands such data on.
    const bool foreign = std::ranges::any_of(n.lineage, [&](const auto& e) { return e.state != sender; });
    if (foreign && !grant->clause().includes_onward) return Refusal::wrong_chain;
    if (n.at && n.kind != picture::NoticeKind::sensor_status) return leave.place(*grant, *n.at);
    return Refusal::none;
}

}  // namespace asman::release
