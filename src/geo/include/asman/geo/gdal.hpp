// GDAL, opened by the first call of it: a program that reads no terrain and writes no map neither maps its 130 shared
// libraries nor needs them installed. Its headers are needed to compile what includes this.
//
//     ASMAN_CHECK(gdal::ready());
//     const gdal::Quiet quiet;
//     gdal::Dataset data(gdal::GDALOpen(path, GA_ReadOnly));
#pragma once

#include <asman/base/result.hpp>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <gdal_utils.h>
#include <gdalwarper.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include <atomic>
#include <memory>
#include <string>

namespace asman::gdal {

/// Opens the library and registers its drivers, once; before any of what is below. Error: it is not installed.
base::Result<void> ready();

/// A function of the library, found at its first call: what a linker's lazy binding does for a library that is mapped.
template <class Signature>
class Function;
template <class Return, class... Arguments>
class Function<Return(Arguments...)> {
  public:
    using Pointer = Return (*)(Arguments...);
    constexpr explicit Function(const char* name) : name_(name) {}
    Return operator()(Arguments... arguments) const { return address()(arguments...); }
    Pointer address() const;

  private:
    const char* name_;
    mutable std::atomic<Pointer> address_{nullptr};
};
/// Ends the program where the library lacks it: then it is another than the one whose headers were compiled.
void* find(const char* name);
template <class Return, class... Arguments>
auto Function<Return(Arguments...)>::address() const -> Pointer {
    auto found = address_.load(std::memory_order_acquire);
    if (!found) address_.store(found = reinterpret_cast<Pointer>(find(name_)), std::memory_order_release);
    return found;
}

// What this program calls. The names hide GDAL's own within namespace asman where `using namespace gdal` is said.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"
#define ASMAN_GDAL(name) inline const Function<decltype(::name)> name(#name)
ASMAN_GDAL(CPLErrorReset);
ASMAN_GDAL(CPLGetLastErrorMsg);
ASMAN_GDAL(CPLPopErrorHandler);
ASMAN_GDAL(CPLPrintPointer);
ASMAN_GDAL(CPLPushErrorHandler);
ASMAN_GDAL(CPLQuietErrorHandler);
ASMAN_GDAL(CSLAddString);
ASMAN_GDAL(CSLCount);
ASMAN_GDAL(CSLDestroy);
ASMAN_GDAL(CSLSetNameValue);
ASMAN_GDAL(GDALAddBand);
ASMAN_GDAL(GDALAllRegister);
ASMAN_GDAL(GDALAutoCreateWarpedVRT);
ASMAN_GDAL(GDALBuildVRT);
ASMAN_GDAL(GDALBuildVRTOptionsFree);
ASMAN_GDAL(GDALBuildVRTOptionsNew);
ASMAN_GDAL(GDALClose);
ASMAN_GDAL(GDALContourGenerateEx);
ASMAN_GDAL(GDALCreate);
ASMAN_GDAL(GDALCreateCopy);
ASMAN_GDAL(GDALDatasetCreateLayer);
ASMAN_GDAL(GDALGetDriverByName);
ASMAN_GDAL(GDALGetFileList);
ASMAN_GDAL(GDALGetGeoTransform);
ASMAN_GDAL(GDALGetProjectionRef);
ASMAN_GDAL(GDALGetRasterBand);
ASMAN_GDAL(GDALGetRasterCount);
ASMAN_GDAL(GDALGetRasterNoDataValue);
ASMAN_GDAL(GDALGetRasterOffset);
ASMAN_GDAL(GDALGetRasterScale);
ASMAN_GDAL(GDALGetRasterUnitType);
ASMAN_GDAL(GDALGetRasterXSize);
ASMAN_GDAL(GDALGetRasterYSize);
ASMAN_GDAL(GDALOpen);
ASMAN_GDAL(GDALRasterIO);
ASMAN_GDAL(GDALRasterIOEx);
ASMAN_GDAL(GDALSetCacheMax);
ASMAN_GDAL(GDALSetDescription);
ASMAN_GDAL(GDALSetGeoTransform);
ASMAN_GDAL(GDALSetMetadataItem);
ASMAN_GDAL(GDALSetProjection);
ASMAN_GDAL(GDALSetRasterNoDataValue);
ASMAN_GDAL(GDALSetRasterUnitType);
ASMAN_GDAL(OGR_Fld_Create);
ASMAN_GDAL(OGR_Fld_Destroy);
ASMAN_GDAL(OGR_L_CreateField);
ASMAN_GDAL(OSRDestroySpatialReference);
ASMAN_GDAL(OSRExportToWkt);
ASMAN_GDAL(OSRGetAttrValue);
ASMAN_GDAL(OSRGetAxesCount);
ASMAN_GDAL(OSRImportFromEPSG);
ASMAN_GDAL(OSRImportFromProj4);
ASMAN_GDAL(OSRIsGeographic);
ASMAN_GDAL(OSRIsProjected);
ASMAN_GDAL(OSRNewSpatialReference);
ASMAN_GDAL(OSRSetAxisMappingStrategy);
ASMAN_GDAL(VSIFree);
#undef ASMAN_GDAL
#pragma GCC diagnostic pop

struct CloseDataset {
    void operator()(void* d) const { GDALClose(d); }
};
using Dataset = std::unique_ptr<void, CloseDataset>;
struct ReleaseReference {
    void operator()(void* s) const { OSRDestroySpatialReference(s); }
};
using SpatialReference = std::unique_ptr<void, ReleaseReference>;

/// While it lives GDAL prints nothing: its messages become Error::reason. After ready().
struct Quiet {
    Quiet();
    ~Quiet();
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
};
/// What GDAL said last, without white space at its end; empty: nothing.
std::string message();

}  // namespace asman::gdal
