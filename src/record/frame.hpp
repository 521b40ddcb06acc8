// The bytes of a frame, shared by writer and reader.
#pragma once

#include <asman/base/bytes.hpp>
#include <asman/record/log.hpp>

#include <array>

namespace asman::record {

inline constexpr std::string_view magic = "ASMANLOG";
inline constexpr std::size_t check_bytes = 16;
inline constexpr std::size_t max_attributes = 1u << 20;

/// length, kind, flags, time, number; the check of these follows.
inline constexpr std::size_t head_fields = 4 + 1 + 1 + 8 + 8;
inline constexpr std::size_t head_bytes = head_fields + 4;

inline constexpr std::uint8_t flag_zstd = 1;

struct Head {
    std::uint32_t length = 0;  ///< of the stored payload
    std::uint8_t kind = 0;
    std::uint8_t flags = 0;
    std::int64_t time = 0;
    std::uint64_t number = 0;
};

/// The first four bytes of the digest of the head's fields, as a little-endian number.
inline std::uint32_t head_check(base::Bytes fields) {
    const auto d = base::digest(fields);
    return d.value[0] | d.value[1] << 8 | d.value[2] << 16 | std::uint32_t{d.value[3]} << 24;
}

inline void put_head(base::Writer& out, const Head& head) {
    out.put(head.length);
    out.put(head.kind);
    out.put(head.flags);
    out.put(head.time);
    out.put(head.number);
    out.put(head_check(base::Bytes(out.bytes()).last(head_fields)));
}

/// Nothing when the check does not fit.
inline std::optional<Head> get_head(base::Bytes bytes) {
    base::Reader in(bytes);
    Head head;
    head.length = in.get<std::uint32_t>();
    head.kind = in.get<std::uint8_t>();
    head.flags = in.get<std::uint8_t>();
    head.time = in.get<std::int64_t>();
    head.number = in.get<std::uint64_t>();
    const auto check = in.get<std::uint32_t>();
    if (!in.ok() || check != head_check(bytes.first(head_fields))) return std::nullopt;
    return head;
}

/// chain(n) of chain(n−1), the frame's head and its stored payload.
inline base::Digest next_chain(const base::Digest& before, base::Bytes head, base::Bytes stored) {
    base::Hasher h;
    h.add(std::as_bytes(std::span(before.value)));
    h.add(head);
    h.add(stored);
    return h.finish();
}

inline base::Bytes written_part(const base::Digest& d) {
    return std::as_bytes(std::span(d.value)).first(check_bytes);
}

/// The header's bytes; `chain` becomes their digest, from which the chain starts.
std::vector<std::byte> header_bytes(const Attributes& attributes, base::Digest& chain);

std::vector<std::byte> compress(base::Bytes payload);
base::Result<std::vector<std::byte>> decompress(base::Bytes stored);

}  // namespace asman::record
