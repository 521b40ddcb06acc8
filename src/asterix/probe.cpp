#include <asman/asterix/probe.hpp>
#include <asman/asterix/typed.hpp>

#include "walk.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace asman::asterix {

namespace {

constexpr std::size_t most_sources = 256;

std::uint8_t octet(Bytes b, std::size_t i) {
    return static_cast<std::uint8_t>(b[i]);
}

struct Checker : Visitor {
    unsigned count = 0;

    void spare(const Node& n, Bytes b, std::size_t bit) {
        count += n.bits <= 64 && get_bits(b.data(), bit, n.bits) != 0;
    }

    void element(const Node& n, Bytes b, std::size_t bit) {
        if (n.bits > 64) return;
        const auto v = get_bits(b.data(), bit, n.bits);
        switch (n.coding) {
            case Coding::table:
                count += n.meanings > 1 && n.bits > 2 && n.text(v).empty();
                break;
            case Coding::integer:
            case Coding::quantity:
                number(n, v);
                break;
            case Coding::icao:
                for (std::size_t i = 0; i < n.bits / 6; ++i)
                    if (const auto c = v >> (6 * i) & 63; c != 0 && !icao_alphabet(c)) return void(++count);
                break;
            case Coding::ascii:
                for (std::size_t i = 0; i < n.bits / 8; ++i)
                    if (const auto c = v >> (8 * i) & 255; (c != 0 && c < 32) || c > 126) return void(++count);
                break;
            default:
                break;
        }
    }

  private:
    void number(const Node& n, std::uint64_t v) {
        const double value =
            (n.is_signed ? static_cast<double>(sign_extended(v, n.bits)) : static_cast<double>(v)) * n.lsb;
        bool bad = n.bits == 24 && n.unit == "s" && value >= 86400;
        // Bounds that no value keeps (015/631 has such in the standard) say nothing.
        const auto width = static_cast<int>(n.bits) - (n.is_signed ? 1 : 0);
        double low = n.is_signed ? -std::ldexp(n.lsb, width) : 0, high = std::ldexp(n.lsb, width) - n.lsb;
        for (const Limit& l : n.bounds()) {
            if (l.relation[0] == '>')
                low = std::max(low, l.value), bad |= l.relation == ">" ? !(value > l.value) : !(value >= l.value);
            else
                high = std::min(high, l.value), bad |= l.relation == "<" ? !(value < l.value) : !(value <= l.value);
        }
        count += bad && low <= high;
    }
};

std::vector<const Edition*> editions_of(std::uint8_t category) {
    std::vector<const Edition*> out;
    for (const Edition* e : editions())
        if (e->category == category && !e->expansion) out.push_back(e);
    return out;
}

/// SAC and SIC behind the field specification of the first record.
std::optional<Source> source_of(Bytes block) {
    std::size_t p = 0;
    if (block.empty() || !(octet(block, 0) & 0x80)) return {};
    while (p < block.size() && octet(block, p) & 1) ++p;
    if (p + 2 >= block.size()) return {};
    return Source{octet(block, p + 1), octet(block, p + 2)};
}

}  // namespace

unsigned implausible(const Record& record) {
    Checker checker;
    Walk(record, checker).items();
    return checker.count;
}

void EditionProbe::add(Bytes datagram) {
    while (datagram.size() > 3) {
        const std::size_t length = static_cast<std::size_t>(octet(datagram, 1)) << 8 | octet(datagram, 2);
        const auto category = octet(datagram, 0);
        if (category == 0 || length < 3 || length > datagram.size()) return;
        const auto block = datagram.subspan(3, length - 3);
        datagram = datagram.subspan(length);
        const auto candidates = editions_of(category);
        if (candidates.empty() || block.empty()) continue;
        const std::pair key{category, source_of(block)};
        if (seen_.size() >= most_sources && !seen_.contains(key)) continue;
        Candidate& c = seen_[key];
        c.scores.resize(candidates.size());
        ++c.blocks;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            Record record;
            Problem problem;
            for (auto rest = block; !rest.empty(); rest = rest.subspan(record.bytes.size())) {
                if (!index_record(*candidates[i], rest, record, problem)) {
                    ++c.scores[i].failed;
                    break;
                }
                ++c.scores[i].records;
                c.scores[i].implausible += implausible(record);
            }
        }
    }
}

std::vector<EditionGuess> EditionProbe::guesses() const {
    std::vector<EditionGuess> out;
    for (const auto& [key, c] : seen_) {
        const auto candidates = editions_of(key.first);
        const auto badness = [&](std::size_t i) {
            return (10.0 * static_cast<double>(c.scores[i].failed) + static_cast<double>(c.scores[i].implausible)) /
                   static_cast<double>(c.blocks);
        };
        std::size_t best = 0;
        for (std::size_t i = 1; i < candidates.size(); ++i)
            if (badness(i) <= badness(best)) best = i;
        const Score& s = c.scores[best];
        EditionGuess g{.category = key.first,
                       .source = key.second,
                       .edition = candidates[best],
                       .blocks = c.blocks,
                       .failed = s.failed,
                       .records = s.records,
                       .implausible = s.implausible};
        std::optional<std::size_t> rival;
        for (std::size_t i = 0; i < candidates.size(); ++i)
            if (badness(i) > badness(best) && (!rival || badness(i) <= badness(*rival))) rival = i;
        if (rival) g.rival = candidates[*rival];
        g.certainty = rival ? (badness(*rival) - badness(best)) / (badness(*rival) + 0.05) : 1.0;
        g.newest = badness(candidates.size() - 1) <= badness(best);
        out.push_back(g);
    }
    return out;
}

Editions EditionProbe::apply(Editions base) const {
    for (const EditionGuess& g : guesses()) {
        if (g.newest) continue;
        if (g.source)
            base.set(*g.source, *g.edition);
        else
            base.set(*g.edition);
    }
    return base;
}

std::string EditionGuess::text() const {
    char start[64], end[64];
    if (source)
        std::snprintf(start, sizeof start, "category %03d of %d/%d: edition ", category, source->sac, source->sic);
    else
        std::snprintf(start, sizeof start, "category %03d: edition ", category);
    std::snprintf(end, sizeof end, " (certainty %.2f%s", certainty,
                  rival ? ", rather than " : ", all editions read it alike");
    return start + std::string(edition->number) + end + (rival ? std::string(rival->number) : std::string{}) + ")" +
           (doubtful() ? ", doubtful" : "");
}

EditionProbe probe(FrameReader& recording, std::size_t frames) {
    EditionProbe out;
    for (std::size_t i = 0; i < frames; ++i) {
        const Frame* frame = recording.next();
        if (!frame) break;
        out.add(frame->payload);
    }
    return out;
}

}  // namespace asman::asterix
