# Boost.Beast is header-only and slow to compile: only server.cpp and its test include it.
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/serve/server.cpp ${CMAKE_SOURCE_DIR}/src/serve/server_test.cpp
                            PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
find_package(Boost 1.74 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
target_link_libraries(asman_serve PUBLIC Boost::headers PRIVATE fmt::fmt nlohmann_json::nlohmann_json)
if(ASMAN_SANITIZE MATCHES "thread")
  # ThreadSanitizer does not know the fences with which asio guards its handlers; its queues are behind a mutex anyway.
  target_compile_definitions(asman_serve PUBLIC BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
