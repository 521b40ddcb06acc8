// What stands on and near a plot: the fine surface, and the horizon that it makes for an antenna on it.
#pragma once

#include <asman/coverage/siting.hpp>

#include <cstdint>
#include <vector>

namespace asman::coverage {

/// The fine surface as a raster of nearest cells in the plot's plane.
class NearSurface {
  public:
    NearSurface(const geo::Terrain& surface, const geo::LocalFrame& frame, double radius);
    double cell() const { return cell_; }
    long side() const { return 2 * half_ + 1; }
    /// The cell nearest to a place, as a pointer from which walks count.
    const float* at(double east, double north) const;
    /// Whether what stands at a place is an object on the ground (a building, a tree) and not ground: more than `rise`
    /// metres above the lowest within 30 m.
    bool on_object(double east, double north, double rise) const;
    /// The same surface with every cell off by a normal deviate of `sigma` metres; the same for the same seed.
    NearSurface shaken(double sigma, std::uint64_t seed) const;

  private:
    double cell_;
    long half_;
    std::vector<float> z_;
};

/// The cells along each azimuth, as offsets from any starting cell: the same for all positions.
struct Walks {
    std::size_t azimuths = 0, steps = 0;
    std::vector<std::int32_t> offset;
    std::vector<float> inverse;  ///< of the distance, 1/m
};
Walks make_walks(const NearSurface& surface, const SitingOptions& options);

/// A place on the plot where an antenna may stand.
struct Candidate {
    geo::Point at;
    double east = 0, north = 0, ground = 0;
};

/// Near horizon of one position for all masts in one walk: tangents by azimuth. Without surface: nothing masks.
std::vector<std::vector<float>> near_horizons(const NearSurface* surface, const Walks& walks, const Candidate& c,
                                              const SitingOptions& options);

}  // namespace asman::coverage
