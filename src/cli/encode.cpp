// asman encode: NDJSON as `asman decode` writes it, back to ASTERIX.
#include "commands.hpp"

#include <asman/asterix/encode.hpp>
#include <asman/asterix/json.hpp>

#include <fmt/core.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

namespace asman::cli {
namespace {

struct Options {
    std::string input = "-", output;
};

/// Records of one datagram and category stand in one block.
class Blocks {
  public:
    explicit Blocks(std::ostream& out) : out_(out) {}
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
        const auto bytes = block_->finish();
        out_.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        block_.reset();
    }

  private:
    std::ostream& out_;
    std::unique_ptr<asterix::BlockWriter> block_;
    std::uint8_t category_ = 0;
    std::uint64_t datagram_ = 0;
    const asterix::Edition* edition_ = nullptr;
};

int run(const Options& o) {
    std::ifstream file;
    if (o.input != "-") {
        file.open(o.input);
        if (!file) return report({base::Errc::io, {o.input, 0, 0, {}}, "cannot be opened"});
    }
    std::istream& in = o.input == "-" ? std::cin : file;
    std::ofstream out(o.output, std::ios::binary);
    std::string line, reason;
    std::uint32_t number = 0;
    int code = Exit::ok;
    {
        Blocks blocks(out);
        asterix::FromJson record;
        while (std::getline(in, line)) {
            ++number;
            if (line.empty()) continue;
            if (!asterix::from_json(line, record, reason))
                code = report({base::Errc::syntax, {o.input, number, 0, {}}, reason});
            else if (!blocks.add(record))
                code = report({base::Errc::bad_value, {o.input, number, 0, {}}, "longer than a block may be"});
        }
    }
    if (!out.flush()) return report({base::Errc::io, {o.output, 0, 0, {}}, "cannot be written"});
    return code;
}

}  // namespace

void add_encode(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand("encode", "Encode ASTERIX from the lines that `asman decode` writes");
    sub->add_option("input", o->input, "a file of lines; - is standard input")->capture_default_str();
    sub->add_option("-o,--out", o->output, "the file to write data blocks to")->required();
    sub->footer("Example:\n  asman decode radar.pcap | asman encode -o radar.raw");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
