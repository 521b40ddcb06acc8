#include <asman/accord/cases.hpp>

#include "names.hpp"
#include "words.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {
namespace {

using base::Errc;
using base::Place;

/// "… 'a' … 'b'": what stands between single quotes, in order.
std::vector<std::string> quoted_parts(std::string_view s) {
    std::vector<std::string> out;
    for (auto open = s.find('\''); open != std::string_view::npos;) {
        const auto close = s.find('\'', open + 1);
        if (close == std::string_view::npos) break;
        out.emplace_back(s.substr(open + 1, close - open - 1));
        open = s.find('\'', close + 1);
    }
    return out;
}

class Runner {
  public:
    Runner(std::string_view text, const std::string& file, const CaseWorld& world) : file_(file), world_(world) {
        for (std::size_t at = 0; at < text.size();) {
            const auto end = std::min(text.find('\n', at), text.size());
            lines_.push_back(text.substr(at, end - at));
            at = end + 1;
        }
    }

    base::Result<std::vector<CaseResult>> run() {
        for (line_ = 0; line_ < lines_.size(); ++line_) {
            const auto l = trimmed(lines_[line_]);
            if (l.empty() || l.starts_with('#')) continue;
            ASMAN_CHECK(statement(l));
        }
        return std::move(results_);
    }

  private:
    Place place() const { return {file_, static_cast<std::uint32_t>(line_ + 1), 1, {}}; }
    auto bad(std::string why) const { return base::fail(Errc::syntax, place(), std::move(why)); }
    CaseResult& now() { return results_.back(); }
    void failed(std::string why) { now().failures.push_back(fmt::format("{}:{}: {}", file_, line_ + 1, why)); }

    base::Result<void> statement(std::string_view l) {
        if (l.starts_with("case:")) {
            results_.push_back({std::string(trimmed(l.substr(5))), place(), 0, {}});
            files_.clear();
            acts_.clear();
            variants_.clear();
            law_.reset();
            object_.reset();
            skip_ = false;
            return {};
        }
        if (results_.empty()) return bad("a file begins with 'case: TITLE'");
        if (l.starts_with("law:")) return named_law(trimmed(l.substr(4)));
        if (l.starts_with("file ")) return take_file(std::string(trimmed(l.substr(5))), false);
        if (l.starts_with("in ")) return edit(l.substr(3));
        if (l.starts_with("act ")) return act(l.substr(4));
        if (l == "hindsight" || l.starts_with("as of ") || l.starts_with("without ") || l.starts_with("skew ")) {
            variants_.emplace_back(l);
            law_.reset();
            return {};
        }
        if (skip_) return {};
        if (l.starts_with("from ")) return expect_release(l.substr(5));
        if (l.starts_with("accord ")) return expect_status(l.substr(7));
        if (l.starts_with("party ")) return expect_party(l.substr(6));
        if (l.starts_with("site ")) return expect_site(l.substr(5));
        if (l.starts_with("sealed ")) return expect_alarm(Alarm::Kind::sealed, l.substr(7));
        if (l.starts_with("refused ")) return expect_alarm(Alarm::Kind::act_refused, l.substr(8));
        if (l.starts_with("beyond the text ")) return expect_alarm(Alarm::Kind::suspension_beyond_text, l.substr(16));
        if (l == "no alarm") {
            ++now().checks;
            for (const auto& a : law().alarms()) failed("an alarm: " + a.text());
            return {};
        }
        ASMAN_TRY(auto object, ObjectInWords::parse(l, place()));
        object_ = std::move(object);
        return {};
    }

    base::Result<void> named_law(std::string_view name) {
        const bool real = name == "real";
        if (real && !world_.borders) {
            skip_ = true;
            return {};
        }
        ASMAN_TRY(files_, read_folder(real ? world_.real : world_.laws + "/" + std::string(name)));
        needs_borders_ = real;
        return {};
    }

    base::Result<void> take_file(std::string name, bool append) {
        std::string contents;
        while (line_ + 1 < lines_.size()) {
            const auto l = trimmed(lines_[line_ + 1]);
            if (!l.starts_with('|')) break;
            contents += std::string(trimmed(l.substr(1))) + "\n";
            ++line_;
        }
        auto& f = files_[name];
        f = append ? f + "\n" + contents : contents;
        law_.reset();
        return {};
    }

