#include <asman/core/config.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace asman::core {
namespace {

std::string quoted(std::string_view s) {
    std::string out = "\"";
    for (const char ch : s) {
        if (ch == '"' || ch == '\\') out += '\\';
        out += ch;
    }
    return out + "\"";
}

constexpr std::string_view mode_names[] = {"simulated", "live", "recording"};
constexpr std::string_view kind_names[] = {"primary",         "secondary", "mode_s", "combined",
                                           "multilateration", "ads_b",     "tracker"};

template <std::size_t N>
std::vector<std::string> list(const std::string_view (&names)[N]) {
    return {std::begin(names), std::end(names)};
}

picture::State read_state(const base::Section& s, std::string_view key, bool required = true) {
    const std::string text = required ? s.string(key) : s.string_or(key, "");
    if (text.empty() && !required) return {};
    if (!picture::State::well_formed(text))
        s.reject(key, base::Errc::bad_value,
                 "'" + text + "' is not a state: three capital letters are expected, as in KGZ");
    return picture::State(text);
}

double positive(const base::Section& s, std::string_view key, double fallback) {
    const double v = s.number_or(key, fallback);
    if (!(v >= 0) || v > 1e9) s.reject(key, base::Errc::bad_value, "must not be negative");
    return v;
}

std::uint8_t octet(const base::Section& s, std::string_view key) {
    const auto v = s.integer(key);
    if (v < 0 || v > 255) s.reject(key, base::Errc::bad_value, "must be between 0 and 255");
    return static_cast<std::uint8_t>(v);
}

picture::Sensor read_sensor(const base::Section& s) {
    picture::Sensor x;
    const auto id = s.integer("id");
    if (id < 1 || id > 0xffffffff) s.reject("id", base::Errc::bad_value, "must be between 1 and 4294967295");
    x.id.value = static_cast<std::uint32_t>(id);
    x.name = s.string("name");
    x.owner = read_state(s, "owner");
    x.operated_by = read_state(s, "operator", false);
    x.host = read_state(s, "host", false);
    if (x.operated_by.empty()) x.operated_by = x.owner;
    if (x.host.empty()) x.host = x.owner;
    x.accord = s.string_or("accord", "");
    x.feed = s.string_or("feed", "");
    x.sac = octet(s, "sac");
    x.sic = octet(s, "sic");
    x.kind = static_cast<picture::SensorKind>(s.one_of("kind", list(kind_names)));
    const auto lat = s.number_opt("lat"), lon = s.number_opt("lon"), height = s.number_opt("height_m");
    if (lat && lon && height) {
        if (!(std::abs(*lat) <= 90)) s.reject("lat", base::Errc::bad_value, "must be between -90 and 90 degrees");
        if (!(std::abs(*lon) <= 180)) s.reject("lon", base::Errc::bad_value, "must be between -180 and 180 degrees");
        x.position = geo::Position{geo::Point::degrees(*lat, *lon), {*height}};
    } else if (lat || lon || height) {
        s.reject(lat   ? "lat"
                 : lon ? "lon"
                       : "height_m",
                 base::Errc::missing,
                 "a position needs lat, lon (degrees) and height_m (antenna above the ellipsoid), all three or none");
    }
    x.max_range = positive(s, "range_km", 0) * 1000;
    x.scan_period = base::seconds(positive(s, "scan_s", 0));
    x.sigma_range = positive(s, "sigma_range_m", 70);
    x.sigma_azimuth = positive(s, "sigma_azimuth_deg", 0.08) * geo::deg;
    x.detection_probability = s.number_or("detection_probability", 0.9);
    if (!(x.detection_probability > 0 && x.detection_probability <= 1))
        s.reject("detection_probability", base::Errc::bad_value, "must be above 0 and at most 1");
    x.false_reports_per_scan = positive(s, "false_reports_per_scan", 0);
    x.simulated = s.boolean_or("simulated", false);
    return x;
}

std::uint32_t parse_address(const base::Section& s, std::string_view key, const std::string& text) {
    std::uint32_t v = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v, 16);
    if (error != std::errc{} || end != text.data() + text.size() || v > 0xffffff)
        s.reject(key, base::Errc::bad_value, "'" + text + "' is not a 24-bit address: up to six hexadecimal digits");
    return v;
}

