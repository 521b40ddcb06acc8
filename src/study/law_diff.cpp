#include <asman/study/law_diff.hpp>

#include <asman/core/compare.hpp>
#include <asman/record/log.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

namespace asman::study {
namespace {

using picture::State;

constexpr std::int64_t minute = 60'000'000'000;

struct OfTrack {
    std::array<std::set<std::int64_t>, 2> minutes;
    std::set<std::int64_t> otherwise;  ///< minutes in which both go, and not alike
    std::string label;
    std::array<std::string, 2> under;
};

struct OfCell {
    accord::Cell cell;
    std::array<std::set<std::pair<std::uint64_t, std::int64_t>>, 2> minutes;  ///< of which track
};

/// One object that is no track: what is said of it in each minute, under both laws.
struct OfObject {
    std::array<std::map<std::int64_t, std::string>, 2> said;
    base::Time time;  ///< latest of applicability
};
struct OfProduct {
    std::map<std::pair<std::string, std::uint64_t>, OfObject> objects;
    ProductDiff diff;
};

using CellKey = std::pair<std::int64_t, std::int64_t>;
struct OfPair {
    std::map<std::uint64_t, OfTrack> tracks;
    std::map<CellKey, OfCell> cells;
};

std::string label_of(const picture::ReportedIdentity& i) {
    if (!i.callsign.empty()) return i.callsign;
    if (i.address) return fmt::format("{:06X}", *i.address);
    if (i.mode_3a) return fmt::format("{:04o}", *i.mode_3a);
    return {};
}

std::string words(const release::Way& w) {
    std::string out;
    for (const auto& c : w.clauses) out += (out.empty() ? "" : ", ") + c.text();
    if (!w.through.empty()) {
        out += " through";
        for (const auto& s : w.through) out += " " + std::string(s.text());
    }
    if (w.coarsening.grid > 0) out += fmt::format(", grid {} km", w.coarsening.grid / 1000);
    if (w.coarsening.delay.ns > 0) out += fmt::format(", {} s late", w.coarsening.delay.seconds());
    return out;
}

std::string words(const core::ComparedOther& o) {
    std::string out;
    for (const auto& c : o.leave.clauses) out += c.text() + " ";
    const auto& k = o.leave.coarsening;
    return out + fmt::format("{} {} {} {} {}", k.grid, k.delay.ns, k.identity_removed, k.height_removed, o.fields);
}

/// Alike for who receives it: the text's digest may differ where its terms do not.
bool alike(const release::Way& a, const release::Way& b) {
    const auto names = [](const release::Way& w) {
        std::vector<std::string> out;
        for (const auto& c : w.clauses) out.push_back(c.text());
        return out;
    };
    return a.coarsening == b.coarsening && a.fields == b.fields && a.through == b.through && names(a) == names(b);
}

template <typename Set>
void amounts(const std::array<Set, 2>& sets, Amounts<std::size_t>& out) {
    out.before += sets[0].size();
    out.after += sets[1].size();
    const auto only = [](const Set& a, const Set& b) {
        return static_cast<std::size_t>(std::ranges::count_if(a, [&](const auto& x) { return !b.contains(x); }));
    };
    out.gained += only(sets[1], sets[0]);
    out.lost += only(sets[0], sets[1]);
}

class Collector {
  public:
    Collector(const std::array<accord::Law, 2>& laws, const LawDiffOptions& options) : laws_(laws), options_(options) {
        for (std::size_t i = 0; i < 2; ++i) out_.laws[i] = laws[i].digest();
        for (const auto& law : laws)
            for (const auto& text : law.texts())
                for (const auto& clause : text->clauses) longest_delay_ = std::max(longest_delay_, clause.delay);
        out_.first = out_.law_first = base::Time::max();
        out_.last = out_.law_last = base::Time::min();
    }

    base::Result<void> read(const std::string& path, const std::function<void(double)>& progress) {
        ASMAN_TRY(auto log, record::Reader::open(path));
        std::optional<core::LawComparison> comparison;
        for (;;) {
            ASMAN_TRY(auto frame, log.next());
            if (!frame) break;
            ASMAN_TRY(auto body, core::decode(frame->kind, frame->payload));
            if (const auto* start = std::get_if<core::Start>(&body)) {
                if (comparison) return base::fail(base::Errc::conflict, {.source = path}, "a second start");
                ASMAN_TRY(comparison, core::LawComparison::make(start->bundle, laws_, options_.law_time));
                ASMAN_CHECK(begin(comparison->config(), path));
            }
            if (!comparison)
                return base::fail(base::Errc::missing, {.source = path}, "the log does not begin at a start");
            ASMAN_TRY(const bool picture, comparison->step({frame->time, frame->number, std::move(body)}));
            if (picture) take(*comparison);
            if (progress) progress(static_cast<double>(log.offset()) / static_cast<double>(log.size()));
        }
        if (!comparison) return base::fail(base::Errc::missing, {.source = path}, "the log holds no input");
        for (auto& [key, product] : products_) close(product, base::Time::max());
        return {};
    }

