// What goes to other states beside tracks: target reports, and notices (alerts, identity decisions, incident events,
// the state of sensors, coverage).
#pragma once

#include <asman/base/bytes.hpp>
#include <asman/picture/nouns.hpp>

namespace asman::picture {

/// By whose leave something is held, and how coarsely.
struct Leave {
    State originator, via;           ///< via: who handed it over; empty: the originator
    std::vector<ClauseRef> clauses;  ///< one per hop, the originator's first
    Coarsening coarsening;
    std::vector<std::string> assumed;  ///< assumed dates that the release rests on
    Time valid_until = Time::max();
    bool operator==(const Leave&) const = default;
};

enum class NoticeKind : std::uint8_t { alert, identity, incident, sensor_status, coverage };
std::string_view name(NoticeKind kind);

/// Something that a receiver is told in words, with a place where it has one.
struct Notice {
    NoticeKind kind = NoticeKind::alert;
    Leave leave;
    std::uint64_t number = 0;  ///< drawn per receiver; the same number again renews it
    Time time;                 ///< of applicability
    std::optional<geo::Point> at;
    std::uint64_t track = 0;  ///< the receiver's number of the track that it is about; 0: none that it has
    bool open = true;         ///< alert, incident: still so; sensor: works
    std::string what;         ///< "emergency_code", "suspect", an incident's name, a sensor's kind
    std::string detail;
    double radius = 0;  ///< coverage: metres around `at`; else 0
    Lineage lineage;    ///< of what it rests on
};

/// A target report as released: geodetic (corrected of its sensor's errors, the sensor a pseudonym), or polar with the
/// sensor's own place.
struct ReleasedReport {
    Leave leave;
    std::uint64_t track = 0;                                   ///< the receiver's number of its track; 0: none
    TargetReport report;                                       ///< geodetic: `point` set, `range` NaN
    Eigen::Matrix2d covariance = Eigen::Matrix2d::Identity();  ///< geodetic: of (east, north), m²
    std::optional<geo::Position> sensor_at;                    ///< polar
};

void put(base::Writer& out, const Leave& v);
void put(base::Writer& out, const Notice& v);
void put(base::Writer& out, const ReleasedReport& v);

}  // namespace asman::picture
