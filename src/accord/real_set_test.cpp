// The set in data/accords: every public date of accords.md, the day before, the day, the day after.
#include <asman/accord/law.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <filesystem>

namespace asman::accord {
namespace {

struct Set {
    std::shared_ptr<geo::Borders> borders;
    Law law;
};

const Set* real_set() {
    static const auto set = []() -> std::unique_ptr<Set> {
        std::string path;
        for (const char* p : {"/data/borders.geojson", "/../tools/data/borders.geojson"}) {
            if (path.empty() && std::filesystem::exists(std::string(ASMAN_BINARY_DIR) + p)) {
                path = std::string(ASMAN_BINARY_DIR) + p;
            }
        }
        if (path.empty()) return nullptr;
        auto borders = geo::Borders::load(path);
        auto files = read_folder(ASMAN_SOURCE_DIR "/data/accords");
        if (!borders || !files) return nullptr;
        auto out = std::make_unique<Set>();
        out->borders = std::make_shared<geo::Borders>(std::move(*borders));
        out->law = Law::load(*files, {.borders = out->borders.get()});
        return out;
    }();
    return set.get();
}

#define NEEDS_BORDERS()           \
    const auto* set = real_set(); \
    ASMAN_NEED(set, "borders.geojson in the build folder's data/")

AccordStatus status(const Law& law, const std::string& id, const char* at) {
    const auto view = law.at(*base::parse_time(at));
    for (const auto& s : view.status()) {
        if (s.id == id) return s;
    }
    return {};
}

TEST(RealSet, LoadsWithoutAlarm) {
    NEEDS_BORDERS();
    for (const auto& a : set->law.alarms()) ADD_FAILURE() << a.text();
    EXPECT_EQ(set->law.texts().size(), 7u);
}

TEST(RealSet, StatesOnTheirDates) {
    NEEDS_BORDERS();
    const auto expect = [&](const char* id, const char* at, std::string_view state, bool assumed) {
        const auto s = status(set->law, id, at);
        EXPECT_EQ(name(s.state), state) << id << " at " << at;
        EXPECT_EQ(s.assumed, assumed) << id << " at " << at;
    };
    expect("CIS-ADS-1995", "1995-02-09", "unsigned", false);
    expect("CIS-ADS-1995", "1995-02-10", "operative", false);
    expect("RUS-KAZ-2013", "2013-01-29", "unsigned", false);
    expect("RUS-KAZ-2013", "2013-01-30", "signed", false);
    expect("RUS-KAZ-2013", "2014-06-29T23:59:59Z", "signed", false);
    expect("RUS-KAZ-2013", "2014-06-30", "operative", false);
    expect("RUS-TJK-2021", "2021-04-27", "signed", true);
    expect("RUS-TJK-2021", "2022-03-01", "operative", true);
    expect("RUS-KGZ-2022", "2022-08-15T23:59:59Z", "unsigned", false);
    expect("RUS-KGZ-2022", "2022-08-16", "signed", false);
    expect("RUS-KGZ-2022", "2023-11-01T23:59:59Z", "signed", false);
    expect("RUS-KGZ-2022", "2023-11-02", "operative", false);
    expect("RUS-KGZ-2022", "2028-11-02", "operative", false);
}

TEST(RealSet, TheSiteStandsWithItsAccord) {
    NEEDS_BORDERS();
    const auto at = [&](const char* t) { return set->law.at(*base::parse_time(t)); };
    EXPECT_FALSE(at("2023-11-01T23:59:59Z").site_stands("RUS-KGZ-2022", "RUS/Kant"));
    EXPECT_TRUE(at("2023-11-02").site_stands("RUS-KGZ-2022", "RUS/Kant"));
    EXPECT_FALSE(at("2023-11-02").site_stands("RUS-KGZ-2022", "RUS/Osh"));
    EXPECT_TRUE(at("2023-11-01").site_stands("", "KGZ/Manas"));
    const auto without = set->law.without("RUS-KGZ-2022/kant");
    ASSERT_TRUE(without);
    EXPECT_FALSE(without->at(*base::parse_time("2023-11-02")).site_stands("RUS-KGZ-2022", "RUS/Kant"));
}

Object track(double lat, double lon, Time t) {
    Object o;
    o.time = t;
    o.at = geo::Point::degrees(lat, lon);
    o.sigma = 100;
    return o;
}

TEST(RealSet, KazakhDataReachesKyrgyzstanOnlyOnward) {
    NEEDS_BORDERS();
    const State kaz("KAZ"), rus("RUS"), kgz("KGZ");
    const auto t = *base::parse_time("2024-01-01");
    const auto view = set->law.at(t);
    auto o = track(44.0, 74.0, t);
    EXPECT_EQ(view.decide(o, kaz, kgz, t).reason, Reason::no_clause);
    const auto first = view.decide(o, kaz, rus, t);
    ASSERT_TRUE(first.released()) << name(first.reason);
    EXPECT_EQ(first.grant->reference().text(), "RUS-KAZ-2013/onward-kgz");
    const std::vector<picture::ClauseRef> clauses{first.grant->reference()};
    const std::vector<State> hops{kaz, rus};
    o.originator = kaz;
    o.clauses = clauses;
    o.hops = hops;
    const auto second = view.decide(o, rus, kgz, t);
    ASSERT_TRUE(second.released()) << name(second.reason);
    EXPECT_EQ(second.grant->reference().text(), "RUS-KGZ-2022/tracks-rus");
    EXPECT_EQ(view.decide(o, rus, State("TJK"), t).reason, Reason::no_consent);
    const auto before = *base::parse_time("2023-11-01T23:59:59Z");
    o.time = before;
    EXPECT_FALSE(set->law.at(before).decide(o, rus, kgz, before).released());
    const auto why = set->law.at(before).explain(o, rus, kgz, before);
    EXPECT_FALSE(why.decision.released());
    EXPECT_NE(why.lines.back().find("signed"), std::string::npos) << why.lines.back();
}

// accords.md, case 5.
TEST(RealSet, NoticeAgainstTheKyrgyzAccord) {
    NEEDS_BORDERS();
    const auto with_notice = [&](const char* day) {
        const std::string act =
            std::string("format = 1\n[[act]]\naccord = \"RUS-KGZ-2022\"\nkind = \"notice\"\nby = \"KGZ\"\n") +
            "effective_at = " + day + "\ncertainty = \"public\"\nsource = \"\"\n";
        return set->law.with_acts(act, "notice.toml", *base::parse_time(day));
    };
    const auto in_time = with_notice("2028-05-02");
    ASSERT_TRUE(in_time) << in_time.error().text();
    EXPECT_EQ(name(status(*in_time, "RUS-KGZ-2022", "2028-11-01T23:59:59Z").state), "operative");
    EXPECT_EQ(name(status(*in_time, "RUS-KGZ-2022", "2028-11-02").state), "ended");
    const auto late = with_notice("2028-05-03");
    ASSERT_TRUE(late);
    EXPECT_EQ(name(status(*late, "RUS-KGZ-2022", "2028-11-02").state), "operative");
    EXPECT_EQ(name(status(*late, "RUS-KGZ-2022", "2033-11-01T23:59:59Z").state), "operative");
    EXPECT_EQ(name(status(*late, "RUS-KGZ-2022", "2033-11-02").state), "ended");
}

}  // namespace
}  // namespace asman::accord
