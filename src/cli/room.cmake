find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
target_link_libraries(asman_cli PUBLIC CLI11::CLI11 fmt::fmt nlohmann_json::nlohmann_json)
target_compile_definitions(asman_cli PUBLIC ASMAN_VERSION="${PROJECT_VERSION}")
# Where an installed program does not look (places.hpp).
set_source_files_properties(
  ${CMAKE_SOURCE_DIR}/src/cli/places.cpp
  PROPERTIES COMPILE_DEFINITIONS
             "ASMAN_DATA_DIR=\"${CMAKE_BINARY_DIR}/data\";ASMAN_SHARE_DIR=\"${CMAKE_SOURCE_DIR}/data\";ASMAN_WEB_DIR=\"${CMAKE_SOURCE_DIR}/web/dist\"")
