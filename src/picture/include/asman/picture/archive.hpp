// Nouns as bytes, for snapshots of a room's state (architecture.md, The core is a function). Not an exchange format: it
// follows the structs of this build; a snapshot is read by the version that wrote it. Doubles keep every bit.
#pragma once

#include <asman/base/bytes.hpp>
#include <asman/picture/nouns.hpp>

namespace asman::picture {

void put(base::Writer& out, const State& v);
void put(base::Writer& out, Time v);
void put(base::Writer& out, const geo::Point& v);
void put(base::Writer& out, const ReportedIdentity& v);
void put(base::Writer& out, const Kinematics& v);
void put(base::Writer& out, const Lineage& v);
void put(base::Writer& out, const Track& v);
void put(base::Writer& out, const ClauseRef& v);
void put(base::Writer& out, const Contribution& v);
void put(base::Writer& out, const Alert& v);

/// Each reads what put() wrote. After a truncated or foreign input `in.ok()` is false and the value is unspecified (but
/// valid); a count never makes them allocate more than the input could hold.
void get(base::Reader& in, State& v);
void get(base::Reader& in, Time& v);
void get(base::Reader& in, geo::Point& v);
void get(base::Reader& in, ReportedIdentity& v);
void get(base::Reader& in, Kinematics& v);
void get(base::Reader& in, Lineage& v);
void get(base::Reader& in, Track& v);
void get(base::Reader& in, ClauseRef& v);
void get(base::Reader& in, Contribution& v);
void get(base::Reader& in, Alert& v);

/// A sequence: its length, then each element by put().
template <class T>
void put_all(base::Writer& out, const std::vector<T>& all) {
    out.put(static_cast<std::uint64_t>(all.size()));
    for (const auto& v : all) put(out, v);
}
template <class T>
void get_all(base::Reader& in, std::vector<T>& all) {
    all.clear();
    const auto n = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
        all.emplace_back();
        get(in, all.back());
    }
    if (!in.ok()) all.clear();
}

}  // namespace asman::picture
