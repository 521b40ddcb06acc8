// The server over real sockets. With server.cpp the only unit that includes Boost.Beast.
#include <asman/serve/server.hpp>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace asman::serve {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using net::ip::tcp;
using picture::State;
using testing::HasSubstr;

Json text(std::string s) {
    return std::make_shared<const std::string>(std::move(s));
}

std::unique_ptr<Server> start(ServerOptions options = {}) {
    options.port = 0;
    auto server = Server::start(std::move(options));
    EXPECT_TRUE(server) << server.error().text();
    return std::move(*server);
}

template <class Condition>
bool soon(Condition condition) {
    for (int i = 0; i < 500 && !condition(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return condition();
}

class Connection {
  public:
    explicit Connection(const Server& server) : host_("localhost:" + std::to_string(server.port())) {
        socket_.connect({net::ip::address_v4::loopback(), server.port()});
    }
    http::response<http::string_body> get(const std::string& target, const std::string& host = {},
                                          const std::string& origin = {}, http::verb verb = http::verb::get) {
        http::request<http::empty_body> request(verb, target, 11);
        request.set(http::field::host, host.empty() ? host_ : host);
        if (!origin.empty()) request.set(http::field::origin, origin);
        http::write(socket_, request);
        http::response_parser<http::string_body> parser;
        parser.skip(verb == http::verb::head);
        http::read(socket_, buffer_, parser);
        return parser.release();
    }

  private:
    std::string host_;
    net::io_context io_;
    tcp::socket socket_{io_};
    beast::flat_buffer buffer_;
};

class Display {
  public:
    explicit Display(const Server& server, const std::string& origin = {}) {
        const std::string host = "localhost:" + std::to_string(server.port());
        beast::get_lowest_layer(ws_).connect({net::ip::address_v4::loopback(), server.port()});
        ws_.set_option(beast::websocket::stream_base::decorator([&](beast::websocket::request_type& request) {
            request.set(http::field::origin, origin.empty() ? "http://" + host : origin);
        }));
        ws_.handshake(host, "/ws", error_);
    }
    bool open() const { return !error_; }
    std::string read() {
        beast::flat_buffer buffer;
        ws_.read(buffer);
        return beast::buffers_to_string(buffer.data());
    }
    void say(const std::string& message) { ws_.write(net::buffer(message)); }

  private:
    net::io_context io_;
    beast::websocket::stream<tcp::socket> ws_{io_};
    boost::system::error_code error_;
};

TEST(Server, RefusesToListenBeyondLoopback) {
    ServerOptions options;
    options.address = "0.0.0.0";
    const auto server = Server::start(options);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code, base::Errc::refused);
}

TEST(Server, SaysWhenThePortIsTaken) {
    const auto first = start();
    ServerOptions options;
    options.port = first->port();
    const auto second = Server::start(options);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error().text(), HasSubstr(std::to_string(first->port())));
}

TEST(Server, AnswersHttp) {
    const auto server = start();
    Connection c(*server);
    EXPECT_EQ(c.get("/api/status").result(), http::status::service_unavailable);
    server->publish_status(text("{\"ok\":true}"));
    server->publish_metrics(text("asman_tracks 5\n"));
    const auto status = c.get("/api/status");
    EXPECT_EQ(status.result(), http::status::ok);
    EXPECT_EQ(status.body(), "{\"ok\":true}");
    EXPECT_EQ(status["X-Content-Type-Options"], "nosniff");
    EXPECT_THAT(c.get("/metrics").body(), HasSubstr("asman_tracks 5\n# TYPE asman_serve_requests_total counter"));
    EXPECT_THAT(c.get("/").body(), HasSubstr("npm run build"));
    EXPECT_EQ(c.get("/../../etc/passwd").result(), http::status::not_found);
    EXPECT_EQ(c.get("/", {}, {}, http::verb::head).body(), "");
    EXPECT_EQ(c.get("/", {}, {}, http::verb::post).result(), http::status::method_not_allowed);
}

TEST(Server, GivesProductsByName) {
    const auto server = start();
    Connection c(*server);
    EXPECT_EQ(c.get("/api/products/KGZ.json").result(), http::status::no_content);
    server->publish_product("KGZ.json", text("{\"a\":1}"));
    const auto found = c.get("/api/products/KGZ.json?x");
    EXPECT_EQ(found.result(), http::status::ok);
    EXPECT_EQ(found.body(), "{\"a\":1}");
    EXPECT_EQ(c.get("/api/products/").result(), http::status::no_content);
    EXPECT_EQ(c.get("/api/products/../status").result(), http::status::no_content);
    server->publish_product("KGZ.json", nullptr);
    EXPECT_EQ(c.get("/api/products/KGZ.json").result(), http::status::no_content);
}

TEST(Server, RefusesOtherHostsAndOrigins) {
    const auto server = start();
    EXPECT_EQ(Connection(*server).get("/", "evil.example").result(), http::status::misdirected_request);
    EXPECT_EQ(Connection(*server).get("/", {}, "http://evil.example").result(), http::status::forbidden);
    EXPECT_FALSE(Display(*server, "http://evil.example").open());
    EXPECT_FALSE(Display(*server, "http://localhost:1").open());
    EXPECT_EQ(server->counters().refused_host, 4U);
}

