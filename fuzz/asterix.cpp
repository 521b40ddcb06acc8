// Any bytes as a datagram, in every edition: nothing reads past the end; typed view, JSON and bytes agree.
// rooms: asterix
#include <asman/asterix/cat001.hpp>
#include <asman/asterix/cat002.hpp>
#include <asman/asterix/cat004.hpp>
#include <asman/asterix/cat008.hpp>
#include <asman/asterix/cat010.hpp>
#include <asman/asterix/cat015.hpp>
#include <asman/asterix/cat019.hpp>
#include <asman/asterix/cat020.hpp>
#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat023.hpp>
#include <asman/asterix/cat025.hpp>
#include <asman/asterix/cat034.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/cat062.hpp>
#include <asman/asterix/cat063.hpp>
#include <asman/asterix/cat065.hpp>
#include <asman/asterix/cat205.hpp>
#include <asman/asterix/cat240.hpp>
#include <asman/asterix/cat247.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/json.hpp>
#include <asman/asterix/probe.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace {

using namespace asman::asterix;

struct Touch {
    std::uint64_t sum = 0;
    void operator()(const char*, double v) { sum += v > 0; }
    void operator()(const char*, Bytes b) {
        for (const std::byte x : b) sum += std::to_integer<unsigned>(x);
    }
    template <std::size_t N>
    void operator()(const char*, const Text<N>& t) {
        sum += t.view().size();
    }
    template <class T>
        requires std::is_integral_v<T>
    void operator()(const char*, T v) {
        sum += static_cast<std::uint64_t>(v);
    }
};

/// What the JSON brings back byte for byte, the typed values must too.
template <class View>
void typed(const Record& record, bool exact) {
    const View view(record);
    Touch touch;
    view.visit_fields(touch);
    const auto fields = view.to_fields();
    std::vector<std::byte> out;
    Problem problem;
    const bool written = encode(fields, *record.edition, out, problem);
    if (exact && (!written || !std::ranges::equal(out, record.bytes))) std::abort();
}

void check(const Record& record) {
    std::string json, reason;
    to_json(record, 0, json);
    FromJson back;
    // Tables with alternatives chosen by absent elements aside, what was written can be read.
    const bool read = from_json(json, back, reason);
    // Random field sequencing and codes that are no characters have no place in values.
    const bool exact = read && std::ranges::equal(back.bytes, record.bytes) && json.find('@') == json.npos &&
                       json.find("\"0x") == json.npos;
    switch (record.category()) {
#define VIEW(n, ns) \
    case n:         \
        return typed<ns::View>(record, exact);
        VIEW(1, cat001)
        VIEW(2, cat002) VIEW(4, cat004) VIEW(8, cat008) VIEW(10, cat010) VIEW(15, cat015) VIEW(19, cat019)
            VIEW(20, cat020) VIEW(21, cat021) VIEW(23, cat023) VIEW(25, cat025) VIEW(34, cat034) VIEW(48, cat048)
                VIEW(62, cat062) VIEW(63, cat063) VIEW(65, cat065) VIEW(205, cat205) VIEW(240, cat240)
                    VIEW(247, cat247) default : std::abort();  // a table without a view
    }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

/// Mutates a record and puts a true block header before it: most mutants would end at the header otherwise.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    if (size < 5 || most < 16 || seed % 4 == 0) return LLVMFuzzerMutate(data, size, most);
    const auto all = editions();
    const auto payload = LLVMFuzzerMutate(data + 4, size - 4, most - 4);
    if (seed % 4 == 1) data[1] = all[seed / 4 % all.size()]->category;
    data[2] = static_cast<std::uint8_t>((payload + 3) >> 8);
    data[3] = static_cast<std::uint8_t>((payload + 3) & 0xFF);
    return payload + 4;
}

/// The first octet chooses the edition of the first block's category.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size < 5) return 0;
    const Bytes datagram(reinterpret_cast<const std::byte*>(data + 1), size - 1);
    Editions editions_used;
    std::vector<const Edition*> candidates;
    for (const Edition* e : editions())
        if (e->category == data[1] && !e->expansion) candidates.push_back(e);
    if (!candidates.empty()) editions_used.set(*candidates[data[0] % candidates.size()]);
    DatagramReader reader(datagram, editions_used);
    while (const Event* e = reader.next()) {
        if (e->what == What::record) check(e->record), (void)implausible(e->record);
        if (e->what == What::problem && (e->problem.offset > datagram.size() || e->problem.text().empty()))
            std::abort();
    }
    return 0;
}
