// The numbers of a node's envelopes, kept between two runs: partners refuse a number that they have taken, and a node
// that forgot what it has taken would take an old envelope again.
#pragma once

#include <asman/base/bytes.hpp>
#include <asman/base/result.hpp>

#include <string>
#include <vector>

namespace asman::node {

struct Numbers {
    bool ended = false;               ///< the run that wrote this ended in order
    std::vector<std::byte> sent;      ///< of wire::Sealer::save()
    std::vector<std::byte> received;  ///< of wire::Opener::save()
    bool operator==(const Numbers&) const = default;
};

/// Nothing where no such file is: the first run. Errors: io; syntax, for a file that was not written whole.
base::Result<std::optional<Numbers>> read_numbers(const std::string& path);
/// Replaces the file in one step: a crash leaves the old one or the new one.
base::Result<void> write_numbers(const std::string& path, const Numbers& numbers);

}  // namespace asman::node
