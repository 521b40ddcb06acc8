#include <asman/simulate/recording.hpp>

#include <fmt/format.h>

#include <array>

namespace asman::simulate {
namespace {

base::Place place(const std::string& path) {
    return {path, 0, 0, {}};
}

class Octets {
  public:
    void u8(unsigned v) { bytes_.push_back(static_cast<std::byte>(v & 0xff)); }
    void be16(unsigned v) { u8(v >> 8), u8(v); }
    void be32(std::uint32_t v) { be16(v >> 16), be16(v & 0xffff); }
    void le32(std::uint32_t v) {
        for (int i = 0; i < 4; ++i) u8(v >> (8 * i));
    }
    void add(base::Bytes more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }
    std::size_t size() const { return bytes_.size(); }
    const std::vector<std::byte>& bytes() const { return bytes_; }

  private:
    std::vector<std::byte> bytes_;
};

/// The one's complement sum of RFC 1071.
unsigned checksum(std::span<const std::byte> header) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < header.size(); i += 2)
        sum += static_cast<unsigned>(header[i]) << 8 | static_cast<unsigned>(header[i + 1]);
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

void ethernet(Octets& out, unsigned n) {
    for (const unsigned b : {0x01u, 0x00u, 0x5eu, 0x40u, n >> 8 & 0xffu, n & 0xffu})
        out.u8(b);  // RFC 1112, 239.192.x.x
    for (const unsigned b : {0x02u, 0x00u, 0x00u, 0x00u, n >> 8 & 0xffu, n & 0xffu}) out.u8(b);
    out.be16(0x0800);
}

void ip_udp(Octets& out, unsigned n, std::size_t payload) {
    Octets ip;
    ip.be16(0x4500), ip.be16(static_cast<unsigned>(payload + 28)), ip.be32(0), ip.u8(16), ip.u8(17), ip.be16(0);
    ip.be32(0x0a000000 | n), ip.be32(0xefc00000 | n);
    auto header = ip.bytes();
    const auto sum = checksum(header);
    header[10] = static_cast<std::byte>(sum >> 8), header[11] = static_cast<std::byte>(sum & 0xff);
    out.add(header);
    out.be16(8600), out.be16((8600 + n) & 0xffff), out.be16(static_cast<unsigned>(payload + 8)), out.be16(0);
}

}  // namespace

std::string group_of(picture::SensorId sensor) {
    return fmt::format("239.192.{}.{}:{}", sensor.value >> 8 & 0xff, sensor.value & 0xff,
                       (8600 + sensor.value) & 0xffff);
}

base::Result<PcapWriter> PcapWriter::open(const std::string& path) {
    PcapWriter out;
    out.path_ = path;
    out.file_.reset(std::fopen(path.c_str(), "wb"));
    if (!out.file_) return base::fail(base::Errc::io, place(path), "cannot be written");
    Octets head;
    head.le32(0xa1b23c4d), head.le32(0x00040002), head.le32(0), head.le32(0), head.le32(65535), head.le32(1);
    if (std::fwrite(head.bytes().data(), 1, head.size(), out.file_.get()) != head.size())
        return base::fail(base::Errc::io, place(path), "cannot be written");
    return out;
}

base::Result<void> PcapWriter::add(const Datagram& d) {
    constexpr std::size_t most = 65535 - 42;
    if (d.bytes.size() > most) return base::fail(base::Errc::full, place(path_), "a datagram longer than UDP carries");
    const unsigned n = d.sensor.value & 0xffff;
    Octets packet;
    ethernet(packet, n);
    ip_udp(packet, n, d.bytes.size());
    packet.add(d.bytes);
    Octets head;
    head.le32(static_cast<std::uint32_t>(d.received.ns / 1'000'000'000));
    head.le32(static_cast<std::uint32_t>(d.received.ns % 1'000'000'000));
    head.le32(static_cast<std::uint32_t>(packet.size())), head.le32(static_cast<std::uint32_t>(packet.size()));
    if (std::fwrite(head.bytes().data(), 1, head.size(), file_.get()) != head.size() ||
        std::fwrite(packet.bytes().data(), 1, packet.size(), file_.get()) != packet.size())
        return base::fail(base::Errc::io, place(path_), "cannot be written to its end");
    return {};
}

base::Result<void> PcapWriter::close() {
    if (std::fflush(file_.get()) != 0) return base::fail(base::Errc::io, place(path_), "cannot be written to its end");
    file_.reset();
    return {};
}

std::string truth_header() {
    return "time_s,id,lat,lon,height_m,ve,vn,vu,pressure_altitude_m,intruder,state_aircraft,address,mode3a,callsign\n";
}

std::string truth_row(base::Time start, base::Time t, const Truth& x) {
    return fmt::format("{:.3f},{},{:.7f},{:.7f},{:.1f},{:.2f},{:.2f},{:.2f},{:.1f},{},{},{:06x},{:04o},{}\n",
                       (t - start).seconds(), x.id, x.position.at.lat_deg(), x.position.at.lon_deg(),
                       x.position.height.m, x.velocity.x(), x.velocity.y(), x.velocity.z(), x.pressure_altitude.m,
                       x.intruder ? 1 : 0, x.state_aircraft ? 1 : 0, x.address, x.mode_3a, x.callsign);
}

}  // namespace asman::simulate
