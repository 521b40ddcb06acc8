#include "scenario_nodes.hpp"

#include <algorithm>

namespace asman::study {

core::NodeConfig scenario_node(const simulate::World& world, const simulate::StateSpec& spec) {
    core::NodeConfig c;
    c.state = spec.code;
    c.mode = core::Mode::simulated;
    c.state_aircraft.insert(spec.state_aircraft.begin(), spec.state_aircraft.end());
    for (const auto& state : world.scenario().states)
        if (state.unit) c.units.push_back({state.code, *state.unit});
    for (const auto& callsign : world.expected(spec.code)) c.expected.insert(callsign);
    for (const auto& sensor : world.sensors()) {
        if (sensor.owner != spec.code) continue;
        c.sensors.push_back(sensor);
        const bool known = std::ranges::any_of(c.feeds, [&](const auto& f) { return f.name == sensor.feed; });
        if (!known) {
            core::FeedConfig feed;
            feed.name = sensor.feed;
            c.feeds.push_back(std::move(feed));
        }
    }
    return c;
}

}  // namespace asman::study
