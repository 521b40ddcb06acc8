#include "frame.hpp"

#include <zstd.h>

namespace asman::record {

std::vector<std::byte> header_bytes(const Attributes& attributes, base::Digest& chain) {
    base::Writer body;
    for (const auto& [key, value] : attributes) {
        body.text(key);
        body.text(value);
    }
    base::Writer out;
    out.raw(base::as_bytes(magic));
    out.put(version);
    out.block(body.bytes());
    chain = base::digest(out.bytes());
    out.raw(written_part(chain));
    return out.take();
}

std::vector<std::byte> compress(base::Bytes payload) {
    std::vector<std::byte> out(ZSTD_compressBound(payload.size()));
    const auto size = ZSTD_compress(out.data(), out.size(), payload.data(), payload.size(), 3);
    // An error leaves the payload as it is: the caller stores whichever is smaller.
    if (ZSTD_isError(size)) return {payload.begin(), payload.end()};
    out.resize(size);
    return out;
}

base::Result<std::vector<std::byte>> decompress(base::Bytes stored) {
    const auto size = ZSTD_getFrameContentSize(stored.data(), stored.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > max_payload)
        return base::fail(base::Errc::bad_value, "compressed payload of no known size");
    std::vector<std::byte> out(static_cast<std::size_t>(size));
    const auto got = ZSTD_decompress(out.data(), out.size(), stored.data(), stored.size());
    if (ZSTD_isError(got) || got != out.size())
        return base::fail(base::Errc::bad_value, "compressed payload does not decompress");
    return out;
}

}  // namespace asman::record
