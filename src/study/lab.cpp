#include "scenario_nodes.hpp"

#include <asman/accord/law.hpp>
#include <asman/base/digest.hpp>
#include <asman/core/config.hpp>
#include <asman/exchange/nats.hpp>
#include <asman/geo/region.hpp>
#include <asman/node/member.hpp>
#include <asman/node/udp_sender.hpp>
#include <asman/study/lab.hpp>

#include <filesystem>
#include <map>

namespace asman::study {
namespace {

namespace fs = std::filesystem;
using picture::State;

std::unexpected<base::Error> io_error(const fs::path& path, const std::error_code& error) {
    return base::fail(base::Errc::io, {.source = path.string()}, error.message());
}

/// A file that its owner alone may read.
base::Result<void> write_secret(const fs::path& path, const std::string& text) {
    ASMAN_CHECK(base::write_file(path.string(), text));
    std::error_code error;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, error);
    if (error) return io_error(path, error);
    return {};
}

base::Result<void> make_folder(const std::string& folder) {
    std::error_code error;
    if (fs::exists(folder, error) && !fs::is_empty(folder, error))
        return base::fail(base::Errc::refused, {.source = folder},
                          "exists and is not empty; a lab is made in a new folder");
    fs::create_directories(folder, error);
    if (error) return io_error(folder, error);
    return {};
}

base::Result<void> copy_into(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::copy(from, to, fs::copy_options::recursive, error);
    if (error) return io_error(from, error);
    return {};
}

base::Result<exchange::Pairs> pairs_at(const LabOptions& options, const simulate::Scenario& scenario, base::Time at) {
    ASMAN_TRY(const auto text, base::read_file(options.borders));
    ASMAN_TRY(const auto borders, geo::Borders::parse(text, options.borders));
    ASMAN_TRY(const auto files, accord::read_folder(options.accords));
    accord::Options law_options;
    law_options.borders = &borders;
    const auto law = accord::Law::load(files, law_options);
    const auto view = law.at(at);
    exchange::Pairs pairs;
    for (const auto& from : scenario.states)
        for (const auto& to : scenario.states)
            if (!view.grants(from.code, to.code).empty()) pairs.insert({from.code, to.code});
    return pairs;
}

}  // namespace

base::Result<std::vector<LabNode>> make_lab(const LabOptions& options, base::Time at) {
    ASMAN_CHECK(make_folder(options.folder));
    ASMAN_TRY(const auto scenario, simulate::Scenario::load(options.scenario));
    ASMAN_TRY(const auto world, simulate::World::make(scenario));
    ASMAN_TRY(const auto pairs, pairs_at(options, scenario, at));
    const fs::path folder(options.folder);
    ASMAN_CHECK(copy_into(options.scenario, folder / "scenario.toml"));
    ASMAN_CHECK(copy_into(options.borders, folder / "borders.geojson"));
    ASMAN_CHECK(copy_into(options.accords, folder / "accords"));

    std::map<State, base::KeyPair> keys;
    exchange::NatsServer server;
    server.port = options.nats_port;
    server.store_dir = fs::absolute(folder / "nats").string();
    for (const auto& spec : scenario.states) {
        keys[spec.code] = base::KeyPair::generate();
        server.passwords[spec.code] = base::KeyPair::generate().public_key.hex();
    }
    std::vector<LabNode> nodes;
    unsigned port = options.first_feed_port;
    for (const auto& spec : scenario.states) {
        auto c = scenario_node(world, spec);
        c.accords_dir = "../accords";
        c.borders_file = "../borders.geojson";
        c.key_file = "node.key";
        c.record = "recordings";
        for (auto& feed : c.feeds) feed.udp = "127.0.0.1:" + std::to_string(port++);
        for (const auto& other : scenario.states)
            if (other.code != spec.code) c.partners.push_back({other.code, keys[other.code].public_key});
        c.exchange.url = "nats://127.0.0.1:" + std::to_string(options.nats_port);
        c.exchange.user = spec.code.text();
        c.exchange.password_file = "exchange.password";
        const auto own = folder / std::string(spec.code.text());
        ASMAN_CHECK(make_folder(own.string()));
        ASMAN_CHECK(base::write_file((own / "node.toml").string(), core::print_node_config(c)));
        ASMAN_CHECK(base::create_key((own / "node.key").string(), keys[spec.code]));
        ASMAN_CHECK(write_secret(own / "exchange.password", server.passwords[spec.code] + "\n"));
        nodes.push_back({spec.code, (own / "node.toml").string(), c.sensors.size(), c.feeds.size()});
    }
    ASMAN_CHECK(write_secret(folder / "nats-server.conf", exchange::nats_server_config(server, pairs)));
    return nodes;
}

struct LabSensors::Impl {
    simulate::World world;
    std::map<std::pair<State, std::string>, node::UdpSender> feeds;
    std::uint64_t sent = 0, lost = 0;
};

LabSensors::LabSensors(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LabSensors::~LabSensors() = default;
LabSensors::LabSensors(LabSensors&&) noexcept = default;
LabSensors& LabSensors::operator=(LabSensors&&) noexcept = default;

base::Result<LabSensors> LabSensors::open(const std::string& folder, base::Time start) {
    ASMAN_TRY(auto scenario, simulate::Scenario::load((fs::path(folder) / "scenario.toml").string()));
    scenario.start = start;
    ASMAN_TRY(auto world, simulate::World::make(scenario));
    auto impl = std::make_unique<Impl>(Impl{std::move(world), {}, 0, 0});
    for (const auto& spec : scenario.states) {
        const auto path = fs::path(folder) / std::string(spec.code.text()) / "node.toml";
        ASMAN_TRY(const auto text, base::read_file(path.string()));
        ASMAN_TRY(const auto config, core::parse_node_config(text, path.string()));
        for (const auto& feed : config.feeds) {
            ASMAN_TRY(auto sender, node::UdpSender::open(feed.udp));
            impl->feeds.emplace(std::pair{spec.code, feed.name}, std::move(sender));
        }
    }
    return LabSensors(std::move(impl));
}

void LabSensors::send_until(base::Time now) {
    for (const auto& d : impl_->world.step(now)) {
        const auto feed = impl_->feeds.find({d.owner, d.feed});
        if (feed == impl_->feeds.end()) continue;
        (feed->second.send(d.bytes) ? impl_->sent : impl_->lost) += 1;
    }
}

std::uint64_t LabSensors::sent() const {
    return impl_->sent;
}
std::uint64_t LabSensors::lost() const {
    return impl_->lost;
}

}  // namespace asman::study
