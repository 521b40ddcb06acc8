find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
target_link_libraries(asman_base PRIVATE $<BUILD_INTERFACE:PkgConfig::SODIUM> $<INSTALL_INTERFACE:sodium>)
asman_unoptimized(SOURCES ${CMAKE_SOURCE_DIR}/src/base/config.cpp)

include(AsmanInstall)
asman_install(base LIBRARIES sodium)
