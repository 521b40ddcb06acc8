// What the writers of this room share of GDAL.
#pragma once

#include <asman/base/result.hpp>
#include <asman/geo/gdal.hpp>

namespace asman::coverage {

using namespace gdal;

inline std::unexpected<base::Error> gdal_failed(const std::string& path, const std::string& what) {
    const auto said = message();
    return base::fail(base::Errc::io, {path, 0, 0, {}}, said.empty() ? what : what + ": " + said);
}

}  // namespace asman::coverage
