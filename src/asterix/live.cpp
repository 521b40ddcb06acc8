#include <asman/asterix/live.hpp>

#include "blocks.hpp"

#include <algorithm>
#include <utility>

namespace asman::asterix {

namespace {

constexpr std::size_t most_sources = 256;

std::uint64_t records_of(const EditionGuess& g) {
    return g.fit.records + g.fit.failed;
}

}  // namespace

std::string EditionDecision::text() const {
    const auto by = ", by " + std::to_string(records) + (records == 1 ? " record" : " records");
    const auto after = std::string(again ? "; another than before" : "") + by;
    if (refuted) return refuted->text() + (edition ? "; decoded, as insisted on" : "; not decoded") + after;
    if (!told) return guess.text() + after;
    return guess.text_of_source() + "edition " + std::string(told->number) + ", as told" + after;
}

LiveEditions::LiveEditions(Editions base, std::vector<std::uint8_t> told, bool insist, LiveLimits limits)
    : base_(std::move(base)), editions_(base_), told_(std::move(told)), insist_(insist), limits_(limits) {}

void LiveEditions::add(const Frame& frame) {
    passing_.reset();
    for (const Key& key : look(frame)) judge(key, standings_[key]);
    if (undecided_ == 0 && waiting_.empty() && ready_.empty()) {
        passing_ = frame;
        return;
    }
    waiting_.push_back({frame, {frame.payload.begin(), frame.payload.end()}, sources_of(frame.payload)});
    octets_ += frame.payload.size();
    if (octets_ > limits_.octets) decide_all();
    release();
}

/// Scores the blocks of a datagram; those that are to be judged by it.
std::vector<LiveEditions::Key> LiveEditions::look(const Frame& frame) {
    std::vector<Key> touched;
    each_block(frame.payload, [&](std::uint8_t category, Bytes block, std::size_t offset) {
        const Key key{category, source_of(block)};
        auto it = standings_.find(key);
        if (it == standings_.end()) {
            if (standings_.size() >= most_sources || !find_edition(category)) return;
            it = standings_.emplace(key, Standing{}).first;
            ++undecided_;
        }
        if (!it->second.watched && category != 247) return;
        probe_.add_block(category, block, offset, frame.number);
        touched.push_back(key);
        if (category != 247) return;
        // It speaks of all that its sender sends.
        for (auto& [other, standing] : standings_)
            if (other.second == key.second && standing.decided) standing.next = 0, touched.push_back(other);
    });
    return touched;
}

/// Those that speak a category with a table: what they send stays in order.
std::vector<std::optional<Source>> LiveEditions::sources_of(Bytes datagram) {
    std::vector<std::optional<Source>> out;
    each_block(datagram, [&](std::uint8_t category, Bytes block, std::size_t) {
        const auto source = source_of(block);
        if (find_edition(category) && std::ranges::find(out, source) == out.end()) out.push_back(source);
    });
    return out;
}

bool LiveEditions::is_told(std::uint8_t category) const {
    return std::ranges::find(told_, category) != told_.end();
}

void LiveEditions::judge(const Key& key, Standing& s) {
    const Edition* told = is_told(key.first) ? base_.find(key.first, key.second) : nullptr;
    if (is_told(key.first) && (!told || find_edition(key.first, told->number) != told)) {
        // Opaque, or a table of one's own: there is nothing to judge.
        undecided_ -= !s.decided;
        s.decided = true, s.watched = false;
        return;
    }
    const auto g = probe_.guess(key.first, key.second);
    if (!g) return decide(key, s);
    const auto n = records_of(*g);
    if (s.decided) {
        if (n >= s.next) decide(key, s);
        return;
    }
    const double objections = told ? probe_.fit(*told, key.second)->badness() : g->fit.badness();
    const bool unrivalled = told || g->said || !g->rival;
    if ((objections == 0 && (unrivalled || n >= limits_.clear)) || n >= limits_.records) decide(key, s);
}

void LiveEditions::decide(const Key& key, Standing& s) {
    auto g = probe_.guess(key.first, key.second);
    undecided_ -= !s.decided;
    const bool before = std::exchange(s.decided, true);
    if (!g) return;  // more sources than the probe looks at
    EditionDecision d;
    d.records = records_of(*g);
    d.edition = g->edition;
    if (is_told(key.first)) {
        d.told = base_.find(key.first, key.second);
        d.refuted = probe_.refuted(*d.told, key.second);
        d.edition = d.refuted && !insist_ ? nullptr : d.told;
    }
    s.next = std::max(2 * limits_.records, s.next);
    while (s.next <= d.records) s.next *= 2;
    s.watched = d.records < limits_.watched;
    d.again = before && s.edition != d.edition;
    if (before && !d.again) return;
    s.edition = d.edition;
    d.guess = std::move(*g);
    decisions_.push_back(std::move(d));
    use(key, s.edition);
}

void LiveEditions::use(const Key& key, const Edition* edition) {
    const auto& [category, source] = key;
    if (source && edition)
        editions_.set(*source, *edition);
    else if (source)
        editions_.set_opaque(category, *source);
    else if (edition)
        editions_.set(*edition);
    else
        editions_.set_opaque(category);
}

void LiveEditions::decide_all() {
    for (auto& [key, standing] : standings_)
        if (!standing.decided) decide(key, standing);
}

void LiveEditions::finish() {
    passing_.reset();
    decide_all();
    release();
}

bool LiveEditions::undecided(const std::optional<Source>& source) const {
    return undecided_ != 0 && std::ranges::any_of(standings_, [&](const auto& s) {
               return s.first.second == source && !s.second.decided;
           });
}

/// What waits for nothing goes on, each source's in its order. A source of which much waits is decided, with all that
/// it waits for.
void LiveEditions::release() {
    std::map<std::optional<Source>, std::uint64_t> behind;
    std::deque<Waiting> still;
    bool too_many = false;
    for (auto& w : waiting_) {
        const bool waits =
            std::ranges::any_of(w.sources, [&](const auto& s) { return behind.contains(s) || undecided(s); });
        if (waits) {
            for (const auto& s : w.sources) too_many = ++behind[s] >= limits_.records || too_many;
            still.push_back(std::move(w));
        } else {
            octets_ -= w.bytes.size();
            ready_.push_back(std::move(w));
        }
    }
    waiting_ = std::move(still);
    if (!too_many) return;
    // Who waits in one datagram with such a source is decided with it.
    std::erase_if(behind, [&](const auto& s) { return s.second < limits_.records; });
    for (std::size_t size = 0; size != behind.size();) {
        size = behind.size();
        for (const auto& w : waiting_)
            if (std::ranges::any_of(w.sources, [&](const auto& s) { return behind.contains(s); }))
                for (const auto& s : w.sources) behind.try_emplace(s, 0);
    }
    for (auto& [key, standing] : standings_)
        if (!standing.decided && behind.contains(key.second)) decide(key, standing);
    release();
}

const Frame* LiveEditions::next() {
    if (!ready_.empty()) {
        current_ = std::move(ready_.front());
        ready_.pop_front();
        current_.frame.payload = current_.bytes;
        return &current_.frame;
    }
    if (!passing_) return nullptr;
    current_.frame = *std::exchange(passing_, std::nullopt);
    return &current_.frame;
}

std::vector<EditionDecision> LiveEditions::take_decisions() {
    return std::exchange(decisions_, {});
}

}  // namespace asman::asterix
