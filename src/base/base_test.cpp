#include <asman/base/bytes.hpp>
#include <asman/base/config.hpp>
#include <asman/base/digest.hpp>
#include <asman/base/queue.hpp>
#include <asman/base/time.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace asman::base {
namespace {

// --- time -----------------------------------------------------------------------------------------------------------

/// The slow oracle: walks day by day by the rules of the calendar as one would on paper.
struct Walker {
    Date d{1800, 1, 1};
    std::int64_t days = -62'091;  // 1 January 1800
    static std::uint32_t length(Date m) {
        if (m.month == 2) return (m.year % 400 == 0 || (m.year % 4 == 0 && m.year % 100 != 0)) ? 29 : 28;
        return m.month == 4 || m.month == 6 || m.month == 9 || m.month == 11 ? 30 : 31;
    }
    void next() {
        ++days;
        if (++d.day <= length(d)) return;
        d.day = 1;
        if (++d.month <= 12) return;
        d.month = 1;
        ++d.year;
    }
};

TEST(Time, DaysAgreeWithAWalkOver400Years) {
    Walker w;
    while (w.d.year < 2200) {
        ASSERT_EQ(days_since_1970(w.d), w.days) << format_date(w.d);
        ASSERT_EQ(date_from_days(w.days), w.d) << w.days;
        ASSERT_TRUE(w.d.valid());
        w.next();
    }
}

/// Months one by one: the day is kept or cut to the month's length, always from the original day.
Date slow_add_months(Date d, int months) {
    Date m{d.year, d.month, 1};
    for (int i = 0; i < std::abs(months); ++i) {
        if (months > 0) {
            if (++m.month == 13) m = {m.year + 1, 1, 1};
        } else {
            if (--m.month == 0) m = {m.year - 1, 12, 1};
        }
    }
    m.day = std::min(d.day, Walker::length(m));
    return m;
}

TEST(Time, MonthArithmeticAgreesWithASlowOracleOver400Years) {
    for (Walker w; w.d.year < 2200; w.next()) {
        for (const int months : {-60, -13, -6, -1, 0, 1, 6, 11, 12, 60}) {
            ASSERT_EQ(add_months(w.d, months), slow_add_months(w.d, months)) << format_date(w.d) << " + " << months;
        }
    }
    EXPECT_TRUE(rc::check("any day, any number of months", [] {
        const auto d = date_from_days(*rc::gen::inRange<std::int64_t>(-62'091, 84'000));
        const auto months = *rc::gen::inRange(-4800, 4800);
        RC_ASSERT(add_months(d, months) == slow_add_months(d, months));
    }));
}

TEST(Time, HalfYearTermsFromTheLastOfAugust) {
    const Date start{2025, 8, 31};
    EXPECT_EQ(add_months(start, 6), (Date{2026, 2, 28}));
    EXPECT_EQ(add_months(start, 12), (Date{2026, 8, 31}));  // from the original start, not from 28 February
}

TEST(Time, ParsesAndPrintsTheSameInstant) {
    EXPECT_EQ(parse_time("2023-11-02")->ns, 1'698'883'200'000'000'000);
    EXPECT_EQ(*parse_time("2023-11-02T06:00:00+06:00"), *parse_time("2023-11-02"));
    EXPECT_EQ(*parse_time("2023-11-01T18:30:00-05:30"), *parse_time("2023-11-02"));
    EXPECT_EQ(format_time(*parse_time("2023-11-02T01:02:03.456789Z"), 6), "2023-11-02T01:02:03.456789Z");
    EXPECT_EQ(format_time({-1}, 9), "1969-12-31T23:59:59.999999999Z");
    EXPECT_TRUE(rc::check("print then parse", [] {
        const Time t{*rc::gen::inRange<std::int64_t>(-9'200'000'000'000'000'000, 9'200'000'000'000'000'000)};
        RC_ASSERT(parse_time(format_time(t, 9)).value() == t);
    }));
}

TEST(Time, RefusesWhatIsNotAnInstant) {
    for (const char* text :
         {"", "2023", "2023-13-01", "2023-02-29", "2023-11-02T00:00:00", "2023-11-02T24:00:00Z", "2023-11-02T00:00:60Z",
          "2023-11-02T00:00:00 Asia/Bishkek", "2023-11-02T00:00:00+0600", "2023-11-02T00:00:00.Z",
          "2023-11-02T00:00:00.1234567890Z", "2023-11-02 00:00:00Z", "2023-11-02T00:00:00Zx", "1500-01-01", "2023-11-2",
          "+023-11-02", "2023-11-02T00:00:00+24:00"}) {
        EXPECT_FALSE(parse_time(text)) << text;
    }
}

// --- digests --------------------------------------------------------------------------------------------------------

TEST(Digest, IsBlake2b256) {
    // RFC 7693's algorithm with a 32-byte digest, of the empty string (also b2sum -l 256).
    EXPECT_EQ(digest("").hex(), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    EXPECT_EQ(Digest::from_hex(digest("x").hex()).value(), digest("x"));
    EXPECT_FALSE(Digest::from_hex("00"));
    EXPECT_FALSE(Digest::from_hex(std::string(64, 'G')));
}

TEST(Digest, HasherFramesItsParts) {
    Hasher a, b, c;
    a.add("ab"), a.add("c");
    b.add("a"), b.add("bc");
    c.add("ab");
    EXPECT_NE(a.finish(), b.finish());
    (void)c.finish();  // finishing does not end the stream
    c.add("c");
    EXPECT_EQ(a.finish(), c.finish());
}

TEST(Digest, SignaturesHoldForTheMessageAndKeyAlone) {
    const auto k = KeyPair::from_seed("KGZ"), other = KeyPair::from_seed("KAZ");
    EXPECT_EQ(k.public_key, KeyPair::from_seed("KGZ").public_key);
    const auto s = sign(k, as_bytes("track 7"));
    EXPECT_TRUE(verify(k.public_key, as_bytes("track 7"), s));
    EXPECT_FALSE(verify(k.public_key, as_bytes("track 8"), s));
    EXPECT_FALSE(verify(other.public_key, as_bytes("track 7"), s));
    EXPECT_FALSE(verify(k.public_key, as_bytes("track 7"), Signature{}));
    EXPECT_NE(KeyPair::generate().public_key, KeyPair::generate().public_key);
}

// --- configuration --------------------------------------------------------------------------------------------------

constexpr std::string_view example = R"(name = "KGZ"
range_km = 250
since = 2023-11-02
[node]
port = 8600
[[sensor]]
id = "manas"
at = [43.06, 74.48]
[[sensor]]
id = "osh"
)";

TEST(Config, ReadsValuesWithTheirPlaces) {
    const auto doc = Config::parse(example, "node.toml").value();
    const auto root = doc.root();
    EXPECT_EQ(root.string("name"), "KGZ");
    EXPECT_EQ(root.number("range_km"), 250);
    EXPECT_EQ(root.time("since"), *parse_time("2023-11-02"));
    EXPECT_EQ(root.table("node").integer("port"), 8600);
    const auto sensors = root.tables("sensor");
    ASSERT_EQ(sensors.size(), 2u);
    EXPECT_EQ(sensors[0].numbers("at").size(), 2u);
    EXPECT_EQ(sensors[0].string("id"), "manas");
    EXPECT_EQ(sensors[1].string("id"), "osh");
    EXPECT_TRUE(sensors[1].numbers("at").empty());
    EXPECT_FALSE(root.table("absent").has("anything"));
    EXPECT_EQ(root.table("absent").number_or("x", 3), 3);
    EXPECT_EQ(sensors[1].place("id").line, 10u);
    EXPECT_TRUE(doc.finish());
}

Error error_of(std::string_view text, auto read) {
    auto doc = Config::parse(text, "f.toml");
    if (!doc) return doc.error();
    read(doc->root());
    const auto done = doc->finish();
    return done ? Error{Errc::bad_value, {}, "no error"} : done.error();
}

TEST(Config, AnUnknownKeyIsAnErrorWithTheNearestName) {
    const auto e =
        error_of("[clause]\nfrom = \"A\"\nfrm = \"B\"\n", [](Section r) { r.table("clause").string("from"); });
    EXPECT_EQ(e.code, Errc::unknown_key);
    EXPECT_EQ(e.place.line, 3u);
    EXPECT_EQ(e.place.column, 1u);
    EXPECT_NE(e.reason.find("did you mean 'from'"), std::string::npos) << e.text();
    EXPECT_TRUE(e.text().starts_with("f.toml:3:1: unknown key 'frm' in [clause]")) << e.text();
}

TEST(Config, AMisspelledRequiredKeyIsToldAsTheMisspelling) {
    const auto e = error_of("nmae = \"A\"\n", [](Section r) { r.string("name"); });
    EXPECT_EQ(e.code, Errc::unknown_key) << e.text();
}

TEST(Config, KeepsTheFirstError) {
    const auto e = error_of("a = \"x\"\nb = 1\n", [](Section r) {
        EXPECT_EQ(r.number("a"), 0);
        r.string("b");
    });
    EXPECT_EQ(e.code, Errc::bad_value);
    EXPECT_EQ(e.place.line, 1u);
    EXPECT_EQ(error_of("", [](Section r) { r.string("a"); }).code, Errc::missing);
    EXPECT_EQ(error_of("a = [", [](Section) {}).code, Errc::syntax);
    EXPECT_EQ(error_of("a = nan", [](Section r) { r.number("a"); }).code, Errc::bad_value);
    EXPECT_EQ(error_of("a = [1, \"b\"]", [](Section r) { r.numbers("a"); }).code, Errc::bad_value);
    EXPECT_EQ(error_of("a = 2023-11-02T00:00:00", [](Section r) { r.time("a"); }).code, Errc::bad_value);
    EXPECT_EQ(error_of("[[s]]\nx=1\n", [](Section r) { r.tables("s"); }).place.line, 2u);
    EXPECT_EQ(error_of("form = \"polr\"",
                       [](Section r) {
                           r.one_of("form", {"polar", "geodetic"});
                       })
                  .code,
              Errc::bad_value);
}

TEST(Config, FilesThatAreNotThereAreErrorsWithTheirPath) {
    const auto e = Config::load("no/such/file.toml");
    ASSERT_FALSE(e);
    EXPECT_EQ(e.error().code, Errc::io);
    EXPECT_EQ(e.error().place.source, "no/such/file.toml");
}

TEST(Config, NearestNameIsNearOrNothing) {
    EXPECT_EQ(nearest_name("frm", {"to", "from", "form"}), "from");
    EXPECT_EQ(nearest_name("zzz", {"to", "from"}), "");
    EXPECT_EQ(nearest_name("x", {}), "");
}

TEST(Config, HostileTextIsRefusedWithoutHarm) {
    EXPECT_TRUE(rc::check("random bytes", [](const std::string& text) {
        if (auto doc = Config::parse(text, "x")) (void)doc->finish();
    }));
    const std::string deep(100'000, '[');
    EXPECT_FALSE(Config::parse("a = " + deep, "x"));
}

// --- bytes, queue ---------------------------------------------------------------------------------------------------

TEST(Bytes, ABoolIsZeroOrOne) {
    const unsigned char bytes[] = {0, 1, 135, 1};
    Reader r(std::as_bytes(std::span(bytes)));
    EXPECT_FALSE(r.get<bool>());
    EXPECT_TRUE(r.get<bool>());
    EXPECT_TRUE(r.ok());
    EXPECT_FALSE(r.get<bool>());
    EXPECT_FALSE(r.ok());
    EXPECT_FALSE(r.get<bool>());
}

TEST(Bytes, WhatIsWrittenIsReadAndTheEndIsNotPassed) {
    Writer w;
    w.put<std::uint32_t>(7);
    w.text("abc");
    w.put(1.5);
    Reader r(w.bytes());
    EXPECT_EQ(r.get<std::uint32_t>(), 7u);
    EXPECT_EQ(r.text(), "abc");
    EXPECT_EQ(r.get<double>(), 1.5);
    EXPECT_TRUE(r.ok() && r.empty());
    EXPECT_EQ(r.get<std::uint8_t>(), 0);
    EXPECT_FALSE(r.ok());
    EXPECT_TRUE(rc::check("any prefix is safe", [](const std::vector<std::uint8_t>& bytes) {
        Reader reader(std::as_bytes(std::span(bytes)));
        while (reader.ok() && !reader.empty()) (void)reader.text();
    }));
}

TEST(Queue, DropsTheOldestOrRefuses) {
    BoundedQueue<int> newest(2, WhenFull::drop_oldest), log(2, WhenFull::refuse);
    for (int i = 0; i < 3; ++i) {
        newest.push(i);
        EXPECT_EQ(log.push(i), i < 2);
    }
    EXPECT_EQ(newest.pop(), 1);
    EXPECT_EQ(log.pop(), 0);
    EXPECT_EQ(newest.dropped(), 1u);
    EXPECT_EQ(log.dropped(), 1u);
}

}  // namespace
}  // namespace asman::base
