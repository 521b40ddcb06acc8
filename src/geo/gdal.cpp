#include <asman/geo/gdal.hpp>

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace asman::gdal {
namespace {

constexpr int cache_bytes = 256 << 20;  ///< of decoded blocks

void* library() {
    static void* const opened = ::dlopen(ASMAN_GDAL_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    return opened;
}

}  // namespace

base::Result<void> ready() {
    if (!library())
        return base::fail(base::Errc::missing, {.source = ASMAN_GDAL_LIBRARY},
                          "terrain and maps need GDAL, and its library cannot be opened");
    static std::once_flag registered;
    std::call_once(registered, [] {
        GDALAllRegister();
        GDALSetCacheMax(cache_bytes);
    });
    return {};
}

void* find(const char* name) {
    void* found = library() ? ::dlsym(library(), name) : nullptr;
    if (found) return found;
    std::fprintf(stderr, "asman: %s has no %s\n", ASMAN_GDAL_LIBRARY, name);
    std::abort();
}

Quiet::Quiet() {
    CPLPushErrorHandler(CPLQuietErrorHandler.address());
    CPLErrorReset();
}
Quiet::~Quiet() {
    CPLPopErrorHandler();
}

std::string message() {
    std::string text = CPLGetLastErrorMsg();
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

}  // namespace asman::gdal
