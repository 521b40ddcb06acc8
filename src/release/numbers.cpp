#include "numbers.hpp"

#include <cstring>

namespace asman::release {

Numbers::Numbers(std::string secret, picture::State receiver, base::Duration gap, base::Duration rest)
    : secret_(std::move(secret)), receiver_(receiver), gap_(gap), rest_(rest) {}

std::uint64_t Numbers::draw() {
    for (;;) {
        base::Hasher h;
        h.add("asman track number 1");
        h.add(secret_);
        h.add(receiver_.text());
        h.add(static_cast<std::int64_t>(++counter_));
        const auto d = h.finish();
        std::uint32_t n = 0;
        std::memcpy(&n, d.value.data(), sizeof n);
        if (n != 0 && resting_.emplace(n, base::Time::max()).second) return n;
    }
}

const Numbers::Held& Numbers::use(const Key& key, base::Time now, std::uint64_t& retired) {
    retired = 0;
    auto it = held_.find(key);
    if (it != held_.end() && now - it->second.last_sent > gap_) {
        retired = it->second.number;
        end(key, now);
        it = held_.end();
    }
    if (it == held_.end()) it = held_.emplace(key, Held{draw(), now, now}).first;
    it->second.last_sent = now;
    return it->second;
}

const Numbers::Held* Numbers::find(const Key& key) const {
    const auto it = held_.find(key);
    return it == held_.end() ? nullptr : &it->second;
}

void Numbers::end(const Key& key, base::Time now) {
    const auto it = held_.find(key);
    if (it == held_.end()) return;
    resting_[it->second.number] = now + rest_;
    wake_.emplace(now + rest_, it->second.number);
    held_.erase(it);
}

void Numbers::advance(base::Time now) {
    while (!wake_.empty() && wake_.begin()->first <= now) {
        resting_.erase(wake_.begin()->second);
        wake_.erase(wake_.begin());
    }
}

}  // namespace asman::release