    base::Result<void> edit(std::string_view first) {
        // What stands between quotes may run over several lines.
        std::string joined_lines(first);
        while (joined_lines.find("replace '") != std::string::npos && std::ranges::count(joined_lines, '\'') < 4 &&
               line_ + 1 < lines_.size()) {
            joined_lines += "\n" + std::string(trimmed(lines_[++line_]));
        }
        const std::string_view l = joined_lines;
        const auto space = l.find(' ');
        const std::string name(l.substr(0, space));
        const auto rest = space == std::string_view::npos ? "" : trimmed(l.substr(space));
        if (!files_.contains(name))
            return skip_ ? base::Result<void>() : bad(fmt::format("no file '{}' in this law", name));
        if (rest == "add") return take_file(name, true);
        const auto parts = quoted_parts(rest);
        if (!rest.starts_with("replace") || parts.size() != 2) return bad("expected: in FILE replace 'OLD' with 'NEW'");
        auto& f = files_[name];
        const auto at = f.find(parts[0]);
        if (at == std::string::npos) return bad(fmt::format("'{}' does not occur in {}", parts[0], name));
        f.replace(at, parts[0].size(), parts[1]);
        law_.reset();
        return {};
    }

    base::Result<void> act(std::string_view l) {
        const auto w = split(l, ' ');
        std::string accord, by, on, recorded, towards, clauses, signed_by;
        std::string version = "1", certainty = "public";
        for (std::size_t i = 1; i < w.size(); ++i) {
            if (w[i] == "assumed") {
                certainty = "assumed";
                continue;
            }
            if (i + 1 == w.size()) return bad(fmt::format("'{}' lacks its value", w[i]));
            const auto value = std::string(w[i + 1]);
            if (w[i] == "by")
                by = value;
            else if (w[i] == "under")
                accord = value;
            else if (w[i] == "on")
                on = value;
            else if (w[i] == "recorded")
                recorded = value;
            else if (w[i] == "towards")
                towards = value;
            else if (w[i] == "clauses")
                clauses = value;
            else if (w[i] == "version")
                version = value;
            else if (w[i] == "signed-by")
                signed_by = value;
            else
                return bad(fmt::format("'{}' is not part of an act", w[i]));
            ++i;
        }
        const auto list = [](const std::string& s) {
            std::string out;
            for (const auto& part : split(s, ',')) out += (out.empty() ? "" : ", ") + toml_quoted(part);
            return "[" + out + "]";
        };
        acts_ += fmt::format(
            "[[act]]\naccord = \"{}\"\nversion = {}\nkind = \"{}\"\nby = \"{}\"\neffective_at = {}\n"
            "recorded_at = {}\ncertainty = \"{}\"\nsource = \"case\"\n",
            accord, version, w.empty() ? "" : w[0], by, on, recorded.empty() ? on : recorded, certainty);
        if (!towards.empty()) acts_ += "towards = " + list(towards) + "\n";
        if (!clauses.empty()) acts_ += "clauses = " + list(clauses) + "\n";
        if (!signed_by.empty()) acts_ += fmt::format("signed_by = \"{}\"\n", signed_by);
        law_.reset();
        return {};
    }

    const Law& law() {
        if (law_) return *law_;
        auto files = files_;
        if (!acts_.empty()) files["acts/case.toml"] = "format = 1\n" + acts_;
        Duration skew{0};
        for (const auto& v : variants_) {
            if (v.starts_with("skew ")) skew = base::seconds(number_in(split(v, ' ')[1]).value_or(0));
        }
        law_ = Law::load(files, {.borders = world_.borders, .areas = &areas_, .skew = skew});
        for (const auto& v : variants_) {
            const auto last = v.substr(v.rfind(' ') + 1);
            if (v == "hindsight") law_ = law_->hindsight();
            if (v.starts_with("as of ")) {
                if (const auto t = base::parse_time(last)) law_ = law_->as_of(*t);
            }
            if (v.starts_with("without ")) {
                if (auto changed = law_->without(last)) {
                    law_ = std::move(*changed);
                } else {
                    failed(changed.error().text());
                }
            }
        }
        return *law_;
    }

