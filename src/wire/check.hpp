// What a noun must satisfy to cross a border: checked before it is sent and after it has arrived.
#pragma once

#include <asman/wire/batch.hpp>

namespace asman::wire {

/// Times from 1970 to 2200: differences never overflow.
inline constexpr base::Time earliest{0};
inline constexpr base::Time latest{7'258'118'400'000'000'000};

/// What of a message is refused, and why.
base::Result<void> bad(std::string_view what, std::string reason);

base::Result<void> check_time(base::Time time, std::string_view what);
base::Result<void> check(const picture::Contribution& contribution);
base::Result<void> check(const Drop& drop);
base::Result<void> check(const picture::ReleasedReport& report);
base::Result<void> check(const picture::Notice& notice);
base::Result<void> check(const Handed& handed);
base::Result<void> check(const AuditHead& head);
base::Result<void> check(const Countersignature& countersignature);
base::Result<void> check(const Refusal& refusal);
base::Result<void> check(const LawActText& act);

/// Refuses messages that would make the parser allocate far more than their size: counts of repeated parts and least
/// sizes of their elements, read without allocating. Also refuses what is not protobuf at all.
base::Result<void> check_bounds(base::Bytes bytes);

}  // namespace asman::wire
