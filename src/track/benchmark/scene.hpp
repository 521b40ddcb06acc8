// A benchmark scene in memory.
#pragma once

#include <asman/base/result.hpp>
#include <asman/picture/nouns.hpp>
#include <asman/track/frame.hpp>

#include <memory>
#include <string>
#include <vector>

namespace asman::track {

struct Scene {
    std::shared_ptr<const Frame> frame;
    bool plane = true;
    bool heights = false;   ///< plots carry heights
    bool pressure = false;  ///< heights are pressure altitude
    double epoch = 5, duration = 0;
    std::vector<picture::Sensor> sensors;
    std::vector<picture::TargetReport> reports;
};

/// The scene's seconds count from here.
inline constexpr base::Time kSceneStart{0};

base::Result<Scene> read_scene(const std::string& plots, const std::string& meta);

}  // namespace asman::track
