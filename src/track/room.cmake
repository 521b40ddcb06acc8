find_package(Eigen3 REQUIRED)
asman_use(track Eigen3::Eigen)
# The benchmark's adapter reads JSON and writes text.
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
target_link_libraries(asman_track PRIVATE $<BUILD_INTERFACE:nlohmann_json::nlohmann_json> fmt::fmt)
# It includes imm.cpp under another name.
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/track/filter/narrow_test.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

include(AsmanInstall)
asman_install(track ROOMS base geo picture PACKAGES Eigen3 fmt LIBRARIES fmt)
asman_consumer_test(track)
