// rooms: asterix

// There and back: a canonical record comes back byte for byte, by JSON and by typed values. What is not canonical gives
// JSON that can be read, or an error with a place.
#include <asman/asterix/json.hpp>
#include <asman/asterix/views.hpp>

#include "asterix_mutator.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace fuzzing;
    return read("asterix_round", data, size, [](const Record& record) {
        static std::string json, reason;
        static FromJson back;
        static std::vector<std::byte> out;
        const bool canonical = irregularity(record).what == Irregular::none;
        json.clear();
        to_json(record, 0, json);
        const bool read = from_json(json, back, reason);
        if (canonical && (!read || !std::ranges::equal(back.bytes, record.bytes))) found("JSON does not come back");
        if (!read && reason.empty()) found("an error without a reason");
        with_view(record, [&](const auto& view) {
            Problem problem;
            out.clear();
            const bool written = encode(view.to_fields(), *record.edition, out, problem);
            if (canonical && (!written || !std::ranges::equal(out, record.bytes))) found("values do not come back");
            if (!written && problem.fault == Fault::none) found("a refusal without a fault");
        });
    });
}
