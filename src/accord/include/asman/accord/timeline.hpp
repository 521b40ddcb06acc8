// The life of a set of accords as a picture.
#pragma once

#include <asman/accord/law.hpp>

#include <string>

namespace asman::accord {

/// One row an accord, coloured by state, public and assumed changes marked differently. From the first change to ten
/// years after the last. Colours work for the colour-blind and in print.
std::string timeline_svg(const Law& law);

}  // namespace asman::accord
