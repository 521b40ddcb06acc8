#include "frame.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace asman::record {
namespace {

using base::Errc;
using base::fail;

struct Close {
    void operator()(std::FILE* f) const { std::fclose(f); }
};

}  // namespace

struct Reader::Impl {
    std::string path;
    std::unique_ptr<std::FILE, Close> file;
    Attributes attributes;
    base::Digest chain;
    std::uint64_t frames = 0, offset = 0, size = 0;
    std::optional<std::uint64_t> unfinished;
    std::optional<base::Error> error;
    bool ended = false;

    base::Place place() const { return {path, 0, 0, "offset " + std::to_string(offset)}; }
    std::uint64_t left() const { return size - offset; }

    /// Exactly `n` bytes, which the caller has seen to be there (n ≤ left()).
    base::Result<std::vector<std::byte>> read(std::size_t n) {
        std::vector<std::byte> out(n);
        if (std::fread(out.data(), 1, n, file.get()) != n) return fail(Errc::io, place(), "cannot read");
        return out;
    }
    base::Result<void> read_header();
    base::Result<std::optional<Frame>> read_frame();
    base::Result<bool> only_zeros_left(base::Bytes begun);
    std::optional<Frame> end_here(bool whole) {
        ended = true;
        if (!whole) unfinished = offset;
        return std::nullopt;
    }
};

base::Result<void> Reader::Impl::read_header() {
    constexpr std::size_t fixed = 8 + 4 + 4;
    if (size < fixed) return fail(Errc::syntax, place(), "too short for a recording");
    ASMAN_TRY(const auto start, read(fixed));
    base::Reader in(start);
    if (const auto found = in.take(magic.size()); !std::ranges::equal(found, base::as_bytes(magic)))
        return fail(Errc::syntax, place(), "not an asman recording");
    const auto found_version = in.get<std::uint32_t>();
    if (found_version != version)
        return fail(Errc::bad_value, place(),
                    "recording of version " + std::to_string(found_version) + ", this program reads " +
                        std::to_string(version));
    const auto length = in.get<std::uint32_t>();
    if (length > max_attributes || length + check_bytes > size - fixed)
        return fail(Errc::syntax, place(), "header does not fit the file");
    ASMAN_TRY(const auto body, read(length));
    ASMAN_TRY(const auto check, read(check_bytes));
    base::Reader pairs(body);
    while (!pairs.empty() && pairs.ok()) {
        std::string key(pairs.text());
        attributes[std::move(key)] = pairs.text();
    }
    header_bytes(attributes, chain);
    if (!pairs.ok() || !std::ranges::equal(check, written_part(chain)))
        return fail(Errc::bad_signature, place(), "the header was changed");
    offset = fixed + length + check_bytes;
    return {};
}

/// After loss of power a file may end in zeros that were allotted and never written.
base::Result<bool> Reader::Impl::only_zeros_left(base::Bytes begun) {
    const auto zero = [](std::byte b) { return b == std::byte{0}; };
    if (!std::ranges::all_of(begun, zero)) return false;
    for (std::uint64_t rest = left() - begun.size(); rest > 0;) {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(rest, 65'536));
        ASMAN_TRY(const auto part, read(n));
        if (!std::ranges::all_of(part, zero)) return false;
        rest -= n;
    }
    return true;
}

base::Result<std::optional<Frame>> Reader::Impl::read_frame() {
    if (left() < head_bytes) return end_here(left() == 0);
    ASMAN_TRY(const auto head_raw, read(head_bytes));
    const auto head = get_head(head_raw);
    if (!head) {
        ASMAN_TRY(const bool zeros, only_zeros_left(head_raw));
        if (zeros) return end_here(false);
        return fail(Errc::bad_signature, place(), "the head of a frame was changed");
    }
    // The head is intact, so its length is what was written: a file that ends sooner was cut by a crash.
    if (left() - head_bytes < std::uint64_t{head->length} + check_bytes) return end_here(false);
    if (head->length > max_payload) return fail(Errc::full, place(), "a payload larger than a recording may hold");
    ASMAN_TRY(auto stored, read(head->length));
    ASMAN_TRY(const auto check, read(check_bytes));
    const auto next = next_chain(chain, head_raw, stored);
    if (!std::ranges::equal(check, written_part(next)))
        return fail(Errc::bad_signature, place(), "a frame was changed, or one before it left out");

    Frame frame{head->kind, {head->time}, head->number, {}, offset};
    if (head->flags == flag_zstd) {
        auto payload = decompress(stored);
        if (!payload) return fail(payload.error().code, place(), payload.error().reason);
        frame.payload = std::move(*payload);
    } else if (head->flags == 0) {
        frame.payload = std::move(stored);
    } else {
        return fail(Errc::bad_value, place(), "a frame with flags of a later version");
    }
    chain = next;
    offset += head_bytes + head->length + check_bytes;
    ++frames;
    return frame;
}

Reader::Reader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

base::Result<Reader> Reader::open(const std::string& path) {
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    impl->file.reset(std::fopen(path.c_str(), "rbe"));
    if (!impl->file) return fail(Errc::io, {path, 0, 0, {}}, std::string("cannot open: ") + std::strerror(errno));
    if (std::fseek(impl->file.get(), 0, SEEK_END) != 0) return fail(Errc::io, {path, 0, 0, {}}, "not a file");
    const auto size = std::ftell(impl->file.get());
    std::rewind(impl->file.get());
    if (size < 0) return fail(Errc::io, {path, 0, 0, {}}, "not a file");
    impl->size = static_cast<std::uint64_t>(size);
    ASMAN_CHECK(impl->read_header());
    return Reader(std::move(impl));
}

base::Result<std::optional<Frame>> Reader::next() {
    if (impl_->error) return std::unexpected(*impl_->error);
    if (impl_->ended) return std::nullopt;
    auto frame = impl_->read_frame();
    if (!frame) impl_->error = frame.error();
    return frame;
}

const Attributes& Reader::attributes() const {
    return impl_->attributes;
}
std::optional<std::uint64_t> Reader::unfinished() const {
    return impl_->unfinished;
}
base::Digest Reader::chain() const {
    return impl_->chain;
}
std::uint64_t Reader::frames() const {
    return impl_->frames;
}
std::uint64_t Reader::offset() const {
    return impl_->offset;
}
std::uint64_t Reader::size() const {
    return impl_->size;
}

}  // namespace asman::record
