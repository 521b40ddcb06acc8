// The JSON Schemas by an independent validator: every text, act and key that the repository has is valid, and what the
// reader refuses for a key or a word is refused by the schema too. The reference in docs/accords.md names every key.
#include <asman/accord/act.hpp>
#include <asman/accord/text.hpp>

#include <asman/base/config.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <asman_test/command.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <regex>

namespace asman::accord {
namespace {

namespace fs = std::filesystem;

const std::string source = ASMAN_SOURCE_DIR;

// Reads SCHEMA.json, SCHEMA/good/*.toml and SCHEMA/bad/*.toml.
constexpr const char* validator = R"(
import datetime, json, pathlib, sys, tomllib
import jsonschema
def plain(x):
    if isinstance(x, dict): return {k: plain(v) for k, v in x.items()}
    if isinstance(x, list): return [plain(v) for v in x]
    if isinstance(x, (datetime.date, datetime.datetime)): return x.isoformat()
    return x
good = bad = 0
for name in ("text", "acts", "law"):
    folder = pathlib.Path(sys.argv[1]) / name
    form = json.loads(folder.with_suffix(".json").read_text())
    jsonschema.Draft202012Validator.check_schema(form)
    v = jsonschema.Draft202012Validator(form)
    for file in sorted((folder / "good").iterdir()):
        e = jsonschema.exceptions.best_match(v.iter_errors(plain(tomllib.loads(file.read_text()))))
        if e: sys.exit(f"{file.name}: {e.message} at {e.json_path}")
        good += 1
    for file in sorted((folder / "bad").iterdir()):
        if v.is_valid(plain(tomllib.loads(file.read_text()))): sys.exit(f"valid: {file.read_text()}")
        bad += 1
print(good, bad)
)";

/// The text with one key's letters, or one word of a value, spoilt: every line in turn that has one.
std::vector<std::string> spoilt(const std::string& text) {
    static const std::regex key_line("^([a-z_0-9]+) = .*[^\\[,]$");
    static const std::regex word_line(
        "^(kind|product|rule|consent|by|scope|renewal|accession|parent_effect|certainty|unknown_[a-z]+|form|when_"
        "stopped|"
        "unassociated|use|signatures|sign|role) = \"[a-z_]+\"(.*)$");
    std::vector<std::string> lines, out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    const auto with = [&](std::size_t i, const std::string& line) {
        std::string all;
        for (std::size_t j = 0; j < lines.size(); ++j) all += (j == i ? line : lines[j]) + "\n";
        out.push_back(std::move(all));
    };
    std::smatch m;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        // A party's own code is a word of another kind than the others' "by".
        if (std::regex_match(lines[i], m, word_line)) with(i, m[1].str() + " = \"nonsense\"" + m[2].str());
        if (std::regex_match(lines[i], m, key_line)) with(i, "zz_" + lines[i]);
    }
    return out;
}

World schema_world() {
    static const auto borders = geo::Borders::load(source + "/data/alliance/borders.geojson");
    World w;
    w.borders = &*borders;
    w.states = {"XAL", "XBE", "XCO", "XDU"};
    w.files["regions/gulf.geojson"] = base::read_file(source + "/data/alliance/regions/gulf.geojson").value_or("");
    return w;
}

class Validated : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("asman-accord-schema-" + std::to_string(::getpid()));
        for (const auto& [name, schema] : {std::pair("text", schema_of_text()), std::pair("acts", schema_of_filing()),
                                           std::pair("law", schema_of_law())}) {
            fs::create_directories(folder_ / name / "good");
            fs::create_directories(folder_ / name / "bad");
            ASSERT_TRUE(base::write_file((folder_ / name).string() + ".json", schema));
        }
    }
    void TearDown() override { fs::remove_all(folder_); }

    void put(const std::string& schema, const char* kind, const std::string& text) {
        ASSERT_TRUE(base::write_file(
            (folder_ / schema / kind / fmt::format("{:05}.toml", count_[schema + kind]++)).string(), text));
    }

    fs::path folder_;
    std::map<std::string, int> count_;
};