TEST(Server, SurvivesGarbage) {
    const auto server = start();
    for (const std::string& bytes :
         {std::string("\x16\x03\x01\x02\x00", 5), std::string("GET / HTTP/1.1\r\n\r\n"), std::string(100'000, 'A'),
          std::string("GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: "
                      "websocket\r\nConnection: upgrade\r\n\r\n")}) {
        net::io_context io;
        tcp::socket socket(io);
        socket.connect({net::ip::address_v4::loopback(), server->port()});
        boost::system::error_code error;
        net::write(socket, net::buffer(bytes), error);
    }
    EXPECT_EQ(Connection(*server).get("/").result(), http::status::ok);
}

TEST(Server, SendsSceneThenSnapshotsOfTheStateLookedAs) {
    const auto server = start();
    server->publish_scene(State("KGZ"), text("scene KGZ"));
    server->publish(State("KGZ"), text("KGZ 1"));
    server->publish(State("RUS"), text("RUS 1"));
    Display d(*server);
    EXPECT_EQ(d.read(), "scene KGZ");
    EXPECT_EQ(d.read(), "KGZ 1");
    EXPECT_TRUE(server->watched(State("KGZ")));
    EXPECT_FALSE(server->watched(State("RUS")));
    server->publish(State("RUS"), text("RUS 2"));
    server->publish(State("KGZ"), text("KGZ 2"));
    EXPECT_EQ(d.read(), "KGZ 2");
    d.say(R"({"as":"RUS"})");
    EXPECT_EQ(d.read(), "RUS 2");
    EXPECT_TRUE(soon([&] { return server->watched(State("RUS")) && !server->watched(State("KGZ")); }));
    d.say(R"({"as":"XXX"})");
    EXPECT_THAT(d.read(), HasSubstr("no picture of this state"));
}

TEST(Server, PassesCommandsAndAnswersToTheOneWhoAsked) {
    const auto server = start();
    server->publish(State("KGZ"), text("KGZ 1"));
    Display d(*server), other(*server);
    EXPECT_EQ(d.read(), "KGZ 1");
    EXPECT_EQ(other.read(), "KGZ 1");
    d.say(R"({"law":"2026-06-30"})");
    d.say(R"({"explain":{"request":9,"state":"KGZ","track":4}})");
    std::vector<Command> commands;
    ASSERT_TRUE(soon([&] {
        while (auto c = server->poll()) commands.push_back(*c);
        return commands.size() == 2;
    }));
    EXPECT_EQ(std::get<SetLawDate>(commands[0].what).date, (base::Date{2026, 6, 30}));
    EXPECT_EQ(std::get<Explain>(commands[1].what).track, 4U);
    server->answer(commands[1].client, text("because"));
    EXPECT_EQ(d.read(), "because");
    server->publish(State("KGZ"), text("KGZ 2"));
    EXPECT_EQ(other.read(), "KGZ 2");
    server->answer(4711, text("to nobody"));
    EXPECT_TRUE(soon([&] { return server->counters().answers_dropped == 1; }));
}

TEST(Server, KeepsWhatOnlySimulationMayDo) {
    ServerOptions options;
    options.may_look_as = options.may_move_law = options.may_pace = false;
    const auto server = start(options);
    server->publish(State("KGZ"), text("KGZ 1"));
    server->publish(State("RUS"), text("RUS 1"));
    Display d(*server);
    EXPECT_EQ(d.read(), "KGZ 1");
    for (const auto* message : {R"({"as":"RUS"})", R"({"law":"2026-06-30"})", R"({"pause":true})", R"({"speed":5})",
                                R"({"explain":{"request":9,"state":"RUS","track":4}})", "nonsense"}) {
        d.say(message);
        EXPECT_THAT(d.read(), HasSubstr("\"type\":\"error\"")) << message;
    }
    EXPECT_FALSE(server->poll());
    EXPECT_EQ(server->counters().bad_messages, 6U);
}

TEST(Server, BoundsItsQueueOfCommands) {
    ServerOptions options;
    options.commands = 2;
    const auto server = start(options);
    server->publish(State("KGZ"), text("KGZ 1"));
    Display d(*server);
    EXPECT_EQ(d.read(), "KGZ 1");
    for (int i = 0; i < 3; ++i) d.say(R"({"pause":true})");
    EXPECT_THAT(d.read(), HasSubstr("too many commands"));
    EXPECT_EQ(server->counters().commands_refused, 1U);
}

TEST(Server, ASlowDisplaySkipsSnapshotsAndNothingWaits) {
    const auto server = start();
    server->publish(State("KGZ"), text("first"));
    Display d(*server);
    EXPECT_EQ(d.read(), "first");
    // Far more than socket buffers hold: the display reads none of it meanwhile.
    const std::string big(1 << 20, 'x');
    for (int i = 0; i < 200; ++i) {
        server->publish(State("KGZ"), text(std::to_string(i) + " " + big));
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    server->publish(State("KGZ"), text("last"));
    int read = 0;
    while (d.read() != "last") ++read;
    EXPECT_LT(read, 100);
    EXPECT_GT(server->counters().snapshots_skipped, 100U);
}

TEST(Server, AdmitsABoundedNumberOfDisplays) {
    ServerOptions options;
    options.clients = 2;
    const auto server = start(options);
    {
        Display a(*server), b(*server), c(*server);
        EXPECT_TRUE(a.open());
        EXPECT_TRUE(b.open());
        EXPECT_FALSE(c.open());
    }
    EXPECT_EQ(server->counters().refused_clients, 1U);
    EXPECT_TRUE(soon([&] { return Display(*server).open(); }));
}

TEST(Server, StopsWithDisplaysConnected) {
    auto server = start();
    server->publish(State("KGZ"), text("KGZ 1"));
    Display d(*server);
    EXPECT_EQ(d.read(), "KGZ 1");
    server->stop();
    server.reset();
    EXPECT_ANY_THROW(d.read());
}

}  // namespace
}  // namespace asman::serve
