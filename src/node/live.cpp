#include <asman/exchange/nats.hpp>
#include <asman/node/editions.hpp>
#include <asman/node/live.hpp>
#include <asman/node/receiver.hpp>
#include <asman/node/track_output.hpp>
#include <asman/sources/file.hpp>

#include <nlohmann/json.hpp>

#include <poll.h>
#include <sys/timex.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

namespace asman::node {
namespace {

/// What may wait between two ticks from one feed; beyond it the newest are dropped before the sequencer
/// (architecture.md).
constexpr std::size_t max_waiting = 8192;
/// Taken from one feed before the clock and the other feeds are looked at again.
constexpr std::size_t max_at_once = 1024;

base::Time wall_clock() {
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
                .count()};
}

base::Result<std::unique_ptr<exchange::Exchange>> open_exchange(const core::NodeConfig& config,
                                                                const std::filesystem::path& folder) {
    const auto& x = config.exchange;
    const auto file = [&](const std::string& name) { return name.empty() ? name : (folder / name).string(); };
    exchange::NatsConfig c;
    c.self = config.state;
    for (const auto& partner : config.partners) c.partners.push_back(partner.state);
    c.url = x.url;
    c.user = x.user;
    if (!x.password_file.empty()) {
        ASMAN_TRY(c.password, base::read_file(file(x.password_file)));
        while (!c.password.empty() && (c.password.back() == '\n' || c.password.back() == '\r')) c.password.pop_back();
    }
    c.credentials_file = file(x.credentials_file);
    c.ca_file = file(x.ca_file);
    c.certificate_file = file(x.certificate_file);
    c.key_file = file(x.certificate_key_file);
    ASMAN_TRY(auto nats, exchange::Nats::open(c));
    return nats;
}

/// A name that ends in .asmanlog is the log of one run; any other is a folder in which each run gets a log of its own.
base::Result<std::string> log_path(const std::filesystem::path& named, picture::State state, base::Time start) {
    if (named.extension() == ".asmanlog") return named.string();
    std::error_code error;
    std::filesystem::create_directories(named, error);
    if (error) return base::fail(base::Errc::io, {.source = named.string()}, error.message());
    auto when = base::format_time(start, 3);
    std::erase_if(when, [](char c) { return c == '-' || c == ':'; });
    return (named / (std::string(state.text()) + "-" + when + ".asmanlog")).string();
}

}  // namespace

struct Live::Impl {
    core::NodeConfig config;
    std::optional<Federation> federation;
    std::vector<picture::State> states;
    std::vector<Receiver> receivers;
    std::vector<std::string> names;  ///< feeds of the receivers
    std::vector<TrackOutput> outputs;
    std::vector<FeedFrame> file_frames;  ///< of file feeds, moved to the present, by time
    std::size_t next_file_frame = 0;
    base::Time start, now;
    std::string accords;  ///< folder
    std::optional<bool> synchronised;
    base::Time clock_asked = base::Time::min();
    std::uint64_t dropped = 0;

    base::Result<void> open_feed(const core::FeedConfig& feed) {
        ASMAN_TRY(auto endpoint, parse_endpoint(feed.udp.empty(), feed.udp.empty() ? feed.tcp : feed.udp, feed.place));
        if (!feed.source.empty()) endpoint.source = feed.source;
        if (!feed.interface.empty()) endpoint.interface = feed.interface;
        endpoint.blocks = feed.format == "asterix";
        ASMAN_TRY(auto receiver, Receiver::open(endpoint));
        receivers.push_back(std::move(receiver));
        names.push_back(feed.name);
        return {};
    }

    base::Result<void> open_feeds(const std::filesystem::path& folder) {
        for (const auto& feed : config.feeds) {
            if (!feed.udp.empty() || !feed.tcp.empty()) {
                ASMAN_CHECK(open_feed(feed));
            } else if (!feed.file.empty()) {
                std::optional<base::Date> date;
                if (config.date.month != 0) date = config.date;
                ASMAN_TRY(auto recording, sources::read_recording((folder / feed.file).string(), date));
                for (auto& frame : recording.frames)
                    file_frames.push_back({frame.time, feed.name, std::move(frame.bytes)});
            }
        }
        std::ranges::stable_sort(file_frames, {}, &FeedFrame::time);
        return {};
    }

    /// Tells the core when the system's clock is synchronised, and when it is no longer (accords.md rule 22).
    base::Result<void> ask_clock() {
        if (config.mode != core::Mode::live || now - clock_asked < base::seconds(5)) return {};
        clock_asked = now;
        timex state{};
        const int status = ::adjtimex(&state);
        const bool good = status >= 0 && status != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
        if (synchronised == good) return {};
        synchronised = good;
        return federation->give(0, core::ClockStatus{good});
    }

    void wait_until(base::Time until, std::vector<FeedFrame>& out) {
        std::vector<pollfd> polls;
        for (const auto& r : receivers) polls.push_back({r.descriptor(), POLLIN, 0});
        for (auto t = wall_clock(); t < until; t = wall_clock()) {
            const auto left = static_cast<int>((until - t).ns / 1'000'000) + 1;
            // Also without a word from the system: a connection that ended is made again.
            (void)::poll(polls.data(), polls.size(), left);
            for (std::size_t i = 0; i < receivers.size(); ++i) drain(i, out);
        }
    }

    void drain(std::size_t i, std::vector<FeedFrame>& out) {
        for (std::size_t n = 0; n < max_at_once; ++n) {
            const auto datagram = receivers[i].receive();
            if (!datagram) return;
            if (out.size() >= max_waiting) {
                ++dropped;
                continue;
            }
            out.push_back({wall_clock(), names[i], {datagram->begin(), datagram->end()}});
        }
    }
};

