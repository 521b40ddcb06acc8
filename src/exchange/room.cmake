find_library(NATS_LIBRARY nats REQUIRED)
target_link_libraries(asman_exchange PRIVATE ${NATS_LIBRARY})
if(ASMAN_TESTS)
  # Its tests also speak to the server as a stranger would; the target exists only after this file.
  cmake_language(DEFER CALL target_link_libraries test_exchange PRIVATE ${NATS_LIBRARY})
endif()
