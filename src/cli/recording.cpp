#include "recording.hpp"

#include <asman/asterix/probe.hpp>

#include <fmt/core.h>

#include <charconv>

namespace asman::cli {

namespace {

std::optional<unsigned> number(std::string_view text) {
    unsigned v = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (ec != std::errc{} || end != text.data() + text.size() || v > 255) return {};
    return v;
}

/// "062=1.18" or "048@25/13=1.21".
bool set_edition(asterix::Editions& editions, std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return false;
    const auto left = text.substr(0, equals), edition = text.substr(equals + 1);
    const auto at = left.find('@');
    const auto category = number(left.substr(0, at));
    if (!category) return false;
    if (at == std::string_view::npos) return editions.set(static_cast<std::uint8_t>(*category), edition);
    const auto source = source_from(left.substr(at + 1));
    return source && editions.set(static_cast<std::uint8_t>(*category), *source, edition);
}

}  // namespace

std::map<std::string, std::string> guess_editions(const std::string& path) {
    std::map<std::string, std::string> out;
    std::string problem;
    auto sample = asterix::FrameReader::open(path, problem);
    if (!sample) return out;
    for (const auto& g : asterix::probe(*sample).guesses()) {
        if (g.newest) continue;
        fmt::print(stderr, "asman: {}: {}\n", path, g.text());
        out[fmt::format("{:03}", g.category)] = g.edition->number;
    }
    return out;
}

std::optional<asterix::Source> source_from(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return {};
    const auto sac = number(text.substr(0, slash)), sic = number(text.substr(slash + 1));
    if (!sac || !sic) return {};
    return asterix::Source{static_cast<std::uint8_t>(*sac), static_cast<std::uint8_t>(*sic)};
}

void add_recording_options(CLI::App& sub, RecordingOptions& o) {
    sub.add_option("--framing", o.framing, "raw, pcap, pcapng, ff, gps, rply; found by itself if left out");
    sub.add_option(
        "--edition", o.editions,
        "062=1.18 for a category, 048@25/13=1.21 for one source; repeatable. Without it the edition that fits "
        "each source best is taken (auto); 'newest' takes the newest");
}

base::Result<OpenRecording> open_recording(const std::string& path, const RecordingOptions& o) {
    const auto framing = asterix::framing(o.framing);
    if (!framing) return base::fail(base::Errc::bad_value, "--framing: '" + o.framing + "' is none");
    bool find = true;
    asterix::Editions editions;
    for (const auto& e : o.editions) {
        find = find && e == "auto";
        if (e != "auto" && e != "newest" && !set_edition(editions, e))
            return base::fail(base::Errc::bad_value, "--edition: '" + e + "' names no table; see `asman spec list`");
    }
    std::string problem;
    if (find) {
        auto sample = asterix::FrameReader::open(path, problem, *framing);
        if (!sample) return base::fail(base::Errc::io, {path, 0, 0, {}}, problem);
        const auto probe = asterix::probe(*sample);
        for (const auto& g : probe.guesses())
            if (!g.newest || g.doubtful()) fmt::print(stderr, "asman: {}: {}\n", path, g.text());
        editions = probe.apply(std::move(editions));
    }
    auto frames = asterix::FrameReader::open(path, problem, *framing);
    if (!frames) return base::fail(base::Errc::io, {path, 0, 0, {}}, problem);
    return OpenRecording{std::move(*frames), std::move(editions)};
}

void report_frames(const std::string& path, const asterix::FrameCounters& c) {
    if (c.junk) fmt::print(stderr, "asman: {}: {} octets at the end are no frame\n", path, c.junk);
    if (c.damaged) fmt::print(stderr, "asman: {}: {} packets with damaged headers\n", path, c.damaged);
    if (c.fragments) fmt::print(stderr, "asman: {}: {} fragments without the rest\n", path, c.fragments);
}

}  // namespace asman::cli
