// A small HTTP and WebSocket server for displays: static files, /api/status, /metrics, /ws. It runs in its own thread;
// nothing here ever waits for a screen (invariant 7): the newest snapshot wins, queues are bounded, drops are counted.
#pragma once

#include <asman/base/result.hpp>
#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace asman::serve {

/// A published message: immutable, shared by all clients that it goes to.
using Json = std::shared_ptr<const std::string>;

struct ServerOptions {
    std::string address =
        "127.0.0.1";             ///< only a loopback address: beyond it operators and TLS are needed (invariant 9)
    std::uint16_t port = 8080;   ///< 0: any free one, see Server::port()
    std::filesystem::path site;  ///< folder of the built display (web/dist), read once at start; absent: a page says so
    picture::State first_state;  ///< what a client sees that has not chosen; empty: the first published
    bool may_look_as = true;     ///< clients may choose a state: simulated nodes only (invariant 9)
    bool may_move_law = true;    ///< clients may set the law date: simulated nodes only
    bool may_pace = true;        ///< clients may pause and set the speed
    std::size_t clients = 32;    ///< connections at once; more are answered 503
    std::size_t commands = 64;   ///< bound of the queue of commands; more are refused, visibly to the client
    std::size_t answers = 16;    ///< bound of answers waiting per client
};

/// Who sent a command (invariant 9). On loopback there is one operator, "local".
using ClientId = std::uint64_t;

struct SetLawDate {
    base::Date date;
    bool operator==(const SetLawDate&) const = default;
};
struct SetPaused {
    bool paused = false;
    bool operator==(const SetPaused&) const = default;
};
struct SetSpeed {
    double speed = 1;  ///< data seconds per second, 0.1 … 1000; 0: as fast as it goes
    bool operator==(const SetSpeed&) const = default;
};
/// "Why do I see this track?", or with `to`: "why does that state get it, or not?", which only the state's own people
/// may ask. Answer with Server::answer(client, explanation_json(…)), giving `request` back.
struct Explain {
    std::uint64_t request = 0;
    picture::State state;
    std::uint64_t track = 0;
    std::optional<picture::State> to;
    bool operator==(const Explain&) const = default;
};

/// "What is seen along this line?" Answer with a message of type "section", giving `request` back.
struct AskSection {
    std::uint64_t request = 0;
    picture::State state;
    geo::Point from, to;
    bool intruder = false;  ///< a target without transponder; else an airliner
    bool operator==(const AskSection&) const = default;
};

struct Command {
    ClientId client = 0;
    std::string operator_name = "local";
    std::string role = "admin";
    std::variant<SetLawDate, SetPaused, SetSpeed, Explain, AskSection> what;
};

/// Counted since the start.
struct ServerCounters {
    std::uint64_t requests = 0;          ///< HTTP requests answered
    std::uint64_t refused_host = 0;      ///< Host or Origin not ours
    std::uint64_t refused_clients = 0;   ///< too many connections
    std::uint64_t bad_messages = 0;      ///< client messages that were not understood or not allowed
    std::uint64_t commands_refused = 0;  ///< the queue of commands was full
    std::uint64_t snapshots_sent = 0;
    std::uint64_t snapshots_skipped = 0;  ///< a newer one came before a slow client had taken it
    std::uint64_t answers_dropped = 0;
    std::uint64_t clients = 0;  ///< displays connected now
};

/// {"v":1,"type":"error","reason":…}: an answer that says why not.
std::string error_message(std::string_view reason);

/// The server. All functions are thread-safe and return at once.
class Server {
  public:
    /// Binds, listens and starts the thread. Errors: refused (not a loopback address), io (cannot bind; site
    /// unreadable).
    static base::Result<std::unique_ptr<Server>> start(ServerOptions options);
    virtual ~Server() = default;

    virtual std::uint16_t port() const = 0;
    /// "http://localhost:8080"
    virtual std::string address() const = 0;

    /// The newest snapshot of a state; replaces the one before.
    virtual void publish(picture::State state, Json snapshot) = 0;
    /// What seldom changes of a state: kept, and sent to each client before its first snapshot.
    virtual void publish_scene(picture::State state, Json scene) = 0;
    /// Body of GET /api/status.
    virtual void publish_status(Json status) = 0;
    /// Body of GET /metrics (Prometheus text format); the server appends its own counters.
    virtual void publish_metrics(std::shared_ptr<const std::string> text) = 0;

    /// Body of GET /api/products/NAME, JSON: maps and such, which displays fetch when they need them; 204 while it is
    /// not there. An empty pointer takes it away.
    virtual void publish_product(const std::string& name, Json json) = 0;

    /// Whether a client looks as this state now: no need to write snapshots that nobody sees. (A client that chooses a
    /// state later first gets the last one published, so publish each state at least now and then.)
    virtual bool watched(picture::State state) const = 0;

    /// The next command of a client, if any.
    virtual std::optional<Command> poll() = 0;
    /// An answer to one client; dropped and counted if it has gone or does not read.
    virtual void answer(ClientId client, Json json) = 0;

    virtual ServerCounters counters() const = 0;
    /// Closes connections and joins the thread; the destructor does so too.
    virtual void stop() = 0;
};

}  // namespace asman::serve
