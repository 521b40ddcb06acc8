# specgen, built first from the same parser, writes tables and typed views into the build folder.
file(GLOB asterix_tables CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/spec/asterix/*.txt)
file(GLOB specgen_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tools/specgen/*.cpp)
add_executable(specgen ${specgen_sources} ${CMAKE_CURRENT_SOURCE_DIR}/src/asterix/spec.cpp
                       ${CMAKE_CURRENT_SOURCE_DIR}/src/asterix/spec_parse.cpp)
target_include_directories(specgen PRIVATE ${CMAKE_SOURCE_DIR}/src/asterix/include ${CMAKE_SOURCE_DIR}/tools/specgen)
target_link_libraries(specgen PRIVATE asman_flags)
if(ASMAN_SANITIZE)
  target_compile_options(specgen PRIVATE -O0)  # it runs for a blink: optimizing it costs more than it saves
endif()

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
if(ASMAN_SANITIZE AND NOT ASMAN_FUZZ)
  set_source_files_properties(${asterix_outputs} PROPERTIES COMPILE_OPTIONS -O0)  # many small functions, as above
endif()
target_include_directories(asman_asterix PUBLIC $<BUILD_INTERFACE:${asterix_generated}/include>)

include(AsmanInstall)
asman_install(asterix HEADERS ${asterix_generated}/include)
asman_consumer_test(asterix)
