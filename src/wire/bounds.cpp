// A walk over protobuf's wire format that counts before anything is allocated.
// Source: Protocol Buffers, "Encoding" (tags, wire types, varints).
#include "check.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace asman::wire {
namespace {

using base::Errc;
using base::fail;

struct Shape;

/// A part of a message that is itself a message or a text, and may stand `most` times, each at least `least` bytes.
struct Part {
    std::uint32_t field;
    std::size_t most;
    std::size_t least;
    const Shape* shape;  ///< null: a text or bytes
};
struct Shape {
    std::span<const Part> parts;
};

constexpr Shape flat{};
// Least sizes are those of a value that could be accepted: a state takes 5 bytes, a digest 34.
constexpr std::array track_parts{Part{2, 1, 0, &flat}, Part{11, 1, 0, &flat}, Part{15, max_lineage, 5, &flat}};
constexpr Shape track_shape{track_parts};
constexpr std::array contribution_parts{Part{4, max_clauses, 0, &flat}, Part{5, 1, 0, &flat},
                                        Part{6, max_assumed, 0, nullptr}, Part{8, 1, 0, &track_shape}};
constexpr Shape contribution_shape{contribution_parts};
constexpr std::array leave_parts{Part{3, max_clauses, 0, &flat}, Part{4, 1, 0, &flat},
                                 Part{5, max_assumed, 0, nullptr}};
constexpr Shape leave_shape{leave_parts};
constexpr std::array report_parts{Part{1, 1, 0, &leave_shape}, Part{7, 1, 0, &flat}, Part{8, 1, 0, &flat},
                                  Part{11, 1, 0, &flat}};
constexpr Shape report_shape{report_parts};
constexpr std::array notice_parts{Part{2, 1, 0, &leave_shape}, Part{13, max_lineage, 5, &flat}};
constexpr Shape notice_shape{notice_parts};
constexpr std::array head_parts{Part{3, max_roll, 9, &flat}};
constexpr Shape head_shape{head_parts};
constexpr std::array batch_parts{Part{4, max_contributions, 5, &contribution_shape},
                                 Part{5, max_drops, 5, &flat},
                                 Part{7, max_law_acts, 0, &flat},
                                 Part{8, max_reports, 7, &report_shape},
                                 Part{9, max_notices, 7, &notice_shape},
                                 Part{10, max_audited, 0, &flat},
                                 Part{11, max_audited, 0, &head_shape},
                                 Part{12, max_audited, 0, &flat},
                                 Part{13, max_refusals, 0, &flat}};
constexpr Shape batch_shape{batch_parts};

/// False when the bytes end first or the number is longer than 64 bits.
bool varint(base::Bytes& bytes, std::uint64_t& value) {
    value = 0;
    for (std::size_t i = 0; i < 10 && i < bytes.size(); ++i) {
        const auto b = std::to_integer<std::uint64_t>(bytes[i]);
        value |= (b & 0x7F) << (7 * i);
        if (b < 0x80) {
            bytes = bytes.subspan(i + 1);
            return true;
        }
    }
    return false;
}

bool skip(base::Bytes& bytes, std::uint64_t count) {
    if (count > bytes.size()) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    return true;
}

base::Result<void> walk(base::Bytes bytes, const Shape& shape) {
    std::array<std::size_t, 9> counts{};
    const auto broken = [] { return fail(Errc::syntax, "not a protobuf message"); };
    while (!bytes.empty()) {
        std::uint64_t tag = 0, value = 0;
        if (!varint(bytes, tag)) return broken();
        bool whole = false;
        switch (tag & 7) {
            case 0:
                whole = varint(bytes, value);
                break;
            case 1:
                whole = skip(bytes, 8);
                break;
            case 5:
                whole = skip(bytes, 4);
                break;
            case 2: {
                if (!varint(bytes, value) || value > bytes.size()) return broken();
                const auto content = bytes.first(static_cast<std::size_t>(value));
                whole = skip(bytes, value);
                const auto part = std::ranges::find(shape.parts, tag >> 3, &Part::field);
                if (part == shape.parts.end()) break;
                if (++counts.at(static_cast<std::size_t>(part - shape.parts.begin())) > part->most)
                    return fail(Errc::full, "field " + std::to_string(tag >> 3) + " stands more often than allowed");
                if (content.size() < part->least) return broken();
                if (part->shape) ASMAN_CHECK(walk(content, *part->shape));
                break;
            }
            default:
                break;
        }
        if (!whole) return broken();
    }
    return {};
}

}  // namespace

base::Result<void> check_bounds(base::Bytes bytes) {
    if (bytes.size() > max_bytes)
        return fail(Errc::full, "message larger than " + std::to_string(max_bytes) + " bytes");
    return walk(bytes, batch_shape);
}

}  // namespace asman::wire
