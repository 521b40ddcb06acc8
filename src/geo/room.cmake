# GeographicLib for geodesics. GDAL, where terrain is read, is opened by its first call (gdal.hpp): only its headers are needed
# here, and the name under which the loader knows it.
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(GDAL REQUIRED)
find_library(GEOGRAPHICLIB_LIBRARY GeographicLib REQUIRED)
find_library(GDAL_SHARED_LIBRARY gdal REQUIRED)
execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${GDAL_SHARED_LIBRARY} OUTPUT_VARIABLE gdal_dynamic COMMAND_ERROR_IS_FATAL ANY)
if(NOT gdal_dynamic MATCHES "SONAME +([^ \n]+)")
  message(FATAL_ERROR "${GDAL_SHARED_LIBRARY} does not say its name")
endif()
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/geo/gdal.cpp
                            PROPERTIES COMPILE_DEFINITIONS "ASMAN_GDAL_LIBRARY=\"${CMAKE_MATCH_1}\"")
target_include_directories(asman_geo SYSTEM PRIVATE $<TARGET_PROPERTY:GDAL::GDAL,INTERFACE_INCLUDE_DIRECTORIES>)
target_link_libraries(
  asman_geo PUBLIC Eigen3::Eigen PRIVATE $<BUILD_INTERFACE:${GEOGRAPHICLIB_LIBRARY}> $<INSTALL_INTERFACE:GeographicLib>
                                         ${CMAKE_DL_LIBS})
asman_unoptimized(SOURCES ${CMAKE_SOURCE_DIR}/src/geo/borders.cpp)

include(AsmanInstall)
asman_install(geo ROOMS base PACKAGES Eigen3 LIBRARIES GeographicLib)
asman_consumer_test(geo)
