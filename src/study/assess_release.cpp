#include "assess_release.hpp"

#include <algorithm>

namespace asman::study {
namespace {

/// The longest chain that is looked for: the originator's clause and two hand-overs.
constexpr std::size_t longest = 3;

/// Asks about a track of one group's sensors at one place.
class Asker {
  public:
    Asker(const accord::LawView& view, base::Time at, double level, const Group& group, State receiver,
          const std::vector<State>& states)
        : view_(view),
          at_(at),
          level_(level),
          source_{group.owner, group.accord, group.name},
          group_(group),
          receiver_(receiver),
          states_(states),
          stands_(view.site_stands(group.accord, group.name)) {}

    /// The shortest chain by which it reaches the receiver, in the order of states; nothing: none.
    const std::vector<const accord::Grant*>* chain(geo::Point p) {
        if (!stands_) return nullptr;
        for (std::size_t length = 1; length <= longest; ++length) {
            Held own{.object = base_object(p), .now = at_};
            own.object.sources = {&source_, 1};
            grants_.clear(), hops_.assign(1, group_.owner), clauses_.clear();
            if (reach(own, group_.owner, length)) return &grants_;
        }
        return nullptr;
    }
    base::Duration delay() const { return delay_; }
    double grid() const { return grid_; }

  private:
    struct Held {
        accord::Object object;
        base::Time now;
    };
    accord::Object base_object(geo::Point p) const {
        accord::Object o;
        o.product = accord::Product::tracks;
        o.time = at_;
        o.at = p;
        o.sigma = 100;
        o.pressure_altitude = geo::PressureAltitude::from_flight_level(level_);
        o.sigma_pressure_altitude = 50;
        o.msl = geo::MslAltitude{o.pressure_altitude->m};
        o.sigma_height = 300;
        o.identity = picture::Identity::unknown;
        return o;
    }
    /// A clause with a delay is asked when the delay has passed.
    accord::Decision decide(const Held& h, State from, State to, base::Time& now) const {
        now = h.now;
        auto d = view_.decide(h.object, from, to, now);
        if (d.reason == accord::Reason::too_early && view_.holds_at(d.not_before)) {
            now = d.not_before;
            d = view_.decide(h.object, from, to, now);
        }
        return d;
    }
    bool reach(const Held& h, State holder, std::size_t left) {
        base::Time now;
        if (left == 1) {
            if (view_.grants(holder, receiver_).empty()) return false;
            const auto d = decide(h, holder, receiver_, now);
            if (!d.released()) return false;
            grants_.push_back(d.grant), delay_ = d.delay, grid_ = d.grid;
            return true;
        }
        for (const State via : states_) {
            if (via == receiver_ || std::ranges::find(hops_, via) != hops_.end()) continue;
            if (view_.grants(holder, via).empty()) continue;
            if (left == 2 && view_.grants(via, receiver_).empty()) continue;
            const auto d = decide(h, holder, via, now);
            if (!d.released()) continue;
            grants_.push_back(d.grant), clauses_.push_back(d.grant->reference()), hops_.push_back(via);
            Held next{.object = base_object(h.object.at), .now = now};
            next.object.originator = group_.owner;
            next.object.clauses = clauses_, next.object.hops = hops_;
            next.object.coarsening.grid = d.grid, next.object.coarsening.delay = d.delay;
            next.object.valid_until = d.valid_until;
            if (reach(next, via, left - 1)) return true;
            grants_.pop_back(), clauses_.pop_back(), hops_.pop_back();
        }
        return false;
    }

    const accord::LawView& view_;
    base::Time at_;
    double level_;
    accord::Source source_;
    const Group& group_;
    State receiver_;
    const std::vector<State>& states_;
    bool stands_;
    std::vector<const accord::Grant*> grants_;
    std::vector<picture::ClauseRef> clauses_;
    std::vector<State> hops_;
    base::Duration delay_{0};
    double grid_ = 0;
};

Cause cause_of(const std::vector<const accord::Grant*>& chain, const Group& group, double delay, double grid) {
    Cause c;
    c.originator = group.owner, c.site = group.name, c.delay = delay, c.grid = grid;
    for (const auto* g : chain) {
        c.chain += (c.chain.empty() ? "" : " > ") + g->reference().accord + "/" + g->reference().clause;
        c.clauses.push_back(g->reference().accord + "/" + g->reference().clause);
        c.assumed.insert(c.assumed.end(), g->assumed().begin(), g->assumed().end());
        if (g->clause().assumed) c.assumed.push_back(g->reference().text() + ": its terms");
        if (g != chain.front()) c.hands.push_back(g->grantor());
    }
    std::ranges::sort(c.assumed);
    c.assumed.erase(std::unique(c.assumed.begin(), c.assumed.end()), c.assumed.end());
    return c;
}

/// Fills a raster by asking as little as shows where answers change.
class Filler {
  public:
    Filler(Asker& ask, const Group& group, const coverage::Grid& grid, Release& out)
        : ask_(ask), group_(group), grid_(grid), out_(out) {}

    void block(std::size_t index) {
        const auto size = out_.at.block();
        const std::size_t row = index / out_.at.across() * size, column = index % out_.at.across() * size;
        std::uint8_t value = 0;
        if (same(row, column, size, value)) {
            out_.at.set(index, value);
            return;
        }
        cells_ = out_.at.open(index), top_ = row, left_ = column;
        split(row, column, size);
    }

