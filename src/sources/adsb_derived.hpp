// What an aircraft tells of itself in 021 beyond place, level and identity.
#pragma once

#include "derived.hpp"

namespace asman::asterix::cat021 {
class View;
}

namespace asman::sources {

/// `time_of_report`: time of day that the report's place is of, s.
void tell_adsb(picture::TargetReport& report, const asterix::cat021::View& v, double time_of_report, const Context& c);

}  // namespace asman::sources
