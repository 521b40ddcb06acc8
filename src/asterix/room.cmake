# specgen, built first from the same parser, writes tables and typed views into the build folder.
file(GLOB asterix_tables CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/spec/asterix/*.txt)
file(GLOB specgen_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/specgen/*.cpp)
add_executable(specgen ${specgen_sources} ${CMAKE_CURRENT_SOURCE_DIR}/src/asterix/spec.cpp
                       ${CMAKE_CURRENT_SOURCE_DIR}/src/asterix/spec_parse.cpp)
target_include_directories(specgen PRIVATE ${CMAKE_SOURCE_DIR}/src/asterix/include ${CMAKE_SOURCE_DIR}/tools/specgen)
target_link_libraries(specgen PRIVATE asman_flags)
asman_unoptimized(TARGETS specgen)

set(asterix_generated ${CMAKE_BINARY_DIR}/generated/asterix)
set(asterix_outputs ${asterix_generated}/tables.cpp ${asterix_generated}/include/asman/asterix/views.hpp)
set(asterix_categories)
foreach(table IN LISTS asterix_tables)
  get_filename_component(table ${table} NAME)
  string(SUBSTRING ${table} 0 3 category)
  list(APPEND asterix_categories ${category})
endforeach()
list(REMOVE_DUPLICATES asterix_categories)
foreach(category IN LISTS asterix_categories)
  list(APPEND asterix_outputs ${asterix_generated}/cat${category}.cpp
                              ${asterix_generated}/include/asman/asterix/cat${category}.hpp)
endforeach()
add_custom_command(OUTPUT ${asterix_outputs} COMMAND specgen ${asterix_generated} ${asterix_tables}
                   DEPENDS specgen ${asterix_tables} COMMENT "specgen: spec/asterix" VERBATIM)
target_sources(asman_asterix PRIVATE ${asterix_outputs})
asman_unoptimized(SOURCES ${asterix_outputs})
target_include_directories(asman_asterix PUBLIC $<BUILD_INTERFACE:${asterix_generated}/include>)

include(AsmanInstall)
asman_install(asterix HEADERS ${asterix_generated}/include)
asman_consumer_test(asterix)