  private:
    std::uint8_t at(std::size_t row, std::size_t column) {
        const auto p = grid_.at(std::min(row, grid_.rows - 1), std::min(column, grid_.columns - 1));
        const auto* chain = ask_.chain(p);
        if (!chain) return 0;
        if (known_ == *chain && known_value_ != 0) return known_value_;
        auto cause = cause_of(*chain, group_, ask_.delay().seconds(), ask_.grid());
        auto it = std::ranges::find(out_.causes, cause.chain, &Cause::chain);
        if (it == out_.causes.end()) {
            if (out_.causes.size() >= 254) return 0;  // a law with more chains between two states is none
            it = out_.causes.insert(out_.causes.end(), std::move(cause));
        }
        known_ = *chain, known_value_ = static_cast<std::uint8_t>(it - out_.causes.begin() + 1);
        return known_value_;
    }
    bool same(std::size_t row, std::size_t column, std::size_t size, std::uint8_t& value) {
        const std::size_t last = size - 1;
        value = at(row, column);
        if (size == 1) return true;
        return at(row, column + last) == value && at(row + last, column) == value &&
               at(row + last, column + last) == value && (size < 4 || at(row + size / 2, column + size / 2) == value);
    }
    void split(std::size_t row, std::size_t column, std::size_t size) {
        const auto half = size / 2;
        for (const std::size_t r : {row, row + half})
            for (const std::size_t c : {column, column + half}) {
                if (r >= grid_.rows || c >= grid_.columns) continue;
                std::uint8_t value = 0;
                if (!same(r, c, half, value)) {
                    split(r, c, half);
                    continue;
                }
                for (std::size_t i = r; i < r + half; ++i)
                    std::fill_n(cells_ + (i - top_) * out_.at.block() + c - left_, half, value);
            }
    }
    Asker& ask_;
    const Group& group_;
    const coverage::Grid& grid_;
    Release& out_;
    std::uint8_t* cells_ = nullptr;
    std::size_t top_ = 0, left_ = 0;
    std::vector<const accord::Grant*> known_;
    std::uint8_t known_value_ = 0;
};

/// "ACCORD/site" whose sensor it is; the accord alone where no text names it.
std::string site_of(const accord::Law& law, const std::string& accord, const std::string& sensor) {
    for (const auto& text : law.texts())
        if (text->id == accord)
            for (const auto& site : text->sites)
                if (std::ranges::binary_search(site.sensors, sensor)) return accord + "/" + site.id;
    return accord;
}

bool has_band(const accord::Text& text) {
    const auto banded = [](const accord::Exclusion& x) { return x.match.band.has_value(); };
    return std::ranges::any_of(text.exclusions, banded) ||
           std::ranges::any_of(text.clauses, [&](const accord::Clause& c) {
               return c.match.band || std::ranges::any_of(c.exclusions, banded);
           });
}

}  // namespace

std::vector<Group> groups_of(const std::vector<coverage::Instrument>& instruments, const accord::Law& law) {
    std::vector<Group> out;
    for (std::size_t i = 0; i < instruments.size(); ++i) {
        const auto& s = instruments[i].sensor;
        auto it = std::ranges::find_if(
            out, [&](const Group& g) { return g.owner == s.owner && g.accord.empty() && s.accord.empty(); });
        if (it == out.end())
            it = out.insert(out.end(), Group{s.owner,
                                             s.accord,
                                             s.accord.empty() ? std::string() : s.name,
                                             s.accord.empty() ? std::string() : site_of(law, s.accord, s.name),
                                             {}});
        it->sensors.push_back(i);
    }
    return out;
}

std::size_t law_block(double cell) {
    std::size_t block = 1;
    while (block < 32 && 2 * static_cast<double>(block) * cell <= 20e3) block *= 2;
    return block;
}

Release ask_release(const accord::LawView& view, base::Time at, double level, const Group& group, State receiver,
                    const std::vector<State>& states, const coverage::Grid& grid, std::size_t block,
                    const std::vector<std::uint8_t>& reach) {
    Release out;
    out.at = BlockRaster(grid, block);
    if (group.owner == receiver) {
        if (group.accord.empty() || !view.site_stands(group.accord, group.name)) return out;
        out.causes.push_back({.chain = group.site,
                              .clauses = {group.site},
                              .originator = group.owner,
                              .site = group.name,
                              .hands = {},
                              .assumed = {}});
        for (std::size_t i = 0; i < reach.size(); ++i)
            if (reach[i] != 0) out.at.set(i, 1);
        return out;
    }
    Asker ask(view, at, level, group, receiver, states);
    Filler fill(ask, group, grid, out);
    for (std::size_t i = 0; i < reach.size(); ++i)
        if (reach[i] != 0) fill.block(i);
    return out;
}

std::optional<Cause> cause_at(const accord::LawView& view, base::Time at, double level, const Group& group,
                              State receiver, const std::vector<State>& states, geo::Point place) {
    if (group.owner == receiver) return std::nullopt;
    Asker ask(view, at, level, group, receiver, states);
    const auto* chain = ask.chain(place);
    if (!chain) return std::nullopt;
    return cause_of(*chain, group, ask.delay().seconds(), ask.grid());
}

bool knows_heights(const accord::Law& law) {
    return std::ranges::any_of(law.texts(), [](const auto& text) { return has_band(*text); });
}

std::string signature(const accord::LawView& view, const std::vector<State>& states, const Group& group) {
    std::string out;
    for (const State a : states)
        for (const State b : states)
            for (const auto& g : view.grants(a, b))
                out += std::string(a.text()) + std::string(b.text()) + g.reference().text() +
                       g.reference().digest.hex() + ";";
    return out + (view.site_stands(group.accord, group.name) ? "1" : "0");
}

}  // namespace asman::study
