// rooms: asterix

// The same record by its typed view and by its table: both read the same.
#include "asterix_mutator.hpp"

#include "../src/asterix/differential_for_tests.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace fuzzing;
    return read("asterix_views", data, size, [](const Record& record) {
        if (const auto difference = differential::compare(record); !difference.empty()) found(difference.c_str());
    });
}
