// What a node's bundle says of the world around it: borders, and what the watch over the own airspace must know.
#pragma once

#include <asman/airspace/watch.hpp>
#include <asman/core/config.hpp>
#include <asman/geo/region.hpp>

#include <memory>

namespace asman::core {

struct Surroundings {
    std::shared_ptr<const geo::Borders> borders;  ///< null: the bundle has none
    airspace::Config watch;
};

inline base::Result<Surroundings> surroundings(const Bundle& bundle, const NodeConfig& config) {
    Surroundings out;
    out.watch.own = config.state;
    if (const auto b = bundle.files.find("borders.geojson"); b != bundle.files.end()) {
        ASMAN_TRY(auto parsed, geo::Borders::parse(b->second, "borders.geojson"));
        out.borders = std::make_shared<const geo::Borders>(std::move(parsed));
        if (const auto* own = out.borders->find(config.state.text())) out.watch.land = own->land;
    }
    out.watch.expected = config.expected;
    out.watch.friends = config.state_aircraft;
    return out;
}

}  // namespace asman::core
