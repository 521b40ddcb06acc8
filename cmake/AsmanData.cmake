# Data that is made at build time, in <build>/data (ASMAN_DATA_DIR): the states' borders, from an npm package that
# tools/setup installs. Without it the build goes on; `asman --borders FILE` and a node's `borders = "FILE"` take any file.

function(asman_data)
  set(tool ${CMAKE_SOURCE_DIR}/tools/borders)
  find_program(ASMAN_NODE node HINTS ${CMAKE_SOURCE_DIR}/.tools/node_modules/.bin)
  if(NOT ASMAN_NODE OR NOT EXISTS ${tool}/node_modules/world-atlas)
    message(WARNING "no borders: ${tool} lacks its npm packages or there is no node; tools/setup installs both")
    return()
  endif()
  set(borders ${CMAKE_BINARY_DIR}/data/borders.geojson)
  add_custom_command(
    OUTPUT ${borders}
    COMMAND ${ASMAN_NODE} ${tool}/borders.mjs ${borders}
    DEPENDS ${tool}/borders.mjs ${tool}/iso3166.mjs ${tool}/package-lock.json
    COMMENT "borders of the states: data/borders.geojson"
    VERBATIM)
  add_custom_target(asman_data ALL DEPENDS ${borders})
  if(TARGET asman)
    add_dependencies(asman asman_data)
  endif()
endfunction()