    /// "HEAD at TIME: REST" → (words of HEAD, time, REST).
    struct Question {
        std::vector<std::string_view> head;
        Time at;
        std::string_view answer;
    };
    base::Result<Question> question(std::string_view l) const {
        const auto at = l.find(" at ");
        const auto colon = at == std::string_view::npos ? at : l.find(": ", at);
        if (colon == std::string_view::npos) return bad("expected '… at TIME: ANSWER'");
        const auto when = trimmed(l.substr(at + 4, colon - at - 4));
        auto t = base::parse_time(when);
        if (!t) return base::fail(Errc::syntax, place(), t.error().reason);
        return Question{split(l.substr(0, at), ' '), *t, trimmed(l.substr(colon + 2))};
    }

    base::Result<void> expect_release(std::string_view l) {
        ASMAN_TRY(const auto q, question(l));
        if (q.head.size() != 3 || q.head[1] != "to") return bad("expected 'from A to B at TIME: …'");
        if (!object_) return bad("no object is described before this line");
        const State from(q.head[0]), to(q.head[2]);
        const auto view = law().at(q.at);
        const auto object = object_->object(view, from, q.at);
        const auto d = view.decide(object, from, to, q.at);
        ++now().checks;
        const auto found = d.released() ? fmt::format("released under {}", d.grant->reference().text())
                                        : fmt::format("withheld ({})", name(d.reason));
        const auto parts = split(q.answer, ',');
        if (parts.empty()) return bad("an answer is 'released …' or 'withheld …'");
        const auto head = parts[0];
        if (head.starts_with("withheld")) {
            const auto reason = trimmed(head.substr(8));
            const bool same = reason.empty() || reason == fmt::format("({})", name(d.reason));
            if (d.released() || !same) failed(fmt::format("expected {}, found {}", head, found));
            return {};
        }
        if (!head.starts_with("released")) return bad("an answer is 'released …' or 'withheld …'");
        const auto under = trimmed(head.substr(8));
        if (!d.released() || (!under.empty() && under != fmt::format("under {}", d.grant->reference().text()))) {
            failed(fmt::format("expected {}, found {}", head, found));
            return {};
        }
        for (std::size_t i = 1; i < parts.size(); ++i) ASMAN_CHECK(detail(parts[i], d, object.time));
        return {};
    }

    base::Result<void> detail(std::string_view part, const Decision& d, Time measured) {
        const auto w = split(part, ' ');
        const auto value = w.size() > 1 ? number_in(w[1]) : std::nullopt;
        const bool numbered = value.has_value();
        const double number = value.value_or(0);
        const auto field_bit = [&](std::string_view f) -> std::optional<std::uint16_t> {
            const auto it = std::ranges::find(field_names(), f);
            if (it == field_names().end()) return std::nullopt;
            return static_cast<std::uint16_t>(1u << (it - field_names().begin()));
        };
        if (w[0] == "grid" && numbered) {
            if (d.grid != number * 1000) failed(fmt::format("expected {}, found grid {} km", part, d.grid / 1000));
        } else if (w[0] == "exact") {
            if (d.grid != 0) failed(fmt::format("expected exact, found grid {} km", d.grid / 1000));
        } else if (w[0] == "delay" && numbered) {
            if (d.delay != base::seconds(number))
                failed(fmt::format("expected {}, found delay {} s", part, d.delay.seconds()));
        } else if (w[0] == "valid" && numbered) {
            const auto found = (d.valid_until - measured).seconds();
            if (std::abs(found - number) > 1e-6) failed(fmt::format("expected {}, found valid {} s", part, found));
        } else if ((w[0] == "with" || w[0] == "without") && w.size() == 2 && field_bit(w[1])) {
            if (((d.fields & *field_bit(w[1])) != 0) != (w[0] == "with")) {
                failed(fmt::format("expected {}, found fields {}", part, field_list(d.fields)));
            }
        } else if (w[0] == "version" && numbered) {
            if (d.grant->reference().version != number) {
                failed(fmt::format("expected {}, found version {}", part, d.grant->reference().version));
            }
        } else if (w[0] == "assumed" || w[0] == "public") {
            if (d.grant->assumed().empty() != (w[0] == "public")) failed(fmt::format("expected {}", part));
        } else {
            return bad(fmt::format("'{}' is not said of a release", part));
        }
        return {};
    }

