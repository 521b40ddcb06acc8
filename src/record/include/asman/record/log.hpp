// The input log: an append-only file of frames whose payload is opaque here. Each frame carries the running digest of
// all before it, so that a changed byte is found, and a crash loses at most the last frame.
//
//     header   "ASMANLOG" u32 version, u32 length, length bytes of attributes, 16 bytes check
//     frame    u32 length, u8 kind, u8 flags, i64 time, u64 number, u32 check of these 22 bytes, payload, 16 bytes
//     chain
//
// Little-endian. chain(n) = BLAKE2b-256(chain(n−1) ‖ frame head ‖ stored payload), its first 16 bytes are written.
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/result.hpp>
#include <asman/base/time.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asman::record {

inline constexpr std::uint32_t version = 1;
inline constexpr std::size_t max_payload = 16u << 20;

/// Written once at the start: program and library versions, CPU features, whatever the edge adds ("state", "scenario").
using Attributes = std::map<std::string, std::string>;

/// What byte equality of a replay depends on (invariant 1): "cpu", "cpu_features", "libc", "compiler".
Attributes machine();

struct Frame {
    std::uint8_t kind = 0;  ///< the caller's
    base::Time time;
    std::uint64_t number = 0;
    std::vector<std::byte> payload;
    std::uint64_t offset = 0;  ///< of the frame in the file
    bool operator==(const Frame&) const = default;
};

struct WriterOptions {
    bool compress = false;  ///< zstd for payloads that get smaller by it
};

/// Appends frames. Each append() reaches the operating system before it returns: a crash of the program loses nothing
/// that was appended; sync() also survives loss of power.
class Writer {
  public:
    /// Creates a file; fails with `duplicate` when it exists: a recording is never overwritten.
    static base::Result<Writer> create(const std::string& path, const Attributes& attributes,
                                       WriterOptions options = {});
    /// Goes on at the end of a recording; an unfinished last frame is cut off. Fails where read() would.
    static base::Result<Writer> resume(const std::string& path, WriterOptions options = {});
    ~Writer();
    Writer(Writer&&) noexcept;
    Writer& operator=(Writer&&) noexcept;

    /// Fails with `full` (payload above max_payload), `io` (disk full: the partial frame is cut off again).
    base::Result<void> append(std::uint8_t kind, base::Time time, std::uint64_t number, base::Bytes payload);
    base::Result<void> sync();
    base::Digest chain() const;  ///< of everything appended
    std::uint64_t frames() const;
    std::uint64_t bytes() const;        ///< size of the file
    std::uint64_t last_number() const;  ///< of the last frame; 0 before the first

  private:
    struct Impl;
    explicit Writer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Reads frames in order.
class Reader {
  public:
    static base::Result<Reader> open(const std::string& path);
    ~Reader();
    Reader(Reader&&) noexcept;
    Reader& operator=(Reader&&) noexcept;

    const Attributes& attributes() const;
    /// The next frame; nothing at the end. Fails with `bad_signature` and the offset where a byte was changed; after an
    /// error every further call gives the same error.
    base::Result<std::optional<Frame>> next();
    /// Set after the end was reached: the offset of an unfinished last frame, left by a crash.
    std::optional<std::uint64_t> unfinished() const;
    base::Digest chain() const;  ///< of everything read so far
    std::uint64_t frames() const;
    std::uint64_t offset() const;  ///< where the next frame begins
    std::uint64_t size() const;    ///< of the file

  private:
    struct Impl;
    explicit Reader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::record
