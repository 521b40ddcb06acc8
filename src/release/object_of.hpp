// A track or a held contribution as the object that law decides about.
#pragma once

#include <asman/accord/decide.hpp>
#include <asman/release/exporter.hpp>

#include <vector>

namespace asman::release {

/// Times are moved by `offset` to the law's clock. The object points into its arguments.
struct Prepared {
    accord::Object object;
    std::vector<accord::Source> sources;
    std::vector<picture::State> hops;
};

Prepared own_object(const picture::Track& track, const Config& config, const Exporter::SensorOf& sensor_of,
                    base::Duration offset);
Prepared held_object(const picture::Contribution& held, const Config& config, const accord::LawView& view,
                     base::Duration offset);

}  // namespace asman::release
