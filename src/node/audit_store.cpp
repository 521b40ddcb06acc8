#include <asman/node/audit_store.hpp>

#include <asman/accord/audit.hpp>
#include <asman/base/config.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

namespace asman::node {

namespace fs = std::filesystem;

base::Result<AuditStore> AuditStore::open(const std::string& folder) {
    AuditStore out;
    out.folder_ = folder;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return base::fail(base::Errc::io, {.source = folder}, error.message());
    std::vector<fs::path> chains;
    for (const auto& e : fs::directory_iterator(folder, error))
        if (e.path().extension() == ".chain") chains.push_back(e.path());
    std::ranges::sort(chains);
    for (const auto& path : chains) {
        ASMAN_TRY(const auto text, base::read_file(path.string()));
        if (text.empty()) continue;
        bool unfinished = false;
        ASMAN_TRY(const auto chain, accord::parse_chain(text, path.string(), &unfinished));
        // Gaps lie in a mirror where a partner's head did not come; changes and forks mean that somebody wrote here.
        for (const auto& fault : accord::verify_chain(chain))
            if (!fault.what.starts_with("gap"))
                return base::fail(base::Errc::conflict, {.source = path.string()}, fault.text());
        if (unfinished) {
            fs::resize_file(path, text.rfind('\n') + 1, error);
            if (error) return base::fail(base::Errc::io, {.source = path.string()}, error.message());
        }
        if (chain.entries.empty()) continue;
        const auto& last = chain.entries.back();
        out.last_ = std::max(out.last_, last.at);
        out.heads_ += std::to_string(last.number) + " " + last.link.hex() + " " + chain.chain + "\n";
    }
    return out;
}

base::Result<void> AuditStore::append(std::span<const core::AuditLine> lines) {
    for (const auto& l : lines) {
        auto name = accord::chain_file(l.chain);
        if (l.signed_head) name.replace(name.rfind(".chain"), 6, ".signed");
        auto& file = files_[name];
        const auto path = (fs::path(folder_) / name).string();
        if (!file) {
            const bool fresh = !fs::exists(path) || fs::file_size(path) == 0;
            file.reset(std::fopen(path.c_str(), "ab"));
            if (!file) return base::fail(base::Errc::io, {.source = path}, std::strerror(errno));
            if (fresh && !l.signed_head) std::fputs(accord::print_chain_header(l.chain).c_str(), file.get());
        }
        if (std::fputs(l.line.c_str(), file.get()) < 0)
            return base::fail(base::Errc::io, {.source = path}, std::strerror(errno));
    }
    return {};
}

base::Result<void> AuditStore::sync() {
    for (auto& [name, file] : files_) {
        if (!file) continue;
        if (std::fflush(file.get()) != 0 || ::fsync(::fileno(file.get())) != 0)
            return base::fail(base::Errc::io, {.source = folder_ + "/" + name}, std::strerror(errno));
    }
    return {};
}

}  // namespace asman::node
