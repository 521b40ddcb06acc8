# GeographicLib for geodesics; GDAL only where terrain is read.
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(GDAL REQUIRED)
find_library(GEOGRAPHICLIB_LIBRARY GeographicLib REQUIRED)
# Who takes the room alone and reads no terrain needs no GDAL: a static library's parts are linked as they are used.
target_link_libraries(
  asman_geo PUBLIC Eigen3::Eigen PRIVATE $<BUILD_INTERFACE:${GEOGRAPHICLIB_LIBRARY}> $<INSTALL_INTERFACE:GeographicLib>
                                         $<BUILD_INTERFACE:GDAL::GDAL>)

include(AsmanInstall)
asman_install(geo ROOMS base PACKAGES Eigen3 LIBRARIES GeographicLib)
asman_consumer_test(geo)
