#include <asman/asterix/frames.hpp>

#include "formats.hpp"
#include "hdlc.hpp"
#include "octets.hpp"
#include "packets.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace asman::asterix {

namespace {

constexpr std::size_t longest_packet = 1 << 18;
/// How far a frame of HDLC is looked for where one is damaged.
constexpr std::size_t longest_search = 1 << 16;

constexpr std::string_view names[framings] = {"automatic", "raw",  "pcap",   "pcapng", "ff",
                                              "gps",       "rply", "oradis", "hdlc"};

/// Bytes of a file, or of memory, of which a window can be looked at.
class Input {
  public:
    explicit Input(Bytes memory) : view_(memory) {}
    explicit Input(std::FILE* file) : file_(file), buffer_(2 * longest_packet) {}
    Input(Input&& other) noexcept
        : view_(other.view_),
          file_(std::exchange(other.file_, nullptr)),
          ended_(other.ended_),
          buffer_(std::move(other.buffer_)),
          offset_(other.offset_) {}
    Input& operator=(Input&&) = delete;
    ~Input() {
        if (file_) std::fclose(file_);
    }

    /// At least `need` octets where so many are left. Valid until the next call.
    Bytes peek(std::size_t need) {
        if (view_.size() < need && file_ && !ended_) fill();
        return view_;
    }
    void skip(std::size_t n) {
        view_ = view_.subspan(std::min(n, view_.size()));
        offset_ += n;
    }
    std::uint64_t offset() const { return offset_; }
    /// Octets to the end of the file, all of them taken.
    std::uint64_t drain() {
        std::uint64_t n = 0;
        while (!peek(1).empty()) {
            n += view_.size();
            skip(view_.size());
        }
        return n;
    }

  private:
    void fill() {
        std::copy(view_.begin(), view_.end(), buffer_.begin());
        const auto got = std::fread(buffer_.data() + view_.size(), 1, buffer_.size() - view_.size(), file_);
        view_ = Bytes(buffer_).first(view_.size() + got);
        // The rest of a file is looked at frame by frame: it is neither moved nor asked for again.
        ended_ = std::feof(file_) || std::ferror(file_);
    }
    Bytes view_;
    std::FILE* file_ = nullptr;
    bool ended_ = false;
    std::vector<std::byte> buffer_;
    std::uint64_t offset_ = 0;
};

}  // namespace

std::string_view name(Framing f) {
    return names[static_cast<std::size_t>(f)];
}

std::optional<Framing> framing(std::string_view text) {
    for (std::size_t i = 0; i < std::size(names); ++i)
        if (names[i] == text) return static_cast<Framing>(i);
    return {};
}

struct FrameReader::Impl {
    explicit Impl(Input source) : input(std::move(source)) {}

    Input input;
    Framing framing = Framing::raw;
    Frame frame;
    FrameCounters counters;
    Packets packets;
    bool started = false, big_endian = false, nanoseconds = false;
    std::size_t done = 0;  ///< octets of the current frame, skipped at the next call
    Bytes inner;           ///< ORADIS frames that the current packet still holds
    std::vector<std::byte> unescaped;
    std::uint32_t link_type = 1;
    struct Interface {
        std::uint32_t link_type = 1;
        std::int64_t per_second = 1'000'000;
    };
    std::vector<Interface> interfaces;

    std::uint32_t u16(Bytes b, std::size_t i) const { return big_endian ? big16(b, i) : little16(b, i); }
    std::uint32_t u32(Bytes b, std::size_t i) const { return big_endian ? big32(b, i) : little32(b, i); }

    const Frame* give(Bytes payload, std::size_t at, std::size_t whole) {
        frame.payload = payload;
        frame.offset = input.offset() + at;
        frame.number = counters.frames++;
        counters.bytes += payload.size();
        done = whole;
        return &frame;
    }
    void count_junk(std::uint64_t at, std::uint64_t octets) {
        if (octets && !counters.junk_at) counters.junk_at = at;
        counters.junk += octets;
    }
    void waste(std::size_t octets) {
        count_junk(input.offset(), octets);
        input.skip(octets);
    }
    const Frame* lost() {
        const auto at = input.offset();
        count_junk(at, input.drain());
        return nullptr;
    }
    /// What is here is no frame: on to where frames follow each other again. False: nowhere, all is taken.
    bool found_again() {
        for (;;) {
            const auto b = input.peek(longest_packet);
            const bool last = b.size() < longest_packet;
            const auto at = frames_again(framing, b, 1, b.size(), last);
            const auto n = at ? *at : last ? b.size() : b.size() - 5 * longest_sound;
            waste(n);
            if (at || last) return at.has_value();
        }
    }

    const Frame* next() {
        if (!inner.empty()) return next_inner();
        input.skip(std::exchange(done, 0));
        frame.received.reset();
        frame.clock.reset();
        switch (framing) {
            case Framing::pcap:
                return next_pcap();
            case Framing::pcapng:
                return next_pcapng();
            case Framing::ff:
                return next_ff();
            case Framing::gps:
                return next_gps();
            case Framing::rply:
                return next_rply();
            case Framing::oradis:
                return next_oradis();
            case Framing::hdlc:
                return next_hdlc();
            default:
                return next_raw();
        }
    }