Live::Live(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Live::~Live() = default;

base::Result<std::unique_ptr<Live>> Live::make(const LiveOptions& options) {
    auto impl = std::make_unique<Impl>();
    const auto folder = std::filesystem::path(options.config).parent_path();
    MemberOptions member;
    ASMAN_TRY(member.bundle, load_bundle(options.config));
    ASMAN_TRY(impl->config, core::parse_node_config(member.bundle.files.at("node.toml"), options.config));
    if (impl->config.key_file.empty()) {
        if (!impl->config.partners.empty())
            return base::fail(base::Errc::missing, {.source = options.config},
                              "a node with partners needs a key file: key = \"…\"");
        member.key = base::KeyPair::generate();
    } else {
        ASMAN_TRY(member.key, base::read_key((folder / impl->config.key_file).string()));
    }
    // Nobody outside may link the track numbers that two receivers get; the recording keeps them repeatable.
    member.bundle.files["numbers.secret"] = base::KeyPair::generate().public_key.hex();
    if (!impl->config.accords_dir.empty()) impl->accords = (folder / impl->config.accords_dir).string();
    if (!impl->config.audit_dir.empty()) member.audit = (folder / impl->config.audit_dir).string();
    ASMAN_CHECK(impl->open_feeds(folder));
    for (const auto& output : impl->config.outputs) {
        ASMAN_TRY(auto opened, TrackOutput::open(output, impl->config));
        impl->outputs.push_back(std::move(opened));
    }
    const bool only_files = impl->receivers.empty() && !impl->file_frames.empty();
    impl->start = impl->now = only_files ? impl->file_frames.front().time : wall_clock();
    std::filesystem::path record(options.record);
    if (record.empty() && !impl->config.record.empty()) record = folder / impl->config.record;
    if (!record.empty()) {
        ASMAN_TRY(member.record, log_path(record, impl->config.state, wall_clock()));
    }
    impl->states = {impl->config.state};
    std::unique_ptr<exchange::Exchange> exchange;
    if (!impl->config.exchange.url.empty()) {
        member.numbers = (folder / impl->config.key_file).string() + ".numbers";
        ASMAN_TRY(exchange, open_exchange(impl->config, folder));
    }
    ASMAN_TRY(auto federation, Federation::start(std::move(member), impl->start, std::move(exchange)));
    impl->federation = std::move(federation);
    return std::unique_ptr<Live>(new Live(std::move(impl)));
}

base::Result<bool> Live::tick() {
    auto& m = *impl_;
    const bool only_files = m.receivers.empty() && !m.file_frames.empty();
    const auto until = m.now + tick_length;
    ASMAN_CHECK(m.ask_clock());
    std::vector<std::vector<FeedFrame>> frames(1);
    // A node on files alone runs through them and ends; with live feeds the wall clock sets the pace.
    if (!only_files) m.wait_until(until, frames[0]);
    for (; m.next_file_frame < m.file_frames.size() && m.file_frames[m.next_file_frame].time <= until;
         ++m.next_file_frame)
        frames[0].push_back(std::move(m.file_frames[m.next_file_frame]));
    std::ranges::stable_sort(frames[0], {}, &FeedFrame::time);
    ASMAN_CHECK(m.federation->tick(until, std::move(frames)));
    if (m.federation->picture_made(0))
        for (auto& output : m.outputs) output.send(m.federation->engine(0));
    m.now = until;
    return !only_files || m.next_file_frame < m.file_frames.size();
}

base::Result<void> Live::reload_law() {
    auto& m = *impl_;
    if (m.accords.empty()) return {};
    core::Bundle bundle;
    ASMAN_CHECK(add_accords(bundle, m.accords));
    return m.federation->give(0, core::LawFiles{std::move(bundle.files)});
}

base::Result<void> Live::set_law_time(base::Time law_time) {
    return impl_->federation->give_all(core::SetLawTime{law_time});
}

base::Time Live::start() const {
    return impl_->start;
}
base::Time Live::now() const {
    return impl_->now;
}
Federation& Live::federation() {
    return *impl_->federation;
}
const std::vector<picture::State>& Live::states() const {
    return impl_->states;
}
std::vector<picture::Sensor> Live::sensors() const {
    return impl_->config.sensors;
}
std::string Live::title() const {
    return "node of " + std::string(impl_->config.state.text());
}
core::Mode Live::mode() const {
    return impl_->config.mode;
}

std::string Live::summary_json() const {
    const auto& engine = impl_->federation->engine(0);
    nlohmann::ordered_json j{{"format", 1}, {"simulated", simulated()}};
    j["start"] = base::format_time(impl_->start, 3);
    j["duration_s"] = (impl_->now - impl_->start).seconds();
    auto& node = j["nodes"][std::string(impl_->config.state.text())];
    node["local_tracks"] = engine.local().size();
    node["joint_tracks"] = engine.joint().size();
    node["digest"] = engine.digest().hex();
    node["counters"] = engine.counters();
    node["editions"] = editions_json(engine);
    node["counters"]["datagrams_dropped"] = impl_->dropped;
    for (std::size_t i = 0; i < impl_->outputs.size(); ++i)
        node["outputs"][impl_->config.outputs[i].udp] = {{"sent", impl_->outputs[i].sent()},
                                                         {"lost", impl_->outputs[i].lost()}};
    const auto& end = impl_->federation->end(0);
    for (const auto& [partner, traffic] : end.counters())
        node["partners"][std::string(partner.text())] = {{"linked", end.linked(partner)},  {"sent", traffic.sent},
                                                         {"delivered", traffic.delivered}, {"dropped", traffic.dropped},
                                                         {"refused", traffic.refused},     {"purged", traffic.purged},
                                                         {"waiting", traffic.waiting}};
    return j.dump(2) + "\n";
}

}  // namespace asman::node
