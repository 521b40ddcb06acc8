// rooms: asterix

// A live feed of several senders, made records and any bytes: nothing is lost, what one source sends stays in order,
// what waits is bounded, and the same feed gives the same again.
#include <asman/asterix/live.hpp>

#include "../src/asterix/blocks.hpp"
#include "../src/asterix/records_for_tests.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

using namespace asman::asterix;

[[noreturn]] void found(const char* what) {
    std::fprintf(stderr, "found: %s\n", what);
    std::abort();
}

/// The input, octet by octet; zeros behind its end.
struct Tape {
    const unsigned char* at;
    std::size_t left;
    std::uint8_t next() {
        if (left == 0) return 0;
        --left;
        return *at++;
    }
};

void append_block(std::uint8_t category, const std::vector<std::byte>& payload, std::vector<std::byte>& out) {
    const auto length = payload.size() + 3;
    if (length > 60'000) return;
    out.push_back(std::byte{category});
    out.push_back(static_cast<std::byte>(length >> 8));
    out.push_back(static_cast<std::byte>(length & 255));
    out.insert(out.end(), payload.begin(), payload.end());
}

/// A record of one of a few senders, in an edition of the table.
void append_record(Tape& tape, std::vector<std::byte>& out) {
    const auto all = editions();
    const Edition* e = all[tape.next() % all.size()];
    if (e->expansion) return;
    const auto sender = tape.next();
    Dice dice(tape.next() * 256u + tape.next());
    const std::array making{Making::plausible, Making::canonical, Making::wild};
    std::vector<std::byte> record;
    RecordMaker(dice, making[sender / 64 % 3]).record(*e, find_edition(e->category, {}, true), record);
    std::size_t p = 0;
    while (p < record.size() && (static_cast<unsigned>(record[p]) & 1)) ++p;
    if (p + 2 < record.size()) record[p + 1] = std::byte{1}, record[p + 2] = static_cast<std::byte>(sender % 5);
    append_block(e->category, record, out);
}

std::vector<std::vector<std::byte>> datagrams_of(Tape& tape) {
    std::vector<std::vector<std::byte>> out;
    while (tape.left > 0 && out.size() < 300) {
        const auto what = tape.next();
        if (what % 4 != 3 || out.empty()) out.emplace_back();  // else behind the last block
        if (what % 4 < 2)
            append_record(tape, out.back());
        else
            for (auto n = tape.next() % 40; n > 0; --n) out.back().push_back(static_cast<std::byte>(tape.next()));
        // Many alike decide.
        if (what >= 128)
            for (auto n = what % 32; n > 0 && out.size() < 300; --n) out.push_back(std::vector(out.back()));
    }
    return out;
}

struct Ran {
    std::vector<std::uint64_t> order;
    std::vector<const Edition*> editions;
};

Ran run(LiveEditions live, const LiveLimits& limits, const std::vector<std::vector<std::byte>>& datagrams) {
    Ran out;
    const auto take = [&] {
        for (const auto& d : live.take_decisions())
            if (d.text().empty()) found("a decision without words");
        while (const Frame* f = live.next()) {
            const auto& given = datagrams[f->number];
            if (!std::equal(f->payload.begin(), f->payload.end(), given.begin(), given.end())) found("other bytes");
            out.order.push_back(f->number);
            DatagramReader reader(f->payload, live.editions(), f->number);
            while (const Event* e = reader.next())
                out.editions.push_back(e->what == What::record ? e->record.edition : nullptr);
        }
    };
    for (std::size_t i = 0; i < datagrams.size(); ++i) {
        Frame f;
        f.payload = datagrams[i];
        f.number = i;
        live.add(f);
        take();
        if (live.waiting_octets() > limits.octets) found("too much waits");
    }
    live.finish();
    take();
    if (live.waiting() != 0) found("something waits for ever");
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    Tape tape{data, size};
    LiveLimits limits;
    limits.clear = 1 + tape.next() % 4;
    limits.records = limits.clear + tape.next() % 16;
    limits.watched = 1 + tape.next() * 4u;
    limits.octets = 200 + 64u * tape.next();
    const auto told = tape.next();
    Editions base;
    std::vector<std::uint8_t> categories;
    if (told & 1) base.set(21, told & 2 ? "0.26" : "2.6"), categories.push_back(21);
    if (told & 4) base.set_opaque(48), categories.push_back(48);
    const LiveEditions live(base, categories, (told & 8) != 0, limits);
    const auto datagrams = datagrams_of(tape);
    const auto ran = run(live, limits, datagrams);
    if (ran.order.size() != datagrams.size()) found("a datagram lost or doubled");
    std::map<std::optional<Source>, std::uint64_t> last;
    for (const auto number : ran.order)
        each_block(datagrams[number], [&](std::uint8_t category, Bytes block, std::size_t) {
            if (!find_edition(category)) return;
            auto& before = last[source_of(block)];
            if (before > number) found("a source out of order");
            before = number;
        });
    const auto again = run(live, limits, datagrams);
    if (again.order != ran.order || again.editions != ran.editions) found("another run differs");
    return 0;
}
