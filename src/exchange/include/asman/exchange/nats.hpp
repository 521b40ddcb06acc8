// An exchange over NATS JetStream: one outbox stream per sender, receiver and class, which the receiver consumes.
//
//     stream ASMAN_KAZ_KGZ_state  subject asman.KAZ.KGZ.state  in memory, the oldest give way, expires
//     stream ASMAN_KAZ_KGZ_log    subject asman.KAZ.KGZ.log    on disk, refuses when full, kept until acknowledged
//
// The server is one that all partners reach, each as a user of its own whose permissions nats_server_config() writes
// from the pairs that the law allows: the second of the three walls (accords.md rule 19). The exchange is not trusted:
// what arrives goes through wire::Opener as from anywhere.
#pragma once

#include <asman/exchange/exchange.hpp>

#include <memory>
#include <set>
#include <string>

namespace asman::exchange {

struct NatsConfig {
    picture::State self;
    std::vector<picture::State> partners;
    std::string url = "nats://127.0.0.1:4222";
    std::string user, password;                       ///< empty: none
    std::string credentials_file;                     ///< JWT and seed; empty: none
    std::string ca_file, certificate_file, key_file;  ///< TLS; empty: none
    Limits limits;
    base::Duration state_age = base::seconds(30);  ///< state that nobody has fetched by then is gone
};

/// One node's end. Threads of its own talk to the server, one that carries and one that makes what is missing there;
/// every member returns at once, and may be called from one thread. While the server is out of reach messages wait in outboxes within their bounds. `delivered` counts what the
/// server has taken; a log message is then on its disk.
class Nats final : public Exchange {
  public:
    /// Does not wait for the server: a node starts without its links. Fails with `bad_value` (address,
    /// user) or `io` (a file).
    static base::Result<std::unique_ptr<Nats>> open(const NatsConfig& config);
    /// Tries once more to send what waits, then ends.
    ~Nats() override;
    Nats(const Nats&) = delete;
    Nats& operator=(const Nats&) = delete;

    picture::State self() const override;
    base::Result<void> send(picture::State to, Delivery delivery, Bytes envelope) override;
    /// A log message is acknowledged to the server after this call has given it out; after a crash it comes again, and
    /// wire::Opener refuses the one that it has seen.
    std::vector<Bytes> receive() override;
    /// Counts what waits here; what waits on the server for this receiver is destroyed there too, before anything else
    /// is sent.
    std::size_t purge(picture::State to, Delivery delivery) override;
    std::map<picture::State, Counters> counters() const override;
    bool linked(picture::State to) const override;

  private:
    struct Impl;
    explicit Nats(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Who may send to whom.
using Pairs = std::set<std::pair<picture::State, picture::State>>;

struct NatsServer {
    std::string host = "127.0.0.1";
    std::uint16_t port = 4222;
    std::string store_dir;                            ///< of JetStream
    std::map<picture::State, std::string> passwords;  ///< plain or bcrypt; the user's name is the state's code
};

/// A nats-server configuration whose permissions are exactly what these pairs need: a state can publish only as itself
/// and only to those it may send to, and read only what is meant for it.
std::string nats_server_config(const NatsServer& server, const Pairs& pairs);

}  // namespace asman::exchange
