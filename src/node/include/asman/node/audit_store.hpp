// The files of a node's audit: append-only, one a chain, beside it one of the heads that were signed.
#pragma once

#include <asman/base/result.hpp>
#include <asman/core/engine.hpp>

#include <cstdio>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace asman::node {

class AuditStore {
  public:
    /// Opens or makes the folder. A chain whose last line a crash cut off loses that line; one that does not verify is
    /// an error, since going on would hide the break.
    static base::Result<AuditStore> open(const std::string& folder);

    /// Number, link and name of each chain's last entry, a line each: the core's bundle has it as "audit.heads".
    const std::string& heads() const { return heads_; }
    /// The latest time of any entry; the law's clock must not run behind it (rule 22).
    base::Time last() const { return last_; }

    base::Result<void> append(std::span<const core::AuditLine> lines);
    /// To the disk.
    base::Result<void> sync();

  private:
    struct Close {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };
    std::string folder_, heads_;
    base::Time last_ = base::Time::min();
    std::map<std::string, std::unique_ptr<std::FILE, Close>> files_;
};

}  // namespace asman::node
