include(AsmanInstall)
asman_install(picture ROOMS base geo PACKAGES Eigen3)
