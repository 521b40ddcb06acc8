// Results and errors. Nothing in asman throws across a room's header: what can fail returns Result<T>.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace asman::base {

/// What went wrong, in kinds that a caller may want to treat differently.
enum class Errc : std::uint8_t {
    io,             ///< a file or socket could not be opened, read or written
    syntax,         ///< text that is not of its format
    unknown_key,    ///< a key that the format does not know
    unknown_name,   ///< a reference to a state, sensor, region, accord … that does not exist
    missing,        ///< something required is absent
    bad_value,      ///< a value of the wrong type, unit or range
    duplicate,      ///< the same id twice
    conflict,       ///< two parts of one input contradict each other
    bad_signature,  ///< a signature or digest that does not fit
    refused,        ///< understood and not allowed
    full,           ///< a bound was reached
};

/// The name of an error kind as shown to people ("unknown key").
std::string_view name(Errc code);

/// Where it went wrong: a place in a text (file, line, column) or in bytes (source, offset). Absent parts are empty or
/// 0.
struct Place {
    std::string source;        ///< file path, feed or peer
    std::uint32_t line = 0;    ///< 1-based; 0: not a text
    std::uint32_t column = 0;  ///< 1-based
    std::string item{};        ///< key, item or record within the source
    bool operator==(const Place&) const = default;
};

struct Error {
    Errc code = Errc::bad_value;
    Place place;
    std::string reason;  ///< a sentence for people: what was found, what was expected, the nearest known name

    /// "file.toml:12:3: unknown key 'foo' in [clause]; did you mean 'form'?"
    std::string text() const;
    bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, Place place, std::string reason) {
    return std::unexpected(Error{code, std::move(place), std::move(reason)});
}
inline std::unexpected<Error> fail(Errc code, std::string reason) {
    return std::unexpected(Error{code, {}, std::move(reason)});
}

/// Return early with the error of `expr`, else bind its value to `var`.
#define ASMAN_CONCAT_(a, b) a##b
#define ASMAN_CONCAT(a, b) ASMAN_CONCAT_(a, b)
#define ASMAN_TRY_(tmp, var, expr)                            \
    auto tmp = (expr);                                        \
    if (!tmp) return std::unexpected(std::move(tmp).error()); \
    var = std::move(*tmp)
#define ASMAN_TRY(var, ...) ASMAN_TRY_(ASMAN_CONCAT(asman_try_, __LINE__), var, (__VA_ARGS__))
/// The same for Result<void>.
#define ASMAN_CHECK(...)                                               \
    do {                                                               \
        if (auto asman_checked_ = (__VA_ARGS__); !asman_checked_)      \
            return std::unexpected(std::move(asman_checked_).error()); \
    } while (false)

}  // namespace asman::base