    LawDiff finish() {
        for (const auto& [key, pair] : pairs_) add(key.first, key.second, pair);
        for (const auto& [key, product] : products_) out_.products.push_back(product.diff);
        clauses();
        out_.assumed.assign(assumed_.begin(), assumed_.end());
        return std::move(out_);
    }

  private:
    base::Result<void> begin(const core::NodeConfig& config, const std::string& path) {
        if (std::ranges::find(out_.states, config.state) != out_.states.end())
            return base::fail(base::Errc::duplicate, {.source = path},
                              "a second log of " + std::string(config.state.text()));
        out_.states.push_back(config.state);
        out_.simulated = out_.simulated || config.mode == core::Mode::simulated;
        return {};
    }

    void take(core::LawComparison& c) {
        const auto now = c.now(), law = c.law_time();
        out_.first = std::min(out_.first, now);
        out_.last = std::max(out_.last, now);
        out_.law_first = std::min(out_.law_first, law);
        out_.law_last = std::max(out_.law_last, law);
        const auto at = now.ns / minute;
        for (const auto& x : c.compared()) {
            auto& pair = pairs_[{x.receiver, c.config().state}];
            auto& track = pair.tracks[x.track];
            if (auto label = label_of(x.identity); !label.empty()) track.label = std::move(label);
            const auto cell = accord::cell_of(x.at, options_.cell);
            auto& there = pair.cells[{std::llround(cell.centre.lat * 1e9), std::llround(cell.centre.lon * 1e9)}];
            there.cell = cell;
            for (std::size_t i = 0; i < 2; ++i) {
                if (!x.ways[i]) continue;
                track.minutes[i].insert(at);
                there.minutes[i].insert({x.track, at});
                track.under[i] = words(*x.ways[i]);
                assumed_.insert(x.ways[i]->assumed.begin(), x.ways[i]->assumed.end());
            }
            if (x.ways[0] && x.ways[1] && !alike(*x.ways[0], *x.ways[1])) track.otherwise.insert(at);
        }
        take_others(c);
    }

    void take_others(const core::LawComparison& c) {
        for (const auto& o : c.others()) {
            auto& product = products_[{o.receiver, c.config().state, o.product}];
            auto& d = product.diff;
            d.receiver = o.receiver;
            d.from = c.config().state;
            d.product = accord::name(o.product);
            ++d.messages[o.law];
            auto& object = product.objects[{o.what, o.subject}];
            object.said[o.law][o.time.ns / minute] = words(o);
            object.time = std::max(object.time, o.time);
            assumed_.insert(o.leave.assumed.begin(), o.leave.assumed.end());
        }
        // Plots come by the million: those that can no longer come under the other law are counted and forgotten.
        for (auto& [key, product] : products_)
            if (std::get<2>(key) == accord::Product::target_reports)
                close(product, c.now() - longest_delay_ - base::seconds(30));
    }

    /// Counts what is older.
    static void close(OfProduct& product, base::Time before) {
        auto& d = product.diff;
        const bool plots = d.product == accord::name(accord::Product::target_reports);
        for (auto it = product.objects.begin(); it != product.objects.end() && it->second.time < before;
             it = product.objects.erase(it)) {
            const auto& said = it->second.said;
            std::array<std::set<std::int64_t>, 2> minutes, whole;
            for (std::size_t i = 0; i < 2; ++i) {
                for (const auto& [at, what] : said[i]) minutes[i].insert(at);
                if (!said[i].empty()) whole[i].insert(0);
            }
            amounts(whole, d.objects);
            if (!plots) amounts(minutes, d.minutes);
            for (const auto& [at, what] : said[0])
                if (const auto other = said[1].find(at); other != said[1].end()) d.changed += other->second != what;
        }
    }