    base::Result<void> expect_status(std::string_view l) {
        ASMAN_TRY(const auto q, question(l));
        if (q.head.size() != 1) return bad("expected 'accord ID at TIME: STATE'");
        const auto view = law().at(q.at);
        ++now().checks;
        const auto it = std::ranges::find(view.status(), q.head[0], &AccordStatus::id);
        if (it == view.status().end()) {
            failed(fmt::format("no accord '{}'", q.head[0]));
            return {};
        }
        for (const auto& part : split(q.answer, ',')) {
            if (part == "public" || part == "assumed") {
                if (it->assumed != (part == "assumed")) failed(fmt::format("expected {}", part));
            } else if (part.starts_with("term ends ")) {
                const auto t = base::parse_time(part.substr(10));
                if (!t || it->term_ends != *t) {
                    failed(fmt::format("expected {}, found {}", part,
                                       it->term_ends ? base::format_time(*it->term_ends) : "none"));
                }
            } else if (part.starts_with("version ")) {
                if (fmt::format("version {}", it->version) != part)
                    failed(fmt::format("found version {}", it->version));
            } else if (part != name(it->state)) {
                failed(fmt::format("expected {}, found {}", part, name(it->state)));
            }
        }
        return {};
    }

    base::Result<void> expect_party(std::string_view l) {
        ASMAN_TRY(const auto q, question(l));
        if (q.head.size() != 3 || q.head[1] != "of")
            return bad("expected 'party P of ID at TIME: bound | not bound | left'");
        const auto view = law().at(q.at);
        ++now().checks;
        std::string_view found = "no party";
        const auto it = std::ranges::find(view.status(), q.head[2], &AccordStatus::id);
        if (it != view.status().end()) {
            const auto p = std::ranges::find(it->of_party, State(q.head[0]), &PartyStatus::state);
            if (p != it->of_party.end()) found = p->bound ? "bound" : p->left ? "left" : "not bound";
        }
        if (found != q.answer) failed(fmt::format("expected {}, found {}", q.answer, found));
        return {};
    }

    base::Result<void> expect_site(std::string_view l) {
        ASMAN_TRY(const auto q, question(l));
        if (q.head.size() != 2) return bad("expected 'site ACCORD SENSOR at TIME: stands | does not stand'");
        ++now().checks;
        const bool stands = law().at(q.at).site_stands(q.head[0], q.head[1]);
        if (stands != (q.answer == "stands")) failed(fmt::format("expected {}", q.answer));
        return {};
    }

    /// "ID: 'words that the message holds'…"; ID 'all' for a failure that seals everything.
    base::Result<void> expect_alarm(Alarm::Kind kind, std::string_view l) {
        const auto id = trimmed(l.substr(0, l.find(':')));
        ++now().checks;
        std::string all;
        for (const auto& a : law().alarms()) {
            all += "\n  " + a.text();
            if (a.kind != kind || a.accord != (id == "all" ? "" : id)) continue;
            const auto text = a.text();
            const auto parts = quoted_parts(l);
            if (std::ranges::all_of(parts, [&](const auto& p) { return text.find(p) != std::string::npos; })) return {};
        }
        failed(fmt::format("no such alarm; there are:{}", all.empty() ? " none" : all));
        return {};
    }

    std::string file_;
    const CaseWorld& world_;
    std::vector<std::string_view> lines_;
    std::size_t line_ = 0;
    std::vector<CaseResult> results_;
    Files files_;
    AreaCache areas_;
    std::string acts_;
    std::vector<std::string> variants_;
    std::optional<Law> law_;
    std::optional<ObjectInWords> object_;
    bool skip_ = false, needs_borders_ = false;
};

}  // namespace

base::Result<std::vector<CaseResult>> run_cases(std::string_view text, const std::string& file,
                                                const CaseWorld& world) {
    return Runner(text, file, world).run();
}

}  // namespace asman::accord
