// asman decode: a recording's ASTERIX records, one JSON object a line.
#include "recording.hpp"

#include <asman/asterix/json.hpp>

#include <fmt/core.h>

#include <cstdio>
#include <map>
#include <memory>

namespace asman::cli {
namespace {

struct DecodeOptions {
    std::vector<std::string> files;
    RecordingOptions recording;
    bool json = false, count = false, hex = false, table = false, text = false;
    bool registers = false, opaque = false;
};

/// Standard output by large pieces. False once nobody reads any more.
class Output {
  public:
    std::string line;
    bool flush(std::size_t beyond = 1 << 16) {
        if (line.size() < beyond) return true;
        const bool ok = std::fwrite(line.data(), 1, line.size(), stdout) == line.size();
        line.clear();
        return ok;
    }
};

void table_row(const asterix::Record& r, std::uint64_t datagram, std::string& out) {
    const auto source = r.source();
    out += fmt::format("{:>8} {:>6} {:03} {:<5} {:>3}/{:<3} ", datagram, r.offset, r.category(), r.edition->number,
                       source ? source->sac : 0, source ? source->sic : 0);
    asterix::items_to_json(r, out);
}

void hex_row(const asterix::Record& r, std::uint64_t datagram, std::string& out) {
    out += fmt::format("{} {} {:03} ", datagram, r.offset, r.category());
    for (const std::byte b : r.bytes) out += fmt::format("{:02x}", std::to_integer<unsigned>(b));
}

struct Totals {
    std::map<int, std::uint64_t> records;
    std::uint64_t problems = 0;
};

/// What is written of one record or opaque block.
void row(const asterix::Event& e, std::uint64_t datagram, const DecodeOptions& o, std::string& out) {
    if (e.what == asterix::What::opaque) return asterix::opaque_to_json(e.category, e.bytes, datagram, out);
    if (o.hex) return hex_row(e.record, datagram, out);
    if (o.table) return table_row(e.record, datagram, out);
    asterix::to_json(e.record, datagram, out, {.text = o.text, .registers = o.registers});
}

int decode(const std::string& path, const DecodeOptions& o, Output& out, Totals& totals) {
    auto opened = open_recording(path, o.recording);
    if (!opened) return report(opened.error());
    Undecoded undecoded;
    bool any = false;  // a whole block, of whatever category
    const bool live = path.find("://") != std::string::npos;
    while (const asterix::Frame* frame = opened->next()) {
        asterix::DatagramReader reader(frame->payload, opened->editions_of(*frame), frame->number);
        while (const asterix::Event* e = reader.next()) {
            opened->hear(*e);
            undecoded.count(*e);
            any = any || e->what == asterix::What::record || e->what == asterix::What::opaque;
            if (e->what == asterix::What::problem && ++totals.problems <= most_said && !o.recording.quiet)
                fmt::print(stderr, "asman: {}: {}\n", path, e->problem.text());
            if (e->what == asterix::What::record) ++totals.records[e->category];
            const bool wanted = e->what == asterix::What::record || (e->what == asterix::What::opaque && o.opaque);
            if (!wanted || o.count) continue;
            row(*e, frame->number, o, out.line);
            out.line += '\n';
            if (!out.flush()) return Exit::ok;
        }
        if (live && (!out.flush(0) || std::fflush(stdout) != 0)) return Exit::ok;
    }
    if (!o.recording.quiet) {
        undecoded.report(path);
        report_frames(path, opened->frames.counters());
    }
    const bool refuted = opened->refuted && !o.recording.insist;
    return refuted || (!any && !live) ? Exit::failed : Exit::ok;
}

int run(const DecodeOptions& o) {
    Output out;
    Totals totals;
    int code = Exit::ok;
    for (const auto& path : o.files) code = std::max(code, decode(path, o, out, totals));
    if (o.count) {
        for (const auto& [category, n] : totals.records) out.line += fmt::format("{:03} {}\n", category, n);
    }
    out.flush(0);
    std::fflush(stdout);
    if (totals.problems && !o.recording.quiet)
        fmt::print(stderr, "asman: {} records could not be decoded\n", totals.problems);
    return code;
}

}  // namespace

void add_decode(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<DecodeOptions>();
    CLI::App* sub = app.add_subcommand("decode", "Decode ASTERIX, recorded or live: one JSON object a record and line");
    sub->add_option("files", o->files, "recordings, - for standard input; udp://… or tcp://… until Ctrl-C")->required();
    add_recording_options(*sub, o->recording);
    auto* json = sub->add_flag("--json", o->json, "one JSON object a line (this is the default)");
    auto* table = sub->add_flag("--table", o->table, "columns for people")->excludes(json);
    auto* count =
        sub->add_flag("--count", o->count, "only the number of records by category")->excludes(json)->excludes(table);
    sub->add_flag("--hex", o->hex, "the bytes of each record")->excludes(json)->excludes(table)->excludes(count);
    sub->add_flag("--text", o->text, "the meaning beside the value where the table has one");
    sub->add_flag("--registers", o->registers, "Mode S registers (BDS) decoded, as a member \"registers\"");
    sub->add_flag("--opaque", o->opaque, "a line, too, for each block that is not decoded: its bytes")
        ->excludes(table)
        ->excludes(count);
    sub->add_flag("--quiet", o->recording.quiet, "nothing on standard error but errors that end the program");
    sub->footer(
        "Examples:\n  asman decode radar.pcap > radar.ndjson\n  asman decode --count *.ff\n"
        "  asman decode --edition 062=1.18 --text tracks.pcap | jq .items\n"
        "  asman decode udp://239.1.2.3:8600 --seconds 60 | jq -c '.items.\"240\"'");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
