// How the node of a scenario's state is configured: its sensors, their feeds, what it knows of its own aircraft.
#pragma once

#include <asman/core/config.hpp>
#include <asman/simulate/world.hpp>

namespace asman::study {

/// Without files, partners and addresses of feeds: whoever starts the node adds them.
core::NodeConfig scenario_node(const simulate::World& world, const simulate::StateSpec& spec);

}  // namespace asman::study
