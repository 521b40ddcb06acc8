// asman decode: a recording's ASTERIX records, one JSON object a line.
#include "recording.hpp"

#include <asman/asterix/json.hpp>

#include <fmt/core.h>

#include <cstdio>
#include <map>
#include <memory>

namespace asman::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    RecordingOptions recording;
    bool json = false, count = false, hex = false, table = false, text = false, quiet = false;
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
    out += '\n';
}

void hex_row(const asterix::Record& r, std::uint64_t datagram, std::string& out) {
    out += fmt::format("{} {} {:03} ", datagram, r.offset, r.category());
    for (const std::byte b : r.bytes) out += fmt::format("{:02x}", std::to_integer<unsigned>(b));
    out += '\n';
}

struct Totals {
    std::map<int, std::uint64_t> records, opaque;
    std::uint64_t problems = 0, trailers = 0;
};

int decode(const std::string& path, const Options& o, Output& out, Totals& totals) {
    auto opened = open_recording(path, o.recording);
    if (!opened) return report(opened.error());
    const asterix::JsonOptions json{.text = o.text};
    while (const asterix::Frame* frame = opened->frames.next()) {
        asterix::DatagramReader reader(frame->payload, opened->editions, frame->number);
        while (const asterix::Event* e = reader.next()) {
            if (e->what == asterix::What::problem) {
                if (++totals.problems <= 10 && !o.quiet) fmt::print(stderr, "asman: {}: {}\n", path, e->problem.text());
            } else if (e->what == asterix::What::trailer) {
                ++totals.trailers;
            } else if (e->what == asterix::What::opaque) {
                ++totals.opaque[e->category];
            } else {
                ++totals.records[e->category];
                if (o.count) continue;
                if (o.hex)
                    hex_row(e->record, frame->number, out.line);
                else if (o.table)
                    table_row(e->record, frame->number, out.line);
                else
                    asterix::to_json(e->record, frame->number, out.line, json), out.line += '\n';
                if (!out.flush()) return Exit::ok;
            }
        }
    }
    if (!o.quiet) report_frames(path, opened->frames.counters());
    return Exit::ok;
}

int run(const Options& o) {
    Output out;
    Totals totals;
    int code = Exit::ok;
    for (const auto& path : o.files) code = std::max(code, decode(path, o, out, totals));
    if (o.count) {
        for (const auto& [category, n] : totals.records) out.line += fmt::format("{:03} {}\n", category, n);
    }
    out.flush(0);
    std::fflush(stdout);
    if (o.quiet) return code;
    for (const auto& [category, n] : totals.opaque)
        fmt::print(stderr, "asman: category {:03}: {} blocks without a table, not decoded\n", category, n);
    if (totals.problems) fmt::print(stderr, "asman: {} records could not be decoded\n", totals.problems);
    if (totals.trailers) fmt::print(stderr, "asman: {} datagrams end in octets that are no block\n", totals.trailers);
    return code;
}

}  // namespace

void add_decode(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand("decode", "Decode a recording of ASTERIX: one JSON object a record and line");
    sub->add_option("files", o->files, "recordings")->required();
    add_recording_options(*sub, o->recording);
    auto* json = sub->add_flag("--json", o->json, "one JSON object a line (this is the default)");
    auto* table = sub->add_flag("--table", o->table, "columns for people")->excludes(json);
    auto* count =
        sub->add_flag("--count", o->count, "only the number of records by category")->excludes(json)->excludes(table);
    sub->add_flag("--hex", o->hex, "the bytes of each record")->excludes(json)->excludes(table)->excludes(count);
    sub->add_flag("--text", o->text, "the meaning beside the value where the table has one");
    sub->add_flag("--quiet", o->quiet, "nothing on standard error but errors that end the program");
    sub->footer(
        "Examples:\n  asman decode radar.pcap > radar.ndjson\n  asman decode --count *.ff\n"
        "  asman decode --edition 062=1.18 --text tracks.pcap | jq .items");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