    void add(State receiver, State originator, const OfPair& pair) {
        PairDiff p{receiver, originator, {}, {}, 0, {}};
        for (const auto& [number, t] : pair.tracks) {
            amounts(t.minutes, p.minutes);
            const bool before = !t.minutes[0].empty(), after = !t.minutes[1].empty();
            p.tracks.before += before;
            p.tracks.after += after;
            p.tracks.gained += after && !before;
            p.tracks.lost += before && !after;
            p.changed += t.otherwise.size();
            TrackDiff d{receiver, originator, number, t.label, {}, t.otherwise.size(), t.under};
            amounts(t.minutes, d.minutes);
            if (d.minutes.gained || d.minutes.lost || d.changed) out_.tracks.push_back(std::move(d));
        }
        for (const auto& [key, c] : pair.cells) {
            CellDiff d{receiver, originator, c.cell.centre, 0, 0, 0, {}};
            d.north_south = c.cell.north_south / 111'320.0;
            d.east_west = c.cell.east_west / (111'320.0 * std::max(0.01, std::cos(c.cell.centre.lat)));
            d.km2 = c.cell.north_south * c.cell.east_west / 1e6;
            amounts(c.minutes, d.minutes);
            const bool before = d.minutes.before > 0, after = d.minutes.after > 0;
            p.area.before += before ? d.km2 : 0;
            p.area.after += after ? d.km2 : 0;
            p.area.gained += after && !before ? d.km2 : 0;
            p.area.lost += before && !after ? d.km2 : 0;
            out_.cells.push_back(d);
        }
        out_.pairs.push_back(p);
    }

    /// Every grant of either law in the time that the logs cover.
    void clauses() {
        if (out_.law_first > out_.law_last) return;
        std::set<State> states;
        for (const auto& law : laws_)
            for (const auto& t : law.texts()) states.insert(t->parties.begin(), t->parties.end());
        for (const auto& law : laws_)
            for (const auto& act : law.acts()) states.insert(act.by);
        struct Held {
            ClauseDiff diff;
            std::array<std::set<base::Digest>, 2> digests;
        };
        std::map<std::tuple<State, State, std::string>, Held> all;
        const auto end = out_.law_last + base::seconds(1);
        for (std::size_t i = 0; i < 2; ++i) {
            for (auto t = out_.law_first; t < end;) {
                const auto view = laws_[i].at(t);
                const auto until = std::min(view.until(), end);
                for (const auto& from : states)
                    for (const auto& to : view.receivers(from))
                        for (const auto& g : view.grants(from, to)) {
                            auto& h = all[{from, to, g.reference().text()}];
                            h.diff.from = from;
                            h.diff.to = to;
                            h.diff.clause = g.reference().text();
                            h.diff.product = accord::name(g.clause().product);
                            h.diff.seconds[i] += (until - t).seconds();
                            h.digests[i].insert(g.reference().digest);
                        }
                t = until;
            }
        }
        for (auto& [key, h] : all) {
            h.diff.other_text = !h.digests[0].empty() && !h.digests[1].empty() && h.digests[0] != h.digests[1];
            out_.clauses.push_back(std::move(h.diff));
        }
    }

    const std::array<accord::Law, 2>& laws_;
    const LawDiffOptions& options_;
    LawDiff out_;
    std::map<std::pair<State, State>, OfPair> pairs_;
    std::map<std::tuple<State, State, accord::Product>, OfProduct> products_;
    base::Duration longest_delay_{0};
    std::set<std::string> assumed_;
};

/// Logs in place of folders, in order of name.
base::Result<std::vector<std::string>> files_of(const std::vector<std::string>& given) {
    namespace fs = std::filesystem;
    std::vector<std::string> out;
    for (const auto& g : given) {
        std::error_code ec;
        if (!fs::is_directory(g, ec)) {
            out.push_back(g);
            continue;
        }
        std::vector<std::string> inside;
        for (const auto& e : fs::directory_iterator(g, ec))
            if (e.path().extension() == ".asmanlog") inside.push_back(e.path().string());
        if (inside.empty()) return base::fail(base::Errc::missing, {.source = g}, "no *.asmanlog in this folder");
        std::ranges::sort(inside);
        out.insert(out.end(), inside.begin(), inside.end());
    }
    if (out.empty()) return base::fail(base::Errc::missing, "no input log is named");
    return out;
}

}  // namespace

base::Result<LawDiff> law_diff(const std::array<accord::Law, 2>& laws, const LawDiffOptions& options,
                               const std::function<void(double)>& progress) {
    ASMAN_TRY(const auto logs, files_of(options.logs));
    Collector all(laws, options);
    for (std::size_t i = 0; i < logs.size(); ++i)
        ASMAN_CHECK(all.read(logs[i], [&](double f) {
            if (progress) progress((static_cast<double>(i) + f) / static_cast<double>(logs.size()));
        }));
    return all.finish();
}

}  // namespace asman::study
