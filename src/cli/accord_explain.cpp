// asman accord explain, test.
#include "accord.hpp"

#include <asman/accord/cases.hpp>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace asman::cli {
namespace {

struct Question {
    LawOptions law;
    std::string object, from, to, at;
    std::string as;
};

int explain(const Question& q) {
    const auto t = base::parse_time(q.at);
    if (!t) return report(t.error());
    auto object = accord::ObjectInWords::parse(q.object, {"--object", 0, 0, {}});
    if (!object) return report(object.error());
    for (const auto& code : {q.from, q.to}) {
        if (!picture::State::well_formed(code)) {
            return report({base::Errc::bad_value, {}, "'" + code + "' is not a state's code of three capitals"});
        }
    }
    const auto loaded = load_law(q.law);
    if (!loaded) return report(loaded.error());
    const auto view = loaded->law.at(*t);
    const picture::State from(q.from), to(q.to);
    auto answer = view.explain(object->object(view, from, *t), from, to, *t);
    // Whoever is not the grantor's own gets what was released to it, and one fixed answer for all else (rule 20).
    const bool own = q.as.empty() || q.as == q.from;
    if (!own && (q.as != q.to || !answer.decision.released())) {
        answer.lines = {std::string(accord::nothing_released)};
    } else if (!own) {
        const auto& d = answer.decision;
        answer.lines = {fmt::format("Released to you under {}, version {}.", d.grant->reference().text(),
                                    d.grant->reference().version),
                        fmt::format("Fields: {}. Grid: {}. Delay: {} s.", accord::field_list(d.fields),
                                    d.grid > 0 ? fmt::format("{} km", d.grid / 1000) : "exact", d.delay.seconds())};
    }
    if (q.law.json) {
        nlohmann::json j{{"at", base::format_time(*t)}, {"to", q.to}, {"lines", answer.lines}};
        if (own) {
            j["released"] = answer.decision.released();
            j["reason"] = accord::name(answer.decision.reason);
            if (answer.decision.grant) j["clause"] = answer.decision.grant->reference().text();
        }
        fmt::print("{}\n", j.dump(2));
    } else {
        for (const auto& line : answer.lines) fmt::print("{}\n", line);
    }
    return Exit::ok;
}

int test(const LawOptions& o, const std::vector<std::string>& files, const std::string& laws) {
    std::optional<geo::Borders> borders;
    if (auto b = geo::Borders::load(o.borders)) borders = std::move(*b);
    std::size_t cases = 0, failed = 0;
    for (const auto& f : files) {
        const auto text = base::read_file(f);
        if (!text) return report(text.error());
        const auto folder = laws.empty() ? (std::filesystem::path(f).parent_path() / "law").string() : laws;
        const auto results = accord::run_cases(*text, f, {folder, o.accords, borders ? &*borders : nullptr});
        if (!results) return report(results.error());
        for (const auto& r : *results) {
            ++cases;
            failed += !r.failures.empty();
            for (const auto& failure : r.failures) fmt::print("{}\n  {}\n", r.title, failure);
        }
    }
    fmt::print("{} cases, {} failed\n", cases, failed);
    return failed ? Exit::failed : Exit::ok;
}

}  // namespace

void add_accord_explain(CLI::App& accord, Outcome& outcome) {
    auto q = std::make_shared<Question>();
    CLI::App* s = accord.add_subcommand("explain", "Why an object goes from one state to another, or does not");
    q->law.add(*s);
    s->add_option("--object", q->object, "as in a case: 'track at 44 74, level 200, civil'")->required();
    s->add_option("--from", q->from, "the grantor")->required();
    s->add_option("--to", q->to, "the receiver")->required();
    s->add_option("--at", q->at, "the instant of hand-over")->required();
    s->add_option("--as", q->as, "who asks; default: the grantor's own people");
    s->footer(
        "Example:\n  asman accord explain --object 'track at 44 74, level 200' --from KAZ --to RUS --at 2024-01-01");
    s->callback([q, &outcome] { outcome.code = explain(*q); });

    auto o = std::make_shared<LawOptions>();
    auto files = std::make_shared<std::vector<std::string>>();
    auto laws = std::make_shared<std::string>();
    CLI::App* t = accord.add_subcommand("test", "Run plain-text cases");
    o->add(*t);
    t->add_option("files", *files, "*.accord-test")->required();
    t->add_option("--laws", *laws, "folder of the laws that cases name; default: law/ beside the file");
    t->footer("Example:\n  asman accord test tests/accords/*.accord-test");
    t->callback([o, files, laws, &outcome] { outcome.code = test(*o, *files, *laws); });
}

}  // namespace asman::cli
