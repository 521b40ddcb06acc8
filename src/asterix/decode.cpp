// Datagrams to blocks to records.
#include <asman/asterix/decode.hpp>

#include <string>

namespace asman::asterix {

namespace {

constexpr std::size_t longest_trailer = 16;

std::uint8_t octet(Bytes b, std::size_t i) {
    return static_cast<std::uint8_t>(b[i]);
}

}  // namespace

Editions::Editions() {
    // Oldest first: the newest stays.
    for (const Edition* e : editions()) (e->expansion ? expansion_ : any_)[e->category] = e;
}

bool Editions::set(std::uint8_t category, std::string_view number) {
    const Edition* e = find_edition(category, number);
    if (e) any_[category] = e;
    return e != nullptr;
}

bool Editions::set(std::uint8_t category, Source source, std::string_view number) {
    const Edition* e = find_edition(category, number);
    if (e) set(source, *e);
    return e != nullptr;
}

void Editions::set(const Edition& e) {
    (e.expansion ? expansion_ : any_)[e.category] = &e;
}

void Editions::set(Source source, const Edition& e) {
    by_source_[{e.category, source}] = &e;
    mixed_[e.category] = true;
}

void Editions::set_opaque(std::uint8_t category, Source source) {
    by_source_[{category, source}] = nullptr;
    mixed_[category] = true;
}

std::vector<Announced> announced(const Record& message) {
    std::vector<Announced> out;
    const auto list = message.category() == 247 ? message.raw("550") : Bytes{};
    // A count, then category, main and sub number, an octet each.
    for (std::size_t at = 1; at + 3 <= list.size(); at += 3) {
        auto number = std::to_string(octet(list, at + 1)) + "." + std::to_string(octet(list, at + 2));
        const Edition* edition = find_edition(octet(list, at), number);
        out.push_back({octet(list, at), std::move(number), edition});
    }
    return out;
}

std::size_t Editions::learn(const Record& message) {
    const auto source = message.source();
    if (!source) return 0;
    std::size_t learnt = 0;
    for (const Announced& a : announced(message)) {
        if (!a.edition) continue;
        set(*source, *a.edition);
        ++learnt;
    }
    return learnt;
}

bool Editions::set_expansion(std::uint8_t category, std::string_view number) {
    expansion_[category] = number.empty() ? nullptr : find_edition(category, number, true);
    return number.empty() || expansion_[category];
}

const Edition* Editions::find(std::uint8_t category, std::optional<Source> source) const {
    if (source && mixed_[category])
        if (const auto it = by_source_.find({category, *source}); it != by_source_.end()) return it->second;
    return any_[category];
}

const Event* DatagramReader::next() {
    while (at_ < bytes_.size()) {
        if (at_ < end_) return next_record();
        if (const Event* event = next_block()) return event;
    }
    return nullptr;
}

const Event* DatagramReader::fail(Fault fault, std::size_t offset) {
    event_.what = What::problem;
    event_.problem.fault = fault;
    event_.problem.category = event_.category;
    event_.problem.datagram = number_;
    event_.problem.offset = static_cast<std::uint32_t>(offset);
    return &event_;
}

/// nullptr: an empty block, go on.
const Event* DatagramReader::next_block() {
    const std::size_t rest = bytes_.size() - at_;
    const std::size_t length =
        rest < 3 ? 0 : static_cast<std::size_t>(octet(bytes_, at_ + 1)) << 8 | octet(bytes_, at_ + 2);
    event_.category = octet(bytes_, at_);
    event_.problem = {};
    if (event_.category == 0 || length < 3 || length > rest) {
        const auto from = at_;
        at_ = bytes_.size();
        if (blocks_ == 0 || rest > longest_trailer)
            return fail(length < 3 && rest >= 3 ? Fault::bad_length : Fault::truncated_block, from);
        event_.what = What::trailer;
        event_.bytes = bytes_.subspan(from);
        return &event_;
    }
    ++blocks_;
    end_ = at_ + length;
    at_ += 3;
    event_.source.reset();
    if (at_ < end_) return next_record();
    return editions_->find(event_.category) ? nullptr : give_opaque();
}

const Event* DatagramReader::give_opaque() {
    event_.what = What::opaque;
    event_.bytes = bytes_.subspan(at_, end_ - at_);
    at_ = end_;
    return &event_;
}

/// The edition for the source that the record names: SAC and SIC come first in every category. A record without them is
/// of the source of the one before in its block.
const Edition* DatagramReader::choose() {
    std::size_t p = at_;
    const auto before = event_.source;
    if (octet(bytes_, p) & 0x80) {
        while (p < end_ && octet(bytes_, p) & 1) ++p;
        if (p + 2 < end_) event_.source = Source{octet(bytes_, p + 1), octet(bytes_, p + 2)};
    }
    const Edition* edition = editions_->find(event_.category, event_.source);
    // Of a category without a table nothing is known, not even who sends it.
    if (!edition && !editions_->find(event_.category)) event_.source = before;
    return edition;
}

const Event* DatagramReader::next_record() {
    event_.problem = {};
    const Edition* edition = choose();
    if (!edition) return give_opaque();
    event_.record.expansion = editions_->expansion(event_.category);
    if (!index_record(*edition, bytes_.subspan(at_, end_ - at_), event_.record, event_.problem)) {
        const auto offset = at_ + event_.problem.offset;
        event_.bytes = bytes_.subspan(at_, end_ - at_);
        at_ = end_;
        return fail(event_.problem.fault, offset);
    }
    event_.what = What::record;
    event_.record.offset = static_cast<std::uint32_t>(at_);
    at_ += event_.record.bytes.size();
    return &event_;
}

}  // namespace asman::asterix
