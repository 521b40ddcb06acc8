#include "site.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <utility>

namespace asman::serve {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t site_limit = std::size_t{64} << 20;

constexpr std::string_view page_without_display =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>asman</title>"
    "<body style=\"font:16px sans-serif;margin:3em;background:#10151a;color:#c8d0d6\">"
    "<h1>The display is not built</h1><p>Build it in the folder <code>web</code> with "
    "<code>npm ci &amp;&amp; npm run build</code>, then start again.</p>"
    "<p>The data is here all the same: <a style=\"color:#8fb8d8\" href=\"/api/status\">status</a>, "
    "<a style=\"color:#8fb8d8\" href=\"/metrics\">metrics</a>.</p></body></html>";

base::Result<std::string> read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return base::fail(base::Errc::io, {path.string(), 0, 0, {}}, "cannot be opened");
    std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (in.bad()) return base::fail(base::Errc::io, {path.string(), 0, 0, {}}, "cannot be read");
    return bytes;
}

}  // namespace

std::string_view content_type_of(const fs::path& file) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 13> types{{
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".geojson", "application/geo+json"},
        {".map", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
        {".wasm", "application/wasm"},
    }};
    const auto extension = file.extension().string();
    for (const auto& [suffix, type] : types)
        if (extension == suffix) return type;
    return "application/octet-stream";
}

base::Result<Site> Site::load(const fs::path& folder) {
    Site site;
    std::error_code error;
    if (folder.empty() || !fs::exists(folder / "index.html", error)) {
        site.files_["/index.html"] = {std::string(page_without_display), content_type_of("index.html"), false};
        return site;
    }
    std::size_t total = 0;
    fs::recursive_directory_iterator it(folder, error);
    for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
        if (it->is_symlink() || !it->is_regular_file()) continue;
        ASMAN_TRY(auto bytes, read_file(it->path()));
        if ((total += bytes.size()) > site_limit)
            return base::fail(base::Errc::full, {folder.string(), 0, 0, {}}, "more than 64 MiB: not a built display");
        const auto name = "/" + it->path().lexically_relative(folder).generic_string();
        site.files_[name] = {std::move(bytes), content_type_of(it->path()), name.starts_with("/assets/")};
    }
    if (error) return base::fail(base::Errc::io, {folder.string(), 0, 0, {}}, error.message());
    return site;
}

const SiteFile* Site::find(std::string_view target) const {
    const auto path = target.substr(0, target.find_first_of("?#"));
    const auto it = files_.find(path == "/" ? std::string_view("/index.html") : path);
    return it == files_.end() ? nullptr : &it->second;
}

}  // namespace asman::serve
