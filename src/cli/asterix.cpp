// asman asterix: what a recording is made of, and in what two recordings differ.
#include "recording.hpp"

#include <asman/asterix/json.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

namespace asman::cli {
namespace {

constexpr double day = 86400;

struct Options {
    std::string file, other;
    RecordingOptions recording;
    bool json = false;
    unsigned most = 20;
};

/// The time of day of a record, seconds.
std::optional<double> time_of_day(const asterix::Record& r) {
    const char* items[3] = {"140", nullptr, nullptr};
    switch (r.category()) {
        case 1:
            return {};  // truncated: wraps every 512 s
        case 2:
        case 34:
        case 63:
        case 65:
            items[0] = "030";
            break;
        case 21:
            items[0] = "073", items[1] = "071", items[2] = "030";
            break;
        case 23:
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

struct Line {
    std::uint64_t records = 0, bytes = 0, jumps = 0;
    std::string edition;
    std::optional<double> first, last;
    double span = 0, gap = 0;

    void time(double t) {
        if (last) {
            double step = t - *last;
            if (step < -day / 2) step += day;  // past midnight
            if (step < -1 || step > day / 2)
                ++jumps;
            else
                gap = std::max(gap, step), span += std::max(step, 0.0);
        } else {
            first = t;
        }
        last = t;
    }
};

int stat(const Options& o) {
    auto opened = open_recording(o.file, o.recording);
    if (!opened) return report(opened.error());
    std::map<std::pair<std::optional<asterix::Source>, std::uint8_t>, Line> lines;
    std::map<std::uint8_t, std::uint64_t> opaque, problems;
    std::uint64_t trailers = 0;
    while (const asterix::Frame* frame = opened->frames.next()) {
        asterix::DatagramReader reader(frame->payload, opened->editions, frame->number);
        while (const asterix::Event* e = reader.next()) {
            if (e->what == asterix::What::problem) ++problems[e->category];
            if (e->what == asterix::What::opaque) ++opaque[e->category];
            if (e->what == asterix::What::trailer) ++trailers;
            if (e->what != asterix::What::record) continue;
            Line& l = lines[{e->record.source(), e->category}];
            ++l.records;
            l.bytes += e->record.bytes.size();
            l.edition = e->record.edition->number;
            if (const auto t = time_of_day(e->record)) l.time(*t);
        }
    }
    const auto& c = opened->frames.counters();
    if (!o.json) {
        fmt::print("{}: {}, {} datagrams, {} octets\n", o.file, asterix::name(opened->frames.framing()), c.frames,
                   c.bytes);
        fmt::print("{:>8} {:>4} {:<7} {:>9} {:>9} {:>9} {:>8} {:>6}\n", "SAC/SIC", "cat", "edition", "records",
                   "rate/s", "span s", "gap s", "jumps");
    }
    for (const auto& [key, l] : lines) {
        const double rate = l.span > 0 ? static_cast<double>(l.records) / l.span : 0;
        const auto source = key.first ? fmt::format("{}/{}", key.first->sac, key.first->sic) : std::string("-");
        if (o.json)
            fmt::print(
                "{{\"source\":\"{}\",\"category\":{},\"edition\":\"{}\",\"records\":{},\"bytes\":{},\"rate\":{:.3f},"
                "\"span_s\":{:.3f},"
                "\"gap_s\":{:.3f},\"time_jumps\":{}}}\n",
                source, key.second, l.edition, l.records, l.bytes, rate, l.span, l.gap, l.jumps);
        else
            fmt::print("{:>8} {:>4} {:<7} {:>9} {:>9.2f} {:>9.1f} {:>8.2f} {:>6}\n", source,
                       fmt::format("{:03}", key.second), l.edition, l.records, rate, l.span, l.gap, l.jumps);
    }
    for (const auto& [category, n] : problems)
        fmt::print(stderr, "asman: category {:03}: {} records could not be decoded\n", category, n);
    for (const auto& [category, n] : opaque)
        fmt::print(stderr, "asman: category {:03}: {} blocks without a table\n", category, n);
    if (trailers) fmt::print(stderr, "asman: {} datagrams end in octets that are no block\n", trailers);
    report_frames(o.file, c);
    return Exit::ok;
}

/// Records one after the other, as JSON without place.
class Records {
  public:
    explicit Records(OpenRecording& recording) : recording_(recording) {}
    bool next(std::string& out, std::uint64_t& number) {
        for (;;) {
            if (!reader_) {
                const asterix::Frame* frame = recording_.frames.next();
                if (!frame) return false;
                reader_.emplace(frame->payload, recording_.editions, frame->number);
            }
            while (const asterix::Event* e = reader_->next()) {
                if (e->what != asterix::What::record) continue;
                out = fmt::format("{:03} ", e->category);
                asterix::items_to_json(e->record, out);
                number = count_++;
                return true;
            }
            reader_.reset();
        }
    }

  private:
    OpenRecording& recording_;
    std::optional<asterix::DatagramReader> reader_;
    std::uint64_t count_ = 0;
};

int diff(const Options& o) {
    auto a = open_recording(o.file, o.recording), b = open_recording(o.other, o.recording);
    if (!a) return report(a.error());
    if (!b) return report(b.error());
    Records left(*a), right(*b);
    std::string x, y;
    std::uint64_t i = 0, j = 0, differences = 0, same = 0;
    for (;;) {
        const bool more_left = left.next(x, i), more_right = right.next(y, j);
        if (!more_left && !more_right) break;
        if (more_left && more_right && x == y) {
            ++same;
            continue;
        }
        if (++differences > o.most) continue;
        if (more_left) fmt::print("-{} {}\n", i, x);
        if (more_right) fmt::print("+{} {}\n", j, y);
    }
    fmt::print("{} records the same, {} differ\n", same, differences);
    return differences ? Exit::failed : Exit::ok;
}

}  // namespace

void add_asterix(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand("asterix", "What an ASTERIX recording is made of; in what two differ");
    sub->require_subcommand(1);
    CLI::App* one =
        sub->add_subcommand("stat", "By source and category: edition, records, rate, gaps, jumps of time, errors");
    one->add_option("file", o->file, "a recording")->required();
    one->add_flag("--json", o->json, "one JSON object a source, category and line");
    add_recording_options(*one, o->recording);
    one->callback([o, &outcome] { outcome.code = stat(*o); });
    CLI::App* two = sub->add_subcommand("diff", "Compare two recordings record by record; exit 1 if they differ");
    two->add_option("a", o->file, "a recording")->required();
    two->add_option("b", o->other, "another")->required();
    two->add_option("--most", o->most, "how many differences to show")->capture_default_str();
    add_recording_options(*two, o->recording);
    two->callback([o, &outcome] { outcome.code = diff(*o); });
    sub->footer("Examples:\n  asman asterix stat radar.pcap\n  asman asterix diff before.pcap after.raw");
}

}  // namespace asman::cli
