// rooms: asterix

// Any text as a table of a specification, and as a line of JSON: an error with a reason, or something that survives its
// own text.
#include <asman/asterix/json.hpp>
#include <asman/asterix/spec.hpp>

#include "asterix_input.hpp"

#include <algorithm>

/// A quarter of the inputs are lines of records made anew, a quarter tables; most of both are spoilt by libFuzzer.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    using namespace fuzzing;
    Dice dice(seed + 1);
    if (most < 64 || dice.one_in(2)) return LLVMFuzzerMutate(data, size, most);
    static std::string text;
    text.clear();
    const auto all = editions();
    const Edition& edition = *all[dice.below(all.size())];
    if (edition.expansion || dice.one_in(2)) {
        text = to_text(edition);
        // A part of it, from some line on: tables are longer than inputs.
        const auto from = text.find("\n\n", dice.below(text.size()));
        text = "category " + std::to_string(edition.category) + "\nedition 1.0\n" +
               (from == text.npos ? std::string() : text.substr(from));
    } else {
        static std::vector<std::byte> bytes;
        bytes.clear();
        RecordMaker(dice, Making::wild).record(edition, nullptr, bytes);
        Record record;
        Problem problem;
        if (!index_record(edition, bytes, record, problem)) return LLVMFuzzerMutate(data, size, most);
        to_json(record, 0, text, {.text = dice.one_in(4), .registers = dice.one_in(4)});
    }
    size = std::min(text.size(), most);
    std::memcpy(data, text.data(), size);
    return dice.one_in(4) ? size : LLVMFuzzerMutate(data, size, most);
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace fuzzing;
    counts.target = "asterix_text";
    ++counts.executions;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string reason;
    FromJson record;
    if (!from_json(text, record, reason) && reason.empty()) found("a refusal without a reason");
    SpecSet set;
    if (const auto table = set.add("fuzz.txt", text)) {
        SpecSet again;
        if (!again.add("again.txt", to_text(**table))) found("a table that does not survive its own text");
    } else if (table.error().reason.empty()) {
        found("an error without a reason");
    }
    return 0;
}
