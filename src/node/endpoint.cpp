// Addresses of feeds as people write them.
#include <asman/node/receiver.hpp>

#include <charconv>

namespace asman::node {

namespace {

std::optional<std::uint16_t> port_of(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

/// "[ff02::1]" → "ff02::1".
std::string unbracketed(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return std::string(host);
}

}  // namespace

base::Result<Endpoint> parse_endpoint(bool tcp, std::string_view text, base::Place place) {
    Endpoint e;
    e.tcp = tcp;
    e.place = place;
    const auto whole = text;
    if (const auto mark = text.find('?'); mark != std::string_view::npos) {
        constexpr std::string_view key = "interface=";
        if (!text.substr(mark + 1).starts_with(key))
            return base::fail(base::Errc::bad_value, place, "'" + std::string(whole) + "': only ?interface=… is known");
        e.interface = unbracketed(text.substr(mark + 1 + key.size()));
        text = text.substr(0, mark);
    }
    if (const auto at = text.find('@'); at != std::string_view::npos && !tcp) {
        e.source = unbracketed(text.substr(0, at));
        text = text.substr(at + 1);
    }
    const auto colon = text.rfind(':');
    const auto port = colon == std::string_view::npos ? std::nullopt : port_of(text.substr(colon + 1));
    const auto host = text.substr(0, colon);
    if (!port || (host.find(':') != std::string_view::npos && !host.starts_with('[')))
        return base::fail(
            base::Errc::bad_value, place,
            "'" + std::string(whole) + "': ADDRESS:PORT or :PORT is expected, IPv6 addresses in brackets");
    e.host = unbracketed(host);
    e.port = *port;
    return e;
}

base::Result<Endpoint> parse_endpoint(std::string_view url, base::Place place) {
    for (const bool tcp : {false, true})
        if (const std::string_view scheme = tcp ? "tcp://" : "udp://"; url.starts_with(scheme))
            return parse_endpoint(tcp, url.substr(scheme.size()), std::move(place));
    return base::fail(base::Errc::bad_value, std::move(place), "'" + std::string(url) + "' is not udp://… or tcp://…");
}

std::string Endpoint::text() const {
    const auto bracketed = [](const std::string& h) { return h.find(':') == std::string::npos ? h : "[" + h + "]"; };
    std::string out = tcp ? "tcp://" : "udp://";
    if (!source.empty()) out += bracketed(source) + "@";
    out += bracketed(host) + ":" + std::to_string(port);
    if (!interface.empty()) out += "?interface=" + interface;
    return out;
}

}  // namespace asman::node