FeedConfig read_feed(const base::Section& s) {
    FeedConfig f;
    f.name = s.string("name");
    f.place = s.place("name");
    const std::vector<std::string> formats{"asterix", "beast", "avr", "sbs"};
    f.format = formats[s.one_of_or("format", formats, 0)];
    f.udp = s.string_or("udp", "");
    f.tcp = s.string_or("tcp", "");
    f.interface = s.string_or("interface", "");
    f.source = s.string_or("source", "");
    f.file = s.string_or("file", "");
    if (!f.udp.empty() + !f.tcp.empty() + !f.file.empty() > 1)
        s.reject(f.udp.empty() ? "tcp" : "udp", base::Errc::conflict, "a feed is udp, tcp or a file");
    const auto editions = s.table("editions");
    for (const auto& key : editions.keys()) f.editions[key] = editions.string(key);
    f.insist = s.boolean_or("insist", false);
    return f;
}

ExchangeConfig read_exchange(const base::Section& s, picture::State self) {
    ExchangeConfig x;
    x.url = s.string("url");
    if (!x.url.starts_with("nats://") && !x.url.starts_with("tls://"))
        s.reject("url", base::Errc::bad_value, "an address begins with nats:// or tls://");
    x.user = s.string_or("user", std::string(self.text()));
    x.password_file = s.string_or("password_file", "");
    x.credentials_file = s.string_or("credentials", "");
    x.ca_file = s.string_or("ca", "");
    x.certificate_file = s.string_or("certificate", "");
    x.certificate_key_file = s.string_or("certificate_key", "");
    if (x.certificate_file.empty() != x.certificate_key_file.empty())
        s.reject("certificate", base::Errc::conflict, "certificate and certificate_key belong together");
    return x;
}

/// Two states of one unit, or two units of one state, could not be told apart by whoever reads the output.
void read_units(const base::Section& root, std::vector<UnitConfig>& out) {
    for (const auto& s : root.tables("unit")) {
        const UnitConfig u{read_state(s, "state"), octet(s, "unit")};
        for (const auto& other : out) {
            if (other.state == u.state)
                s.reject("state", base::Errc::duplicate,
                         fmt::format("state {} has unit {} already", u.state.text(), other.unit));
            if (other.unit == u.unit)
                s.reject("unit", base::Errc::duplicate,
                         fmt::format("unit {} is that of {} already", u.unit, other.state.text()));
        }
        out.push_back(u);
    }
}

OutputConfig read_output(const base::Section& s) {
    OutputConfig o;
    s.one_of_or("format", {"asterix"}, 0);
    o.udp = s.string("udp");
    o.place = s.place("udp");
    o.sac = octet(s, "sac");
    o.sic = octet(s, "sic");
    if (s.has("service")) o.service = octet(s, "service");
    return o;
}

void print_exchange(std::string& out, const ExchangeConfig& x) {
    if (x.url.empty()) return;
    auto it = std::back_inserter(out);
    fmt::format_to(it, "\n[exchange]\nurl = {}\nuser = {}\n", quoted(x.url), quoted(x.user));
    for (const auto& [key, value] :
         {std::pair{"password_file", &x.password_file}, std::pair{"credentials", &x.credentials_file},
          std::pair{"ca", &x.ca_file}, std::pair{"certificate", &x.certificate_file},
          std::pair{"certificate_key", &x.certificate_key_file}})
        if (!value->empty()) fmt::format_to(it, "{} = {}\n", key, quoted(*value));
}

}  // namespace

std::string_view name(Mode mode) {
    return mode_names[static_cast<std::size_t>(mode)];
}

