#include "places.hpp"

#include <filesystem>

namespace asman::cli {
namespace {

namespace fs = std::filesystem;

/// PREFIX/share/asman of an installed program; empty where it runs from its build folder.
fs::path installed() {
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    if (error || program.parent_path().filename() != "bin") return {};
    const auto share = program.parent_path().parent_path() / "share" / "asman";
    return fs::is_directory(share, error) ? share : fs::path();
}

std::string at(const fs::path& in_share, const fs::path& in_build) {
    const auto share = installed();
    return share.empty() ? in_build.string() : (share / in_share).string();
}

}  // namespace

std::string shared_data(std::string_view name) {
    return at(name, fs::path(ASMAN_SHARE_DIR) / name);
}
std::string borders_file() {
    return at("borders.geojson", ASMAN_DATA_DIR "/borders.geojson");
}
std::string site_folder() {
    return at("site", ASMAN_WEB_DIR);
}

}  // namespace asman::cli
