// Registers where records carry them.
#include <asman/asterix/bds.hpp>

#include "walk.hpp"

#include <cstdio>
#include <optional>

namespace asman::asterix {

namespace {

constexpr std::uint64_t content = (std::uint64_t{1} << 56) - 1;
constexpr std::uint8_t advisory = 0x30;

struct Collector : Visitor {
    explicit Collector(std::vector<CarriedRegister>& registers) : out(registers) {}
    std::vector<CarriedRegister>& out;
    std::string_view item;
    int depth = 0;
    std::uint64_t bits = 0;
    std::uint8_t high = 0;
    std::string_view name;

    void enter(const Node& n) {
        if (depth++ == 0) item = n.name;
        name = n.name;
    }
    void leave(const Node&) { --depth; }
    void element(const Node& n, Bytes b, std::size_t bit) {
        if (n.bits > 64) return;
        const auto v = get_bits(b.data(), bit, n.bits);
        if (n.coding == Coding::bds && n.bits == 64)
            out.push_back({item, static_cast<std::uint8_t>(v & 0xFF), v >> 8});
        else if ((n.coding == Coding::bds || item == "260") && n.bits == 56)
            out.push_back({item, advisory, v});
        else if (name == "MBDATA")
            bits = v;
        else if (name == "BDS1")
            high = static_cast<std::uint8_t>(v);
        else if (name == "BDS2")
            out.push_back({item, static_cast<std::uint8_t>(high << 4 | v), bits});
    }
};

class Fields {
  public:
    explicit Fields(std::string& out) : out_(out) { out_ += '{'; }
    ~Fields() { out_ += '}'; }
    Fields(const Fields&) = delete;
    Fields& operator=(const Fields&) = delete;

    void add(const char* name, bool v) { key(name) += v ? "true" : "false"; }
    void add(const char* name, double v) {
        char buffer[40];
        std::snprintf(buffer, sizeof buffer, "%.10g", v);
        key(name) += buffer;
    }
    template <class T>
        requires std::is_integral_v<T>
    void add(const char* name, T v) {
        key(name) += std::to_string(v);
    }
    template <class T>
    void add(const char* name, const std::optional<T>& v) {
        if (v) add(name, *v);
    }
    std::string& key(const char* name) {
        if (out_.back() != '{') out_ += ',';
        return out_.append("\"").append(name).append("\":");
    }

  private:
    std::string& out_;
};

void fields(const std::monostate&, Fields&) {}
void fields(const Bds10& r, Fields& f) {
    f.add("continuation", r.continuation);
    f.add("overlay_command", r.overlay_command);
    f.add("acas_operational", r.acas_operational);
    f.add("subnetwork_version", r.subnetwork_version);
    f.add("enhanced_protocol", r.enhanced_protocol);
    f.add("specific_services", r.specific_services);
    f.add("uplink_elm", r.uplink_elm);
    f.add("downlink_elm", r.downlink_elm);
    f.add("aircraft_identification", r.aircraft_identification);
    f.add("squitter", r.squitter);
    f.add("surveillance_identifier", r.surveillance_identifier);
    f.add("common_usage_changed", r.common_usage_changed);
    f.add("acas", r.acas);
    f.add("dte_subaddress", r.dte_subaddress);
}
void fields(const Bds17& r, Fields& f) {
    std::string& out = f.key("registers");
    out += '[';
    for (std::size_t i = 0; i < r.registers.size(); ++i) {
        char text[8];
        std::snprintf(text, sizeof text, "\"%X,%X\"", r.registers[i] >> 4u, r.registers[i] & 15u);
        out.append(i ? "," : "").append(text);
    }
    out += ']';
}
void fields(const Bds20& r, Fields& f) {
    f.key("identification").append("\"").append(r.identification.view()).append("\"");
}
void fields(const Bds30& r, Fields& f) {
    f.add("advisories", r.advisories);
    f.add("complements", r.complements);
    f.add("terminated", r.terminated);
    f.add("multiple_threats", r.multiple_threats);
    f.add("threat_type", r.threat_type);
    f.add("threat", r.threat);
}
void fields(const Bds40& r, Fields& f) {
    f.add("mcp_altitude_ft", r.mcp_altitude_ft);
    f.add("fms_altitude_ft", r.fms_altitude_ft);
    f.add("barometric_setting_mb", r.barometric_setting_mb);
    f.add("vnav", r.vnav);
    f.add("altitude_hold", r.altitude_hold);
    f.add("approach", r.approach);
    f.add("target_source", r.target_source);
}
void fields(const Bds44& r, Fields& f) {
    f.add("source", r.source);
    f.add("wind_speed_kt", r.wind_speed_kt);
    f.add("wind_from_deg", r.wind_from_deg);
    f.add("temperature_c", r.temperature_c);
    f.add("pressure_hpa", r.pressure_hpa);
    f.add("humidity_percent", r.humidity_percent);
    f.add("turbulence", r.turbulence);
}
void fields(const Bds45& r, Fields& f) {
    f.add("turbulence", r.turbulence);
    f.add("wind_shear", r.wind_shear);
    f.add("microburst", r.microburst);
    f.add("icing", r.icing);
    f.add("wake_vortex", r.wake_vortex);
    f.add("temperature_c", r.temperature_c);
    f.add("pressure_hpa", r.pressure_hpa);
    f.add("radio_height_ft", r.radio_height_ft);
}
void fields(const Bds50& r, Fields& f) {
    f.add("roll_deg", r.roll_deg);
    f.add("true_track_deg", r.true_track_deg);
    f.add("ground_speed_kt", r.ground_speed_kt);
    f.add("track_rate_deg_s", r.track_rate_deg_s);
    f.add("true_airspeed_kt", r.true_airspeed_kt);
}
void fields(const Bds60& r, Fields& f) {
    f.add("magnetic_heading_deg", r.magnetic_heading_deg);
    f.add("indicated_airspeed_kt", r.indicated_airspeed_kt);
    f.add("mach", r.mach);
    f.add("barometric_rate_ft_min", r.barometric_rate_ft_min);
    f.add("inertial_rate_ft_min", r.inertial_rate_ft_min);
}

}  // namespace

std::vector<CarriedRegister> registers(const Record& record) {
    std::vector<CarriedRegister> out;
    Collector collector(out);
    Walk walk(record, collector);
    for (const Item* i : record.uap->order()) {
        if (!i || i->node->kind == Kind::random || !record.at[i->slot]) continue;
        const auto name = i->node->name;
        if (record.category() == 21 && name == "260")
            out.push_back({name, advisory,
                           std::uint64_t{advisory} << 48 | (get_bits(record.raw(*i).data(), 0, 56) & (content >> 8))});
        else if (name == "250" || name == "260" || name == "380")
            walk.item(*i);
    }
    return out;
}

void to_json(const BdsRegister& r, std::string& out) {
    Fields f(out);
    std::visit([&](const auto& which) { fields(which, f); }, r);
}

}  // namespace asman::asterix
