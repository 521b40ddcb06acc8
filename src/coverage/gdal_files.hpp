// What the writers of this room share of GDAL.
#pragma once

#include <asman/base/result.hpp>

#include <cpl_error.h>
#include <gdal.h>

#include <memory>
#include <mutex>
#include <string>

namespace asman::coverage {

struct CloseDataset {
    void operator()(void* d) const { GDALClose(d); }
};
using Dataset = std::unique_ptr<void, CloseDataset>;

/// While it lives GDAL prints nothing: its messages become Error::reason.
struct QuietGdal {
    QuietGdal() {
        static std::once_flag registered;
        std::call_once(registered, [] { GDALAllRegister(); });
        CPLPushErrorHandler(CPLQuietErrorHandler);
        CPLErrorReset();
    }
    ~QuietGdal() { CPLPopErrorHandler(); }
    QuietGdal(const QuietGdal&) = delete;
    QuietGdal& operator=(const QuietGdal&) = delete;
};

inline std::unexpected<base::Error> gdal_failed(const std::string& path, const std::string& what) {
    std::string message = CPLGetLastErrorMsg();
    while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.pop_back();
    return base::fail(base::Errc::io, {path, 0, 0, {}}, message.empty() ? what : what + ": " + message);
}

}  // namespace asman::coverage
