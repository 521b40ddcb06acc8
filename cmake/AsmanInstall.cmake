# Rooms that others can take alone:  find_package(asman COMPONENTS asterix)  gives asman::asterix; pkg-config knows
# asman-asterix. Called from a room's room.cmake:  asman_install(room [folders of generated headers...])
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

function(asman_install room)
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/asman)
  set_target_properties(asman_${room} PROPERTIES EXPORT_NAME ${room})
  install(TARGETS asman_${room} EXPORT asman-${room} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${room})
  install(EXPORT asman-${room} NAMESPACE asman:: DESTINATION ${package} COMPONENT ${room})
  foreach(folder ${CMAKE_SOURCE_DIR}/src/${room}/include ${ARGN})
    install(DIRECTORY ${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT ${room} FILES_MATCHING PATTERN "*.hpp")
  endforeach()
  set(folder ${CMAKE_BINARY_DIR}/package)
  file(WRITE ${folder}/asman-${room}.pc.in
       "prefix=@CMAKE_INSTALL_PREFIX@\nlibdir=\${prefix}/@CMAKE_INSTALL_LIBDIR@\nincludedir=\${prefix}/@CMAKE_INSTALL_INCLUDEDIR@\n\n"
       "Name: asman-${room}\nDescription: the ${room} library of asman\nVersion: @PROJECT_VERSION@\n"
       "Libs: -L\${libdir} -lasman_${room} -lpthread\nCflags: -I\${includedir}\n")
  configure_file(${folder}/asman-${room}.pc.in ${folder}/asman-${room}.pc @ONLY)
  install(FILES ${folder}/asman-${room}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT ${room})
  file(WRITE ${folder}/asmanConfig.cmake
       "include(CMakeFindDependencyMacro)\nfind_dependency(Threads)\nset(asman_FOUND TRUE)\n"
       "foreach(component IN LISTS asman_FIND_COMPONENTS)\n"
       "  set(asman_targets \"\${CMAKE_CURRENT_LIST_DIR}/asman-\${component}.cmake\")\n"
       "  if(EXISTS \"\${asman_targets}\")\n    include(\"\${asman_targets}\")\n    set(asman_\${component}_FOUND TRUE)\n"
       "  elseif(asman_FIND_REQUIRED_\${component})\n    set(asman_FOUND FALSE)\n"
       "    set(asman_NOT_FOUND_MESSAGE \"asman has no installed component '\${component}'\")\n  endif()\nendforeach()\n")
  write_basic_package_version_file(${folder}/asmanConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${folder}/asmanConfig.cmake ${folder}/asmanConfigVersion.cmake DESTINATION ${package} COMPONENT ${room})
endfunction()
