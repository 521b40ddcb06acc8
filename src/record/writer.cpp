#include "frame.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace asman::record {
namespace {

using base::Errc;
using base::fail;

std::unexpected<base::Error> io(const std::string& path, const std::string& what) {
    return fail(Errc::io, {path, 0, 0, {}}, what + ": " + std::strerror(errno));
}

bool write_all(int fd, base::Bytes bytes) {
    while (!bytes.empty()) {
        const auto n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return true;
}

}  // namespace

struct Writer::Impl {
    std::string path;
    int fd = -1;
    WriterOptions options;
    base::Digest chain;
    std::uint64_t frames = 0, bytes = 0, last_number = 0;
    base::Writer buffer;  ///< of one frame, kept for its memory
    bool broken = false;  ///< the end of the file is not where it should be

    ~Impl() {
        if (fd >= 0) ::close(fd);
    }
};

Writer::Writer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Writer::~Writer() = default;
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&&) noexcept = default;

base::Result<Writer> Writer::create(const std::string& path, const Attributes& attributes, WriterOptions options) {
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    impl->options = options;
    const auto header = header_bytes(attributes, impl->chain);
    if (header.size() > max_attributes) return fail(Errc::full, {path, 0, 0, "attributes"}, "more than 1 MiB");
    impl->fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (impl->fd < 0 && errno == EEXIST)
        return fail(Errc::duplicate, {path, 0, 0, {}}, "exists already; a recording is never overwritten");
    if (impl->fd < 0 || !write_all(impl->fd, header)) return io(path, "cannot start a recording");
    impl->bytes = header.size();
    return Writer(std::move(impl));
}

base::Result<Writer> Writer::resume(const std::string& path, WriterOptions options) {
    ASMAN_TRY(auto reader, Reader::open(path));
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    impl->options = options;
    while (true) {
        ASMAN_TRY(const auto frame, reader.next());
        if (!frame) break;
        impl->last_number = frame->number;
    }
    impl->chain = reader.chain();
    impl->frames = reader.frames();
    impl->bytes = reader.offset();
    impl->fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (impl->fd < 0 || ::ftruncate(impl->fd, static_cast<off_t>(impl->bytes)) != 0 ||
        ::lseek(impl->fd, 0, SEEK_END) < 0)
        return io(path, "cannot go on with a recording");
    return Writer(std::move(impl));
}

base::Result<void> Writer::append(std::uint8_t kind, base::Time time, std::uint64_t number, base::Bytes payload) {
    auto& w = *impl_;
    if (w.broken) return fail(Errc::io, {w.path, 0, 0, {}}, "an earlier frame could not be written");
    if (payload.size() > max_payload)
        return fail(Errc::full, {w.path, 0, 0, {}}, "payload of " + std::to_string(payload.size()) + " bytes");
    std::vector<std::byte> smaller;
    std::uint8_t flags = 0;
    if (w.options.compress && payload.size() > 128) {
        smaller = compress(payload);
        if (smaller.size() < payload.size()) {
            payload = smaller;
            flags = flag_zstd;
        }
    }
    w.buffer.clear();
    put_head(w.buffer, {static_cast<std::uint32_t>(payload.size()), kind, flags, time.ns, number});
    const auto chain = next_chain(w.chain, w.buffer.bytes(), payload);
    w.buffer.raw(payload);
    w.buffer.raw(written_part(chain));
    if (!write_all(w.fd, w.buffer.bytes())) {
        auto error = io(w.path, "cannot write");
        // What was written of the frame goes again, so that the recording stays whole and a later append can succeed.
        w.broken = ::ftruncate(w.fd, static_cast<off_t>(w.bytes)) != 0 || ::lseek(w.fd, 0, SEEK_END) < 0;
        return error;
    }
    w.chain = chain;
    w.bytes += w.buffer.bytes().size();
    w.last_number = number;
    ++w.frames;
    return {};
}

base::Result<void> Writer::sync() {
    if (::fdatasync(impl_->fd) != 0) return io(impl_->path, "cannot sync");
    return {};
}

base::Digest Writer::chain() const {
    return impl_->chain;
}
std::uint64_t Writer::frames() const {
    return impl_->frames;
}
std::uint64_t Writer::bytes() const {
    return impl_->bytes;
}
std::uint64_t Writer::last_number() const {
    return impl_->last_number;
}

}  // namespace asman::record
