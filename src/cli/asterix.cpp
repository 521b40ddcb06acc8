// asman asterix: what a recording is made of, and in what two recordings differ.
#include "asterix_diff.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>

namespace asman::cli {

namespace {

constexpr double day = 86400;
constexpr std::size_t most_lines = 4096;

struct AsterixOptions {
    std::string file, other;
    RecordingOptions recording;
    bool json = false;
    unsigned most = 20;
    double long_gap = 10;
};

/// The time of day of a record, seconds.
std::optional<double> time_of_day(const asterix::Record& r) {
    const char* items[3] = {"140", nullptr, nullptr};
    switch (r.category()) {
        case 1:
            return {};  // truncated: wraps every 512 s
        case 4:
            items[0] = "020";
            break;
        case 8:
            items[0] = "090";
            break;
        case 15:
            items[0] = "145";
            break;
        case 2:
        case 34:
        case 63:
        case 65:
        case 205:
            items[0] = "030";
            break;
        case 21:
            items[0] = "073", items[1] = "071", items[2] = "030";
            break;
        case 23:
        case 25:
        case 62:
            items[0] = "070";
            break;
        default:
            break;
    }
    for (const char* item : items)
        if (item)
            if (const auto v = asterix::quantity(r, item)) return v;
    return {};
}

/// So far behind the newest record, in seconds, is no lateness any more but a clock that was set back; so are so many
/// records behind it in a row.
constexpr double latest_lateness = 30;
constexpr std::uint64_t most_behind = 50;

struct Line {
    std::uint64_t records = 0, bytes = 0, late = 0, jumps = 0, gaps = 0, errors = 0, opaque = 0;
    std::set<std::string> editions;
    std::optional<double> newest;  ///< time of day, since the last jump
    std::uint64_t behind = 0;      ///< records in a row that came late
    double span = 0, gap = 0;

    /// Time goes on from the newest record; one that is more than a second older came late.
    void time(double t, double long_gap) {
        if (!newest) return void(newest = t);
        const double step = std::remainder(t - *newest, day);
        if (step >= 0) {
            gap = std::max(gap, step), span += step, gaps += step > long_gap;
            newest = t, behind = 0;
        } else if (step < -1) {
            ++late, ++behind;
            if (step > -latest_lateness && behind < most_behind) return;
            ++jumps, late -= behind;
            newest = t, behind = 0;
        }
    }
};

using FeedLines = std::map<std::pair<std::optional<asterix::Source>, std::uint8_t>, Line>;

std::string joined(const std::set<std::string>& names) {
    std::string out;
    for (const auto& n : names) out += (out.empty() ? "" : ",") + n;
    return out.empty() ? "-" : out;
}

void print_lines(const FeedLines& lines, const Undecoded& undecoded, bool json) {
    if (!json)
        fmt::print("{:>8} {:>4} {:<9} {:>9} {:>9} {:>9} {:>8} {:>6} {:>6} {:>6} {:>7} {:>7}\n", "SAC/SIC", "cat",
                   "edition", "records", "rate/s", "span s", "gap s", "gaps", "late", "jumps", "errors", "opaque");
    for (const auto& [key, l] : lines) {
        const double rate = l.span > 0 ? static_cast<double>(l.records) / l.span : 0;
        if (json)
            fmt::print(
                "{{\"source\":\"{}\",\"category\":{},\"edition\":\"{}\",\"records\":{},\"bytes\":{},\"rate\":{:.3f},"
                "\"span_s\":{:.3f},\"gap_s\":{:.3f},\"gaps\":{},\"late\":{},\"time_jumps\":{},\"errors\":{},\"opaque\":"
                "{}}}\n",
                text_of(key.first), key.second, joined(l.editions), l.records, l.bytes, rate, l.span, l.gap, l.gaps,
                l.late, l.jumps, l.errors, l.opaque);
        else
            fmt::print("{:>8} {:>4} {:<9} {:>9} {:>9.2f} {:>9.1f} {:>8.2f} {:>6} {:>6} {:>6} {:>7} {:>7}\n",
                       text_of(key.first), fmt::format("{:03}", key.second), joined(l.editions), l.records, rate,
                       l.span, l.gap, l.gaps, l.late, l.jumps, l.errors, l.opaque);
    }
    if (!json) return;
    for (const auto& [source, t] : undecoded.trailers())
        fmt::print("{{\"source\":\"{}\",\"trailers\":{},\"octets\":{},\"first\":\"{}\"}}\n", text_of(source),
                   t.datagrams, t.octets, t.first);
}

int stat(const AsterixOptions& o) {
    auto opened = open_recording(o.file, o.recording);
    if (!opened) return report(opened.error());
    FeedLines lines;
    Undecoded undecoded;
    while (const asterix::Frame* frame = opened->next()) {
        asterix::DatagramReader reader(frame->payload, opened->editions_of(*frame), frame->number);
        while (const asterix::Event* e = reader.next()) {
            opened->hear(*e);
            undecoded.count(*e);
            if (e->what == asterix::What::trailer) continue;
            const std::pair key{e->source, e->category};
            if (lines.size() >= most_lines && !lines.contains(key)) continue;
            Line& l = lines[key];
            l.errors += e->what == asterix::What::problem;
            l.opaque += e->what == asterix::What::opaque;
            if (e->what != asterix::What::record) continue;
            ++l.records;
            l.bytes += e->record.bytes.size();
            l.editions.emplace(e->record.edition->number);
            if (const auto t = time_of_day(e->record)) l.time(*t, o.long_gap);
        }
    }
    const auto& c = opened->frames.counters();
    if (!o.json) fmt::print("{}: {}, {} datagrams, {} octets\n", o.file, opened->frames.framing(), c.frames, c.bytes);
    print_lines(lines, undecoded, o.json);
    undecoded.report(o.file);
    report_frames(o.file, c);
    return opened->refuted && !o.recording.insist ? Exit::failed : Exit::ok;
}

}  // namespace

void add_asterix(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<AsterixOptions>();
    CLI::App* sub = app.add_subcommand("asterix", "What an ASTERIX recording is made of; in what two differ");
    sub->require_subcommand(1);
    CLI::App* one =
        sub->add_subcommand("stat", "By source and category: editions, records, rate, gaps, jumps of time, errors");
    one->add_option("file", o->file, "a recording, - for standard input; udp://… or tcp://… until Ctrl-C")->required();
    one->add_option("--gap", o->long_gap, "seconds without a record that count as a gap")->capture_default_str();
    one->add_flag("--json", o->json, "one JSON object a source, category and line");
    add_recording_options(*one, o->recording);
    one->footer(
        "Examples:\n  asman asterix stat radar.pcap\n  asman asterix stat --json --gap 5 udp://239.1.2.3:8600 "
        "--seconds 60");
    one->callback([o, &outcome] { outcome.code = stat(*o); });
    CLI::App* two = sub->add_subcommand("diff", "Compare two recordings record by record; exit 1 if they differ");
    two->add_option("a", o->file, "a recording")->required();
    two->add_option("b", o->other, "another")->required();
    two->add_option("--most", o->most, "how many differences to show")->capture_default_str();
    add_recording_options(*two, o->recording);
    two->footer(
        "Examples:\n  asman asterix diff before.pcap after.raw\n  asman asterix diff --edition 062=1.18 a.ff b.ff "
        "--most 5");
    two->callback([o, &outcome] { outcome.code = asterix_diff(o->file, o->other, o->recording, o->most); });
    sub->footer("Examples:\n  asman asterix stat radar.pcap\n  asman asterix diff before.pcap after.raw");
}

}  // namespace asman::cli
