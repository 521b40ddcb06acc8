// What decode, encode, filter and asterix share: a recording, or what a socket hears, with its editions.
#pragma once

#include "commands.hpp"

#include <asman/asterix/decode.hpp>
#include <asman/asterix/frames.hpp>
#include <asman/asterix/live.hpp>
#include <asman/node/receiver.hpp>

#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

namespace asman::cli {

struct RecordingOptions {
    std::string framing = "automatic";
    std::vector<std::string>
        editions;         ///< "auto", "newest", "062=1.18", "048@25/13=1.21", "048@:8600=1.21", "010=opaque"
    bool insist = false;  ///< decode in the editions told though the data refute them
    double seconds = 0;   ///< live: end after so long; 0: at Ctrl-C
    bool quiet = false;   ///< live: without a word that it waits
};
void add_recording_options(CLI::App& sub, RecordingOptions& options);

/// Datagrams of a file, or of a socket until Ctrl-C.
class Frames {
  public:
    /// `path` is a file, "-" (standard input), "udp://…" or "tcp://…".
    static base::Result<Frames> open(const std::string& path, const RecordingOptions& options);
    const asterix::Frame* next();
    /// Before the first next(): how every edition reads the start of a file, which stays to be read.
    asterix::EditionProbe probe();
    const asterix::FrameCounters& counters() const;
    std::string_view framing() const;
    /// Of a live feed: the one that it listens on or connects to.
    std::uint16_t port() const { return std::get<Live>(source_).frame.port; }
    bool live() const { return !std::holds_alternative<asterix::FrameReader>(source_); }

  private:
    struct Live {
        node::Receiver receiver;
        asterix::Frame frame;
        asterix::FrameCounters counters;
        bool tcp = false;
        std::optional<std::int64_t> end;  ///< UTC, nanoseconds
    };
    using Source = std::variant<asterix::FrameReader, Live>;
    explicit Frames(Source source) : source_(std::move(source)) {}
    const asterix::Frame* next_live(Live& live);
    Source source_;
};

class OpenRecording {
  public:
    OpenRecording(std::string path, Frames source, bool all)
        : frames(std::move(source)), path_(std::move(path)), says_all_(all) {}
    /// The next datagram that is to be read; nullptr at the end. Of a live feed those of a source wait until its
    /// edition is known, which is said on standard error.
    const asterix::Frame* next();
    /// By which next() is to be read.
    const asterix::Editions& editions_of(const asterix::Frame& frame) const;
    /// What a record says of its sender's editions (category 247) holds from the next datagram on.
    void hear(const asterix::Event& event);
    /// Of a live feed: from here on its editions are judged.
    void judge(asterix::LiveEditions live) { live_.emplace(std::move(live)); }

    Frames frames;
    asterix::Editions editions;
    std::map<std::uint16_t, asterix::Editions> by_port;  ///< where editions were told for a port
    std::set<std::uint8_t> told;                         ///< categories whose edition was told
    bool learns = false;                                 ///< from category 247, but for what the data refuted
    std::set<std::pair<std::uint8_t, asterix::Source>> mistaken;
    bool refuted = false;  ///< an edition that was told does not fit

  private:
    void say();
    std::string path_;
    bool says_all_ = false;
    std::optional<asterix::LiveEditions> live_;
};
/// Opens it. Says on standard error which editions were found that are not the newest (all of them where "auto" was
/// asked for), how sure that is, and which of those told the data refute: these sources stay opaque unless `insist`. Of
/// a live feed next() does so.
base::Result<OpenRecording> open_recording(const std::string& path, const RecordingOptions& options);

/// Category to edition ("062" to "0.17") where the newest does not fit what the recording holds; said on standard
/// error. Nothing where the file cannot be read: opening it will say so.
std::map<std::string, std::string> guess_editions(const std::string& path);

/// "25/13".
std::optional<asterix::Source> source_from(std::string_view text);
std::string text_of(std::optional<asterix::Source> source);

/// Faults of one input that are said one by one; the others are counted.
inline constexpr std::uint64_t most_said = 10;

/// A file of octets, or standard output ("-").
class ByteOutput {
  public:
    /// Refuses to write over `input`, from which is still to be read.
    base::Result<void> open(const std::string& path, const std::string& input);
    bool write(asterix::Bytes bytes);
    /// True: all that was written has arrived.
    bool finish() { return static_cast<bool>(out().flush()); }

  private:
    std::ostream& out();
    std::ofstream file_;
    bool standard_ = false;
};

/// What was not decoded, by category and source; said at the end, once each.
class Undecoded {
  public:
    void count(const asterix::Event& event);
    void report(const std::string& path) const;
    struct Trailers {
        std::uint64_t datagrams = 0, octets = 0;
        std::string first;  ///< in hexadecimal
    };
    const std::map<std::pair<std::uint8_t, std::optional<asterix::Source>>, std::uint64_t>& opaque() const {
        return opaque_;
    }
    const std::map<std::optional<asterix::Source>, Trailers>& trailers() const { return trailers_; }

  private:
    std::map<std::pair<std::uint8_t, std::optional<asterix::Source>>, std::uint64_t> opaque_;
    std::map<std::optional<asterix::Source>, Trailers> trailers_;
};

/// Says on standard error what the framing left out, if anything.
void report_frames(const std::string& path, const asterix::FrameCounters& counters);

}  // namespace asman::cli
