#include <asman/accord/timeline.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace asman::accord {
namespace {

using json = nlohmann::ordered_json;

void extend(std::vector<Span>& spans, Span next) {
    if (!spans.empty()) {
        auto& last = spans.back();
        if (last.state == next.state && last.version == next.version && last.assumed == next.assumed) return;
        last.until = next.from;
    }
    spans.push_back(next);
}

/// A party's part: an accord's states as far as they make sense of one.
AccordState part_of(const PartyStatus& p) {
    if (p.left) return AccordState::ended;
    if (p.bound) return AccordState::operative;
    return p.has_signed ? AccordState::signed_ : AccordState::unsigned_;
}

void drop_unsigned(std::vector<Span>& spans) {
    std::erase_if(spans, [](const Span& s) { return s.state == AccordState::unsigned_ || s.from >= s.until; });
}

Time end_of_axis(const std::vector<Change>& changes) {
    if (changes.empty()) return Time{};
    return base::start_of({base::date_of(changes.back().at).year + years_after_last, 1, 1});
}

json time_or_null(Time t) {
    return t == Time::max() ? json() : json(base::format_time(t));
}

json spans_json(const std::vector<Span>& spans) {
    json out = json::array();
    for (const auto& s : spans)
        out.push_back({{"from", base::format_time(s.from)},
                       {"until", time_or_null(s.until)},
                       {"state", name(s.state)},
                       {"version", s.version},
                       {"certainty", s.assumed ? "assumed" : "public"}});
    return out;
}

}  // namespace

std::vector<Life> lives(const Law& law, const std::string& id) {
    std::vector<Life> out;
    const auto changes = law.timeline();
    const auto end = end_of_axis(changes);
    const auto wanted = [&](const std::string& other) { return id.empty() || other == id; };
    for (const auto& t : law.texts()) {
        if (t->restriction || !wanted(t->id)) continue;
        auto it = std::ranges::find(out, t->id, &Life::id);
        if (it == out.end()) it = out.insert(out.end(), {t->id, t->title, {}, {}, {}, {}, {}});
        it->annotations.insert(it->annotations.end(), t->annotations.begin(), t->annotations.end());
    }
    for (auto t = law.next_change_after(Time::min()); t < end; t = law.next_change_after(t)) {
        const auto view = law.at(t);
        for (const auto& s : view.status()) {
            const auto life = std::ranges::find(out, s.id, &Life::id);
            if (life == out.end()) continue;
            extend(life->spans, {t, Time::max(), s.state, s.version, s.assumed});
            for (const auto& p : s.of_party) {
                auto part = std::ranges::find(life->parties, p.state, &PartySpan::party);
                if (part == life->parties.end()) part = life->parties.insert(life->parties.end(), {p.state, {}});
                extend(part->spans, {t, Time::max(), part_of(p), 1, s.assumed});
            }
            // Terms are counted from the entry into force: their ends are where the present one says.
            if (s.term_ends && s.state != AccordState::ended)
                for (auto e = *s.term_ends; e < end && e > t;) {
                    if (std::ranges::find(life->term_ends, e) == life->term_ends.end()) life->term_ends.push_back(e);
                    const auto later = law.at(e);
                    const auto next = std::ranges::find(later.status(), s.id, &AccordStatus::id);
                    if (next == later.status().end() || !next->term_ends || *next->term_ends <= e) break;
                    e = *next->term_ends;
                }
        }
    }
    for (auto& life : out) {
        drop_unsigned(life.spans);
        for (auto& p : life.parties) drop_unsigned(p.spans);
        std::ranges::sort(life.parties, {}, &PartySpan::party);
        for (const auto& c : changes)
            if (c.accord == life.id) life.changes.push_back(c);
        std::ranges::sort(life.term_ends);
        std::ranges::stable_sort(life.annotations, {}, [](const Annotation& a) { return a.date.at; });
    }
    std::erase_if(out, [](const Life& l) { return l.spans.empty(); });
    std::ranges::stable_sort(out, {}, [](const Life& l) { return l.spans.front().from; });
    return out;
}

std::string timeline_json(const Law& law, const std::string& id) {
    json all = json::array();
    for (const auto& l : lives(law, id)) {
        json j{{"id", l.id}, {"title", l.title}, {"spans", spans_json(l.spans)}};
        j["parties"] = json::object();
        for (const auto& p : l.parties) j["parties"][std::string(p.party.text())] = spans_json(p.spans);
        j["term_ends"] = json::array();
        for (const auto t : l.term_ends) j["term_ends"].push_back(base::format_time(t));
        j["changes"] = json::array();
        for (const auto& c : l.changes)
            j["changes"].push_back(
                {{"at", base::format_time(c.at)}, {"what", c.what}, {"certainty", c.assumed ? "assumed" : "public"}});
        j["annotations"] = json::array();
        for (const auto& a : l.annotations)
            j["annotations"].push_back({{"on", base::format_time(a.date.at)},
                                        {"what", a.what},
                                        {"certainty", a.date.assumed ? "assumed" : "public"},
                                        {"source", a.date.source}});
        all.push_back(std::move(j));
    }
    const json whole{
        {"format", 1}, {"law", law.digest().hex()}, {"hindsight", law.is_hindsight()}, {"accords", std::move(all)}};
    return whole.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace asman::accord
