// A display's WebSocket. Included by server.cpp alone (Boost.Beast is slow to compile).
#pragma once

#include "board.hpp"
#include "messages.hpp"
#include "site.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace asman::serve {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using ErrorCode = boost::system::error_code;

/// The longest message that a display may send, bytes.
inline constexpr std::size_t message_limit = 4 * 1024;

/// What all connections share; lives in the server, which outlives the io_context's handlers.
struct Shared {
    ServerOptions options;
    Site site;
    Board board{options};
    std::size_t sessions = 0;  ///< HTTP connections open; only in the server's thread
    net::io_context io{1};     ///< last: its handlers hold sessions and clients, which use what stands above
};

/// One WebSocket. Reads one message at a time, writes one at a time; between writes it looks up the newest.
class Client : public std::enable_shared_from_this<Client> {
  public:
    Client(beast::tcp_stream stream, Shared& shared, ClientId id)
        : ws_(std::move(stream)), shared_(shared), id_(id), answers_(shared.options.answers, base::WhenFull::refuse) {}
    ~Client() { shared_.board.watch(state_, {}); }

    void accept(const http::request<http::string_body>& request) {
        beast::get_lowest_layer(ws_).expires_never();
        auto timeout = websocket::stream_base::timeout::suggested(beast::role_type::server);
        timeout.idle_timeout = std::chrono::seconds(60);
        timeout.keep_alive_pings = true;
        ws_.set_option(timeout);
        ws_.read_message_max(message_limit);
        ws_.async_accept(request, [self = shared_from_this()](ErrorCode error) {
            if (error) return;
            self->open_ = true;
            self->read();
            self->pump();
        });
    }

    /// Something new may be on the board.
    void pump() {
        if (!open_ || in_flight_) return;
        if (state_.empty()) look_as(shared_.board.first());
        in_flight_ = next();
        if (!in_flight_) return;
        ws_.text(true);
        ws_.async_write(net::buffer(*in_flight_), [self = shared_from_this()](ErrorCode error, std::size_t) {
            self->in_flight_.reset();
            if (error) {
                self->open_ = false;
                return;
            }
            self->pump();
        });
    }

    void answer(Json json) {
        if (!answers_.push(std::move(json))) shared_.board.count([](ServerCounters& c) { ++c.answers_dropped; });
        pump();
    }

    ClientId id() const { return id_; }

  private:
    /// Answers first, then the scene, then the newest snapshot, each only if not sent yet.
    Json next() {
        if (auto answer = answers_.pop()) return *answer;
        if (state_.empty()) return nullptr;
        const auto at = shared_.board.look(state_);
        if (!at) return nullptr;
        if (at->scene.version > scene_sent_) {
            scene_sent_ = at->scene.version;
            return at->scene.json;
        }
        if (at->snapshot.version > snapshot_sent_) {
            const auto skipped = snapshot_sent_ == 0 ? 0 : at->snapshot.version - snapshot_sent_ - 1;
            snapshot_sent_ = at->snapshot.version;
            shared_.board.count([&](ServerCounters& c) {
                ++c.snapshots_sent;
                c.snapshots_skipped += skipped;
            });
            return at->snapshot.json;
        }
        return nullptr;
    }

    void look_as(State state) {
        if (state.empty() || state == state_) return;
        shared_.board.watch(state_, state);
        state_ = state;
        scene_sent_ = snapshot_sent_ = 0;
    }

    void read() {
        ws_.async_read(in_, [self = shared_from_this()](ErrorCode error, std::size_t) {
            if (error) {
                self->open_ = false;
                return;
            }
            if (auto refused = self->take(beast::buffers_to_string(self->in_.data())); !refused.empty()) {
                self->shared_.board.count([](ServerCounters& c) { ++c.bad_messages; });
                self->answer(std::make_shared<const std::string>(error_json(refused)));
            }
            self->in_.consume(self->in_.size());
            self->read();
        });
    }

    /// Does what a message asks; else says why not.
    std::string take(const std::string& text) {
        auto message = parse_message(text);
        if (!message) return message.error().reason;
        const auto& options = shared_.options;
        if (const auto* as = std::get_if<LookAs>(&*message)) {
            if (!options.may_look_as) return "looking as another state is only for simulated nodes";
            if (!shared_.board.look(as->state)) return "no picture of this state";
            look_as(as->state);
            pump();
            return {};
        }
        Command command{.client = id_, .what = {}};
        if (const auto* law = std::get_if<SetLawDate>(&*message)) {
            if (!options.may_move_law) return "the law date moves only in simulated nodes";
            command.what = *law;
        } else if (const auto* explain = std::get_if<Explain>(&*message)) {
            if (explain->state != state_ && !options.may_look_as) return "not the state of this node";
            command.what = *explain;
        } else if (const auto* section = std::get_if<AskSection>(&*message)) {
            if (section->state != state_ && !options.may_look_as) return "not the state of this node";
            command.what = *section;
        } else {
            if (!options.may_pace) return "this node cannot be paced";
            if (const auto* pause = std::get_if<SetPaused>(&*message)) command.what = *pause;
            if (const auto* speed = std::get_if<SetSpeed>(&*message)) command.what = *speed;
        }
        return shared_.board.command(std::move(command)) ? "" : "too many commands are waiting; try again";
    }

    websocket::stream<beast::tcp_stream> ws_;
    Shared& shared_;
    ClientId id_;
    State state_;
    bool open_ = false;
    std::uint64_t scene_sent_ = 0, snapshot_sent_ = 0;
    base::BoundedQueue<Json> answers_;
    Json in_flight_;
    beast::flat_buffer in_;
};

}  // namespace asman::serve
