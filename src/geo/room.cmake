# GeographicLib for geodesics; GDAL only where terrain is read.
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(GDAL REQUIRED)
find_library(GEOGRAPHICLIB_LIBRARY GeographicLib REQUIRED)
target_link_libraries(asman_geo PUBLIC Eigen3::Eigen PRIVATE ${GEOGRAPHICLIB_LIBRARY} GDAL::GDAL)
