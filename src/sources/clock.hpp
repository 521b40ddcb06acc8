// Times of day to instants, and the beam that dates what carries no time.
#pragma once

#include <asman/base/time.hpp>

#include <optional>

namespace asman::sources {

/// The instant nearest to `near` whose time of day is `seconds` after midnight UTC.
base::Time unwrap_day(double seconds, base::Time near);
/// The same for a truncated time of day, which starts again every 512 s from midnight (001/141).
base::Time unwrap_512(double seconds, base::Time near);

/// Where a rotating antenna's beam is, from its north marks and sector crossings.
class Beam {
  public:
    /// The beam passed `azimuth` (radians) at `time`; `period` of a turn where the message or the sensor says it.
    void mark(base::Time time, double azimuth, std::optional<base::Duration> period);
    /// When the beam last passed `azimuth` before or at `now`; nothing without marks, without a period, or when the
    /// last mark is more than two turns old.
    std::optional<base::Time> passed(double azimuth, base::Time now) const;
    std::optional<base::Duration> period() const { return period_; }

  private:
    std::optional<base::Time> last_;
    double azimuth_ = 0;
    std::optional<base::Duration> period_;
};

}  // namespace asman::sources
