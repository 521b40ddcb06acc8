// Which sensors reach a place.
#pragma once

#include <Eigen/Core>

#include <cmath>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace asman::track {

/// Sensors by the cubes of space that they reach, so that asking for a place costs what reaches it and not what there
/// is on earth. The caller checks the distance itself.
class Reach {
  public:
    static constexpr double kCell = 200'000;

    void add(std::uint32_t sensor, const Eigen::Vector3d& site, double range) {
        const double far = range + 0.5 * std::sqrt(3.0) * kCell;
        const int steps = static_cast<int>(far / kCell) + 1;
        const Eigen::Vector3d corner = (site / kCell).array().floor();
        for (int x = -steps; x <= steps; ++x)
            for (int y = -steps; y <= steps; ++y)
                for (int z = -steps; z <= steps; ++z) {
                    const Eigen::Vector3d cube = corner + Eigen::Vector3d(x, y, z);
                    const Eigen::Vector3d middle = kCell * (cube.array() + 0.5);
                    if ((middle - site).squaredNorm() < far * far) cells_[key(cube)].push_back(sensor);
                }
    }
    /// In order of their numbers.
    std::span<const std::uint32_t> at(const Eigen::Vector3d& place) const {
        const auto found = cells_.find(key((place / kCell).array().floor()));
        return found == cells_.end() ? std::span<const std::uint32_t>{} : found->second;
    }

  private:
    static std::uint64_t key(const Eigen::Vector3d& cube) {
        const auto part = [](double v) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(v)) & 0x1FFFFF; };
        return part(cube.x()) << 42 | part(cube.y()) << 21 | part(cube.z());
    }
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> cells_;  ///< looked up only
};

}  // namespace asman::track
