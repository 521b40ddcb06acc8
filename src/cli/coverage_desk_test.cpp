#include "coverage_desk.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <map>

namespace asman::cli {
namespace {

using nlohmann::json;
using picture::State;

/// What a desk gives the display's server, and nothing more.
class Shelf : public serve::Server {
  public:
    using Json = std::shared_ptr<const std::string>;
    std::uint16_t port() const override { return 0; }
    std::string address() const override { return {}; }
    void publish(State, Json) override {}
    void publish_scene(State, Json) override {}
    void publish_status(Json) override {}
    void publish_metrics(std::shared_ptr<const std::string>) override {}
    void publish_product(const std::string& name, Json body) override {
        const std::scoped_lock lock(mutex_);
        products_[name] = std::move(body);
        changed_.notify_all();
    }
    bool watched(State) const override { return true; }
    std::optional<serve::Command> poll() override { return {}; }
    void answer(serve::ClientId client, Json body) override {
        const std::scoped_lock lock(mutex_);
        answers_.emplace_back(client, json::parse(*body));
        changed_.notify_all();
    }
    serve::ServerCounters counters() const override { return {}; }
    void stop() override {}

    /// Empty: it did not come.
    std::string product(const std::string& name) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::minutes(5), [&] { return products_.contains(name); });
        const auto it = products_.find(name);
        return it == products_.end() ? std::string() : *it->second;
    }
    std::vector<std::pair<serve::ClientId, json>> answers(std::size_t wanted) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::minutes(5), [&] { return answers_.size() >= wanted; });
        return answers_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Json> products_;
    std::vector<std::pair<serve::ClientId, json>> answers_;
};

DeskSetting setting() {
    DeskSetting s;
    s.terrain = geo::TerrainStore(geo::Terrain::flat());
    s.geoid = geo::Geoid::open();
    auto borders = geo::Borders::parse(R"({"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"iso3":"AAA","name":"A"},"geometry":{"type":"Polygon","coordinates":[[[74,43],[75,43],[75,44],[74,44],[74,43]]]}},
{"type":"Feature","properties":{"iso3":"BBB","name":"B"},"geometry":{"type":"Polygon","coordinates":[[[75,43],[76,43],[76,44],[75,44],[75,43]]]}}]})",
                                       "borders.geojson");
    EXPECT_TRUE(borders) << borders.error().text();
    s.borders = std::move(*borders);
    coverage::Instrument radar;
    radar.sensor.id = {1};
    radar.sensor.name = "a";
    radar.sensor.owner = State("AAA");
    radar.sensor.position = geo::Position{geo::Point::degrees(43.5, 74.5), {30}};
    radar.sensor.max_range = 150e3;
    s.instruments = {radar};
    s.states = {State("AAA"), State("BBB")};
    s.siting = "{\"v\":1}";
    return s;
}

serve::AskSection question(std::uint64_t request) {
    serve::AskSection q;
    q.request = request;
    q.state = State("AAA");
    q.from = geo::Point::degrees(43.2, 74.2);
    q.to = geo::Point::degrees(43.8, 74.8);
    return q;
}

TEST(CoverageDesk, PublishesItsMapsAndAnswersWhoAskedWhileTheyAreMade) {
    Shelf shelf;
    CoverageDesk desk(shelf, setting());
    // From several threads at once: a display's commands and the desk's own work.
    std::vector<std::jthread> clients;
    std::atomic<std::size_t> taken{0};
    for (std::uint64_t client = 1; client <= 3; ++client)
        clients.emplace_back([&, client] {
            for (std::uint64_t i = 0; i < 8; ++i) taken += desk.ask(client, question(client * 100 + i), base::Time{});
        });
    clients.clear();
    EXPECT_GE(taken, 16u) << "as many may wait";
    EXPECT_EQ(shelf.product("siting.json"), "{\"v\":1}");
    for (const char* name : {"coverage.json", "coverage-AAA.json", "coverage-BBB.json"})
        EXPECT_FALSE(shelf.product(name).empty()) << name;
    const auto answers = shelf.answers(taken);
    ASSERT_EQ(answers.size(), taken);
    for (const auto& [client, body] : answers) {
        EXPECT_EQ(body.at("type"), "section") << body.dump();
        EXPECT_EQ(body.at("request").get<std::uint64_t>() / 100, client) << "each gets its own";
    }
}

TEST(CoverageDesk, EndsAtOnceWhateverItIsDoing) {
    for (int i = 0; i < 5; ++i) {
        Shelf shelf;
        CoverageDesk desk(shelf, setting());
        (void)desk.ask(1, question(1), base::Time{});
        if (i == 4) (void)shelf.product("coverage.json");
    }
}

}  // namespace
}  // namespace asman::cli
