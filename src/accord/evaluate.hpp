// One object against one grant: every term in turn. Used for deciding (no words, no allocation) and for explaining
// (with words): one code, so that the explanation cannot differ from the decision.
#pragma once

#include <asman/accord/law.hpp>

#include <string>
#include <vector>

namespace asman::accord {

struct Height {
    std::optional<double> value;  ///< in the band's unit
    double sigma = 0;
};
/// Like with like: a band in flight levels sees pressure altitude only, and so on (rule 10).
inline Height height_for(const Object& o, HeightKind kind) {
    switch (kind) {
        case HeightKind::flight_level:
            if (!o.pressure_altitude) return {};
            return {o.pressure_altitude->flight_level(), o.sigma_pressure_altitude / (100 * geo::foot)};
        case HeightKind::msl:
            if (!o.msl) return {};
            return {o.msl->m, o.sigma_height};
        case HeightKind::ellipsoid:
            if (!o.ellipsoidal) return {};
            return {o.ellipsoidal->m, o.sigma_height};
    }
    return {};
}

struct Evaluator {
    const Object& o;
    State receiver;  ///< the final one
    const LawView& view;
    Time now;
    Duration skew;
    std::vector<std::string>* words = nullptr;
    const DistanceField* holds_object = nullptr;  ///< known before: an area that the object lies inside

    /// Fills `d` with what the grant would release; returns Reason::released or why not.
    Reason grant(const Grant& g, Decision& d) const;
    /// Reason::excluded where an exclusion of the grant's applies.
    Reason limits(const Grant& g, Decision& d) const;

  private:
    Reason times(const Grant& g) const;
    Reason terms(const Clause& c, double grid) const;
    Reason band(const Match& m) const;
    Reason classes(const Match& m) const;
    Reason identities(const Match& m) const;
    Reason criteria(const Match& m) const;
    Reason area(const Match& m, double grid) const;
    Reason sensors(const Grant& g) const;
    Reason reports(const Clause& c) const;
    bool excluded(const Exclusion& x) const;
    Reason onward(Decision& d, const Grant*& held, std::size_t count) const;
    template <class... A>
    void say(const char* format, const A&... a) const;
};

}  // namespace asman::accord
