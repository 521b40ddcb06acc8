// What a law means, read from its description as slowly and plainly as possible. Shares no code with the engine but the
// geometry of regions and the grid.
#include "draw.hpp"

#include <algorithm>

namespace asman::accord::drawn {
namespace {

Time after_months(Time t, int months) {
    const auto d = base::date_of(t);
    return base::start_of(months_by_counting(d, months)) + (t - base::start_of(d));
}

/// When an act begins to work, live.
Time works(const ActSpec& a) {
    const bool narrows = a.kind == ActKind::suspension;
    return narrows ? a.recorded : std::max(a.effective, a.recorded);
}

struct Reading {
    const WorldSpec& w;
    const AccordSpec& a;

    std::vector<Time> consents(Time t) const {
        std::vector<Time> out;
        for (const auto& x : w.acts) {
            if (x.accord == a.id && x.kind == ActKind::ratification && works(x) <= t) out.push_back(works(x));
        }
        std::ranges::sort(out);
        return out;
    }

    /// Entry into force as known at t; Time::max(): not yet.
    Time entered(Time t) const {
        const auto c = consents(t);
        const std::size_t k = a.count ? static_cast<std::size_t>(a.count) : a.parties.size();
        if (c.size() < k) return Time::max();
        return c[k - 1] + Duration{a.days * day_ns};
    }

    bool bound(State p, Time t) const {
        const auto entry = entered(t);
        if (entry > t) return false;
        bool consented = false;
        for (const auto& x : w.acts) {
            if (x.accord != a.id || x.by != p || x.recorded > t) continue;
            if (x.kind == ActKind::ratification) consented = works(x) + Duration{a.days * day_ns} <= t;
            if (x.kind == ActKind::withdrawal && after_months(x.effective, a.withdrawal_months) <= t) return false;
            if (x.kind == ActKind::notice) {
                for (int k = 1; k < 2000; ++k) {
                    const auto end = after_months(entry, k * a.term_months);
                    if (end > t) break;
                    if (end > x.effective && after_months(x.effective, a.notice_months) <= end) return false;
                }
            }
        }
        return consented;
    }

    bool suspended(State p, Time t) const {
        for (const auto& s : w.acts) {
            if (s.accord != a.id || s.by != p || s.kind != ActKind::suspension || works(s) > t) continue;
            bool lifted = false;
            for (const auto& r : w.acts) {
                lifted = lifted || (r.accord == a.id && r.by == p && r.kind == ActKind::resumption &&
                                    r.effective > std::min(s.effective, s.recorded) && works(r) <= t);
            }
            if (!lifted) return true;
        }
        return false;
    }

    bool holds(State g, State r, Time t) const {
        return bound(g, t) && bound(r, t) && !suspended(g, t) && !suspended(r, t);
    }

    /// Held at both ends and at every instant between at which anything could have changed.
    bool held_throughout(State g, State r, Time from, Time to) const {
        if (!holds(g, r, from) || !holds(g, r, to)) return false;
        std::vector<Time> edges;
        for (const auto& x : w.acts) {
            edges.push_back(x.effective);
            edges.push_back(x.recorded);
            edges.push_back(x.effective + Duration{a.days * day_ns});
            edges.push_back(x.recorded + Duration{a.days * day_ns});
        }
        return std::ranges::all_of(edges, [&](Time e) { return e < from || e > to || holds(g, r, e); });
    }
};

geo::Region region_of(const AccordSpec& a, int box) {
    const auto& b = a.boxes[static_cast<std::size_t>(box)];
    const auto p = [](double lat, double lon) { return geo::Point::degrees(lat, lon); };
    return geo::Region::polygons(
        {geo::Polygon{{p(b.south, b.west), p(b.south, b.east), p(b.north, b.east), p(b.north, b.west)}, {}}});
}

bool class_fits(const Terms& t, const Object& o) {
    if (t.flight_class < 0) return true;
    if (o.flight_class == picture::FlightClass::unknown) return t.unknown_class;
    return (o.flight_class == picture::FlightClass::state) == (t.flight_class == 1);
}

bool band_fits(const Terms& t, const Object& o) {
    if (!t.band) return true;
    if (!o.pressure_altitude) return t.unknown_height;
    const double level = o.pressure_altitude->flight_level();
    return t.from <= level && level < t.to;
}

bool granted(const AccordSpec& a, const ClauseSpec& c, const Object& o, double grid) {
    if (!class_fits(c.terms, o) || !band_fits(c.terms, o)) return false;
    if (c.terms.box < 0) return true;
    const auto region = region_of(a, c.terms.box);
    if (!region.contains(o.at, false)) return false;
    if (grid <= 0) return true;
    const auto cell = cell_of(o.at, grid);
    return region.contains(cell.centre) && region.signed_distance(cell.centre) < -cell.half_diagonal;
}

bool excluded(const AccordSpec& a, const Terms& t, const Object& o) {
    if (!class_fits(t, o)) return false;
    if (t.band) {
        if (!o.pressure_altitude && !t.unknown_height) return false;
        // No spread of height is drawn: the closed band.
        if (o.pressure_altitude) {
            const double level = o.pressure_altitude->flight_level();
            if (level < t.from || level > t.to) return false;
        }
    }
    return t.box < 0 || region_of(a, t.box).signed_distance(o.at) <= 3 * o.sigma;
}

bool any_excluded(const AccordSpec& a, const ClauseSpec& c, const Object& o) {
    const auto hit = [&](const Terms& t) { return excluded(a, t, o); };
    return std::ranges::any_of(a.exclusions, hit) || std::ranges::any_of(c.exclusions, hit);
}

}  // namespace

base::Date months_by_counting(base::Date d, int months) {
    // Forward a day at a time to the first of the month wanted, then to the day, as far as the month goes.
    base::Date first{d.year, d.month, 1};
    for (int i = 0; i < months; ++i) {
        auto n = base::days_since_1970(first);
        do {
            ++n;
        } while (base::date_from_days(n).day != 1);
        first = base::date_from_days(n);
    }
    auto out = first;
    while (out.day < d.day) {
        const auto next = base::date_from_days(base::days_since_1970(out) + 1);
        if (next.month != first.month) break;
        out = next;
    }
    return out;
}

std::vector<std::string> oracle(const WorldSpec& w, const Object& o, State g, State r, Time now) {
    std::vector<std::string> out;
    if (o.time > now) return out;
    for (const auto& a : w.accords) {
        for (const auto& c : a.clauses) {
            if (c.from != g || std::ranges::find(c.to, r) == c.to.end()) continue;
            if (!Reading{w, a}.held_throughout(g, r, o.time, now)) continue;
            const auto age = now - o.time;
            if (age < base::seconds(c.delay_s) || age >= base::seconds(c.validity_s)) continue;
            if (c.rate_s && o.previous &&
                o.previous->ns / (c.rate_s * 1'000'000'000LL) >= o.time.ns / (c.rate_s * 1'000'000'000LL))
                continue;
            if (!granted(a, c, o, c.grid_km * 1000.0) || any_excluded(a, c, o)) continue;
            out.push_back(a.id + "/" + c.id);
        }
    }
    return out;
}

}  // namespace asman::accord::drawn
