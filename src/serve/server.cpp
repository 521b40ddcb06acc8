// The only unit of the library that includes Boost.Beast. One thread runs an io_context: every connection lives in it
// and needs no lock; what the node publishes crosses over in `Board`, behind one mutex that is held for a pointer's
// copy.
#include <asman/serve/server.hpp>

#include "access.hpp"
#include "client.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include <atomic>
#include <thread>

namespace asman::serve {
namespace {

using net::ip::tcp;

constexpr std::size_t header_limit = 8 * 1024;
constexpr auto request_time = std::chrono::seconds(30);

// ------------------------------------------------------------------------------------------------ HTTP

using Response = http::response<http::string_body>;

/// Headers of every answer: nothing from elsewhere is loaded, nothing embeds the page.
void set_common(Response& response, const http::request<http::string_body>& request) {
    response.version(request.version());
    response.keep_alive(request.keep_alive());
    response.set(http::field::server, "asman");
    response.set("X-Content-Type-Options", "nosniff");
    response.set("X-Frame-Options", "DENY");
    response.set("Referrer-Policy", "no-referrer");
    response.set("Cross-Origin-Resource-Policy", "same-origin");
    response.set("Content-Security-Policy",
                 "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; "
                 "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'");
}

Response make_response(http::status status, std::string_view type, std::string body) {
    Response response;
    response.result(status);
    response.set(http::field::content_type, boost::string_view(type.data(), type.size()));
    response.set(http::field::cache_control, "no-store");
    response.body() = std::move(body);
    return response;
}

Response plain(http::status status, std::string_view text) {
    return make_response(status, "text/plain; charset=utf-8", std::string(text) + "\n");
}

std::string own_metrics(const ServerCounters& c) {
    std::string text;
    const auto line = [&](std::string_view name, std::string_view kind, std::uint64_t value) {
        text += fmt::format("# TYPE asman_serve_{0} {1}\nasman_serve_{0} {2}\n", name, kind, value);
    };
    line("requests_total", "counter", c.requests);
    line("refused_host_total", "counter", c.refused_host);
    line("refused_clients_total", "counter", c.refused_clients);
    line("bad_messages_total", "counter", c.bad_messages);
    line("commands_refused_total", "counter", c.commands_refused);
    line("snapshots_sent_total", "counter", c.snapshots_sent);
    line("snapshots_skipped_total", "counter", c.snapshots_skipped);
    line("answers_dropped_total", "counter", c.answers_dropped);
    line("clients", "gauge", c.clients);
    return text;
}

std::string_view view(boost::string_view text) {
    return {text.data(), text.size()};
}

/// Null: the request is ours to answer. Else why it is refused.
std::optional<Response> refuse(const http::request<http::string_body>& request) {
    const auto host = view(request[http::field::host]);
    if (!host_is_ours(host))
        return plain(http::status::misdirected_request, "this server answers only to its own name");
    if (!origin_is_ours(view(request[http::field::origin]), host))
        return plain(http::status::forbidden, "a page of another site may not ask here");
    if (request.method() != http::verb::get && request.method() != http::verb::head)
        return plain(http::status::method_not_allowed, "only GET and HEAD");
    return std::nullopt;
}

Response respond(const http::request<http::string_body>& request, Shared& shared) {
    const auto target = view(request.target());
    const auto path = target.substr(0, target.find('?'));
    if (path == "/api/status") {
        const auto json = shared.board.get_text(shared.board.status);
        if (!json) return plain(http::status::service_unavailable, "nothing to tell yet");
        return make_response(http::status::ok, "application/json", *json);
    }
    if (path == "/metrics") {
        const auto text = shared.board.get_text(shared.board.metrics);
        return make_response(http::status::ok, "text/plain; version=0.0.4; charset=utf-8",
                             (text ? *text : std::string()) + own_metrics(shared.board.read_counters()));
    }
    if (constexpr std::string_view products = "/api/products/"; path.starts_with(products)) {
        const auto json = shared.board.product(path.substr(products.size()));
        // Not there, or not made yet: nothing is wrong with asking.
        if (!json) return make_response(http::status::no_content, "application/json", {});
        return make_response(http::status::ok, "application/json", *json);
    }
    const auto* file = shared.site.find(target);
    if (!file) return plain(http::status::not_found, "no such page");
    auto response = make_response(http::status::ok, file->content_type, file->bytes);
    response.set(http::field::cache_control, file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    return response;
}

class ServerImpl;

/// One HTTP connection, until it closes or becomes a Client.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(tcp::socket socket, ServerImpl& server, Shared& shared)
        : stream_(std::move(socket)), server_(server), shared_(shared) {
        ++shared_.sessions;
    }
    ~Session() { --shared_.sessions; }
    void read();

  private:
    void handle();
    void write(Response response);

    beast::tcp_stream stream_;
    ServerImpl& server_;
    Shared& shared_;
    beast::flat_buffer in_;
    std::optional<http::request_parser<http::string_body>> parser_;
    Response response_;
    std::optional<http::response_serializer<http::string_body>> serializer_;
};

// ------------------------------------------------------------------------------------------------ the server

class ServerImpl final : public Server {
  public:
    ServerImpl(ServerOptions options, Site site) : shared_{std::move(options), std::move(site)} {}
    ~ServerImpl() override { stop(); }

