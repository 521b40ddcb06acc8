// asman filter: the records of some sources, categories or an area, relayed with their original bytes.
#include "area.hpp"
#include "recording.hpp"

#include <asman/asterix/encode.hpp>
#include <asman/node/udp_sender.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <memory>

namespace asman::cli {
namespace {

struct FilterOptions {
    std::string input, output, to;
    std::vector<std::string> sources, area, sites;
    std::vector<unsigned> categories;
    bool broken = false;
    RecordingOptions recording;
};

/// Where blocks go: a file, or a datagram each.
class Sink {
  public:
    base::Result<void> open(const std::string& path, const std::string& input) { return file_.open(path, input); }
    /// "udp://239.1.1.1:8600".
    base::Result<void> connect(const std::string& url) {
        constexpr std::string_view scheme = "udp://";
        if (!url.starts_with(scheme))
            return base::fail(base::Errc::bad_value, {.source = url}, "--to is udp://HOST:PORT");
        ASMAN_TRY(socket_, node::UdpSender::open(url.substr(scheme.size())));
        return {};
    }
    bool finish() { return socket_ || file_.finish(); }
    bool write(asterix::Bytes b) {
        if (b.empty()) return true;
        if (socket_) return socket_->send(b);
        return file_.write(b);
    }

  private:
    ByteOutput file_;
    std::optional<node::UdpSender> socket_;
};

struct Filter {
    std::set<asterix::Source> sources;
    std::set<unsigned> categories;
    std::optional<Area> area;
    Sites sites;
    std::uint64_t nowhere = 0;  ///< records whose place is not known, where an area is asked for

    bool category(unsigned c) const { return categories.empty() || categories.contains(c); }
    bool plain() const { return sources.empty() && !area; }
    bool record(const asterix::Record& r, std::optional<asterix::Source> source) {
        if (!category(r.category())) return false;
        if (!sources.empty() && (!source || !sources.contains(*source))) return false;
        if (!area) return true;
        const auto at = sites.position(r, source);
        nowhere += !at;
        return at && area->contains(*at);
    }
};

base::Result<Filter> filter_from(const FilterOptions& o) {
    Filter f;
    f.categories.insert(o.categories.begin(), o.categories.end());
    for (const auto& s : o.sources) {
        const auto source = source_from(s);
        if (!source) return base::fail(base::Errc::bad_value, "--sac-sic: '" + s + "' is not SAC/SIC, each 0 to 255");
        f.sources.insert(*source);
    }
    for (const auto& site : o.sites) ASMAN_CHECK(f.sites.add(site));
    if (o.area.empty()) return f;
    ASMAN_TRY(f.area, Area::from(o.area));
    return f;
}

/// What passes. A datagram of which all passes goes as it is, with what is behind its last block; else the records that
/// pass, gathered into blocks of one category. Bytes are as they came.
struct Relay {
    Sink sink;
    std::vector<std::byte> kept;
    std::unique_ptr<asterix::BlockWriter> block;
    std::uint8_t category = 0;
    bool ok = true, whole = true;