base::Result<NodeConfig> parse_node_config(std::string_view text, const std::string& file) {
    ASMAN_TRY(auto doc, base::Config::parse(text, file));
    const auto root = doc.root();
    NodeConfig c;
    if (root.integer("format") != 1) root.reject("format", base::Errc::bad_value, "this version reads format 1");
    c.state = read_state(root, "state");
    c.mode = static_cast<Mode>(root.one_of("mode", list(mode_names)));
    if (const auto date = root.time_opt("date")) c.date = base::date_of(*date);
    c.picture_period = base::seconds(positive(root, "picture_period_s", 1));
    c.clock_assumed = root.one_of_or("clock", {"synchronised", "assumed"}, 0) == 1;
    c.accords_dir = root.string_or("accords", "");
    c.borders_file = root.string_or("borders", "");
    c.key_file = root.string_or("key", "");
    c.audit_dir = root.string_or("audit", "");
    c.audit_interval = base::seconds(positive(root, "audit_interval_s", 60));
    if (c.audit_interval < base::seconds(1))
        root.reject("audit_interval_s", base::Errc::bad_value, "must be at least 1 second");
    c.record = root.string_or("record", "");
    for (const auto& a : root.strings("state_aircraft"))
        c.state_aircraft.insert(parse_address(root, "state_aircraft", a));
    for (const auto& a : root.strings("expected")) c.expected.insert(a);
    c.without = root.strings("without");
    if (!c.without.empty() && c.mode != Mode::simulated)
        root.reject("without", base::Errc::refused, "what-if law is for simulated nodes only");
    std::set<std::uint32_t> ids;
    std::set<std::string> names, feeds;
    for (const auto& s : root.tables("feed")) {
        c.feeds.push_back(read_feed(s));
        if (!feeds.insert(c.feeds.back().name).second)
            s.reject("name", base::Errc::duplicate, "feed '" + c.feeds.back().name + "' stands twice");
    }
    for (const auto& s : root.tables("sensor")) {
        c.sensors.push_back(read_sensor(s));
        const auto& x = c.sensors.back();
        if (!ids.insert(x.id.value).second)
            s.reject("id", base::Errc::duplicate, fmt::format("sensor id {} stands twice", x.id.value));
        if (!names.insert(x.name).second)
            s.reject("name", base::Errc::duplicate, "sensor '" + x.name + "' stands twice");
        if (!x.feed.empty() && !feeds.empty() && !feeds.contains(x.feed))
            s.reject("feed", base::Errc::unknown_name,
                     "no feed '" + x.feed + "'; did you mean '" +
                         base::nearest_name(x.feed, {feeds.begin(), feeds.end()}) + "'?");
    }
    for (const auto& s : root.tables("partner")) {
        Partner p;
        p.state = read_state(s, "state");
        auto key = base::PublicKey::from_hex(s.string("key"));
        if (key)
            p.key = *key;
        else
            s.reject("key", base::Errc::bad_value, "a public key is 64 hexadecimal digits");
        c.partners.push_back(p);
    }
    read_units(root, c.units);
    for (const auto& s : root.tables("output")) {
        c.outputs.push_back(read_output(s));
        const auto same = [&](const OutputConfig& o) { return o.udp == c.outputs.back().udp; };
        if (std::ranges::count_if(c.outputs, same) > 1)
            s.reject("udp", base::Errc::duplicate, "output to '" + c.outputs.back().udp + "' stands twice");
    }
    if (root.has("exchange")) c.exchange = read_exchange(root.table("exchange"), c.state);
    ASMAN_CHECK(doc.finish());
    return c;
}

namespace {

template <class Range>
std::string quoted_list(const Range& items) {
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "" : ", ") + quoted(item);
    return "[" + out + "]";
}

