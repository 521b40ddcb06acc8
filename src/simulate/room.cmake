find_package(fmt REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
target_link_libraries(asman_simulate PUBLIC Eigen3::Eigen PRIVATE fmt::fmt)
