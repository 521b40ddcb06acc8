// The JSON Schema of every edition, by an independent validator on records made from the tables; and that none of the
// names and types of version 1 has changed.
#include <asman/asterix/json.hpp>

#include "json_value.hpp"
#include "records_for_tests.hpp"

#include <gtest/gtest.h>
#include <asman_test/command.hpp>
#include <asman_test/environment.hpp>

#include <unistd.h>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

namespace asman::asterix {
namespace {

namespace fs = std::filesystem;

// Reads pairs NAME.json (a schema) and NAME.ndjson, checks the lines, and that each with a member spoilt is refused.
constexpr const char* validator = R"(
import json, pathlib, sys
import jsonschema
lines = spoilt = 0
for schema in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    form = json.loads(schema.read_text())
    jsonschema.Draft202012Validator.check_schema(form)
    v = jsonschema.Draft202012Validator(form)
    for text in schema.with_suffix(".ndjson").read_text().splitlines():
        line = json.loads(text)
        e = jsonschema.exceptions.best_match(v.iter_errors(line))
        if e: sys.exit(f"{schema.name}: {e.message} at {e.json_path}: {text[:300]}")
        lines += 1
        for change in (lambda l: l.pop("items"), lambda l: l["items"].update(x=1), lambda l: l.update(category="48"),
                       lambda l: l["items"].update({next(iter(l["items"])): None})):
            other = json.loads(text)
            change(other)
            if v.is_valid(other): sys.exit(f"{schema.name}: a spoilt line is valid: {json.dumps(other)[:300]}")
            spoilt += 1
print(lines, spoilt)
)";

TEST(JsonSchema, FitsTheLinesOfEveryEditionAndNoSpoiltOnes) {
    if (!test::output_of("python3 -c 'import jsonschema.validators as v; v.Draft202012Validator' 2>&1").empty())
        GTEST_SKIP() << "python3-jsonschema is not installed";
    const auto folder = fs::temp_directory_path() / ("asman-schema-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    std::size_t lines = 0;
    const bool everything = test::at_length();  // or else the newest editions
    for (const Edition* edition : editions()) {
        if (edition->expansion || (!everything && edition != find_edition(edition->category))) continue;
        const auto name = std::to_string(edition->category) + "-" + std::string(edition->number);
        std::string schema;
        json_schema(*edition, schema);
        std::ofstream(folder / (name + ".json")) << schema;
        std::ofstream out(folder / (name + ".ndjson"));
        Dice dice(edition->category);
        const Edition* expansion = find_edition(edition->category, {}, true);
        for (int i = 0; i < (everything ? 100 : 4); ++i) {
            std::vector<std::byte> bytes;
            RecordMaker(dice, i % 2 ? Making::canonical : Making::plausible).record(*edition, expansion, bytes);
            Record record;
            record.expansion = expansion;
            Problem problem;
            if (!index_record(*edition, bytes, record, problem)) continue;
            std::string json;
            to_json(record, 0, json, {.text = i % 2 == 1});
            out << json << '\n';
            ++lines;
        }
    }
    std::ofstream(folder / "validate.py") << validator;
    EXPECT_EQ(test::output_of("python3 " + (folder / "validate.py").string() + " " + folder.string() + " 2>&1"),
              std::to_string(lines) + " " + std::to_string(lines * 4) + "\n");
    EXPECT_GT(lines, 60u);
    fs::remove_all(folder);
}

/// Names and types without what is said about them.
void mix(const Json& j, std::uint64_t& h) {
    const auto text = [&h](std::string_view s) {
        for (const char c : s) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
        h = (h ^ 0xFFu) * 0x100000001B3u;
    };
    text(std::to_string(static_cast<int>(j.type)));
    text(j.string);
    if (j.type == Json::Type::number) text(std::to_string(j.number));
    for (std::size_t i = 0; i < j.array.size(); ++i) {
        if (!j.keys.empty() && j.keys[i] == "description" && j.array[i].type == Json::Type::string) continue;
        if (!j.keys.empty()) text(j.keys[i]);
        mix(j.array[i], h);
    }
}

// A new edition or member adds a line here, or changes one. Another name or type for what was there before breaks those
// who read version 1.
TEST(JsonSchema, OfVersionOneIsAsItWas) {
    const auto file = std::string(ASMAN_SOURCE_DIR) + "/src/asterix/json_version_1.txt";
    std::map<std::string, std::string> was;
    std::ifstream in(file);
    for (std::string edition, digest; in >> edition >> digest;) was[edition] = digest;
    EXPECT_GT(was.size(), 60u);
    for (const Edition* e : editions()) {
        if (e->expansion) continue;
        std::string schema;
        json_schema(*e, schema);
        Json parsed;
        std::size_t place = 0;
        ASSERT_TRUE(parse_json(schema, parsed, place)) << schema.substr(place, 50);
        std::uint64_t h = 0xCBF29CE484222325u;
        mix(parsed, h);
        char digest[20];
        std::snprintf(digest, sizeof digest, "%016llx", static_cast<unsigned long long>(h));
        const auto name = std::to_string(e->category) + "/" + std::string(e->number);
        EXPECT_EQ(was[name], digest) << name;
    }
}

}  // namespace
}  // namespace asman::asterix
