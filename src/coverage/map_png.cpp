// A layer as a picture: map, legend, scale, and what it rests on.
#include "gdal_files.hpp"

#include <asman/coverage/output.hpp>

#include <fmt/format.h>

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>

namespace asman::coverage {
namespace {

constexpr double map_width = 860, margin = 16, head = 44, legend_width = 210;

struct DestroyCairo {
    void operator()(cairo_t* c) const { cairo_destroy(c); }
    void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
};

/// From latitude and longitude to dots of the picture.
struct Frame {
    const Grid& g;
    double height;
    explicit Frame(const Grid& grid) : g(grid) {
        const double middle = grid.at(grid.rows / 2, 0).lat;
        const double tall = grid.step_lat * static_cast<double>(grid.rows) /
                            (grid.step_lon * static_cast<double>(grid.columns) * std::max(0.05, std::cos(middle)));
        height = std::clamp(map_width * tall, 120.0, 1600.0);
    }
    double x(double lon) const {
        // Relative to the map's middle, so that a line beyond the left edge is not drawn beyond the right one.
        const double half = 0.5 * g.step_lon * static_cast<double>(g.columns);
        const double from_middle = geo::wrap_pi(lon - g.north_west.lon - half + g.step_lon / 2);
        return margin + (from_middle + half) / (2 * half) * map_width;
    }
    double y(double lat) const {
        return head + (g.north_west.lat + g.step_lat / 2 - lat) / (g.step_lat * static_cast<double>(g.rows)) * height;
    }
    double metres_a_dot() const {
        const double middle = g.at(g.rows / 2, 0).lat;
        return g.step_lon * static_cast<double>(g.columns) * 6371e3 * std::cos(middle) / map_width;
    }
};

class Canvas {
  public:
    Canvas(double width, double height)
        : surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width), static_cast<int>(height))),
          cairo_(cairo_create(surface_.get())) {
        colour(255, 255, 255);
        cairo_paint(c());
        cairo_select_font_face(c(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    }
    cairo_t* c() { return cairo_.get(); }
    cairo_surface_t* surface() { return surface_.get(); }
    void colour(int r, int g, int b, double alpha = 1) {
        cairo_set_source_rgba(c(), r / 255.0, g / 255.0, b / 255.0, alpha);
    }
    void text(double x, double y, const std::string& words, double size = 13, bool bold = false) {
        cairo_select_font_face(c(), "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                               bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
        cairo_set_font_size(c(), size);
        cairo_move_to(c(), x, y);
        cairo_show_text(c(), words.c_str());
    }
    double width_of(const std::string& words, double size) {
        cairo_set_font_size(c(), size);
        cairo_text_extents_t e;
        cairo_text_extents(c(), words.c_str(), &e);
        return e.x_advance;
    }

  private:
    std::unique_ptr<cairo_surface_t, DestroyCairo> surface_;
    std::unique_ptr<cairo_t, DestroyCairo> cairo_;
};

void draw_cells(Canvas& canvas, const Frame& f, const Layer& layer, const Picture& p) {
    cairo_surface_flush(canvas.surface());
    auto* dots = cairo_image_surface_get_data(canvas.surface());
    const int stride = cairo_image_surface_get_stride(canvas.surface());
    const auto width = static_cast<std::size_t>(map_width), height = static_cast<std::size_t>(f.height);
    for (std::size_t y = 0; y < height; ++y) {
        auto* row = reinterpret_cast<std::uint32_t*>(
                        dots + static_cast<std::ptrdiff_t>(y + static_cast<std::size_t>(head)) * stride) +
                    static_cast<std::size_t>(margin);
        const std::size_t from = y * f.g.rows / height;
        for (std::size_t x = 0; x < width; ++x) {
            const float v = layer.values[from * f.g.columns + x * f.g.columns / width];
            std::array<std::uint8_t, 3> colour{255, 255, 255};
            for (const auto& c : p.classes)
                if (v >= c.bound) colour = c.colour;
            row[x] =
                static_cast<std::uint32_t>(colour[0]) << 16 | static_cast<std::uint32_t>(colour[1]) << 8 | colour[2];
        }
    }
    cairo_surface_mark_dirty(canvas.surface());
}

void draw_borders(Canvas& canvas, const Frame& f, const geo::Borders& borders) {
    canvas.colour(40, 40, 40, 0.75);
    cairo_set_line_width(canvas.c(), 0.9);
    for (const auto& state : borders.states())
        for (const auto& polygon : state.polygons) {
            double last = 0;
            bool pen = false;
            for (std::size_t i = 0; i <= polygon.outer.size(); ++i) {
                const auto& q = polygon.outer[i % polygon.outer.size()];
                const double x = f.x(q.lon), y = f.y(q.lat);
                if (pen && std::abs(x - last) < map_width / 2)
                    cairo_line_to(canvas.c(), x, y);
                else
                    cairo_move_to(canvas.c(), x, y);
                pen = true, last = x;
            }
        }
    cairo_stroke(canvas.c());
}

/// 1, 2 or 5 times a power of ten, not above `most`.
double round_below(double most) {
    const double ten = std::pow(10, std::floor(std::log10(most)));
    for (const double m : {5.0, 2.0})
        if (m * ten <= most) return m * ten;
    return ten;
}

void draw_graticule(Canvas& canvas, const Frame& f) {
    const double width = f.g.step_lon * static_cast<double>(f.g.columns) / geo::deg,
                 height = f.g.step_lat * static_cast<double>(f.g.rows) / geo::deg;
    const double step = round_below(std::max(width, height) / 5);
    cairo_set_line_width(canvas.c(), 0.5);
    const double west = (f.g.north_west.lon - f.g.step_lon / 2) / geo::deg,
                 north = (f.g.north_west.lat + f.g.step_lat / 2) / geo::deg;
    for (double lon = std::ceil((west + 0.02 * width) / step) * step; lon < west + width; lon += step) {
        const double x = margin + (lon - west) / width * map_width;
        canvas.colour(0, 0, 0, 0.2);
        cairo_move_to(canvas.c(), x, head), cairo_line_to(canvas.c(), x, head + f.height), cairo_stroke(canvas.c());
        canvas.colour(70, 70, 70);
        const double shown = lon > 180 ? lon - 360 : lon;
        canvas.text(x + 3, head + f.height - 4, fmt::format("{:g}°{}", std::abs(shown), shown < 0 ? "W" : "E"), 10);
    }
    for (double lat = std::ceil((north - 0.97 * height) / step) * step; lat < north; lat += step) {
        const double y = f.y(lat * geo::deg);
        canvas.colour(0, 0, 0, 0.2);
        cairo_move_to(canvas.c(), margin, y), cairo_line_to(canvas.c(), margin + map_width, y),
            cairo_stroke(canvas.c());
        canvas.colour(70, 70, 70);
        canvas.text(margin + 3, y - 3, fmt::format("{:g}°{}", std::abs(lat), lat < 0 ? "S" : "N"), 10);
    }
}

void draw_marks(Canvas& canvas, const Frame& f, const std::vector<Mark>& marks) {
    constexpr std::size_t most_names = 16;
    std::size_t shown = 0;
    const auto inside = [&](const Mark& m) {
        const double x = f.x(m.at.lon), y = f.y(m.at.lat);
        return x > margin && x < margin + map_width && y > head && y < head + f.height;
    };
    for (const auto& m : marks) shown += inside(m) ? 1 : 0;
    for (const auto& m : marks) {
        if (!inside(m)) continue;
        const double x = f.x(m.at.lon), y = f.y(m.at.lat);
        cairo_move_to(canvas.c(), x, y - 6), cairo_line_to(canvas.c(), x + 5.5, y + 4),
            cairo_line_to(canvas.c(), x - 5.5, y + 4), cairo_close_path(canvas.c());
        canvas.colour(255, 255, 255);
        cairo_fill_preserve(canvas.c());
        canvas.colour(20, 20, 20);
        cairo_set_line_width(canvas.c(), 1.4);
        cairo_stroke(canvas.c());
        // Of several at one place the first is named.
        const bool named = std::ranges::any_of(
            std::span(marks.data(), static_cast<std::size_t>(&m - marks.data())),
            [&](const Mark& other) { return std::hypot(f.x(other.at.lon) - x, f.y(other.at.lat) - y) < 4; });
        if (shown > most_names || m.name.empty() || named) continue;
        cairo_set_font_size(canvas.c(), 11);
        cairo_move_to(canvas.c(), x + 8, y + 4);
        cairo_text_path(canvas.c(), m.name.c_str());
        canvas.colour(255, 255, 255, 0.85);
        cairo_set_line_width(canvas.c(), 3);
        cairo_stroke_preserve(canvas.c());
        canvas.colour(20, 20, 20);
        cairo_fill(canvas.c());
    }
}

void draw_legend(Canvas& canvas, const Frame& f, const Layer& layer, const Picture& p) {
    const double x = margin + map_width + 18;
    double y = head + 14;
    canvas.colour(70, 70, 70);
    canvas.text(x, y, layer.unit == "1" ? "" : layer.unit, 11);
    y += 10;
    const auto box = [&](std::array<std::uint8_t, 3> colour, const std::string& label) {
        cairo_rectangle(canvas.c(), x, y, 20, 15);
        canvas.colour(colour[0], colour[1], colour[2]);
        cairo_fill_preserve(canvas.c());
        canvas.colour(90, 90, 90);
        cairo_set_line_width(canvas.c(), 0.6);
        cairo_stroke(canvas.c());
        canvas.colour(30, 30, 30);
        canvas.text(x + 28, y + 12, label, 12);
        y += 21;
    };
    for (auto c = p.classes.rbegin(); c != p.classes.rend(); ++c) box(c->colour, c->label);
    box({255, 255, 255}, p.none);
    const double length = round_below(f.metres_a_dot() * map_width / 5), dots = length / f.metres_a_dot();
    y += 18;
    cairo_set_line_width(canvas.c(), 1.2);
    canvas.colour(30, 30, 30);
    cairo_move_to(canvas.c(), x, y - 4), cairo_line_to(canvas.c(), x, y),
        cairo_line_to(canvas.c(), x + std::min(dots, legend_width - 30), y),
        cairo_line_to(canvas.c(), x + std::min(dots, legend_width - 30), y - 4), cairo_stroke(canvas.c());
    canvas.text(x, y + 16, fmt::format("{:g} km in the map's middle", length / 1000), 11);
}

/// What the picture rests on, in lines that fit.
std::vector<std::string> footer(Canvas& canvas, const Metadata& metadata) {
    std::vector<std::string> lines;
    std::string line;
    for (const auto& [key, value] : metadata) {
        std::string words = key + ": " + value;
        std::ranges::replace(words, '_', ' ');
        const double room = map_width + legend_width;
        if (!line.empty() && canvas.width_of(line + "  ·  " + words, 11) > room) lines.push_back(line), line.clear();
        line += (line.empty() ? "" : "  ·  ") + words;
    }
    if (!line.empty()) lines.push_back(line);
    return lines;
}

base::Result<void> save(const std::string& path, Canvas& canvas, const Metadata& metadata) {
    cairo_surface_flush(canvas.surface());
    const int width = cairo_image_surface_get_width(canvas.surface()),
              height = cairo_image_surface_get_height(canvas.surface()),
              stride = cairo_image_surface_get_stride(canvas.surface());
    const Dataset data(GDALCreate(GDALGetDriverByName("MEM"), "", width, height, 3, GDT_Byte, nullptr));
    if (!data) return gdal_failed(path, "no memory for the picture");
    auto* dots = cairo_image_surface_get_data(canvas.surface());
    for (int band = 0; band < 3; ++band)  // in memory blue, green, red, nothing
        if (GDALRasterIOEx(GDALGetRasterBand(data.get(), band + 1), GF_Write, 0, 0, width, height, dots + 2 - band,
                           width, height, GDT_Byte, 4, stride, nullptr) != CE_None)
            return gdal_failed(path, "no memory for the picture");
    for (const auto& [key, value] : metadata) GDALSetMetadataItem(data.get(), key.c_str(), value.c_str(), nullptr);
    char** options = CSLSetNameValue(nullptr, "WRITE_METADATA_AS_TEXT", "YES");
    Dataset file(
        GDALCreateCopy(GDALGetDriverByName("PNG"), path.c_str(), data.get(), FALSE, options, nullptr, nullptr));
    CSLDestroy(options);
    if (!file) return gdal_failed(path, "the picture cannot be written");
    file.reset();
    std::error_code ec;
    std::filesystem::remove(path + ".aux.xml", ec);  // what it says is in the file
    return {};
}

}  // namespace

std::vector<PictureClass> classes_of(double from, double to, int count, const std::string& unit) {
    constexpr std::array<std::array<double, 3>, 4> stops{
        {{222, 235, 247}, {140, 187, 224}, {66, 130, 186}, {8, 48, 107}}};
    std::vector<PictureClass> out;
    for (int i = 0; i < count; ++i) {
        const double f = count > 1 ? static_cast<double>(i) / (count - 1) * 3 : 0;
        const auto k = std::min<std::size_t>(static_cast<std::size_t>(f), 2);
        PictureClass c;
        c.bound = from + (to - from) * i / count;
        for (std::size_t j = 0; j < 3; ++j)
            c.colour[j] =
                static_cast<std::uint8_t>(stops[k][j] + (f - static_cast<double>(k)) * (stops[k + 1][j] - stops[k][j]));
        c.label = fmt::format("{:.0f}{}{} and more", c.bound, unit.empty() ? "" : " ", unit);
        out.push_back(c);
    }
    return out;
}

base::Result<void> write_png(const std::string& path, const Grid& grid, const Layer& layer, const Picture& picture,
                             const Metadata& metadata) {
    if (layer.values.size() != grid.size())
        return base::fail(base::Errc::bad_value, "layer '" + layer.name + "' is not of the grid's size");
    ASMAN_CHECK(ready());
    const Quiet quiet;
    const Frame f(grid);
    Canvas measure(10, 10);
    const auto lines = footer(measure, metadata);
    constexpr double line_height = 16;
    Canvas canvas(map_width + legend_width + 2 * margin,
                  head + f.height + 16 + line_height * static_cast<double>(lines.size()) + 10);
    canvas.colour(20, 20, 20);
    canvas.text(margin, 27, picture.title, 16, true);
    draw_cells(canvas, f, layer, picture);
    cairo_save(canvas.c());
    cairo_rectangle(canvas.c(), margin, head, map_width, f.height);
    cairo_clip(canvas.c());
    draw_graticule(canvas, f);
    if (picture.borders) draw_borders(canvas, f, *picture.borders);
    draw_marks(canvas, f, picture.marks);
    cairo_restore(canvas.c());
    cairo_rectangle(canvas.c(), margin, head, map_width, f.height);
    canvas.colour(90, 90, 90);
    cairo_set_line_width(canvas.c(), 1);
    cairo_stroke(canvas.c());
    draw_legend(canvas, f, layer, picture);
    canvas.colour(90, 90, 90);
    for (std::size_t i = 0; i < lines.size(); ++i)
        canvas.text(margin, head + f.height + 22 + line_height * static_cast<double>(i), lines[i], 11);
    return save(path, canvas, metadata);
}

}  // namespace asman::coverage
