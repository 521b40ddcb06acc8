#include <asman/asterix/probe.hpp>
#include <asman/asterix/typed.hpp>

#include "blocks.hpp"
#include "walk.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace asman::asterix {

namespace {

constexpr std::size_t most_sources = 256;
/// What category 247 says is taken though another edition fits better by so much.
constexpr double said_credit = 0.2;
/// So many implausible elements a record refute an edition, where another has less than a quarter of them.
constexpr double refuting = 0.5;

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

}  // namespace

unsigned implausible(const Record& record) {
    Checker checker;
    Walk(record, checker).items();
    return checker.count;
}

double EditionFit::badness() const {
    const auto read = std::max<std::uint64_t>(records + failed, 1);
    return (10.0 * static_cast<double>(failed) + static_cast<double>(implausible)) / static_cast<double>(read);
}

void EditionProbe::add(Bytes datagram) {
    each_block(datagram, [&](std::uint8_t category, Bytes block, std::size_t offset) {
        add_block(category, block, offset, datagrams_);
    });
    ++datagrams_;
}

void EditionProbe::add_block(std::uint8_t category, Bytes block, std::size_t offset, std::uint64_t datagram) {
    const auto candidates = editions_of(category);
    if (candidates.empty()) return;
    if (category == 247) hear(block);
    const Key key{category, source_of(block)};
    if (seen_.size() >= most_sources && !seen_.contains(key)) return;
    Seen& seen = seen_[key];
    seen.fits.resize(candidates.size());
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        EditionFit& fit = seen.fits[i];
        ++fit.blocks;
        Record record;
        Problem problem;
        for (auto rest = block; !rest.empty(); rest = rest.subspan(record.bytes.size())) {
            if (!index_record(*candidates[i], rest, record, problem)) {
                if (fit.failed++) break;
                fit.first = problem;
                fit.first.category = category;
                fit.first.datagram = datagram;
                fit.first.offset += static_cast<std::uint32_t>(offset + (block.size() - rest.size()));
                break;
            }
            ++fit.records;
            fit.implausible += implausible(record);
        }
    }
}

/// What a version number exchange says of its sender.
void EditionProbe::hear(Bytes block) {
    Record record;
    Problem problem;
    if (!index_record(*find_edition(247), block, record, problem) || !record.source()) return;
    for (const Announced& a : announced(record))
        if (a.edition) said_[{a.category, *record.source()}] = a.edition;
}

EditionGuess EditionProbe::guess(const Key& key, const Seen& seen) const {
    const auto candidates = editions_of(key.first);
    const auto badness = [&](std::size_t i) { return seen.fits[i].badness(); };
    std::size_t best = 0;
    for (std::size_t i = 1; i < candidates.size(); ++i)
        if (badness(i) <= badness(best)) best = i;
    EditionGuess g;
    g.category = key.first;
    g.source = key.second;
    g.newest = badness(candidates.size() - 1) <= badness(best);
    if (const auto it = key.second ? said_.find({key.first, *key.second}) : said_.end(); it != said_.end()) {
        const auto place = static_cast<std::size_t>(std::ranges::find(candidates, it->second) - candidates.begin());
        g.said = place < candidates.size() && badness(place) <= badness(best) + said_credit;
        if (g.said)
            best = place;
        else
            g.mistaken = it->second;
    }
    g.fit = seen.fits[best];
    if (g.fit.failed * 2 <= g.fit.blocks) g.edition = candidates[best];
    std::optional<std::size_t> rival;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (i != best && badness(i) <= badness(best)) g.alike.push_back(candidates[i]);
        if (badness(i) > badness(best) && (!rival || badness(i) <= badness(*rival))) rival = i;
    }
    if (rival) g.rival = candidates[*rival];
    g.certainty = rival ? (badness(*rival) - badness(best)) / (badness(*rival) + 0.05) : 1.0;
    return g;
}

std::vector<EditionGuess> EditionProbe::guesses() const {
    std::vector<EditionGuess> out;
    for (const auto& [key, seen] : seen_) out.push_back(guess(key, seen));
    return out;
}

Editions EditionProbe::apply(Editions base, std::span<const std::uint8_t> told) const {
    for (const EditionGuess& g : guesses()) {
        if (std::ranges::find(told, g.category) != told.end()) continue;
        if (g.edition && g.newest && !g.said) continue;
        if (!g.edition && g.source)
            base.set_opaque(g.category, *g.source);
        else if (!g.edition)
            base.set_opaque(g.category);
        else if (g.source)
            base.set(*g.source, *g.edition);
        else
            base.set(*g.edition);
    }
    return base;
}

std::optional<EditionGuess> EditionProbe::guess(std::uint8_t category, std::optional<Source> source) const {
    const auto it = seen_.find({category, source});
    return it == seen_.end() ? std::nullopt : std::optional(guess(it->first, it->second));
}

std::optional<EditionFit> EditionProbe::fit(const Edition& edition, std::optional<Source> source) const {
    const auto it = seen_.find({edition.category, source});
    const auto candidates = editions_of(edition.category);
    const auto place = static_cast<std::size_t>(std::ranges::find(candidates, &edition) - candidates.begin());
    // Else a table of one's own, or an expansion.
    return it == seen_.end() || place == candidates.size() ? std::nullopt : std::optional(it->second.fits[place]);
}

std::optional<Refuted> EditionProbe::refuted(const Edition& told, std::optional<Source> source) const {
    const auto as_told = fit(told, source);
    if (!as_told || as_told->badness() < refuting) return {};
    auto g = guess(told.category, source);
    if (!g->edition || as_told->badness() <= 4 * g->fit.badness()) return {};
    return Refuted{&told, *as_told, std::move(*g)};
}

std::vector<Refuted> EditionProbe::refuted(const Editions& told) const {
    std::vector<Refuted> out;
    for (const auto& [key, seen] : seen_)
        if (const Edition* edition = told.find(key.first, key.second))
            if (auto r = refuted(*edition, key.second)) out.push_back(std::move(*r));
    return out;
}

namespace {

std::string counted(const EditionFit& fit) {
    return std::to_string(fit.failed) + " of " + std::to_string(fit.blocks) + " blocks fail, " +
           std::to_string(fit.implausible) + " implausible elements in " + std::to_string(fit.records) + " records" +
           (fit.failed ? "; " + fit.first.text() : std::string{});
}

}  // namespace

std::string EditionGuess::text_of_source() const {
    char text[64];
    if (source)
        std::snprintf(text, sizeof text, "category %03d of %d/%d: ", category, source->sac, source->sic);
    else
        std::snprintf(text, sizeof text, "category %03d: ", category);
    return text;
}

std::string EditionGuess::text() const {
    auto out = text_of_source();
    if (!edition) return out + "no edition reads it (" + counted(fit) + "); not decoded";
    char sure[32];
    std::snprintf(sure, sizeof sure, " (certainty %.2f", certainty);
    out.append("edition ").append(edition->number).append(sure);
    if (said) out += ", as category 247 says";
    if (mistaken) out.append(", not ").append(mistaken->number).append(" as category 247 says");
    for (std::size_t i = 0; i < alike.size(); ++i) out.append(i ? ", " : "; ").append(alike[i]->number);
    if (!alike.empty()) out += alike.size() == 1 ? " fits as well" : " fit as well";
    if (rival) out.append("; next ").append(rival->number);
    out += ')';
    return doubtful() ? out + ", doubtful: " + counted(fit) : out;
}

std::string Refuted::text() const {
    return guess.text_of_source() + "edition " + std::string(told->number) + " does not fit (" + counted(fit) + "), " +
           std::string(guess.edition->number) + " does";
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
