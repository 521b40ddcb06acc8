#include "recording.hpp"

#include <fmt/core.h>

#include <poll.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <iostream>

namespace asman::cli {

namespace {

constexpr std::size_t most_sources = 1024;

std::optional<unsigned> number(std::string_view text, unsigned most = 255) {
    unsigned v = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (ec != std::errc{} || end != text.data() + text.size() || v > most) return {};
    return v;
}

/// What was told of one category: "062=1.18", "048@25/13=1.21", "048@:8600=1.21", "010=opaque".
struct Told {
    std::uint8_t category = 0;
    std::optional<asterix::Source> source;
    std::optional<std::uint16_t> port;
    const asterix::Edition* edition = nullptr;  ///< nullptr: opaque
};

std::optional<Told> told_from(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return {};
    const auto left = text.substr(0, equals), edition = text.substr(equals + 1);
    const auto at = left.find('@');
    const auto category = number(left.substr(0, at));
    if (!category) return {};
    Told t{.category = static_cast<std::uint8_t>(*category), .source = {}, .port = {}};
    if (edition != "opaque") {
        t.edition = edition.empty() ? nullptr : asterix::find_edition(t.category, edition);
        if (!t.edition) return {};
    }
    if (at == std::string_view::npos) return t;
    const auto whom = left.substr(at + 1);
    if (whom.starts_with(':')) {
        const auto port = number(whom.substr(1), 65535);
        if (!port) return {};
        t.port = static_cast<std::uint16_t>(*port);
        return t;
    }
    t.source = source_from(whom);
    return t.source ? std::optional(t) : std::nullopt;
}

/// What `text` could have named: the editions of its category.
std::string tables_for(std::string_view text) {
    std::string out;
    if (const auto category = number(text.substr(0, text.find_first_of("@="))))
        for (const asterix::Edition* e : asterix::editions())
            if (e->category == *category && !e->expansion) out.append(out.empty() ? "" : ", ").append(e->number);
    if (out.empty())
        return "it is CATEGORY=EDITION, CATEGORY@SAC/SIC=EDITION or CATEGORY@:PORT=EDITION; `asman spec list`";
    return "the category has " + out;
}

void apply(const Told& t, asterix::Editions& editions) {
    if (t.edition && t.source)
        editions.set(*t.source, *t.edition);
    else if (t.edition)
        editions.set(*t.edition);
    else if (t.source)
        editions.set_opaque(t.category, *t.source);
    else
        editions.set_opaque(t.category);
}

std::int64_t wall_clock() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

std::optional<asterix::Source> source_from(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return {};
    const auto sac = number(text.substr(0, slash)), sic = number(text.substr(slash + 1));
    if (!sac || !sic) return {};
    return asterix::Source{static_cast<std::uint8_t>(*sac), static_cast<std::uint8_t>(*sic)};
}

std::string text_of(std::optional<asterix::Source> source) {
    return source ? fmt::format("{}/{}", source->sac, source->sic) : "-";
}

std::map<std::string, std::string> guess_editions(const std::string& path) {
    std::map<std::string, std::string> out;
    std::string problem;
    auto recording = asterix::FrameReader::open(path, problem);
    if (!recording) return out;
    for (const auto& g : asterix::probe(*recording).guesses()) {
        if (g.newest || !g.edition) continue;
        fmt::print(stderr, "asman: {}: {}\n", path, g.text());
        out[fmt::format("{:03}", g.category)] = g.edition->number;
    }
    return out;
}

base::Result<Frames> Frames::open(const std::string& path, const RecordingOptions& o) {
    if (path.starts_with("udp://") || path.starts_with("tcp://")) {
        ASMAN_TRY(const auto endpoint, node::parse_endpoint(path));
        ASMAN_TRY(auto receiver, node::Receiver::open(endpoint));
        stop_on_signal();
        Live live{std::move(receiver), {}, {}, endpoint.tcp, {}};
        live.frame.port = endpoint.port;
        if (!o.quiet)
            fmt::print(stderr, "asman: {}: {}, until {}\n", path, endpoint.tcp ? "connecting" : "listening",
                       o.seconds > 0 ? fmt::format("{} s have passed", o.seconds) : "Ctrl-C");
        if (o.seconds > 0) live.end = wall_clock() + static_cast<std::int64_t>(o.seconds * 1e9);
        return Frames(Source(std::in_place_type<Live>, std::move(live)));
    }
    const auto framing = asterix::framing(o.framing);
    if (!framing) return base::fail(base::Errc::bad_value, "--framing: '" + o.framing + "' is none");
    std::string problem;
    auto reader = asterix::FrameReader::open(path, problem, *framing);
    if (!reader) return base::fail(base::Errc::io, {path, 0, 0, {}}, problem);
    return Frames(Source(std::move(*reader)));
}

const asterix::Frame* Frames::next() {
    if (auto* reader = std::get_if<asterix::FrameReader>(&source_)) return reader->next();
    return next_live(std::get<Live>(source_));
}

const asterix::Frame* Frames::next_live(Live& live) {
    while (!stop_asked() && (!live.end || wall_clock() < *live.end)) {
        if (const auto got = live.receiver.receive()) {
            live.frame.payload = *got;
            live.frame.number = live.counters.frames++;
            live.frame.received = wall_clock();
            live.counters.bytes += got->size();
            return &live.frame;
        }
        pollfd p{live.receiver.descriptor(), POLLIN, 0};
        (void)::poll(&p, 1, 100);
    }
    return nullptr;
}

asterix::EditionProbe Frames::probe() {
    auto* reader = std::get_if<asterix::FrameReader>(&source_);
    if (!reader) return {};
    std::string problem;
    auto sample = asterix::FrameReader::over(reader->ahead(), problem, reader->framing());
    return sample ? asterix::probe(*sample) : asterix::EditionProbe{};
}

const asterix::FrameCounters& Frames::counters() const {
    if (const auto* reader = std::get_if<asterix::FrameReader>(&source_)) return reader->counters();
    return std::get<Live>(source_).counters;
}

std::string_view Frames::framing() const {
    if (const auto* reader = std::get_if<asterix::FrameReader>(&source_)) return asterix::name(reader->framing());
    return std::get<Live>(source_).tcp ? "tcp" : "udp";
}

const asterix::Frame* OpenRecording::next() {
    if (!live_) return frames.next();
    for (;;) {
        if (const auto* ready = live_->next()) return ready;
        const auto* frame = frames.next();
        if (frame)
            live_->add(*frame);
        else
            live_->finish();
        say();
        if (!frame) return live_->next();
    }
}

/// Which editions a live feed was found to speak: once a source.
void OpenRecording::say() {
    for (const auto& d : live_->take_decisions()) {
        refuted = refuted || d.refuted;
        if (says_all_ || d.odd() || d.again || d.guess.said || (!d.told && !d.guess.newest))
            fmt::print(stderr, "asman: {}: {}\n", path_, d.text());
    }
}

const asterix::Editions& OpenRecording::editions_of(const asterix::Frame& frame) const {
    if (live_) return live_->editions();
    const auto it = by_port.find(frame.port);
    return it == by_port.end() ? editions : it->second;
}

void OpenRecording::hear(const asterix::Event& event) {
    if (live_ || !learns || event.what != asterix::What::record || event.category != 247 || !event.record.source())
        return;
    for (const auto& a : asterix::announced(event.record))
        if (a.edition && !told.contains(a.category) && !mistaken.contains({a.category, *event.record.source()}))
            editions.set(*event.record.source(), *a.edition);
}

void add_recording_options(CLI::App& sub, RecordingOptions& o) {
    sub.add_option("--framing", o.framing,
                   "raw, pcap, pcapng, ff, gps, rply, oradis, hdlc; found by itself if left out");
    sub.add_option(
        "--edition", o.editions,
        "062=1.18 for a category, 048@25/13=1.21 for one source, 048@:8600=1.21 for a port, 010=opaque to leave it as "
        "it "
        "is; repeatable. What is not told is judged from the data of each source ('auto' says of all what was found), "
        "or is the newest ('newest')");
    sub.add_flag("--insist", o.insist, "decode in the editions told though the data refute them");
    sub.add_option("--seconds", o.seconds, "of udp://… and tcp://…: end after so long")->check(CLI::PositiveNumber);
}

base::Result<OpenRecording> open_recording(const std::string& path, const RecordingOptions& o) {
    bool find = true, say_all = false;
    std::vector<Told> told;
    for (const auto& e : o.editions) {
        find = find && e != "newest";
        say_all = say_all || e == "auto";
        if (e == "auto" || e == "newest") continue;
        const auto t = told_from(e);
        if (!t) return base::fail(base::Errc::bad_value, "--edition: '" + e + "' names no table; " + tables_for(e));
        told.push_back(*t);
    }
    ASMAN_TRY(auto frames, Frames::open(path, o));
    OpenRecording out(path, std::move(frames), say_all);
    out.learns = find;
    for (const auto& t : told) out.told.insert(t.category);
    if (out.frames.live()) {
        // Whatever is told for a port is told for the one of this feed.
        const auto port = out.frames.port();
        for (const auto& t : told)
            if (!t.port || t.port == port) apply(t, out.editions);
        std::vector<std::uint8_t> fixed(out.told.begin(), out.told.end());
        if (!find) {
            fixed.clear();
            for (const auto* e : asterix::editions()) fixed.push_back(e->category);
        }
        out.judge(asterix::LiveEditions(out.editions, std::move(fixed), o.insist));
        return out;
    }
    const auto probe = out.frames.probe();
    if (find) {
        for (const auto& g : probe.guesses())
            if (!out.told.contains(g.category) && (say_all || !g.newest || g.said || g.doubtful()))
                fmt::print(stderr, "asman: {}: {}\n", path, g.text());
        for (const auto& g : probe.guesses())
            if (g.mistaken && g.source) out.mistaken.insert({g.category, *g.source});
        const std::vector<std::uint8_t> fixed(out.told.begin(), out.told.end());
        out.editions = probe.apply(std::move(out.editions), fixed);
    }
    for (const auto& t : told)
        if (!t.port) apply(t, out.editions);
    for (const auto& r : probe.refuted(out.editions)) {
        out.refuted = true;
        fmt::print(stderr, "asman: {}: {}{}\n", path, r.text(),
                   o.insist ? "; decoded, as insisted on" : "; not decoded (--insist decodes it)");
        if (o.insist) continue;
        if (r.guess.source)
            out.editions.set_opaque(r.guess.category, *r.guess.source);
        else
            out.editions.set_opaque(r.guess.category);
    }
    for (const auto& t : told) {
        if (!t.port) continue;
        const auto [it, fresh] = out.by_port.try_emplace(*t.port, out.editions);
        apply(t, it->second);
    }
    return out;
}

base::Result<void> ByteOutput::open(const std::string& path, const std::string& input) {
    standard_ = path == "-";
    std::error_code absent;
    if (!standard_ && std::filesystem::equivalent(path, input, absent))
        return base::fail(base::Errc::bad_value, {.source = path}, "is the input too");
    if (!standard_) file_.open(path, std::ios::binary);
    if (!file_) return base::fail(base::Errc::io, {.source = path}, "cannot be opened");
    return {};
}

std::ostream& ByteOutput::out() {
    return standard_ ? std::cout : file_;
}

bool ByteOutput::write(asterix::Bytes b) {
    return static_cast<bool>(
        out().write(reinterpret_cast<const char*>(b.data()), static_cast<std::streamsize>(b.size())));
}

void Undecoded::count(const asterix::Event& event) {
    if (event.what == asterix::What::opaque) {
        const std::pair key{event.category, event.source};
        if (opaque_.size() < most_sources || opaque_.contains(key)) ++opaque_[key];
    }
    if (event.what != asterix::What::trailer) return;
    if (trailers_.size() >= most_sources && !trailers_.contains(event.source)) return;
    Trailers& t = trailers_[event.source];
    if (t.datagrams++ == 0)
        for (const std::byte b : event.bytes) t.first += fmt::format("{:02x}", std::to_integer<unsigned>(b));
    t.octets += event.bytes.size();
}

void Undecoded::report(const std::string& path) const {
    for (const auto& [key, n] : opaque_) {
        const auto name = asterix::category_name(key.first);
        const bool table = asterix::find_edition(key.first) != nullptr;
        fmt::print(stderr, "asman: {}: category {:03}{}{}{}{}: {} block{} {}, not decoded\n", path, key.first,
                   name.empty() ? "" : " (", name, name.empty() ? "" : ")",
                   key.second ? " of " + text_of(key.second) : std::string{}, n, n == 1 ? "" : "s",
                   table ? "without an edition that fits" : "without a table");
    }
    for (const auto& [source, t] : trailers_)
        fmt::print(stderr, "asman: {}: {} datagrams of {} end in octets that are no block, {} in all, the first {}\n",
                   path, t.datagrams, text_of(source), t.octets, t.first);
}

void report_frames(const std::string& path, const asterix::FrameCounters& c) {
    if (c.frames == 0 && path.find("://") != std::string::npos) fmt::print(stderr, "asman: {}: nothing came\n", path);
    if (c.junk)
        fmt::print(stderr, "asman: {}: {} octets are no frame{}\n", path, c.junk,
                   c.junk_at ? fmt::format(", the first at {}", *c.junk_at) : std::string{});
    if (c.damaged) fmt::print(stderr, "asman: {}: {} packets with damaged headers\n", path, c.damaged);
    if (c.fragments) fmt::print(stderr, "asman: {}: {} fragments without the rest\n", path, c.fragments);
    if (c.lost) fmt::print(stderr, "asman: {}: {} places where octets of a TCP stream are missing\n", path, c.lost);
}

}  // namespace asman::cli
