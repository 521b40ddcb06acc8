// rooms: asterix

// Any bytes as a datagram, in every edition: nothing reads past the end, every fault has a place, and every record that
// is found can be judged.
#include <asman/asterix/probe.hpp>

#include "asterix_mutator.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace fuzzing;
    return read("asterix", data, size, [](const Record& record) {
        const Bytes b = record.bytes;
        if (b.empty() || record.fspec > b.size()) found("a record without a field specification");
        std::size_t items = 0;
        for (const Item& item : record.edition->all()) {
            if (!record.at[item.slot]) continue;
            const auto raw = record.raw(item);
            if (raw.empty() || raw.data() + raw.size() > b.data() + b.size()) found("an item beyond its record");
            items += raw.size();
        }
        // What is there twice is counted once.
        if (record.fspec + items > b.size()) found("items that overlap");
        (void)record.source();
        (void)implausible(record);
        (void)irregularity(record);
    });
}
