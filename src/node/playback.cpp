#include <asman/node/editions.hpp>
#include <asman/node/playback.hpp>
#include <asman/sources/file.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace asman::node {
namespace {

using nlohmann::ordered_json;

template <class T>
bool read_number(std::string_view& text, T& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

bool skip(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

constexpr std::string_view feed_name = "recording";

}  // namespace

base::Result<picture::Sensor> parse_sensor_option(const std::string& text) {
    std::string_view rest = text;
    unsigned sac = 0, sic = 0;
    double lat = 0, lon = 0, height = 0;
    const bool read = read_number(rest, sac) && skip(rest, '/') && read_number(rest, sic) && skip(rest, '=') &&
                      read_number(rest, lat) && skip(rest, ',') && read_number(rest, lon) && skip(rest, ',') &&
                      read_number(rest, height) && rest.empty();
    if (!read || sac > 255 || sic > 255 || !(std::abs(lat) <= 90) || !(std::abs(lon) <= 180) ||
        !(std::abs(height) < 1e5))
        return base::fail(base::Errc::bad_value, {.source = "--sensor " + text},
                          "SAC/SIC=LAT,LON,HEIGHT is expected, as in 44/2=43.9,18.6,1670");
    picture::Sensor s;
    s.sac = static_cast<std::uint8_t>(sac);
    s.sic = static_cast<std::uint8_t>(sic);
    s.name = std::to_string(sac) + "/" + std::to_string(sic);
    s.position = geo::Position{geo::Point::degrees(lat, lon), {height}};
    return s;
}

struct Playback::Impl {
    PlaybackOptions options;
    sources::Recording recording;
    std::optional<Federation> federation;
    std::vector<picture::State> states;
    std::size_t next = 0;
    base::Time start, now, end;
    std::size_t most_local = 0;
    double sum_local = 0;
    std::uint64_t pictures = 0;
};

Playback::Playback(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Playback::~Playback() = default;

base::Result<std::unique_ptr<Playback>> Playback::make(PlaybackOptions options) {
    auto impl = std::make_unique<Impl>();
    ASMAN_TRY(impl->recording, sources::read_recording(options.file, options.date));
    if (impl->recording.frames.empty())
        return base::fail(base::Errc::missing, {.source = options.file}, "the recording holds no frame");
    core::NodeConfig config;
    config.state = options.state;
    config.mode = core::Mode::recording;
    if (options.date) config.date = *options.date;
    core::FeedConfig feed;
    feed.name = feed_name;
    feed.editions = options.editions;
    config.feeds.push_back(feed);
    std::uint32_t id = 1;
    // A position given beside the recording wins over what a radar says of itself.
    auto sensors = options.sensors;
    for (const auto& told : impl->recording.told)
        if (std::ranges::none_of(sensors, [&](const auto& s) { return s.sac == told.sac && s.sic == told.sic; }))
            sensors.push_back(told);
    for (auto sensor : sensors) {
        sensor.id = {id++};
        sensor.owner = sensor.operated_by = sensor.host = options.state;
        sensor.feed = feed_name;
        config.sensors.push_back(sensor);
    }
    MemberOptions member;
    member.bundle.files["node.toml"] = core::print_node_config(config);
    member.key = base::KeyPair::from_seed("playback");
    if (!options.record.empty())
        member.record =
            (std::filesystem::path(options.record) / (std::string(options.state.text()) + ".asmanlog")).string();
    member.about = {{"recording", std::filesystem::path(options.file).filename().string()}};
    impl->start = impl->now = impl->recording.frames.front().time;
    impl->end = impl->recording.frames.back().time + base::seconds(2);
    impl->states = {options.state};
    impl->options = std::move(options);
    std::vector<MemberOptions> members;
    members.push_back(std::move(member));
    ASMAN_TRY(auto federation, Federation::start(std::move(members), impl->start));
    impl->federation = std::move(federation);
    return std::unique_ptr<Playback>(new Playback(std::move(impl)));
}

base::Result<bool> Playback::tick() {
    auto& m = *impl_;
    if (m.now >= m.end) return false;
    const auto until = m.now + tick_length;
    std::vector<std::vector<node::FeedFrame>> frames(1);
    auto& all = m.recording.frames;
    for (; m.next < all.size() && all[m.next].time <= until; ++m.next)
        frames[0].push_back({all[m.next].time, std::string(feed_name), std::move(all[m.next].bytes)});
    ASMAN_CHECK(m.federation->tick(until, std::move(frames)));
    m.now = until;
    if (m.federation->picture_made(0)) {
        const auto n = m.federation->engine(0).local().size();
        m.most_local = std::max(m.most_local, n);
        m.sum_local += static_cast<double>(n);
        ++m.pictures;
    }
    return m.now < m.end;
}

base::Result<void> Playback::set_law_time(base::Time) {
    return base::fail(base::Errc::refused, "the law's clock moves only where everything is simulated");
}

base::Time Playback::start() const {
    return impl_->start;
}
base::Time Playback::now() const {
    return impl_->now;
}
base::Time Playback::end() const {
    return impl_->end;
}
Federation& Playback::federation() {
    return *impl_->federation;
}
const std::vector<picture::State>& Playback::states() const {
    return impl_->states;
}
std::vector<picture::Sensor> Playback::sensors() const {
    return impl_->federation->engine(0).config().sensors;
}
std::string Playback::title() const {
    return std::filesystem::path(impl_->options.file).filename().string();
}

std::string Playback::summary_json() const {
    const auto& m = *impl_;
    const auto& engine = m.federation->engine(0);
    ordered_json j;
    j["format"] = 1;
    j["simulated"] = false;
    j["recording"] = title();
    j["framing"] = m.recording.framing;
    j["day_known"] = m.recording.day_known;
    j["start"] = base::format_time(m.start, 3);
    j["duration_s"] = (m.now - m.start).seconds();
    ordered_json node;
    node["local_tracks"] = engine.local().size();
    node["joint_tracks"] = engine.joint().size();
    node["most_local_tracks"] = m.most_local;
    node["mean_local_tracks"] = m.pictures ? m.sum_local / static_cast<double>(m.pictures) : 0.0;
    node["digest"] = engine.digest().hex();
    node["counters"] = engine.counters();
    node["editions"] = editions_json(engine);
    for (const auto& s : engine.sensors())
        node["sensors"].push_back({{"id", s.sensor.value},
                                   {"name", s.name},
                                   {"reports", s.reports},
                                   {"without_position", s.no_position},
                                   {"used", !s.excluded}});
    j["nodes"][std::string(m.states[0].text())] = std::move(node);
    return j.dump(2) + "\n";
}

}  // namespace asman::node
