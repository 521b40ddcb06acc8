// Regions on the ellipsoid: polygons with geodesic edges, circles, strips along borders.
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/result.hpp>
#include <asman/geo/point.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace asman::geo {

/// A closed ring without the repeated last vertex. Edges are geodesics (segments under 500 km are treated as
/// great-circle arcs; the difference is below 1 m for the borders in use).
using Ring = std::vector<Point>;
/// A polygon: the outer ring and its holes.
struct Polygon {
    Ring outer;
    std::vector<Ring> holes;
};

/// A set of points. Immutable, cheap to copy, safe to share between threads. May hold the antimeridian and poles.
class Region {
  public:
    Region();  ///< empty
    static Region polygons(std::vector<Polygon> polygons);
    static Region circle(Point centre, double radius_m);
    /// Points within `width_m` of any of the lines (geodesic distance), on either side.
    static Region strip(std::vector<std::vector<Point>> lines, double width_m);
    static Region everywhere();
    Region intersect(const Region& other) const;
    Region unite(const Region& other) const;
    Region without(const Region& other) const;

    bool empty() const;
    /// True for an inner point. Boundary points (within 1 mm) answer `on_boundary`.
    bool contains(Point p, bool on_boundary = false) const;
    /// Metres to the boundary: negative inside, positive outside. Exact to 1 m for |d| < 500 km; beyond that a lower
    /// bound.
    double signed_distance(Point p) const;
    /// Everything that decides contains(): the same digest is the same set as written.
    base::Digest digest() const;
    /// The boundary as lines, for display and for crossing times (closed rings repeat the first vertex).
    std::vector<std::vector<Point>> outline() const;

    struct Node;  ///< implementation

  private:
    explicit Region(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
    std::shared_ptr<const Node> node_;
};

/// A state's land area from a borders file (GeoJSON with properties.iso3, as tools/borders writes it).
struct StateArea {
    std::string iso3;
    std::string name;
    Region land;
    std::vector<Polygon> polygons;
};

class Borders {
  public:
    static base::Result<Borders> parse(std::string_view geojson, const std::string& source);
    static base::Result<Borders> load(const std::string& path);
    const StateArea* find(std::string_view iso3) const;
    const std::vector<StateArea>& states() const { return states_; }  ///< sorted by iso3
    /// The lines that both states' outlines share (same vertices in the data), empty when they do not touch.
    std::vector<std::vector<Point>> common_border(std::string_view a, std::string_view b) const;
    /// The state in whose area the point lies, or null (high seas, gaps).
    const StateArea* state_at(Point p) const;

  private:
    void index();
    std::vector<StateArea> states_;
    std::vector<std::vector<std::uint32_t>> near_;  ///< states that may reach into each 10° cell, south to north
};

}  // namespace asman::geo
