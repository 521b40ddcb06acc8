// Recordings: from a file's bytes to datagrams, whatever the file wraps them in. Reads as a stream: memory does not
// grow with the file.
#pragma once

#include <asman/asterix/spec.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asman::asterix {

enum class Framing : std::uint8_t {
    automatic,
    raw,     ///< data blocks one after the other
    pcap,    ///< Ethernet (VLAN), Linux cooked, raw IP or loopback; IPv4 and IPv6 with fragments; UDP and TCP
    pcapng,  ///< the same in the newer container
    ff,      ///< Comsoft "final format": u16 length, 6 octets of header with a 10 ms clock, data, four octets A5
    gps,     ///< 2200 octets of header, then data blocks, each followed by ten octets with a 1/128 s clock
    rply,    ///< little-endian u32 length and u32 milliseconds, then data
    oradis,  ///< u16 length that counts its header of six octets, a u32 clock of unknown unit, then data; in pcap too
    hdlc,    ///< address, control 03, data, FCS of ISO/IEC 13239 (16 bits); bare, or between flags with escapes
};
inline constexpr std::size_t framings = 9;
std::string_view name(Framing framing);
/// "pcap" → Framing::pcap.
std::optional<Framing> framing(std::string_view name);

struct Frame {
    Bytes payload;             ///< valid until the next call
    std::uint64_t number = 0;  ///< counted from 0
    std::uint64_t offset = 0;  ///< of the payload in the file; of the last fragment where there were several
    std::optional<std::int64_t> received;  ///< UTC, nanoseconds since 1970, where the file says it
    std::optional<double> clock;           ///< seconds of the recorder's clock, where it has no date
    std::uint16_t port = 0;                ///< UDP: of the destination; TCP: the lower of the two; 0: none
};

/// What was left out, and why.
struct FrameCounters {
    std::uint64_t frames = 0;
    std::uint64_t bytes = 0;      ///< of payload
    std::uint64_t other = 0;      ///< packets that are neither UDP nor TCP, or of a TCP stream that is no ASTERIX
    std::uint64_t fragments = 0;  ///< fragments that never made a whole datagram
    std::uint64_t damaged = 0;    ///< packets whose headers contradict each other
    std::uint64_t lost = 0;       ///< TCP: places where octets are missing
    std::uint64_t junk = 0;       ///< octets that are no frame, or of no frame that is whole
    std::optional<std::uint64_t> junk_at = {};  ///< offset of the first of them in the file
};

class FrameReader {
  public:
    /// `problem` says why where the result is empty: the file cannot be read, or nothing fits. "-": standard input.
    static std::optional<FrameReader> open(const std::string& path, std::string& problem,
                                           Framing framing = Framing::automatic);
    /// Reads from memory, which must outlive the reader: a temporary does not.
    static std::optional<FrameReader> over(Bytes bytes, std::string& problem, Framing framing = Framing::automatic);
    static std::optional<FrameReader> over(std::vector<std::byte>&&, std::string&, Framing = {}) = delete;
    ~FrameReader();
    FrameReader(FrameReader&&) noexcept;
    FrameReader& operator=(FrameReader&&) noexcept;

    /// The next datagram; nullptr at the end.
    const Frame* next();
    Framing framing() const;
    const FrameCounters& counters() const;
    /// Before the first next(): how the file begins, up to 512 KiB of it, to be looked at by over() without taking
    /// anything of what cannot be read twice. Valid until next().
    Bytes ahead();

  private:
    struct Impl;
    explicit FrameReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// A stream of data blocks (TCP, a serial line) cut into its blocks. Holds less than 64 KiB beyond what is added at
/// once.
class BlockSplitter {
  public:
    void add(Bytes bytes);
    /// Whole blocks that are there, all of them at once; empty: none. Valid until the next call of add().
    Bytes next();
    /// What follows cannot be a block: the stream is not ASTERIX, or octets are missing. Reset to go on.
    bool lost() const { return lost_; }
    /// Forgets what is kept; returns how many octets that were.
    std::size_t reset();

  private:
    std::vector<std::byte> kept_;
    std::size_t given_ = 0;
    bool lost_ = false;
};

/// The framing whose structure the first bytes of a file follow; automatic where none does.
Framing detect(Bytes start);

}  // namespace asman::asterix
