find_package(nlohmann_json REQUIRED)
target_link_libraries(asman_node PRIVATE nlohmann_json::nlohmann_json)