    void end_block() {
        if (!block) return;
        const auto b = block->finish();
        kept.insert(kept.end(), b.begin(), b.end());
        block.reset();
    }
    void add(std::uint8_t c, asterix::Bytes bytes) {
        if (block && c != category) end_block();
        if (!block) block = std::make_unique<asterix::BlockWriter>(c, 65535);
        category = c;
        block->add_bytes(bytes);
    }
    void end_datagram(asterix::Bytes payload) {
        end_block();
        if (!kept.empty()) ok = sink.write(whole ? payload : asterix::Bytes(kept)) && ok;
        kept.clear();
        whole = true;
    }
};

int run(const FilterOptions& o) {
    auto filter = filter_from(o);
    if (!filter) return report(filter.error());
    auto opened = open_recording(o.input, o.recording);
    if (!opened) return report(opened.error());
    Relay relay;
    const auto& target = o.to.empty() ? o.output : o.to;
    if (const auto ready = o.to.empty() ? relay.sink.open(o.output, o.input) : relay.sink.connect(o.to); !ready)
        return report(ready.error());
    std::uint64_t records = 0, passed = 0, problems = 0;
    Undecoded undecoded;
    while (const asterix::Frame* frame = opened->next()) {
        asterix::DatagramReader reader(frame->payload, opened->editions_of(*frame), frame->number);
        while (const asterix::Event* e = reader.next()) {
            opened->hear(*e);
            undecoded.count(*e);
            const bool record = e->what == asterix::What::record;
            if (record && filter->area && e->source) filter->sites.hear(e->record, *e->source);
            if (e->what == asterix::What::problem && ++problems <= most_said)
                fmt::print(stderr, "asman: {}: {}\n", o.input, e->problem.text());
            records += record;
            if (e->what == asterix::What::trailer) continue;
            const bool bytes = filter->plain() && filter->category(e->category);
            if (record ? filter->record(e->record, e->source) : bytes && e->what == asterix::What::opaque) {
                passed += record;
                relay.add(e->category, record ? e->record.bytes : e->bytes);
                if (!record) relay.end_block();
            } else if (e->what != asterix::What::problem || !bytes || !o.broken) {
                relay.whole = false;
            } else {
                relay.add(e->category, e->bytes);
                relay.end_block();
            }
        }
        relay.end_datagram(frame->payload);
    }
    undecoded.report(o.input);
    report_frames(o.input, opened->frames.counters());
    fmt::print(stderr, "asman: {} of {} records relayed, {} not decoded{}\n", passed, records, problems,
               filter->nowhere ? fmt::format(", {} of unknown place (see --site)", filter->nowhere) : "");
    relay.ok = relay.sink.finish() && relay.ok;
    return relay.ok ? Exit::ok : report({base::Errc::io, {target, 0, 0, {}}, "cannot be written"});
}

}  // namespace

void add_filter(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<FilterOptions>();
    CLI::App* sub = app.add_subcommand(
        "filter", "Relay the ASTERIX records of some sources, categories or an area, bytes unchanged");
    sub->add_option("input", o->input, "a recording, - for standard input; udp://… or tcp://… until Ctrl-C")
        ->required();
    auto* out = sub->add_option("-o,--out", o->output, "a file of data blocks; - for standard output");
    sub->add_option("--to", o->to, "udp://HOST:PORT, a datagram for each that has something")->excludes(out);
    sub->add_option("--sac-sic", o->sources, "25/13; repeatable, or several split by commas")->delimiter(',');
    sub->add_option("--category", o->categories, "48,34")->delimiter(',')->check(CLI::Range(1u, 255u));
    sub->add_option(
           "--area", o->area,
           "SOUTH,WEST,NORTH,EAST in degrees: of records whose place is known, from latitude and longitude, or "
           "from range and azimuth of a sensor whose place is")
        ->delimiter(',');
    sub->add_option("--site", o->sites, "25/13=41.5,74.9: the place of a sensor; else what 034/120 and 019/600 say");
    sub->add_flag("--broken", o->broken, "also what cannot be decoded, where no source or area is asked for");
    add_recording_options(*sub, o->recording);
    sub->footer(
        "Examples:\n  asman filter radar.pcap --category 48 --sac-sic 25/13 -o one.raw\n"
        "  asman filter tracks.ff --area 39,69,43,80 --to udp://239.1.1.1:8600\n"
        "  asman filter radar.pcap --site 25/13=41.5,74.9 --area 41,74,42,76 -o near.raw\n"
        "  asman filter udp://10.0.0.5@239.1.2.3:8600 --category 48 --to udp://192.0.2.1:8600");
    sub->callback([o, &outcome] {
        outcome.code =
            o->output.empty() && o->to.empty()
                ? (report({base::Errc::missing, {}, "filter needs --out or --to"}), static_cast<int>(Exit::usage))
                : run(*o);
    });
}

}  // namespace asman::cli
