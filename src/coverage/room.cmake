# GDAL (through geo/gdal.hpp) writes rasters and contours, cairo draws pictures; both stay behind rasters.cpp and map_png.cpp.
find_package(GDAL REQUIRED)
find_package(fmt REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo)
target_link_libraries(asman_coverage PRIVATE fmt::fmt PkgConfig::CAIRO)
target_include_directories(asman_coverage SYSTEM PRIVATE $<TARGET_PROPERTY:GDAL::GDAL,INTERFACE_INCLUDE_DIRECTORIES>)