void print_sensor(std::string& out, const picture::Sensor& x) {
    auto it = std::back_inserter(out);
    fmt::format_to(it, "\n[[sensor]]\nid = {}\nname = {}\nowner = \"{}\"\noperator = \"{}\"\nhost = \"{}\"\n",
                   x.id.value, quoted(x.name), x.owner.text(), x.operated_by.text(), x.host.text());
    if (!x.accord.empty()) fmt::format_to(it, "accord = {}\n", quoted(x.accord));
    if (!x.feed.empty()) fmt::format_to(it, "feed = {}\n", quoted(x.feed));
    fmt::format_to(it, "sac = {}\nsic = {}\nkind = \"{}\"\n", x.sac, x.sic, picture::name(x.kind));
    if (x.position)
        fmt::format_to(it, "lat = {:.9f}\nlon = {:.9f}\nheight_m = {:.3f}\n", x.position->at.lat_deg(),
                       x.position->at.lon_deg(), x.position->height.m);
    fmt::format_to(it, "range_km = {:.6f}\nscan_s = {:.6f}\nsigma_range_m = {:.6f}\nsigma_azimuth_deg = {:.9f}\n",
                   x.max_range / 1000, x.scan_period.seconds(), x.sigma_range, x.sigma_azimuth / geo::deg);
    fmt::format_to(it, "detection_probability = {:.6f}\nfalse_reports_per_scan = {:.6f}\nsimulated = {}\n",
                   x.detection_probability, x.false_reports_per_scan, x.simulated);
}

}  // namespace

std::string print_node_config(const NodeConfig& c) {
    std::string out;
    auto it = std::back_inserter(out);
    fmt::format_to(it, "format = 1\nstate = \"{}\"\nmode = \"{}\"\npicture_period_s = {:.3f}\n", c.state.text(),
                   name(c.mode), c.picture_period.seconds());
    if (c.date.month != 0) fmt::format_to(it, "date = {}\n", base::format_date(c.date));
    if (c.clock_assumed) out += "clock = \"assumed\"\n";
    if (!c.accords_dir.empty()) fmt::format_to(it, "accords = {}\n", quoted(c.accords_dir));
    if (!c.borders_file.empty()) fmt::format_to(it, "borders = {}\n", quoted(c.borders_file));
    if (!c.key_file.empty()) fmt::format_to(it, "key = {}\n", quoted(c.key_file));
    if (!c.audit_dir.empty()) fmt::format_to(it, "audit = {}\n", quoted(c.audit_dir));
    fmt::format_to(it, "audit_interval_s = {:.3f}\n", c.audit_interval.seconds());
    if (!c.record.empty()) fmt::format_to(it, "record = {}\n", quoted(c.record));
    std::vector<std::string> addresses;
    for (const auto a : c.state_aircraft) addresses.push_back(fmt::format("{:06X}", a));
    fmt::format_to(it, "state_aircraft = {}\nexpected = {}\n", quoted_list(addresses), quoted_list(c.expected));
    if (!c.without.empty()) fmt::format_to(it, "without = {}\n", quoted_list(c.without));
    for (const auto& f : c.feeds) {
        fmt::format_to(it, "\n[[feed]]\nname = {}\nformat = {}\n", quoted(f.name), quoted(f.format));
        if (!f.udp.empty()) fmt::format_to(it, "udp = {}\n", quoted(f.udp));
        if (!f.tcp.empty()) fmt::format_to(it, "tcp = {}\n", quoted(f.tcp));
        if (!f.interface.empty()) fmt::format_to(it, "interface = {}\n", quoted(f.interface));
        if (!f.source.empty()) fmt::format_to(it, "source = {}\n", quoted(f.source));
        if (!f.file.empty()) fmt::format_to(it, "file = {}\n", quoted(f.file));
        if (f.insist) out += "insist = true\n";
        if (!f.editions.empty()) {
            out += "[feed.editions]\n";
            for (const auto& [category, edition] : f.editions)
                fmt::format_to(it, "\"{}\" = {}\n", category, quoted(edition));
        }
    }
    print_exchange(out, c.exchange);
    for (const auto& x : c.sensors) print_sensor(out, x);
    for (const auto& p : c.partners)
        fmt::format_to(it, "\n[[partner]]\nstate = \"{}\"\nkey = \"{}\"\n", p.state.text(), p.key.hex());
    for (const auto& u : c.units) fmt::format_to(it, "\n[[unit]]\nstate = \"{}\"\nunit = {}\n", u.state.text(), u.unit);
    for (const auto& o : c.outputs)
        fmt::format_to(it, "\n[[output]]\nformat = \"asterix\"\nudp = {}\nsac = {}\nsic = {}\nservice = {}\n",
                       quoted(o.udp), o.sac, o.sic, o.service);
    return out;
}

}  // namespace asman::core