    /// Whether the length of the frame here leads nowhere, though frames go on before its end; those octets are passed
    /// over.
    bool misled(Bytes b, std::size_t length) {
        if (frame_follows(framing, b, length)) return false;
        const auto again = frames_again(framing, b, 1, length, b.size() < 65535);
        if (again) waste(*again);
        return again.has_value();
    }

    const Frame* next_raw() {
        for (;;) {
            const auto b = input.peek(65535);
            if (b.empty()) return nullptr;
            const auto n = block_at(b, 0);
            const bool whole = n != 0 && n <= b.size();
            if (whole && !misled(b, n)) return give(b.first(n), 0, n);
            if (!whole && !found_again()) return nullptr;
        }
    }

    const Frame* next_ff() {
        for (;;) {
            const auto b = input.peek(65535);
            if (b.empty()) return nullptr;
            const std::size_t n = b.size() < 2 ? 0 : big16(b, 0);
            if (n >= ff_header + ff_trailer && n <= b.size() && ends_as_ff(b, n)) {
                frame.clock = (big32(b, 4) & 0xFFFFFF) / 100.0;
                return give(b.subspan(ff_header, n - ff_header - ff_trailer), ff_header, n);
            }
            if (!found_again()) return nullptr;
        }
    }

    const Frame* next_gps() {
        if (!std::exchange(started, true)) {
            input.peek(gps_header);
            input.skip(gps_header);
        }
        for (;;) {
            const auto b = input.peek(65535 + gps_stamp);
            if (b.empty()) return nullptr;
            const auto n = block_at(b, 0);
            const bool whole = n != 0 && n + gps_stamp <= b.size();
            if (whole && !misled(b, n + gps_stamp)) {
                frame.clock = big32(b, n + gps_stamp - 4) / 128.0;
                return give(b.first(n), 0, n + gps_stamp);
            }
            if (!whole && !found_again()) return nullptr;
        }
    }

    const Frame* next_rply() {
        for (;;) {
            const auto b = input.peek(65535 + rply_header);
            if (b.empty()) return nullptr;
            const std::size_t n = b.size() < rply_header ? 0 : little32(b, 0);
            const bool whole = n != 0 && n <= 65535 && n + rply_header <= b.size();
            if (whole && !misled(b, n + rply_header)) {
                frame.clock = little32(b, 4) / 1000.0;
                return give(b.subspan(rply_header, n), rply_header, n + rply_header);
            }
            if (!whole && !found_again()) return nullptr;
        }
    }

    const Frame* next_oradis() {
        for (;;) {
            const auto b = input.peek(65535);
            if (b.empty()) return nullptr;
            const std::size_t n = b.size() < 2 ? 0 : big16(b, 0);
            const bool whole = n > oradis_header && n <= b.size();
            if (whole && !misled(b, n)) return give(b.subspan(oradis_header, n - oradis_header), oradis_header, n);
            if (!whole && !found_again()) return nullptr;
        }
    }

    const Frame* next_hdlc() {
        for (std::size_t searched = 0; searched < longest_search; ++searched) {
            const auto b = input.peek(2 * longest_hdlc + 2);
            if (b.empty()) return nullptr;
            if (const auto n = hdlc_frame(b); n)
                return give(b.subspan(hdlc_header, n - hdlc_header - hdlc_check), hdlc_header, n);
            if (const auto n = hdlc_stuffed(b, unescaped); n)
                return give(Bytes(unescaped).subspan(hdlc_header, unescaped.size() - hdlc_header - hdlc_check),
                            1 + hdlc_header, n);
            count_junk(input.offset(), b[0] != std::byte{0x7E});
            input.skip(1);
        }
        return lost();
    }

    /// A datagram's payload as it is, or the first of the ORADIS frames that fill it.
    const Frame* give_packet(Bytes payload, std::size_t at, std::size_t whole) {
        frame.port = packets.port();
        if (!filled_with_oradis(payload, payload.size()) || filled_with_blocks(payload, 0, payload.size()))
            return give(payload, at, whole);
        inner = payload;
        done = whole;
        return next_inner();
    }
    const Frame* next_inner() {
        const std::size_t n = big16(inner, 0);
        const auto content = inner.subspan(oradis_header, n - oradis_header);
        inner = inner.subspan(n);
        return give(content, 0, done);
    }

