// Where the public recordings lie.
#pragma once

#include <string>

namespace asman::asterix {

inline const std::string recordings_folder = ASMAN_SOURCE_DIR "/../shared/data/asterix/";

}  // namespace asman::asterix
