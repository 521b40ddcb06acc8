// Time: UTC nanoseconds since 1970-01-01T00:00:00Z, without leap seconds (invariant 2).
#pragma once

#include <asman/base/result.hpp>

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace asman::base {

/// A span of time in nanoseconds.
struct Duration {
    std::int64_t ns = 0;
    auto operator<=>(const Duration&) const = default;
    constexpr double seconds() const { return static_cast<double>(ns) * 1e-9; }
    constexpr Duration operator-() const { return {-ns}; }
    constexpr Duration operator+(Duration o) const { return {ns + o.ns}; }
    constexpr Duration operator-(Duration o) const { return {ns - o.ns}; }
    constexpr Duration operator*(std::int64_t k) const { return {ns * k}; }
};

/// Rounds to the nearest nanosecond. Range: |s| < 9.2e9.
constexpr Duration seconds(double s) {
    return {static_cast<std::int64_t>(s * 1e9 + (s < 0 ? -0.5 : 0.5))};
}
constexpr Duration milliseconds(std::int64_t ms) {
    return {ms * 1'000'000};
}

/// An instant.
struct Time {
    std::int64_t ns = 0;
    auto operator<=>(const Time&) const = default;
    constexpr Time operator+(Duration d) const { return {ns + d.ns}; }
    constexpr Time operator-(Duration d) const { return {ns - d.ns}; }
    constexpr Duration operator-(Time o) const { return {ns - o.ns}; }
    /// Seconds since 1970 (for formulas that take differences use operator- first: a double keeps only ~0.2 µs here).
    constexpr double seconds() const { return static_cast<double>(ns) * 1e-9; }
    static constexpr Time min() { return {std::numeric_limits<std::int64_t>::min()}; }
    static constexpr Time max() { return {std::numeric_limits<std::int64_t>::max()}; }
};

/// A day of the proleptic Gregorian calendar.
struct Date {
    std::int32_t year = 1970;
    std::uint32_t month = 1;  ///< 1–12
    std::uint32_t day = 1;    ///< 1–31
    auto operator<=>(const Date&) const = default;
    bool valid() const;
};

std::int64_t days_since_1970(Date d);
Date date_from_days(std::int64_t days);
/// The start of the day, 00:00Z.
Time start_of(Date d);
Date date_of(Time t);
/// Keeps the day of month or takes the month's last day (accords.md rule 4).
Date add_months(Date d, std::int32_t months);

/// "2023-11-02" or "2023-11-02T00:00:00[.fff](Z|±hh:mm)". A zone name is an error; a time without offset is an error.
Result<Time> parse_time(std::string_view text);
/// "2023-11-02T00:00:00Z"; with `decimals` > 0 also the fraction (truncated), 1–9 digits.
std::string format_time(Time t, int decimals = 0);
std::string format_date(Date d);

}  // namespace asman::base