    base::Result<void> listen() {
        auto& options = shared_.options;
        const std::string place = fmt::format("{}:{}", options.address, options.port);
        ErrorCode error;
        const auto address = net::ip::make_address(options.address, error);
        if (!error) acceptor_.open(address.is_v6() ? tcp::v6() : tcp::v4(), error);
        if (!error) acceptor_.set_option(net::socket_base::reuse_address(true), error);
        if (!error) acceptor_.bind({address, options.port}, error);
        if (!error) acceptor_.listen(net::socket_base::max_listen_connections, error);
        if (!error) port_ = acceptor_.local_endpoint(error).port();
        if (error) return base::fail(base::Errc::io, {place, 0, 0, {}}, "cannot listen here: " + error.message());
        accept();
        thread_ = std::thread([this] { shared_.io.run(); });
        return {};
    }

    std::uint16_t port() const override { return port_; }
    std::string address() const override { return fmt::format("http://localhost:{}", port_); }
    void publish(State state, Json snapshot) override {
        shared_.board.put(state, std::move(snapshot), false);
        wake();
    }
    void publish_scene(State state, Json scene) override {
        shared_.board.put(state, std::move(scene), true);
        wake();
    }
    void publish_status(Json status) override { shared_.board.put_text(shared_.board.status, std::move(status)); }
    void publish_metrics(Json text) override { shared_.board.put_text(shared_.board.metrics, std::move(text)); }
    void publish_product(const std::string& name, Json json) override {
        shared_.board.put_product(name, std::move(json));
    }
    bool watched(State state) const override { return shared_.board.watched(state); }
    std::optional<Command> poll() override { return shared_.board.poll(); }
    void answer(ClientId client, Json json) override {
        net::post(shared_.io, [this, client, json = std::move(json)] {
            if (const auto it = clients_.find(client); it != clients_.end())
                if (const auto alive = it->second.lock()) return alive->answer(json);
            shared_.board.count([](ServerCounters& c) { ++c.answers_dropped; });
        });
    }
    ServerCounters counters() const override { return shared_.board.read_counters(); }
    void stop() override {
        shared_.io.stop();
        if (thread_.joinable()) thread_.join();
    }

    // For sessions, in the server's thread.
    bool admit() { return live_clients() < shared_.options.clients; }
    void adopt(beast::tcp_stream stream, const http::request<http::string_body>& request) {
        const ClientId id = ++last_client_;
        const auto client = std::make_shared<Client>(std::move(stream), shared_, id);
        clients_[id] = client;
        const auto now = live_clients();
        shared_.board.count([&](ServerCounters& c) { c.clients = now; });
        client->accept(request);
    }

  private:
    void accept() {
        acceptor_.async_accept([this](ErrorCode error, tcp::socket socket) {
            if (error == net::error::operation_aborted) return;
            // A browser opens up to six connections a page. What is too many is closed unanswered.
            if (!error && shared_.sessions < 6 * shared_.options.clients)
                std::make_shared<Session>(std::move(socket), *this, shared_)->read();
            accept();
        });
    }
    /// One wake-up at a time is on its way, however often the node publishes.
    void wake() {
        if (waking_.exchange(true)) return;
        net::post(shared_.io, [this] {
            waking_ = false;
            for (const auto& [id, client] : clients_)
                if (const auto alive = client.lock()) alive->pump();
            const auto now = live_clients();
            shared_.board.count([&](ServerCounters& c) { c.clients = now; });
        });
    }
    std::size_t live_clients() {
        std::erase_if(clients_, [](const auto& entry) { return entry.second.expired(); });
        return clients_.size();
    }

    Shared shared_;
    tcp::acceptor acceptor_{shared_.io};
    std::uint16_t port_ = 0;
    std::map<ClientId, std::weak_ptr<Client>> clients_;
    ClientId last_client_ = 0;
    std::atomic<bool> waking_ = false;
    std::thread thread_;
};

void Session::read() {
    parser_.emplace();
    parser_->header_limit(header_limit);
    parser_->body_limit(0);
    stream_.expires_after(request_time);
    http::async_read(stream_, in_, *parser_, [self = shared_from_this()](ErrorCode error, std::size_t) {
        if (!error) self->handle();
    });
}

void Session::handle() {
    auto& shared = shared_;
    const auto& request = parser_->get();
    if (auto refused = refuse(request)) {
        shared.board.count([](ServerCounters& c) { ++c.refused_host; });
        return write(std::move(*refused));
    }
    if (websocket::is_upgrade(request)) {
        if (request.target() != "/ws") return write(plain(http::status::not_found, "the WebSocket is at /ws"));
        if (!server_.admit()) {
            shared.board.count([](ServerCounters& c) { ++c.refused_clients; });
            return write(plain(http::status::service_unavailable, "too many displays"));
        }
        return server_.adopt(std::move(stream_), request);
    }
    shared.board.count([](ServerCounters& c) { ++c.requests; });
    write(respond(request, shared));
}

void Session::write(Response response) {
    response_ = std::move(response);
    set_common(response_, parser_->get());
    response_.prepare_payload();
    const bool head = parser_->get().method() == http::verb::head;
    const bool keep = response_.keep_alive();
    if (head) response_.body().clear();
    serializer_.emplace(response_);
    stream_.expires_after(request_time);
    http::async_write(stream_, *serializer_, [self = shared_from_this(), keep](ErrorCode error, std::size_t) {
        if (error) return;
        if (keep) return self->read();
        ErrorCode ignored;
        self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    });
}

}  // namespace

base::Result<std::unique_ptr<Server>> Server::start(ServerOptions options) {
    if (options.address == "localhost") options.address = "127.0.0.1";
    if (!is_loopback_address(options.address))
        return base::fail(base::Errc::refused, {options.address, 0, 0, {}},
                          "listens only on a loopback address: beyond it operators and TLS are needed");
    ASMAN_TRY(auto site, Site::load(options.site));
    auto server = std::make_unique<ServerImpl>(std::move(options), std::move(site));
    ASMAN_CHECK(server->listen());
    return server;
}

}  // namespace asman::serve
