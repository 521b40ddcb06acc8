#include <asman/base/config.hpp>
#include <asman/geo/point.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace asman::geo {
namespace {

constexpr std::size_t rows = 721;
constexpr std::size_t columns = 1440;
constexpr std::size_t header = 40;
constexpr double step = 0.25;  ///< degrees

template <class U>
U big_endian(std::string_view bytes, std::size_t at) {
    U v = 0;
    for (std::size_t i = 0; i < sizeof(U); ++i) v = static_cast<U>(v << 8 | static_cast<unsigned char>(bytes[at + i]));
    return v;
}

/// NOAA's GTX: south-west corner and steps in degrees (4 doubles), rows and columns (2 ints), then floats row by row
/// from the south, all big-endian. Empty unless it is the global quarter-degree grid that this class is made for.
std::vector<float> parse_gtx(std::string_view bytes) {
    if (bytes.size() != header + rows * columns * sizeof(float)) return {};
    const auto real = [&](std::size_t i) { return std::bit_cast<double>(big_endian<std::uint64_t>(bytes, 8 * i)); };
    if (real(0) != -90 || real(1) != -180 || real(2) != step || real(3) != step) return {};
    if (big_endian<std::uint32_t>(bytes, 32) != rows || big_endian<std::uint32_t>(bytes, 36) != columns) return {};
    std::vector<float> grid(rows * columns);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            const auto at = header + sizeof(float) * ((rows - 1 - r) * columns + c);
            const auto v = std::bit_cast<float>(big_endian<std::uint32_t>(bytes, at));
            // Undulations lie between −107 and +86 m; anything else is not this grid.
            if (!(std::abs(v) < 200)) return {};
            grid[r * columns + c] = v;
        }
    }
    return grid;
}

}  // namespace

std::string Geoid::file() {
    for (const char* path : {"/usr/share/proj/egm96_15.gtx", "/usr/local/share/proj/egm96_15.gtx"})
        if (auto bytes = base::read_file(path)) return std::move(*bytes);
    return {};
}

Geoid Geoid::parse(std::string_view bytes) {
    Geoid out;
    out.grid_ = parse_gtx(bytes);
    return out;
}

Geoid Geoid::open(const std::string& path) {
    if (path.empty()) return parse(file());
    const auto bytes = base::read_file(path);
    return bytes ? parse(*bytes) : Geoid();
}

double Geoid::undulation(Point p) const {
    if (grid_.empty()) return 0;
    if (!std::isfinite(p.lat) || !std::isfinite(p.lon)) return std::numeric_limits<double>::quiet_NaN();
    const double y = std::clamp((90 - p.lat_deg()) / step, 0.0, static_cast<double>(rows - 1));
    const double x = (wrap_pi(p.lon) / deg + 180) / step;
    const auto r = std::min(static_cast<std::size_t>(y), rows - 2);
    const auto c = static_cast<std::size_t>(std::max(x, 0.0)) % columns;
    const double v = y - static_cast<double>(r);
    const double u = x - std::floor(x);
    const auto east = (c + 1) % columns;
    const auto at = [&](std::size_t row, std::size_t column) {
        return static_cast<double>(grid_[row * columns + column]);
    };
    return (1 - v) * ((1 - u) * at(r, c) + u * at(r, east)) + v * ((1 - u) * at(r + 1, c) + u * at(r + 1, east));
}

}  // namespace asman::geo
