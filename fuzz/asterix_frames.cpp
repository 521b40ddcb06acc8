// Any bytes as a recording, in every framing: payloads lie within memory, and the reader comes to an end.
// rooms: asterix
#include <asman/asterix/frames.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace asman::asterix;
    if (size == 0) return 0;
    const Bytes file(reinterpret_cast<const std::byte*>(data + 1), size - 1);
    std::string problem;
    auto reader = FrameReader::over(file, problem, static_cast<Framing>(data[0] % 7));
    if (!reader) return problem.empty() ? std::abort(), 0 : 0;
    std::uint64_t frames = 0, sum = 0;
    while (const Frame* frame = reader->next()) {
        if (frame->number != frames++) std::abort();
        for (const std::byte b : frame->payload) sum += std::to_integer<unsigned>(b);
        if (frames > size) std::abort();
    }
    if (reader->counters().frames != frames || reader->next()) std::abort();
    return sum == 1;
}
