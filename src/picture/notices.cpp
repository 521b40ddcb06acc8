#include <asman/picture/archive.hpp>
#include <asman/picture/notices.hpp>

namespace asman::picture {
namespace {

template <class T>
void put_optional(base::Writer& out, const std::optional<T>& v) {
    out.put(static_cast<std::uint8_t>(v ? 1 : 0));
    if (v) out.put(*v);
}

}  // namespace

std::string_view name(NoticeKind kind) {
    constexpr std::array<std::string_view, 5> names{"alert", "identity", "incident", "sensor_status", "coverage"};
    return names.at(static_cast<std::size_t>(kind));
}

void put(base::Writer& out, const Leave& v) {
    put(out, v.originator);
    put(out, v.via);
    put_all(out, v.clauses);
    out.put(v.coarsening.grid);
    out.put(v.coarsening.delay.ns);
    out.put(static_cast<std::uint8_t>(v.coarsening.identity_removed));
    out.put(static_cast<std::uint8_t>(v.coarsening.height_removed));
    for (const auto& a : v.assumed) out.text(a);
    put(out, v.valid_until);
}

void put(base::Writer& out, const Notice& v) {
    out.put(static_cast<std::uint8_t>(v.kind));
    put(out, v.leave);
    out.put(v.number);
    put(out, v.time);
    out.put(static_cast<std::uint8_t>(v.at ? 1 : 0));
    if (v.at) put(out, *v.at);
    out.put(v.track);
    out.put(static_cast<std::uint8_t>(v.open));
    out.text(v.what);
    out.text(v.detail);
    out.put(v.radius);
    put(out, v.lineage);
}

void put(base::Writer& out, const ReleasedReport& v) {
    put(out, v.leave);
    out.put(v.track);
    const auto& r = v.report;
    out.put(r.sensor.value);
    put(out, r.time);
    out.put(static_cast<std::uint8_t>(r.kind));
    out.put(static_cast<std::uint8_t>(r.simulated));
    if (r.polar()) {
        out.put(r.range);
        out.put(r.azimuth);
        out.put(r.sigma_range);
        out.put(r.sigma_azimuth);
    }
    if (r.point) put(out, *r.point);
    put_optional(out, r.pressure_altitude ? std::optional(r.pressure_altitude->m) : std::nullopt);
    put_optional(out, r.geometric_height ? std::optional(r.geometric_height->m) : std::nullopt);
    put(out, r.identity);
    for (int i = 0; i < 4; ++i) out.put(v.covariance.data()[i]);
    if (v.sensor_at) {
        put(out, v.sensor_at->at);
        out.put(v.sensor_at->height.m);
    }
}

}  // namespace asman::picture
