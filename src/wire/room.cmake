# The schema is compiled into the build folder; generated code is a library of its own, without our warning flags.
find_package(Protobuf 3.21 REQUIRED)
set(wire_proto ${CMAKE_SOURCE_DIR}/proto/asman/v1/batch.proto)
set(wire_generated ${CMAKE_BINARY_DIR}/generated/wire)
set(wire_out ${wire_generated}/asman/v1/batch.pb.cc ${wire_generated}/asman/v1/batch.pb.h)
file(MAKE_DIRECTORY ${wire_generated})
add_custom_command(
  OUTPUT ${wire_out}
  COMMAND protobuf::protoc --proto_path=${CMAKE_SOURCE_DIR}/proto --cpp_out=${wire_generated} ${wire_proto}
  DEPENDS ${wire_proto}
  COMMENT "protoc asman/v1/batch.proto"
  VERBATIM)
add_library(asman_proto STATIC ${wire_out})
target_include_directories(asman_proto SYSTEM PUBLIC ${wire_generated})
target_link_libraries(asman_proto PUBLIC protobuf::libprotobuf-lite)
target_link_libraries(asman_wire PRIVATE asman_proto)
if(ASMAN_TESTS)
  # Its tests write messages that our own encoder never would; the target exists only after this file.
  cmake_language(DEFER CALL target_link_libraries test_wire PRIVATE asman_proto)
endif()
