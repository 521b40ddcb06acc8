#include "clock.hpp"

#include <asman/geo/point.hpp>

#include <cmath>
#include <numbers>

namespace asman::sources {
namespace {

constexpr std::int64_t day = 86'400'000'000'000;

std::int64_t floor_day(std::int64_t ns) {
    return ns - ((ns % day) + day) % day;
}

}  // namespace

base::Time unwrap_day(double seconds, base::Time near) {
    const std::int64_t midnight = floor_day(near.ns);
    std::int64_t t = midnight + base::seconds(seconds).ns;
    if (t - near.ns > day / 2) t -= day;
    if (near.ns - t > day / 2) t += day;
    return {t};
}

base::Time unwrap_512(double seconds, base::Time near) {
    constexpr double period = 512, whole_day = 86'400;
    const std::int64_t midnight = floor_day(near.ns);
    base::Time best{midnight};
    double best_gap = 1e300;
    // Each day counts anew: 86,400 is no multiple of 512.
    for (const std::int64_t start : {midnight - day, midnight, midnight + day}) {
        const double now = base::Duration{near.ns - start}.seconds();
        const double turn = std::round((now - seconds) / period);
        for (const double k : {turn - 1, turn, turn + 1}) {
            const double tod = seconds + k * period;
            if (tod < 0 || tod >= whole_day || std::abs(tod - now) >= best_gap) continue;
            best_gap = std::abs(tod - now);
            best = base::Time{start} + base::seconds(tod);
        }
    }
    return best;
}

void Beam::mark(base::Time time, double azimuth, std::optional<base::Duration> period) {
    if (period && period->ns > 0) period_ = period;
    last_ = time;
    azimuth_ = azimuth;
}

std::optional<base::Time> Beam::passed(double azimuth, base::Time now) const {
    if (!last_ || !period_) return std::nullopt;
    const double since = (now - *last_).seconds(), turn = period_->seconds();
    if (since > 2 * turn || since < -2 * turn) return std::nullopt;
    const double ahead = geo::wrap_2pi(azimuth - azimuth_) / (2 * std::numbers::pi) * turn;
    const double turns = std::floor((since - ahead) / turn);
    return *last_ + base::seconds(ahead + turns * turn);
}

}  // namespace asman::sources
