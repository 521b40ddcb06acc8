// The built display, read once into memory: a request is looked up by its exact name, so no path leads anywhere else.
#pragma once

#include <asman/base/result.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace asman::serve {

struct SiteFile {
    std::string bytes;
    std::string_view content_type;
    bool immutable = false;  ///< its name holds a digest of its content
};

class Site {
  public:
    /// Reads all regular files under `folder` (links are not followed; 64 MiB at most). An absent folder gives a site
    /// of one page that says how to build the display. Errors: io, full.
    static base::Result<Site> load(const std::filesystem::path& folder);

    /// The file for a request target ("/assets/x.js?y"); "/" is index.html. Null: none.
    const SiteFile* find(std::string_view target) const;
    std::size_t size() const { return files_.size(); }

  private:
    std::map<std::string, SiteFile, std::less<>> files_;  ///< by "/path"
};

std::string_view content_type_of(const std::filesystem::path& file);

}  // namespace asman::serve
