// Release views end to end (accords.md rule 15, cases 1 and 11): what goes to a receiver is made from the sensors that
// a clause covers, and a site's sensor goes with its accord.
#include "federation_for_tests.hpp"

namespace asman::study {
namespace {

using namespace testing_world;

/// B has a second radar beside its own, on a plot that A has ceded under A-B. B-C covers B's own radar alone.
Setting with_a_site() {
    Setting o;
    o.scenario = scenario_text + R"([[sensor]]
name = "plot"
owner = "BBB"
kind = "combined"
sac = 2
sic = 2
airport = "XAAA"
primary_reference_range_km = 250
)";
    const std::string site = "[[site]]\nid = \"plot\"\nhost = \"AAA\"\nowner = \"BBB\"\nsensors = [\"plot\"]\n";
    auto ab = accord("A-B", "BBB", "AAA", "sensors = [\"own\", \"site:plot\"]\n");
    ab.insert(ab.find("[[region]]"), site + "[withdrawal]\nmonths = 0\n");
    o.accords["A-B.toml"] = ab;
    o.accords["B-C.toml"] = accord("B-C", "BBB", "CCC", "");
    o.accord_of["plot"] = "A-B";
    return o;
}

struct Run {
    std::vector<base::Digest> digests;
    std::size_t held_by_c = 0, held_by_a = 0, local_b = 0;
};

Run run(Alter alter) {
    auto nodes = Nodes::make(with_a_site());
    nodes.altered = [](const simulate::Datagram& d) { return d.feed.find("plot") != std::string::npos; };
    nodes.run(90, alter);
    Run out;
    for (std::size_t i = 0; i < 3; ++i) out.digests.push_back(nodes.federation.engine(i).digest());
    out.held_by_c = nodes.held_by_c("BBB");
    for (const auto& track : nodes.federation.engine(0).joint())
        for (const auto& c : track.contributions) out.held_by_a += c.originator == State("BBB");
    out.local_b = nodes.federation.engine(1).local().size();
    return out;
}

TEST(Views, an_own_sensor_that_no_clause_covers_changes_nothing_for_the_receiver) {
    const auto plain = run(Alter::nothing), absent = run(Alter::absent), garbled = run(Alter::garbled);
    // C gets B's tracks though the plot's radar sees the same aircraft, and the same bytes with it and without.
    EXPECT_GT(plain.held_by_c, 3u);
    EXPECT_EQ(plain.digests[2], absent.digests[2]);
    EXPECT_EQ(plain.digests[2], garbled.digests[2]);
    // A gets both, and B's own picture is made from both.
    EXPECT_GT(plain.held_by_a, 0u);
    EXPECT_NE(plain.digests[0], absent.digests[0]);
    EXPECT_NE(plain.digests[1], absent.digests[1]);
    EXPECT_GE(plain.local_b, absent.local_b);
}

/// How many of B's local tracks rest on the plot's radar alone, and on it together with others.
std::pair<std::size_t, std::size_t> by_plot(const Nodes& nodes) {
    const auto& engine = nodes.federation.engine(1);
    picture::SensorId plot;
    for (const auto& s : engine.config().sensors)
        if (s.name == "plot") plot = s.id;
    std::pair<std::size_t, std::size_t> out;
    for (const auto& t : engine.local()) {
        const auto recent = [&](const auto& e) { return e.last > nodes.now - base::seconds(30); };
        const auto fed = std::ranges::count_if(t.lineage, recent);
        const bool plot_fed =
            std::ranges::any_of(t.lineage, [&](const auto& e) { return recent(e) && e.sensor == plot; });
        if (plot_fed) ++(fed == 1 ? out.first : out.second);
    }
    return out;
}

// accords.md, case 11.
TEST(Views, when_the_sites_accord_ends_a_track_that_only_its_radar_saw_drops_and_others_go_on) {
    auto nodes = Nodes::make(with_a_site());
    nodes.run(90);
    const auto [alone, together] = by_plot(nodes);
    ASSERT_GT(alone, 0u);
    ASSERT_GT(together, 0u);
    const auto before = nodes.federation.engine(1).local().size();
    const core::LawAct end{"end.toml",
                           "format = 1\n[[act]]\naccord = \"A-B\"\nkind = \"withdrawal\"\nby = \"AAA\"\n"
                           "effective_at = " +
                               base::format_time(nodes.now) + "\ncertainty = \"public\"\nsource = \"test\"\n"};
    ASSERT_TRUE(nodes.federation.give_all(end));
    nodes.run(70);
    EXPECT_EQ(by_plot(nodes), (std::pair<std::size_t, std::size_t>{0, 0}));
    const auto after = nodes.federation.engine(1).local().size();
    EXPECT_LT(after, before);
    EXPECT_GE(after, together);  // what B's own radar saw too goes on
    EXPECT_GT(nodes.federation.engine(1).counters().at("reports_excluded_by_law"), 0u);
    std::size_t held_by_a = 0;
    for (const auto& track : nodes.federation.engine(0).joint())
        for (const auto& c : track.contributions) held_by_a += c.originator == State("BBB");
    EXPECT_EQ(held_by_a, 0u);
}

}  // namespace
}  // namespace asman::study
