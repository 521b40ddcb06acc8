# Boost.Beast is header-only and slow to compile: only server.cpp and its test include it.
find_package(Boost 1.74 REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
target_link_libraries(asman_serve PUBLIC Boost::headers PRIVATE fmt::fmt nlohmann_json::nlohmann_json)
if(ASMAN_SANITIZE)
  target_compile_options(asman_serve PRIVATE -O0)  # templates and waiting: 42 s for server.cpp optimized, 12 s so
endif()
if(ASMAN_SANITIZE MATCHES "thread")
  # ThreadSanitizer does not know the fences with which asio guards its handlers; its queues are behind a mutex anyway.
  target_compile_definitions(asman_serve PUBLIC BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
