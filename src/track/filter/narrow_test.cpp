// The filter as processors without wide registers run it, whatever this one has.
#define ASMAN_WIDE
#define Imm NarrowImm
#include "filter/imm.cpp"

#include "filter/flight_test.hpp"

namespace asman::track {

std::vector<std::uint64_t> fly_narrow(unsigned seed) {
    return fly<NarrowImm>(seed);
}

}  // namespace asman::track
