find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
target_link_libraries(asman_accord PUBLIC fmt::fmt PRIVATE nlohmann_json::nlohmann_json)
