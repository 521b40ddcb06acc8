#include <asman/geo/region.hpp>

#include "outline.hpp"
#include "polygon_set.hpp"

#include <cmath>
#include <limits>
#include <mutex>
#include <optional>

namespace asman::geo {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double boundary_width = 1e-3;  ///< metres

bool finite(Point p) {
    return std::isfinite(p.lat) && std::isfinite(p.lon);
}

void add_real(base::Hasher& h, double v) {
    h.add(std::bit_cast<std::int64_t>(v + 0.0));  // −0 and 0 are one number
}
void add_line(base::Hasher& h, const std::vector<Point>& line) {
    h.add(static_cast<std::int64_t>(line.size()));
    for (const auto& p : line) {
        add_real(h, p.lat);
        add_real(h, p.lon);
    }
}

}  // namespace

/// One set in the tree of which a region is made.
struct Region::Node {
    virtual ~Node() = default;
    virtual bool empty() const { return false; }
    virtual bool contains(Point p, bool on_boundary) const = 0;
    virtual double signed_distance(Point p) const = 0;
    virtual std::vector<std::vector<Point>> outline() const = 0;
    virtual void hash(base::Hasher& h) const = 0;
};

namespace {

using Lines = std::vector<std::vector<Point>>;

struct Empty final : Region::Node {
    bool empty() const override { return true; }
    bool contains(Point p, bool on_boundary) const override { return !finite(p) && on_boundary; }
    double signed_distance(Point p) const override { return finite(p) ? infinity : std::nan(""); }
    Lines outline() const override { return {}; }
    void hash(base::Hasher& h) const override { h.add("empty"); }
};

struct Everywhere final : Region::Node {
    bool contains(Point p, bool on_boundary) const override { return finite(p) || on_boundary; }
    double signed_distance(Point p) const override { return finite(p) ? -infinity : std::nan(""); }
    Lines outline() const override { return {}; }
    void hash(base::Hasher& h) const override { h.add("everywhere"); }
};

struct Polygons final : Region::Node {
    explicit Polygons(std::vector<Polygon> p) : written(std::move(p)) {}
    /// Made when it is first asked: a file of all states is read for the sake of a few.
    const PolygonSet& set() const {
        std::call_once(once, [this] { made.emplace(written); });
        return *made;
    }
    bool empty() const override { return set().empty(); }
    bool contains(Point p, bool on_boundary) const override { return set().contains(p, on_boundary); }
    double signed_distance(Point p) const override {
        const double d = set().boundary_distance(p);
        return set().contains(p, false) ? -d : d;
    }
    Lines outline() const override { return set().outline(); }
    void hash(base::Hasher& h) const override {
        h.add("polygons");
        h.add(static_cast<std::int64_t>(written.size()));
        for (const auto& polygon : written) {
            add_line(h, polygon.outer);
            h.add(static_cast<std::int64_t>(polygon.holes.size()));
            for (const auto& hole : polygon.holes) add_line(h, hole);
        }
    }
    std::vector<Polygon> written;
    mutable std::once_flag once;
    mutable std::optional<PolygonSet> made;
};

struct Circle final : Region::Node {
    Circle(Point c, double r) : centre(c), radius(r), centre_x(to_ecef({c, {0}})) {}
    bool empty() const override { return !(radius > 0); }
    bool contains(Point p, bool on_boundary) const override {
        if (!finite(p)) return on_boundary;
        // A chord is never longer than the way along the surface.
        if ((to_ecef({p, {0}}) - centre_x).norm() > radius + boundary_width) return false;
        const double d = distance(centre, p) - radius;
        return std::abs(d) <= boundary_width ? on_boundary : d < 0;
    }
    double signed_distance(Point p) const override { return finite(p) ? distance(centre, p) - radius : std::nan(""); }
    Lines outline() const override { return {circle_line(centre, radius)}; }
    void hash(base::Hasher& h) const override {
        h.add("circle");
        add_line(h, {centre});
        add_real(h, radius);
    }
    Point centre;
    double radius;
    Ecef centre_x;
};

struct Strip final : Region::Node {
    Strip(Lines l, double w) : lines(std::move(l)), width(w), segments(pieces(lines)) {}
    static std::vector<Piece> pieces(const Lines& lines) {
        std::vector<Piece> out;
        for (const auto& line : lines) append_pieces(line, out);
        return out;
    }
    bool empty() const override { return segments.empty() || !(width > 0); }
    bool contains(Point p, bool on_boundary) const override {
        if (empty()) return false;
        if (!finite(p)) return on_boundary;
        const auto d = segments.nearest(p, width + 1);
        if (!d) return false;
        return std::abs(*d - width) <= boundary_width ? on_boundary : *d < width;
    }
    double signed_distance(Point p) const override {
        if (!finite(p)) return std::nan("");
        const auto d = segments.nearest(p, infinity);
        return d ? *d - width : infinity;
    }
    Lines outline() const override { return strip_lines(lines, width); }
    void hash(base::Hasher& h) const override {
        h.add("strip");
        add_real(h, width);
        h.add(static_cast<std::int64_t>(lines.size()));
        for (const auto& line : lines) add_line(h, line);
    }
    Lines lines;
    double width;
    Segments segments;
};

using Ptr = std::shared_ptr<const Region::Node>;

// Distances of combined sets: the sign is exact; the amount is exact where one boundary alone decides and never larger
// than the true one.
struct Both final : Region::Node {
    Both(Ptr x, Ptr y) : a(std::move(x)), b(std::move(y)) {}
    bool empty() const override { return a->empty() || b->empty(); }
    bool contains(Point p, bool on) const override { return a->contains(p, on) && b->contains(p, on); }
    double signed_distance(Point p) const override { return std::max(a->signed_distance(p), b->signed_distance(p)); }
    Lines outline() const override {
        auto out = clip(a->outline(), [&](Point p) { return b->contains(p, true); });
        append(out, clip(b->outline(), [&](Point p) { return a->contains(p, true); }));
        return out;
    }
    void hash(base::Hasher& h) const override {
        h.add("intersect");
        a->hash(h);
        b->hash(h);
    }
    Ptr a, b;
};

struct Either final : Region::Node {
    Either(Ptr x, Ptr y) : a(std::move(x)), b(std::move(y)) {}
    bool empty() const override { return a->empty() && b->empty(); }
    bool contains(Point p, bool on) const override { return a->contains(p, on) || b->contains(p, on); }
    double signed_distance(Point p) const override { return std::min(a->signed_distance(p), b->signed_distance(p)); }
    Lines outline() const override {
        auto out = clip(a->outline(), [&](Point p) { return !b->contains(p, false); });
        append(out, clip(b->outline(), [&](Point p) { return !a->contains(p, false); }));
        return out;
    }
    void hash(base::Hasher& h) const override {
        h.add("unite");
        a->hash(h);
        b->hash(h);
    }
    Ptr a, b;
};

struct Without final : Region::Node {
    Without(Ptr x, Ptr y) : a(std::move(x)), b(std::move(y)) {}
    bool empty() const override { return a->empty(); }
    bool contains(Point p, bool on) const override { return a->contains(p, on) && !b->contains(p, !on); }
    double signed_distance(Point p) const override { return std::max(a->signed_distance(p), -b->signed_distance(p)); }
    Lines outline() const override {
        auto out = clip(a->outline(), [&](Point p) { return !b->contains(p, false); });
        append(out, clip(b->outline(), [&](Point p) { return a->contains(p, true); }));
        return out;
    }
    void hash(base::Hasher& h) const override {
        h.add("without");
        a->hash(h);
        b->hash(h);
    }
    Ptr a, b;
};

}  // namespace

