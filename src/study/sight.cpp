#include <asman/study/sight.hpp>

#include "assess_release.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace asman::study {

struct SectionMaker::Impl {
    geo::TerrainStore terrain;
    geo::Geoid geoid;
    std::vector<coverage::Instrument> instruments;
    accord::Law law;
    std::vector<State> states;
    std::vector<Group> groups;
    bool heights = false;
    std::vector<std::optional<coverage::SensorView>> views;

    base::Result<coverage::Section> of_group(const Group& g, const coverage::Target& target, geo::Point from,
                                             geo::Point to, const coverage::SectionOptions& options);
};

SectionMaker::SectionMaker(geo::TerrainStore terrain, geo::Geoid geoid, std::vector<coverage::Instrument> instruments,
                           accord::Law law, std::vector<picture::State> states)
    : impl_(std::make_unique<Impl>()) {
    auto& m = *impl_;
    m.terrain = std::move(terrain), m.geoid = std::move(geoid), m.law = std::move(law), m.states = std::move(states);
    for (auto& i : instruments)
        if (i.sensor.position && std::ranges::find(m.states, i.sensor.owner) != m.states.end())
            m.instruments.push_back(std::move(i));
    m.groups = groups_of(m.instruments, m.law);
    m.heights = knows_heights(m.law);
    m.views.resize(m.instruments.size());
}
SectionMaker::~SectionMaker() = default;
SectionMaker::SectionMaker(SectionMaker&&) noexcept = default;
SectionMaker& SectionMaker::operator=(SectionMaker&&) noexcept = default;

/// What a group's sensors see along the line; sweeps are made of those only that reach it.
base::Result<coverage::Section> SectionMaker::Impl::of_group(const Group& g, const coverage::Target& target,
                                                             geo::Point from, geo::Point to,
                                                             const coverage::SectionOptions& options) {
    const auto line = geo::inverse(from, to);
    std::vector<const coverage::SensorView*> near;
    for (const auto s : g.sensors) {
        const auto& sensor = instruments[s].sensor;
        double nearest = 1e12;
        for (int i = 0; i <= 50; ++i)
            nearest = std::min(nearest, geo::distance(geo::direct(from, line.azimuth_at_a, line.distance * i / 50),
                                                      sensor.position->at));
        if (nearest > sensor.max_range + line.distance / 100) continue;
        if (!views[s]) {
            ASMAN_TRY(auto view, coverage::SensorView::make(terrain, geoid, instruments[s], options.joint));
            views[s] = std::move(view);
        }
        near.push_back(&*views[s]);
    }
    return coverage::section(terrain, geoid, near, target, from, to, options);
}

base::Result<SightSection> SectionMaker::cut(State state, base::Time law_time, const coverage::Target& target,
                                             geo::Point from, geo::Point to, const coverage::SectionOptions& options) {
    auto& m = *impl_;
    const auto view = m.law.at(law_time);
    SightSection out;
    ASMAN_TRY(out.own, m.of_group({state, {}, {}, {}, {}}, target, from, to, options));
    out.joint = out.own;
    const double azimuth = geo::inverse(from, to).azimuth_at_a;
    std::set<std::string> ways;
    for (const auto& g : m.groups) {
        const bool own = g.owner == state;
        if (own && !view.site_stands(g.accord, g.name)) continue;
        ASMAN_TRY(const auto theirs, m.of_group(g, target, from, to, options));
        if (theirs.seeing.empty()) continue;
        const std::size_t levels = theirs.altitude.size();
        bool any = false;
        for (std::size_t i = 0; i < theirs.distance.size(); ++i) {
            const auto p = geo::direct(from, azimuth, theirs.distance[i]);
            std::optional<Cause> cause;
            for (std::size_t k = 0; k < levels; ++k) {
                const auto count = theirs.at(i, k);
                if (count == 0) continue;
                // Where the law knows heights it is asked every kilometre, else once.
                const bool ask = !own && (!cause || (m.heights && k % 10 == 0));
                if (ask)
                    cause = cause_at(view, law_time, geo::PressureAltitude{theirs.altitude[k]}.flight_level(), g, state,
                                     m.states, p);
                if (!own && !cause) {
                    if (!m.heights) break;
                    continue;
                }
                auto& sum = out.joint.sensors[i * levels + k];
                sum = static_cast<std::uint8_t>(std::min(255, sum + count));
                if (own) out.own.sensors[i * levels + k] = sum;
                if (cause) ways.insert(cause->partner() + " by " + cause->chain);
                any = true;
            }
        }
        if (!any) continue;
        out.joint.seeing.insert(out.joint.seeing.end(), theirs.seeing.begin(), theirs.seeing.end());
        if (own) out.own.seeing.insert(out.own.seeing.end(), theirs.seeing.begin(), theirs.seeing.end());
    }
    out.ways.assign(ways.begin(), ways.end());
    return out;
}

}  // namespace asman::study
