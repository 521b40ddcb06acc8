# Rooms that others can take alone:  find_package(asman COMPONENTS track)  gives asman::track; pkg-config knows
# asman-track. Called from a room's room.cmake:
#   asman_install(room [HEADERS folder of generated headers...] [ROOMS rooms that it needs, themselves installable...]
#                 [PACKAGES packages that find_package must find for those who use it...] [LIBRARIES names to link with...])
# A component brings the rooms that it needs:  cmake --install build/release --component track --prefix ~/.local
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

function(asman_install room)
  cmake_parse_arguments(PARSE_ARGV 1 take "" "" "HEADERS;ROOMS;PACKAGES;LIBRARIES")
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/asman)
  set(folder ${CMAKE_BINARY_DIR}/package)
  set_target_properties(asman_${room} PROPERTIES EXPORT_NAME ${room})
  set(needs "")
  foreach(needed IN LISTS take_PACKAGES)
    string(APPEND needs "find_dependency(${needed})\n")
  endforeach()
  foreach(needed IN LISTS take_ROOMS)
    string(APPEND needs "include(\"\${CMAKE_CURRENT_LIST_DIR}/asman-${needed}-needs.cmake\")\n")
  endforeach()
  string(APPEND needs "include(\"\${CMAKE_CURRENT_LIST_DIR}/asman-${room}.cmake\")\n")
  file(WRITE ${folder}/asman-${room}-needs.cmake "include_guard(GLOBAL)\n${needs}")
  list(TRANSFORM take_LIBRARIES PREPEND "-l" OUTPUT_VARIABLE libraries)
  list(JOIN libraries " " libraries)
  list(TRANSFORM take_ROOMS PREPEND "asman-" OUTPUT_VARIABLE required)
  if("Eigen3" IN_LIST take_PACKAGES)
    list(APPEND required eigen3)
  endif()
  list(JOIN required " " required)
  file(WRITE ${folder}/asman-${room}.pc.in
       "prefix=@CMAKE_INSTALL_PREFIX@\nlibdir=\${prefix}/@CMAKE_INSTALL_LIBDIR@\nincludedir=\${prefix}/@CMAKE_INSTALL_INCLUDEDIR@\n\n"
       "Name: asman-${room}\nDescription: the ${room} library of asman\nVersion: @PROJECT_VERSION@\nRequires: ${required}\n"
       "Libs: -L\${libdir} -lasman_${room} ${libraries} -lpthread\nCflags: -I\${includedir}\n")
  configure_file(${folder}/asman-${room}.pc.in ${folder}/asman-${room}.pc @ONLY)
  file(WRITE ${folder}/asmanConfig.cmake
       "include(CMakeFindDependencyMacro)\nfind_dependency(Threads)\nset(asman_FOUND TRUE)\n"
       "foreach(component IN LISTS asman_FIND_COMPONENTS)\n"
       "  set(asman_targets \"\${CMAKE_CURRENT_LIST_DIR}/asman-\${component}-needs.cmake\")\n"
       "  if(EXISTS \"\${asman_targets}\")\n    include(\"\${asman_targets}\")\n    set(asman_\${component}_FOUND TRUE)\n"
       "  elseif(asman_FIND_REQUIRED_\${component})\n    set(asman_FOUND FALSE)\n"
       "    set(asman_NOT_FOUND_MESSAGE \"asman has no installed component '\${component}'\")\n  endif()\nendforeach()\n")
  write_basic_package_version_file(${folder}/asmanConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${folder}/asmanConfig.cmake ${folder}/asmanConfigVersion.cmake DESTINATION ${package} COMPONENT ${room})
  install(TARGETS asman_${room} EXPORT asman-${room} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${room})
  install(EXPORT asman-${room} NAMESPACE asman:: DESTINATION ${package} COMPONENT ${room})
  foreach(headers ${CMAKE_SOURCE_DIR}/src/${room}/include ${take_HEADERS})
    install(DIRECTORY ${headers}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT ${room} FILES_MATCHING PATTERN "*.hpp")
  endforeach()
  install(FILES ${folder}/asman-${room}-needs.cmake DESTINATION ${package} COMPONENT ${room})
  install(FILES ${folder}/asman-${room}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT ${room})
  foreach(needed IN LISTS take_ROOMS)
    install(CODE "if(CMAKE_INSTALL_COMPONENT)
        execute_process(COMMAND \${CMAKE_COMMAND} --install \"${CMAKE_BINARY_DIR}\" --component ${needed}
                                --prefix \"\${CMAKE_INSTALL_PREFIX}\" COMMAND_ERROR_IS_FATAL ANY)
      endif()" COMPONENT ${room})
  endforeach()
endfunction()

# The installed tree, used from outside: tests/consumer/<room> is built against it with nothing else at hand, by CMake
# and by pkg-config.
function(asman_consumer_test room)
  if(ASMAN_TESTS)
    add_test(NAME consumer_${room}
             COMMAND ${CMAKE_COMMAND} -DBUILD=${CMAKE_BINARY_DIR} -DSOURCE=${CMAKE_SOURCE_DIR}/tests/consumer/${room}
                     -DCOMPONENT=${room} -DCOMPILER=${CMAKE_CXX_COMPILER} -DFLAGS=${CMAKE_CXX_FLAGS}
                     -DSANITIZE=${ASMAN_SANITIZE} -P ${CMAKE_SOURCE_DIR}/tests/consumer/check.cmake)
    set_tests_properties(consumer_${room} PROPERTIES LABELS consumer)
  endif()
endfunction()

# The program with its data, display, manual page and completions:
#   cmake --install build/release --component program --prefix ~/.local
function(asman_install_program)
  install(TARGETS asman RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/data/ DESTINATION ${CMAKE_INSTALL_DATADIR}/asman COMPONENT program)
  install(FILES ${CMAKE_BINARY_DIR}/data/borders.geojson DESTINATION ${CMAKE_INSTALL_DATADIR}/asman COMPONENT program OPTIONAL)
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/web/dist/ DESTINATION ${CMAKE_INSTALL_DATADIR}/asman/site COMPONENT program OPTIONAL)
  # The program writes its own manual page and completions.
  set(texts ${CMAKE_BINARY_DIR}/package/texts)
  install(CODE "
    file(MAKE_DIRECTORY ${texts})
    foreach(text \"manual>asman.1\" \"completion bash>asman\" \"completion zsh>_asman\" \"completion fish>asman.fish\")
      string(REGEX MATCH \"^([^>]*)>(.*)$\" whole \"\${text}\")
      set(file \${CMAKE_MATCH_2})
      separate_arguments(words UNIX_COMMAND \"\${CMAKE_MATCH_1}\")
      execute_process(COMMAND $<TARGET_FILE:asman> \${words} OUTPUT_FILE ${texts}/\${file} COMMAND_ERROR_IS_FATAL ANY)
    endforeach()" COMPONENT program)
  install(FILES ${texts}/asman.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
  install(FILES ${texts}/asman DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
  install(FILES ${texts}/_asman DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT program)
  install(FILES ${texts}/asman.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
endfunction()
