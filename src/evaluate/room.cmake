find_package(Eigen3 3.4 REQUIRED NO_MODULE)
target_link_libraries(asman_evaluate PUBLIC Eigen3::Eigen)