TEST_F(Validated, WhatTheRepositoryHasIsValidAndWhatTheReaderRefusesIsNot) {
    if (!test::output_of("python3 -c 'import tomllib, jsonschema.validators as v; v.Draft202012Validator' 2>&1")
             .empty())
        GTEST_SKIP() << "python3-jsonschema is not installed";
    for (const char* set : {"/data/accords", "/data/alliance", "/tests/accords/law"}) {
        for (const auto& e : fs::recursive_directory_iterator(source + set)) {
            if (e.path().extension() != ".toml") continue;
            const auto parent = e.path().parent_path().filename().string(), name = e.path().filename().string();
            const std::string schema = name == "law.toml"                     ? "law"
                                       : parent == "acts" || parent == "keys" ? "acts"
                                                                              : "text";
            const auto text = base::read_file(e.path().string());
            ASSERT_TRUE(text);
            put(schema, "good", *text);
            if (std::string_view(set) != "/data/alliance") continue;
            for (const auto& bad : spoilt(*text)) {
                const bool read = schema == "text"   ? parse_text(bad, name, schema_world()).has_value()
                                  : schema == "acts" ? parse_filing(bad, name).has_value()
                                                     : parse_keyring(bad, name).has_value();
                EXPECT_FALSE(read) << name << ":\n" << bad;
                put(schema, "bad", bad);
            }
        }
    }
    ASSERT_TRUE(base::write_file((folder_ / "validate.py").string(), validator));
    const auto said =
        test::output_of("python3 '" + (folder_ / "validate.py").string() + "' '" + folder_.string() + "' 2>&1");
    int good = 0, bad = 0;
    ASSERT_EQ(std::sscanf(said.c_str(), "%d %d", &good, &bad), 2) << said;
    EXPECT_GT(good, 50);
    EXPECT_GT(bad, 500);
    std::printf("%d files valid, %d spoilt ones refused by reader and schema\n", good, bad);
}

void keys_of_schema(const nlohmann::json& schema, const std::string& label,
                    std::vector<std::pair<std::string, std::string>>& out) {
    if (!schema.contains("properties")) return;
    for (const auto& [key, value] : schema["properties"].items()) {
        out.emplace_back(label, key);
        const auto below = label.empty() ? key : label + "." + key;
        keys_of_schema(value, below, out);
        if (value.contains("items")) keys_of_schema(value["items"], below, out);
    }
}

TEST(Reference, NamesEveryKeyOfEveryTable) {
    const auto page = base::read_file(source + "/docs/accords.md").value_or("");
    const auto start = page.find("## Reference");
    ASSERT_NE(start, std::string::npos);
    for (const auto& schema : {schema_of_text(), schema_of_filing(), schema_of_law()}) {
        std::vector<std::pair<std::string, std::string>> keys;
        keys_of_schema(nlohmann::json::parse(schema), "", keys);
        for (const auto& [label, key] : keys) {
            // Exclusions and bands have one table, wherever they stand.
            std::string table = label;
            if (table.ends_with("exclusion")) table = "exclusion";
            if (table.ends_with("band")) table = "band";
            const auto heading =
                "\n#### " + (table.empty() ? std::string("The text itself") : "`" + table + "`") + "\n";
            auto at = page.find(heading, start);
            if (table.empty() &&
                (key == "act" || key == "certificate" || key == "revocation" || key == "state" || key == "signatures"))
                at = start;
            ASSERT_NE(at, std::string::npos) << "docs/accords.md has no reference of [" << table << "]";
            const auto end = table.empty() ? page.size() : page.find("\n#### ", at + heading.size());
            EXPECT_NE(page.substr(at, end - at).find("`" + key + "`"), std::string::npos)
                << "docs/accords.md: [" << table << "] " << key;
        }
    }
}

}  // namespace
}  // namespace asman::accord
