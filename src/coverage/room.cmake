# GDAL writes rasters and contours here; it stays behind output.cpp.
find_package(GDAL REQUIRED)
find_package(fmt REQUIRED)
target_link_libraries(asman_coverage PRIVATE GDAL::GDAL fmt::fmt)
