find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
target_link_libraries(asman_outputs PRIVATE fmt::fmt nlohmann_json::nlohmann_json)
if(ASMAN_TESTS)
  # Its tests read back what it writes; the target exists only after this file.
  cmake_language(DEFER CALL target_link_libraries test_outputs PRIVATE nlohmann_json::nlohmann_json fmt::fmt)
endif()