Region::Region() : node_(std::make_shared<Empty>()) {}

Region Region::polygons(std::vector<Polygon> polygons) {
    return Region(std::make_shared<Polygons>(std::move(polygons)));
}
Region Region::circle(Point centre, double radius_m) {
    if (!finite(centre) || !std::isfinite(radius_m)) return {};
    return Region(std::make_shared<Circle>(centre, radius_m));
}
Region Region::strip(std::vector<std::vector<Point>> lines, double width_m) {
    if (!std::isfinite(width_m)) return {};
    return Region(std::make_shared<Strip>(std::move(lines), width_m));
}
Region Region::everywhere() {
    return Region(std::make_shared<Everywhere>());
}
Region Region::intersect(const Region& other) const {
    return Region(std::make_shared<Both>(node_, other.node_));
}
Region Region::unite(const Region& other) const {
    return Region(std::make_shared<Either>(node_, other.node_));
}
Region Region::without(const Region& other) const {
    return Region(std::make_shared<Without>(node_, other.node_));
}

bool Region::empty() const {
    return node_->empty();
}
bool Region::contains(Point p, bool on_boundary) const {
    return node_->contains(p, on_boundary);
}
double Region::signed_distance(Point p) const {
    return node_->signed_distance(p);
}
base::Digest Region::digest() const {
    base::Hasher h;
    h.add("asman region 1");
    node_->hash(h);
    return h.finish();
}
std::vector<std::vector<Point>> Region::outline() const {
    return node_->outline();
}

}  // namespace asman::geo
