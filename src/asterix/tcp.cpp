#include "tcp.hpp"

#include "octets.hpp"

#include <algorithm>

namespace asman::asterix {

namespace {

constexpr std::size_t most_streams = 64, most_waiting = 64;
constexpr std::uint32_t syn = 2, rst = 4;

/// How far `a` is ahead of `b`, over the wrap of sequence numbers; wide enough for the opposite of what is half of them
/// behind.
std::int64_t ahead(std::uint32_t a, std::uint32_t b) {
    return static_cast<std::int32_t>(a - b);
}

}  // namespace

void BlockSplitter::add(Bytes bytes) {
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(given_));
    given_ = 0;
    kept_.insert(kept_.end(), bytes.begin(), bytes.end());
}

Bytes BlockSplitter::next() {
    const Bytes rest = Bytes(kept_).subspan(given_);
    std::size_t end = 0;
    while (end + 3 <= rest.size() && !lost_) {
        const auto n = block_at(rest, end);
        lost_ = n == 0;
        if (lost_ || end + n > rest.size()) break;
        end += n;
    }
    given_ += end;
    return rest.first(end);
}

std::size_t BlockSplitter::reset() {
    const auto n = kept_.size() - given_;
    kept_.clear();
    given_ = 0;
    lost_ = false;
    return n;
}

TcpStreams::Stream& TcpStreams::stream(Bytes key) {
    const auto it = std::ranges::find_if(streams_, [&](const Stream& s) { return std::ranges::equal(s.key, key); });
    if (it == streams_.end()) {
        if (streams_.size() >= most_streams) streams_.pop_front();
        streams_.emplace_back().key.assign(key.begin(), key.end());
    } else if (it + 1 != streams_.end()) {
        std::rotate(it, it + 1, streams_.end());
    }
    return streams_.back();
}

void TcpStreams::take(Stream& s, Bytes data, FrameCounters& counters) {
    // What begins as no block does is another protocol, or the middle of a block: the next segment may begin with one.
    if (s.blocks.lost()) counters.junk += s.blocks.reset();
    s.blocks.add(data);
    s.next += static_cast<std::uint32_t>(data.size());
}

/// Segments that waited and have their turn now, or whose turn is taken because too many wait.
void TcpStreams::catch_up(Stream& s, FrameCounters& counters) {
    while (!s.waiting.empty()) {
        auto first = std::ranges::min_element(s.waiting, [&](const Waiting& a, const Waiting& b) {
            return ahead(a.number, s.next) < ahead(b.number, s.next);
        });
        const auto gap = ahead(first->number, s.next);
        if (gap > 0 && s.waiting.size() < most_waiting) return;
        if (gap > 0) {
            ++counters.lost;
            counters.junk += s.blocks.reset();
            s.next = first->number;
        }
        const auto known = static_cast<std::size_t>(std::max<std::int64_t>(-gap, 0));
        const Bytes data(first->data);
        if (known < data.size()) take(s, data.subspan(known), counters);
        s.waiting.erase(first);
    }
}

Bytes TcpStreams::segment(Bytes key, Bytes header, Bytes data, FrameCounters& counters) {
    Stream& s = stream(key);
    const auto number = big32(header, 4), flags = octet_at(header, 13);
    if (flags & (syn | rst)) {
        counters.junk += s.blocks.reset();
        s.waiting.clear();
        s.begun = (flags & syn) != 0;
        s.next = number + 1;
        return {};
    }
    if (data.empty()) return {};
    if (!s.begun) {
        s.begun = true;
        s.next = number;
    }
    if (ahead(number, s.next) > 0) {
        s.waiting.push_back({number, {data.begin(), data.end()}});
    } else {
        const auto known = static_cast<std::size_t>(-ahead(number, s.next));
        if (known < data.size()) take(s, data.subspan(known), counters);
    }
    catch_up(s, counters);
    const auto blocks = s.blocks.next();
    if (blocks.empty() && s.blocks.lost()) ++counters.other;
    return blocks;
}

}  // namespace asman::asterix
