# Rooms are libraries: src/<room>/ holds sources, src/<room>/include/asman/<room>/ the public headers, *_test.cpp the tests.
# A room with special needs (generated code, third-party libraries) says so in src/<room>/room.cmake, which is included after
# the target asman_<room> exists. cmake/rooms.txt is the table of dependencies; tools/check-rooms compares every #include with it.

find_package(Threads REQUIRED)

add_library(asman_flags INTERFACE)
# -ffp-contract=off: the same arithmetic in every build (invariant 1, deterministic).
target_compile_options(asman_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror
                                             -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # clang 16 on libstdc++ 12: std::expected and views are guarded by a later __cpp_concepts.
  target_compile_options(asman_flags INTERFACE -D__cpp_concepts=202002L -Wno-builtin-macro-redefined -Wno-macro-redefined
                                               -Wno-error)
endif()
if(ASMAN_SANITIZE)
  target_compile_options(asman_flags INTERFACE -fsanitize=${ASMAN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(asman_flags INTERFACE -fsanitize=${ASMAN_SANITIZE})
  if(ASMAN_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Its calls keep g++ 12 from seeing that an optional is asked first (std::optional<double> in accord/cases.cpp).
    target_compile_options(asman_flags INTERFACE -Wno-maybe-uninitialized)
  endif()
endif()

# Headers of third-party libraries are system headers: no warnings from them.
function(asman_use room)
  foreach(target IN LISTS ARGN)
    target_link_libraries(asman_${room} PUBLIC ${target})
  endforeach()
endfunction()

# Rooms where headers cost more than code: compiled in groups (ASMAN_UNITY). Those that others can link with, and those where
# most of the arithmetic is, are compiled file by file.
set(asman_grouped accord release airspace incident simulate wire exchange record core node study serve cli)

# Compiles a target's files in groups of `size`, so that each header and template is read once a group (ASMAN_UNITY). A file's
# names are then seen by its group: what two files call alike is either shared or called differently. TARGET_files, which
# nothing needs, compiles each by itself; for it compile_commands.json knows each file.
function(asman_together target size)
  if(NOT ASMAN_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${size})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)  # it takes the files of a group for headers
  endif()
  add_library(${target}_files OBJECT EXCLUDE_FROM_ALL ${ARGN})
  add_dependencies(${target}_files ${target})
  foreach(property INCLUDE_DIRECTORIES COMPILE_DEFINITIONS COMPILE_OPTIONS)
    set_property(TARGET ${target}_files PROPERTY ${property} $<TARGET_PROPERTY:${target},${property}>)
  endforeach()
endfunction()

# Under sanitizers, what is many templates and little work is not optimized: that takes longer than it saves. Fuzzing is all
# work.
function(asman_unoptimized kind)
  if(ASMAN_SANITIZE AND NOT ASMAN_FUZZ)
    if(kind STREQUAL TARGETS)
      foreach(target IN LISTS ARGN)
        target_compile_options(${target} PRIVATE -O0)
      endforeach()
    else()
      set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS -O0)
    endif()
  endif()
endfunction()

function(asman_room room)
  set(dir ${CMAKE_SOURCE_DIR}/src/${room})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${dir}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$|/main\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(asman_${room} STATIC ${sources})
    target_include_directories(asman_${room} PUBLIC $<BUILD_INTERFACE:${dir}/include> $<INSTALL_INTERFACE:include>
                               PRIVATE ${dir})
    target_link_libraries(asman_${room} PRIVATE $<BUILD_INTERFACE:asman_flags> PUBLIC Threads::Threads)
    set(kind PUBLIC)
    set(objects $<TARGET_OBJECTS:asman_${room}>)
  else()
    add_library(asman_${room} INTERFACE)
    target_include_directories(asman_${room} INTERFACE $<BUILD_INTERFACE:${dir}/include> $<INSTALL_INTERFACE:include>)
    set(kind INTERFACE)
  endif()
  add_library(asman::${room} ALIAS asman_${room})
  foreach(used IN LISTS ARGN)
    if(TARGET asman_${used})
      target_link_libraries(asman_${room} ${kind} asman_${used})
    endif()
  endforeach()
  if(sources AND room IN_LIST asman_grouped)
    asman_together(asman_${room} 4 ${sources})
    asman_unoptimized(TARGETS asman_${room})
  endif()
  if(EXISTS ${dir}/room.cmake)
    include(${dir}/room.cmake)
  endif()
  if(ASMAN_TESTS AND tests)
    find_package(GTest REQUIRED)
    find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
    # The room's own objects first: of a function that the tests have too, the linker keeps the first, which is as in the program.
    add_executable(test_${room} ${objects} ${tests})
    target_include_directories(test_${room} PRIVATE ${dir} ${CMAKE_SOURCE_DIR}/tests/support)
    target_link_libraries(test_${room} PRIVATE asman_${room} asman_flags GTest::gmock GTest::gtest_main ${RAPIDCHECK_LIBRARY})
    target_compile_options(test_${room} PRIVATE -Wno-conversion -Wno-shadow)
    # The tests' own code is many templates and little work, in every build.
    target_compile_options(test_${room} PRIVATE -O0)
    asman_together(test_${room} 3 ${tests})
    target_compile_definitions(test_${room} PRIVATE ASMAN_SOURCE_DIR="${CMAKE_SOURCE_DIR}" ASMAN_BINARY_DIR="${CMAKE_BINARY_DIR}")
    add_test(NAME ${room} COMMAND test_${room})
    set_tests_properties(${room} PROPERTIES WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} LABELS unit)
  endif()
  if(EXISTS ${dir}/main.cpp)
    add_executable(asman ${dir}/main.cpp)
    target_link_libraries(asman PRIVATE asman_${room} asman_flags)
    set_target_properties(asman PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  endif()
endfunction()

function(asman_rooms)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/rooms.txt)
  file(STRINGS ${CMAKE_SOURCE_DIR}/cmake/rooms.txt lines)
  foreach(line IN LISTS lines)
    if(line MATCHES "^([a-z]+):(.*)$")
      set(room ${CMAKE_MATCH_1})
      separate_arguments(uses UNIX_COMMAND "${CMAKE_MATCH_2}")
      if(IS_DIRECTORY ${CMAKE_SOURCE_DIR}/src/${room} AND (NOT ASMAN_ONLY OR room IN_LIST ASMAN_ONLY))
        if(NOT room STREQUAL base AND NOT room STREQUAL asterix)
          list(PREPEND uses base)
        endif()
        asman_room(${room} ${uses})
      endif()
    endif()
  endforeach()
endfunction()
