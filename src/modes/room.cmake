if(ASMAN_TESTS)
  find_package(nlohmann_json REQUIRED)
  # Its tests read an oracle in JSON; the target exists only after this file.
  cmake_language(DEFER CALL target_link_libraries test_modes PRIVATE nlohmann_json::nlohmann_json)
endif()

include(AsmanInstall)
asman_install(modes ROOMS base)
asman_consumer_test(modes)
