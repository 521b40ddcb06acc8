// The editions of the feeds, for a run's summary and the status of one that goes on.
#pragma once

#include <asman/core/engine.hpp>

#include <nlohmann/json_fwd.hpp>

namespace asman::node {

/// One object a source and category.
nlohmann::ordered_json editions_json(const core::Engine& engine);

}  // namespace asman::node