    const Frame* next_pcap() {
        if (!std::exchange(started, true)) {
            const auto b = input.peek(24);
            if (b.size() < 24) return lost();
            const auto magic = big32(b, 0);
            big_endian = magic == 0xA1B2C3D4 || magic == 0xA1B23C4D;
            nanoseconds = magic == 0xA1B23C4D || magic == 0x4D3CB2A1;
            link_type = u32(b, 20) & 0xFFFF;
            input.skip(24);
        }
        for (;;) {
            const auto b = input.peek(longest_packet);
            if (b.empty()) return nullptr;
            const std::size_t n = b.size() < 16 ? longest_packet : u32(b, 8);
            if (n > b.size() - std::min<std::size_t>(16, b.size())) return lost();
            const auto payload = packets.payload(link_type, b.subspan(16, n), counters);
            if (!payload.empty()) {
                frame.received =
                    u32(b, 0) * std::int64_t{1'000'000'000} + u32(b, 4) * std::int64_t{nanoseconds ? 1 : 1000};
                return give_packet(payload, 16 + n - std::min(n, payload.size()), 16 + n);
            }
            input.skip(16 + n);
        }
    }

    const Frame* next_pcapng() {
        for (;;) {
            const auto b = input.peek(longest_packet);
            if (b.empty()) return nullptr;
            if (b.size() < 12) return lost();
            if (big32(b, 0) == 0x0A0D0D0A) {
                big_endian = big32(b, 8) == 0x1A2B3C4D;
                interfaces.clear();
            }
            const std::size_t n = u32(b, 4);
            if (n < 12 || n % 4 != 0 || n > b.size()) return lost();
            const auto type = u32(b, 0);
            if (type == 1) add_interface(b.first(n));
            const auto payload = type == 6 ? enhanced(b.first(n)) : type == 3 ? simple(b.first(n)) : Bytes{};
            if (!payload.empty()) return give_packet(payload, 0, n);
            input.skip(n);
        }
    }

    void add_interface(Bytes b) {
        Interface added;
        if (b.size() < 20 || interfaces.size() >= 1024) return;
        added.link_type = u16(b, 8);
        for (std::size_t at = 16; at + 8 <= b.size();) {
            const auto code = u16(b, at), length = u16(b, at + 2);
            if (code == 0) break;
            if (code == 9 && length == 1) added.per_second = resolution(octet_at(b, at + 4));
            at += 4 + (length + 3) / 4 * 4;
        }
        interfaces.push_back(added);
    }
    static std::int64_t resolution(std::uint32_t code) {
        std::int64_t v = 1;
        for (std::uint32_t i = 0; i < (code & 0x7F) && v < 1'000'000'000'000; ++i) v *= code & 0x80 ? 2 : 10;
        return v;
    }

    Bytes enhanced(Bytes b) {
        if (b.size() < 32) return {};
        const auto which = u32(b, 8), length = u32(b, 20);
        if (which >= interfaces.size() || length > b.size() - 32) {
            ++counters.damaged;
            return {};
        }
        const auto ticks = static_cast<std::uint64_t>(u32(b, 12)) << 32 | u32(b, 16);
        const auto per = static_cast<std::uint64_t>(interfaces[which].per_second);
        frame.received = static_cast<std::int64_t>(
            ticks / per * 1'000'000'000 +
            static_cast<std::uint64_t>(static_cast<double>(ticks % per) * 1e9 / static_cast<double>(per)));
        return packets.payload(interfaces[which].link_type, b.subspan(28, length), counters);
    }
    Bytes simple(Bytes b) {
        if (b.size() < 16 || interfaces.empty()) return {};
        return packets.payload(interfaces[0].link_type, b.subspan(12, std::min<std::size_t>(u32(b, 8), b.size() - 16)),
                               counters);
    }
};

FrameReader::FrameReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FrameReader::~FrameReader() = default;
FrameReader::FrameReader(FrameReader&&) noexcept = default;
FrameReader& FrameReader::operator=(FrameReader&&) noexcept = default;

namespace {

bool settle(Framing& framing, Bytes start, std::string& problem) {
    if (framing == Framing::automatic) framing = detect(start);
    if (framing != Framing::automatic) return true;
    problem = start.empty() ? "nothing in it"
                            : "none of the known framings (raw, pcap, pcapng, ff, gps, rply, oradis, hdlc) fits";
    return false;
}

}  // namespace

std::optional<FrameReader> FrameReader::open(const std::string& path, std::string& problem, Framing framing) {
    std::FILE* file = path == "-" ? ::fdopen(::dup(STDIN_FILENO), "rb") : std::fopen(path.c_str(), "rb");
    if (!file) {
        problem = "cannot be opened: " + std::generic_category().message(errno);
        return {};
    }
    auto impl = std::make_unique<Impl>(Input(file));
    errno = 0;
    const auto start = impl->input.peek(longest_packet);
    if (start.empty() && std::ferror(file)) {
        problem = "cannot be read: " + std::generic_category().message(errno);
        return {};
    }
    if (!settle(framing, start, problem)) return {};
    impl->framing = framing;
    return FrameReader(std::move(impl));
}

std::optional<FrameReader> FrameReader::over(Bytes bytes, std::string& problem, Framing framing) {
    if (!settle(framing, bytes, problem)) return {};
    auto impl = std::make_unique<Impl>(Input(bytes));
    impl->framing = framing;
    return FrameReader(std::move(impl));
}

const Frame* FrameReader::next() {
    return impl_->next();
}
Bytes FrameReader::ahead() {
    return impl_->input.peek(longest_packet);
}
Framing FrameReader::framing() const {
    return impl_->framing;
}
const FrameCounters& FrameReader::counters() const {
    return impl_->counters;
}

}  // namespace asman::asterix
