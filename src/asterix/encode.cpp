#include <asman/asterix/encode.hpp>

#include <algorithm>

namespace asman::asterix {

BlockWriter::BlockWriter(std::uint8_t category, std::size_t most, const Edition* edition)
    : category_(category),
      most_(std::min<std::size_t>(most, 65535)),
      edition_(edition ? edition : find_edition(category)) {
    bytes_.assign(3, std::byte{0});
}

bool BlockWriter::keep(std::size_t start) {
    if (bytes_.size() <= most_) {
        ++records_;
        return true;
    }
    bytes_.resize(start);
    problem_ = {.fault = Fault::too_long, .category = category_};
    return false;
}

bool BlockWriter::add_bytes(Bytes record) {
    const auto start = bytes_.size();
    problem_ = {};
    bytes_.insert(bytes_.end(), record.begin(), record.end());
    return keep(start);
}

Bytes BlockWriter::finish() {
    if (records_ == 0) return {};
    done_.swap(bytes_);
    bytes_.assign(3, std::byte{0});
    records_ = 0;
    done_[0] = static_cast<std::byte>(category_);
    done_[1] = static_cast<std::byte>(done_.size() >> 8);
    done_[2] = static_cast<std::byte>(done_.size() & 0xFF);
    return done_;
}

}  // namespace asman::asterix
