// The fictional alliance of data/alliance shows every key of the format; the schemas know every key and no other.
#include <asman/accord/law.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace asman::accord {
namespace {

const std::string alliance_folder = ASMAN_SOURCE_DIR "/data/alliance";

struct Alliance {
    geo::Borders borders;
    Files files;
    Law law;
};

const Alliance& alliance() {
    static const Alliance a = [] {
        auto borders = geo::Borders::load(alliance_folder + "/borders.geojson");
        auto files = read_folder(alliance_folder);
        EXPECT_TRUE(borders && files);
        Alliance out{std::move(*borders), std::move(*files), {}};
        out.law = Law::load(out.files, {.borders = &out.borders});
        return out;
    }();
    return a;
}

World alliance_world() {
    World w;
    w.borders = &alliance().borders;
    for (const auto& [name, text] : alliance().files)
        if (name.ends_with(".geojson")) w.files[name] = text;
    return w;
}

TEST(Alliance, LoadsWithEveryActSigned) {
    const auto& law = alliance().law;
    for (const auto& a : law.alarms()) ADD_FAILURE() << a.text();
    EXPECT_EQ(law.texts().size(), 6u);
    EXPECT_GT(law.acts().size(), 25u);
    for (const auto& a : law.acts()) EXPECT_TRUE(a.signature) << a.words();
    // Every kind of act but those that would end it early occurs, and every product and form.
    std::set<ActKind> kinds;
    for (const auto& a : law.acts()) kinds.insert(a.kind);
    EXPECT_GE(kinds.size(), 13u);
    std::set<Product> products;
    for (const auto& t : law.texts())
        for (const auto& c : t->clauses) products.insert(c.product);
    EXPECT_EQ(products.size(), product_names().size());
}

/// Keys that texts ask for and have; `present` alone of those that the reader refuses nowhere.
KeysOf all_keys() {
    KeysOf out;
    const auto add = [](KeyList& to, const KeyList& from) {
        for (const auto& [label, keys] : from) to[label].insert(keys.begin(), keys.end());
    };
    for (const auto& [name, text] : alliance().files) {
        if (!name.ends_with(".toml") || name.find('/') != std::string::npos || name == "law.toml") continue;
        const auto keys = keys_of(text, name, alliance_world());
        EXPECT_TRUE(keys);
        add(out.asked, keys->asked);
        add(out.present, keys->present);
    }
    return out;
}

TEST(Alliance, EveryKeyOfTheFormatOccursInIt) {
    const auto keys = all_keys();
    for (const auto& [label, asked] : keys.asked)
        for (const auto& key : asked)
            EXPECT_TRUE(keys.present.contains(label) && keys.present.at(label).contains(key))
                << "[" << label << "] " << key << " is not shown in data/alliance";
}

/// Properties of a schema's objects, by table, as KeyList has them.
void walk(const nlohmann::json& schema, const std::string& label, KeyList& out) {
    if (!schema.contains("properties")) return;
    for (const auto& [key, value] : schema["properties"].items()) {
        out[label].insert(key);
        const auto below = label.empty() ? key : label + "." + key;
        walk(value, below, out);
        if (value.contains("items")) walk(value["items"], below, out);
    }
}

void expect_same(const KeyList& reader, const KeyList& schema) {
    for (const auto& [label, keys] : reader) {
        const auto it = schema.find(label);
        if (it == schema.end()) {
            ADD_FAILURE() << "the schema has no table [" << label << "]";
            continue;
        }
        EXPECT_EQ(keys, it->second) << "[" << label << "]";
    }
    for (const auto& [label, keys] : schema)
        EXPECT_TRUE(reader.contains(label)) << "[" << label << "] is the schema's own";
}

TEST(Schema, OfTextsKnowsWhatTheReaderKnows) {
    KeyList schema;
    walk(nlohmann::json::parse(schema_of_text()), "", schema);
    expect_same(all_keys().asked, schema);
}

TEST(Schema, OfFilingsAndLawKnowWhatTheirReadersKnow) {
    for (const auto& [text, name] : {std::pair(schema_of_filing(), "acts"), std::pair(schema_of_law(), "law")}) {
        KeyList schema, asked;
        walk(nlohmann::json::parse(text), "", schema);
        for (const auto& [file, contents] : alliance().files) {
            const bool filing = file.starts_with("acts/") || file.starts_with("keys/");
            if (filing != (std::string_view(name) == "acts") || (!filing && file != "law.toml")) continue;
            const auto keys = filing ? keys_of_filing(contents, file) : keys_of_law(contents, file);
            ASSERT_TRUE(keys) << file;
            for (const auto& [label, k] : *keys) asked[label].insert(k.begin(), k.end());
        }
        // No key of the alliance is revoked: what the reader asks of a revocation is asked of one here.
        if (std::string_view(name) == "acts") {
            const auto keys = keys_of_filing("format = 1\n[[revocation]]\nstate = \"XAL\"\n", "x");
            ASSERT_TRUE(keys);
            for (const auto& [label, k] : *keys) asked[label].insert(k.begin(), k.end());
        }
        expect_same(asked, schema);
    }
}

TEST(Schema, TheFilesAreWhatTheProgramPrints) {
    const std::string schemas = ASMAN_SOURCE_DIR "/data/schema/";
    EXPECT_EQ(base::read_file(schemas + "accord.schema.json").value_or(""), schema_of_text());
    EXPECT_EQ(base::read_file(schemas + "acts.schema.json").value_or(""), schema_of_filing());
    EXPECT_EQ(base::read_file(schemas + "law.schema.json").value_or(""), schema_of_law());
}

TEST(Alliance, SpotChecks) {
    const auto& law = alliance().law;
    const State al("XAL"), be("XBE"), co("XCO");
    const auto at = [](const char* t) { return *base::parse_time(t); };
    const auto decide = [&](const char* when, double lat, double lon, State from, State to, auto&&... set) {
        Object o;
        o.time = at(when);
        o.at = geo::Point::degrees(lat, lon);
        o.sigma = 50;
        (set(o), ...);
        return law.at(o.time).decide(o, from, to, o.time);
    };
    const auto level = [](double fl) {
        return [fl](Object& o) { o.pressure_altitude = geo::PressureAltitude::from_flight_level(fl); };
    };
    EXPECT_TRUE(decide("2031-03-01", -41.0, -126.3, al, be, level(300)).released());
    EXPECT_EQ(decide("2031-03-01", -41.0, -126.3, al, be, level(470)).reason, Reason::outside_band);
    EXPECT_EQ(decide("2031-03-01", -42.2, -126.6, al, be, level(300)).reason, Reason::excluded);      // test range
    EXPECT_EQ(decide("2031-03-01", -41.5, -125.6, al, be, level(300)).reason, Reason::outside_area);  // port
    EXPECT_EQ(decide("2031-08-10", -41.0, -126.3, al, be, level(300)).reason, Reason::not_operative);
    const auto late = [&](Object& o) { o.time = o.time - base::seconds(60); };
    const auto civil = [](Object& o) {
        o.flight_class = picture::FlightClass::civil;
        o.ellipsoidal = geo::EllipsoidalHeight{9000};
    };
    Object o;
    o.time = at("2032-06-01") - base::seconds(60);
    o.at = geo::Point::degrees(-44.2, -128.0);
    civil(o);
    const auto d = law.at(at("2032-06-01")).decide(o, al, co, at("2032-06-01"));
    ASSERT_TRUE(d.released()) << name(d.reason);
    EXPECT_EQ(d.grid, 10'000);
    (void)late;
    // The frame's term ends for Corva by its notice; what stood under it with effect "suspends" stops.
    EXPECT_EQ(name(law.at(at("2035-05-16")).status().back().state), "suspended");
}

}  // namespace
}  // namespace asman::accord
