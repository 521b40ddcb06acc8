#include <asman/base/time.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace asman::base {
namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;
constexpr std::int64_t second_ns = 1'000'000'000;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    const auto q = a / b;
    return (a % b != 0 && (a < 0) != (b < 0)) ? q - 1 : q;
}

bool leap(std::int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

std::uint32_t days_in_month(std::int64_t year, std::uint32_t month) {
    constexpr std::array<std::uint32_t, 13> days{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days.at(month);
}

/// Reads fixed-width decimal fields and separators; the first failure sticks.
class Fields {
  public:
    explicit Fields(std::string_view text) : rest_(text) {}
    bool ok() const { return ok_; }
    bool empty() const { return rest_.empty(); }
    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

    std::uint32_t digits(std::size_t n) {
        if (rest_.size() < n) return bad();
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < n; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') return bad();
            value = value * 10 + static_cast<std::uint32_t>(rest_[i] - '0');
        }
        rest_.remove_prefix(n);
        return value;
    }
    void sign(char c) {
        if (peek() == c && !rest_.empty()) {
            rest_.remove_prefix(1);
        } else {
            bad();
        }
    }
    /// A fraction of a second in nanoseconds, 1–9 digits.
    std::int64_t fraction() {
        std::int64_t value = 0;
        std::int64_t unit = second_ns;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            if (unit == 1) return bad();  // finer than a nanosecond
            unit /= 10;
            value += (rest_.front() - '0') * unit;
            rest_.remove_prefix(1);
        }
        return unit == second_ns ? static_cast<std::int64_t>(bad()) : value;
    }

  private:
    std::uint32_t bad() {
        ok_ = false;
        rest_ = {};
        return 0;
    }
    std::string_view rest_;
    bool ok_ = true;
};

/// Minutes east of Greenwich of "Z" or "+hh:mm".
std::optional<std::int64_t> offset_minutes(Fields& f) {
    if (f.peek() == 'Z') {
        f.sign('Z');
        return 0;
    }
    const char direction = f.peek();
    if (direction != '+' && direction != '-') return std::nullopt;
    f.sign(direction);
    const auto hours = f.digits(2);
    f.sign(':');
    const auto minutes = f.digits(2);
    if (!f.ok() || hours > 23 || minutes > 59) return std::nullopt;
    const auto total = static_cast<std::int64_t>(hours) * 60 + minutes;
    return direction == '-' ? -total : total;
}

}  // namespace

bool Date::valid() const {
    return month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years are counted from 1 March, so that the leap day
// is a year's last.
std::int64_t days_since_1970(Date d) {
    const std::int64_t y = static_cast<std::int64_t>(d.year) - (d.month <= 2 ? 1 : 0);
    const std::int64_t era = floor_div(y, 400);
    const std::int64_t year_of_era = y - era * 400;
    const std::int64_t month_from_march = (static_cast<std::int64_t>(d.month) + 9) % 12;
    const std::int64_t day_of_year = (153 * month_from_march + 2) / 5 + static_cast<std::int64_t>(d.day) - 1;
    const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 719'468;
}

Date date_from_days(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = floor_div(days, 146'097);
    const std::int64_t day_of_era = days - era * 146'097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    const auto day = static_cast<std::uint32_t>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    const auto month = static_cast<std::uint32_t>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    return {static_cast<std::int32_t>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month, day};
}

Time start_of(Date d) {
    const auto days = days_since_1970(d);
    // Nanoseconds reach from 1677 to 2262; a date outside saturates, so that comparisons stay right.
    if (days > Time::max().ns / day_ns) return Time::max();
    if (days < Time::min().ns / day_ns) return Time::min();
    return {days * day_ns};
}

Date date_of(Time t) {
    return date_from_days(floor_div(t.ns, day_ns));
}

Date add_months(Date d, std::int32_t months) {
    const std::int64_t total =
        static_cast<std::int64_t>(d.year) * 12 + (static_cast<std::int64_t>(d.month) - 1) + months;
    const std::int64_t year = floor_div(total, 12);
    const auto month = static_cast<std::uint32_t>(total - year * 12 + 1);
    return {static_cast<std::int32_t>(year), month, std::min(d.day, days_in_month(year, month))};
}

Result<Time> parse_time(std::string_view text) {
    const auto bad = [&](const char* why) {
        return fail(Errc::bad_value, "'" + std::string(text.substr(0, 64)) + "' is not a time: " + why);
    };
    Fields f(text);
    Date date;
    date.year = static_cast<std::int32_t>(f.digits(4));
    f.sign('-');
    date.month = f.digits(2);
    f.sign('-');
    date.day = f.digits(2);
    if (!f.ok()) return bad("expected 2023-11-02 or 2023-11-02T00:00:00Z");
    if (!date.valid()) return bad("no such day");
    if (date.year < 1678 || date.year > 2261) return bad("years 1678 to 2261 only");
    if (f.empty()) return start_of(date);
    f.sign('T');
    const auto hour = f.digits(2);
    f.sign(':');
    const auto minute = f.digits(2);
    f.sign(':');
    const auto second = f.digits(2);
    std::int64_t fraction = 0;
    if (f.ok() && f.peek() == '.') {
        f.sign('.');
        fraction = f.fraction();
    }
    if (!f.ok()) return bad("expected hh:mm:ss after the day, with at most nine decimals");
    if (hour > 23 || minute > 59 || second > 59) return bad("no such time of day");
    if (f.empty()) return bad("an offset is required: Z, or +06:00");
    const auto offset = offset_minutes(f);
    if (!offset || !f.ok() || !f.empty()) return bad("the offset must be Z or ±hh:mm; zone names are not accepted");
    const std::int64_t of_day = (static_cast<std::int64_t>(hour) * 60 + minute - *offset) * 60 + second;
    return Time{start_of(date).ns + of_day * second_ns + fraction};
}

std::string format_date(Date d) {
    std::array<char, 32> out{};
    std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", d.year, d.month, d.day);
    return out.data();
}

std::string format_time(Time t, int decimals) {
    const auto days = floor_div(t.ns, day_ns);
    const auto of_day = t.ns - days * day_ns;
    const auto s = of_day / second_ns;
    std::array<char, 48> out{};
    std::snprintf(out.data(), out.size(), "T%02d:%02d:%02d", static_cast<int>(s / 3600), static_cast<int>(s / 60 % 60),
                  static_cast<int>(s % 60));
    std::string text = format_date(date_from_days(days)) + out.data();
    if (decimals > 0) {
        std::snprintf(out.data(), out.size(), ".%09d", static_cast<int>(of_day % second_ns));
        text += std::string_view(out.data()).substr(0, 1 + static_cast<std::size_t>(std::min(decimals, 9)));
    }
    return text + 'Z';
}

}  // namespace asman::base
