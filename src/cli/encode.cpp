// asman encode: NDJSON as `asman decode` writes it, back to ASTERIX.
#include "recording.hpp"

#include <asman/asterix/encode.hpp>
#include <asman/asterix/json.hpp>

#include <fmt/core.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

namespace asman::cli {
namespace {

struct EncodeOptions {
    std::string input = "-", output;
};

/// Records of one datagram and category stand in one block.
class Blocks {
  public:
    explicit Blocks(ByteOutput& out) : out_(out) {}
    ~Blocks() { flush(); }
    bool add(const asterix::FromJson& r) {
        if (block_ && (r.category != category_ || r.datagram != datagram_ || r.edition != edition_)) flush();
        for (int attempt = 0; attempt < 2; ++attempt) {
            if (!block_) block_ = std::make_unique<asterix::BlockWriter>(r.category, 65535, r.edition);
            category_ = r.category;
            datagram_ = r.datagram;
            edition_ = r.edition;
            if (block_->add_bytes(r.bytes)) {
                if (!r.edition) flush();  // a whole block by itself
                return true;
            }
            flush();
        }
        return false;
    }
    void flush() {
        if (!block_) return;
        out_.write(block_->finish());
        block_.reset();
    }

  private:
    ByteOutput& out_;
    std::unique_ptr<asterix::BlockWriter> block_;
    std::uint8_t category_ = 0;
    std::uint64_t datagram_ = 0;
    const asterix::Edition* edition_ = nullptr;
};

int run(const EncodeOptions& o) {
    std::ifstream file;
    if (o.input != "-") {
        file.open(o.input);
        if (!file) return report({base::Errc::io, {o.input, 0, 0, {}}, "cannot be opened"});
    }
    std::istream& in = o.input == "-" ? std::cin : file;
    ByteOutput out;
    if (const auto ready = out.open(o.output, o.input); !ready) return report(ready.error());
    std::string line, reason;
    std::uint32_t number = 0;
    std::uint64_t failed = 0;
    {
        Blocks blocks(out);
        asterix::FromJson record;
        while (std::getline(in, line)) {
            ++number;
            if (line.empty()) continue;
            const bool read = asterix::from_json(line, record, reason);
            if (read && blocks.add(record)) continue;
            if (++failed > most_said) continue;
            report({read ? base::Errc::bad_value : base::Errc::syntax,
                    {o.input, number, 0, {}},
                    read ? "longer than a block may be" : reason});
        }
    }
    if (failed) fmt::print(stderr, "asman: {} of {} lines could not be encoded\n", failed, number);
    if (!out.finish()) return report({base::Errc::io, {o.output, 0, 0, {}}, "cannot be written"});
    return failed ? Exit::failed : Exit::ok;
}

}  // namespace

void add_encode(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<EncodeOptions>();
    CLI::App* sub = app.add_subcommand("encode", "Encode ASTERIX from the lines that `asman decode` writes");
    sub->add_option("input", o->input, "a file of lines; - is standard input")->capture_default_str();
    sub->add_option("-o,--out", o->output, "the file to write data blocks to; - for standard output")->required();
    sub->footer(
        "Examples:\n  asman decode radar.pcap | asman encode -o radar.raw\n"
        "  jq -c 'select(.items.\"070\".MODE3A == \"7000\")' radar.ndjson | asman encode -o - | asman decode --table "
        "-");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
