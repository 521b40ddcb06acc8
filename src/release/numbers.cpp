#include "numbers.hpp"

namespace asman::release {
namespace {

constexpr int half_bits = 24;
constexpr std::uint64_t half_mask = (std::uint64_t{1} << half_bits) - 1;

std::uint64_t mixed(const base::Digest& key, std::uint64_t half) {
    base::Hasher h;
    h.add(std::as_bytes(std::span(key.value)));
    h.add(static_cast<std::int64_t>(half));
    const auto d = h.finish();
    return (d.value[0] | static_cast<std::uint64_t>(d.value[1]) << 8 | static_cast<std::uint64_t>(d.value[2]) << 16) &
           half_mask;
}

}  // namespace

Numbers::Numbers(const std::string& secret, picture::State receiver, base::Duration gap) : gap_(gap) {
    for (std::size_t i = 0; i < round_keys_.size(); ++i) {
        base::Hasher h;
        h.add("asman track number 2");
        h.add(secret);
        h.add(receiver.text());
        h.add(static_cast<std::int64_t>(i));
        round_keys_[i] = h.finish();
    }
}

std::uint64_t Numbers::draw() {
    std::uint64_t n = 0;
    while (n == 0) {
        const auto counter = ++counter_;
        std::uint64_t left = counter >> half_bits & half_mask, right = counter & half_mask;
        for (const auto& key : round_keys_) {
            const auto next = left ^ mixed(key, right);
            left = right;
            right = next;
        }
        n = left << half_bits | right;
    }
    return n;
}

Numbers::Held& Numbers::use(const Key& key, base::Time now, std::uint64_t& retired) {
    retired = 0;
    auto it = held_.find(key);
    if (it != held_.end() && now - it->second.last_sent > gap_) {
        retired = it->second.number;
        held_.erase(it);
        it = held_.end();
    }
    if (it == held_.end()) it = held_.emplace(key, Held{draw(), now, now, {}, {}}).first;
    it->second.last_sent = now;
    return it->second;
}

const Numbers::Held* Numbers::find(const Key& key) const {
    const auto it = held_.find(key);
    return it == held_.end() ? nullptr : &it->second;
}

}  // namespace asman::release
