find_package(fmt REQUIRED)
target_link_libraries(asman_core PUBLIC fmt::fmt)
