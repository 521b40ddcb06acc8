// A node's configuration: node.toml (docs/operations.md has the reference).
#pragma once

#include <asman/base/config.hpp>
#include <asman/picture/nouns.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace asman::core {

enum class Mode : std::uint8_t {
    simulated,  ///< everything it reads must say SIM; the law's clock may be moved
    live,       ///< what says SIM is refused and counted
    recording,  ///< a file of one's own; SIM is shown as it comes
};
std::string_view name(Mode mode);

struct Partner {
    picture::State state;
    base::PublicKey key;  ///< of its messages
};

/// Where frames come from: read by the edge, named in every Frame.
struct FeedConfig {
    std::string name;
    std::string format = "asterix";  ///< asterix; beast, avr, sbs: a Mode S receiver
    std::string udp;                 ///< "239.1.2.3:8600", ":8600", "[ff15::1]:8600"
    std::string tcp;                 ///< "HOST:PORT" to connect to, ":PORT" to listen on
    std::string interface;           ///< local address that joins the group
    std::string source;              ///< source-specific multicast
    std::string file;
    std::map<std::string, std::string> editions;  ///< category → edition ("048" → "1.31")
    bool insist = false;                          ///< on these editions, though the data refute them
    base::Place place;
};

/// What carries the envelopes between nodes that are processes of their own: a NATS server that all partners reach.
struct ExchangeConfig {
    std::string url;            ///< "nats://host:4222" or "tls://…"; empty: the node is alone
    std::string user;           ///< the state's code unless given
    std::string password_file;  ///< a secret never stands in the configuration, which the input log holds
    std::string credentials_file;
    std::string ca_file, certificate_file, certificate_key_file;
};

/// A state's system unit identification in 062/510, as the users of the outputs have agreed on it.
struct UnitConfig {
    picture::State state;
    std::uint8_t unit = 0;
};

/// Whom the joint picture is sent to: ASTERIX 062 and 065 in datagrams, at each picture.
struct OutputConfig {
    std::string udp;  ///< "239.1.2.4:8601", "127.0.0.1:8601", "[ff15::1]:8601"
    std::uint8_t sac = 0, sic = 0, service = 1;
    base::Place place;
};

struct NodeConfig {
    picture::State state;
    Mode mode = Mode::live;
    std::vector<picture::Sensor> sensors;
    std::vector<FeedConfig> feeds;
    std::vector<Partner> partners;
    std::vector<UnitConfig> units;
    std::vector<OutputConfig> outputs;
    ExchangeConfig exchange;
    std::set<std::uint32_t> state_aircraft;  ///< 24-bit addresses of the own state's aircraft
    std::set<std::string> expected;          ///< callsigns and hexadecimal addresses cleared to cross the border
    std::vector<std::string> without;        ///< "ACCORD/clause": what if it were not there; simulated nodes only
    base::Date date{0, 0, 0};                ///< of a recording whose times carry no day
    base::Duration picture_period = base::seconds(1);
    bool clock_assumed = false;  ///< the clock counts as synchronised whatever the system says (test beds)
    base::Duration audit_interval = base::seconds(60);                   ///< between heads of the audit's pair chains
    std::string accords_dir, borders_file, key_file, record, audit_dir;  ///< for the edge, relative to the file
};

base::Result<NodeConfig> parse_node_config(std::string_view text, const std::string& file);

/// The configuration as text that parse_node_config() reads back to an equal value.
std::string print_node_config(const NodeConfig& config);

}  // namespace asman::core
