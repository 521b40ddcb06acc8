// rooms: asterix

// Any bytes as a recording, in every framing: payloads lie within memory, and the reader comes to an end.
#include <asman/asterix/frames.hpp>

#include "../src/asterix/framings_for_tests.hpp"
#include "../src/asterix/records_for_tests.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace asman::asterix;

/// Executions and frames by framing; appended as a line to the file that ASMAN_FUZZ_COUNTS names, at the end.
struct Counts {
    std::uint64_t executions = 0, frames[framings] = {};
    ~Counts() {
        const char* path = std::getenv("ASMAN_FUZZ_COUNTS");
        std::FILE* file = path ? std::fopen(path, "a") : nullptr;
        if (!file) return;
        std::fprintf(file, "{\"target\":\"asterix_frames\",\"executions\":%llu,\"frames\":{",
                     static_cast<unsigned long long>(executions));
        for (std::size_t f = 0; f < framings; ++f)
            std::fprintf(file, "%s\"%s\":%llu", f ? "," : "", std::string(name(static_cast<Framing>(f))).c_str(),
                         static_cast<unsigned long long>(frames[f]));
        std::fprintf(file, "}}\n");
        std::fclose(file);
    }
};
Counts counts;

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

/// A third of the inputs are recordings made anew, most of them spoilt by one change.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    namespace made = framings_for_tests;
    using made::operator+;
    Dice dice(seed + 1);
    if (size == 0 || !dice.one_in(3)) return LLVMFuzzerMutate(data, size, most);
    std::vector<made::Octets> payloads(1 + dice.below(4));
    for (auto& p : payloads) {
        made::Octets body(dice.below(24));
        for (auto& o : body) o = static_cast<std::uint8_t>(dice.next() >> 30);
        p = made::Octets{static_cast<std::uint8_t>(1 + dice.below(255))} + made::big(body.size() + 3, 2) + body;
    }
    const auto framing = 1 + dice.below(framings - 1);
    auto file = made::recording(framing, payloads);
    if (framing == 8 && dice.one_in(2)) {
        file.clear();
        for (const auto& p : payloads) file = file + made::stuffed(made::hdlc(p));
        file.push_back(0x7E);
    }
    for (auto changes = dice.below(3); changes > 0; --changes) {
        const auto at = (framing == 5 && file.size() > 2200 ? 2200 : 0) + dice.below(file.size());
        if (at >= file.size()) continue;
        if (dice.one_in(4))
            file.resize(at + 1);
        else
            file[at] = static_cast<std::uint8_t>(dice.next() >> 24);
    }
    data[0] = static_cast<std::uint8_t>(dice.one_in(2) ? 0 : framing);
    const auto taken = std::min(file.size(), most - 1);
    std::memcpy(data + 1, file.data(), taken);
    return taken + 1;
}

/// The first octet tells the framing; 0: it is found.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    ++counts.executions;
    if (size == 0) return 0;
    const Bytes file(reinterpret_cast<const std::byte*>(data + 1), size - 1);
    std::string problem;
    auto reader = FrameReader::over(file, problem, static_cast<Framing>(data[0] % framings));
    if (!reader) return problem.empty() ? std::abort(), 0 : 0;
    std::uint64_t frames = 0, sum = 0;
    while (const Frame* frame = reader->next()) {
        if (frame->number != frames++) std::abort();
        for (const std::byte b : frame->payload) sum += std::to_integer<unsigned>(b);
        if (frames > size) std::abort();
    }
    if (reader->counters().frames != frames || reader->next()) std::abort();
    counts.frames[static_cast<std::size_t>(reader->framing())] += frames;
    return sum == 1;
}
