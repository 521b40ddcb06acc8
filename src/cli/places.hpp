// Where the program's own data lie: beside it where it is installed (PREFIX/bin, PREFIX/share/asman), else where it was
// built.
#pragma once

#include <string>
#include <string_view>

namespace asman::cli {

/// A file or folder of data/: "accords", "scenarios/central-asia.toml".
std::string shared_data(std::string_view name);
/// The states' borders, made at build time.
std::string borders_file();
/// The built display.
std::string site_folder();

}  // namespace asman::cli
