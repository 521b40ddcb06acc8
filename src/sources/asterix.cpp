#include <asman/sources/asterix.hpp>

#include <asman/asterix/live.hpp>

#include "records.hpp"

#include <algorithm>
#include <charconv>
#include <deque>

namespace asman::sources {
namespace {

using base::Errc;
using picture::SensorKind;

/// Sensors of one SAC/SIC are told apart by what family of categories they speak.
enum class Family : std::uint8_t { radar, surface, ads_b, tracker };

Family family_of(SensorKind kind) {
    switch (kind) {
        case SensorKind::multilateration:
            return Family::surface;
        case SensorKind::ads_b:
            return Family::ads_b;
        case SensorKind::tracker:
            return Family::tracker;
        default:
            return Family::radar;
    }
}

SensorKind kind_of(Family family) {
    switch (family) {
        case Family::surface:
            return SensorKind::multilateration;
        case Family::ads_b:
            return SensorKind::ads_b;
        case Family::tracker:
            return SensorKind::tracker;
        case Family::radar:
            break;
    }
    return SensorKind::combined;
}

struct Category {
    std::uint8_t number;
    Family family;
    void (*take)(const asterix::Record&, const Context&);
};
constexpr std::array<Category, 8> categories{{{1, Family::radar, take_001},
                                              {2, Family::radar, take_002},
                                              {10, Family::surface, take_010},
                                              {20, Family::surface, take_020},
                                              {21, Family::ads_b, take_021},
                                              {34, Family::radar, take_034},
                                              {48, Family::radar, take_048},
                                              {62, Family::tracker, take_062}}};

const Category* find_category(std::uint8_t number) {
    const auto it = std::ranges::find(categories, number, &Category::number);
    return it == categories.end() ? nullptr : &*it;
}

struct Key {
    asterix::Source source;
    Family family;
    auto operator<=>(const Key&) const = default;
};

base::Error error_of(const asterix::Problem& problem, std::string_view feed) {
    return {Errc::syntax, {std::string(feed), 0, 0, "datagram " + std::to_string(problem.datagram)}, problem.text()};
}

}  // namespace

struct AsterixSource::Impl {
    struct Feed {
        asterix::LiveEditions live;
        std::map<Key, SensorEntry*> sensors;  ///< resolved once each; null: not to be learned any more
        FeedCounters* counters = nullptr;
    };
    AsterixConfig config;
    std::deque<SensorEntry> entries;  ///< stable addresses
    std::map<std::string, Feed, std::less<>> feeds;
    std::map<std::string, FeedCounters, std::less<>> counters;
    std::uint32_t learned = 0;

    base::Result<asterix::Editions> editions_of(const std::string& feed) const;
    Feed& feed_of(std::string_view name);
    void note(Feed& feed, std::string_view name, Decoded& out);
    void read(Feed& feed, std::string_view name, Decoded& out);
    void read_frame(const asterix::Frame& frame, Feed& feed, std::string_view name, Decoded& out);
    SensorEntry* sensor_of(Feed& feed, std::string_view feed_name, Key key, Decoded& out);
    SensorEntry* configured(std::string_view feed_name, Key key);
    void add(picture::Sensor sensor, bool is_configured);
};

AsterixSource::AsterixSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AsterixSource::~AsterixSource() = default;
AsterixSource::AsterixSource(AsterixSource&&) noexcept = default;
AsterixSource& AsterixSource::operator=(AsterixSource&&) noexcept = default;

void AsterixSource::Impl::add(picture::Sensor sensor, bool is_configured) {
    auto& entry = entries.emplace_back();
    if (sensor.position) entry.frame = geo::LocalFrame(*sensor.position);
    entry.state.sensor = std::move(sensor);
    entry.state.configured = is_configured;
}

/// Those said for all feeds, then those for this one.
base::Result<asterix::Editions> AsterixSource::Impl::editions_of(const std::string& feed) const {
    asterix::Editions out;
    std::vector<std::string> names{""};
    if (!feed.empty()) names.push_back(feed);
    for (const auto& name : names) {
        const auto it = config.editions.find(name);
        if (it == config.editions.end()) continue;
        for (const auto& [category, edition] : it->second) {
            unsigned number = 0;
            const auto [end, error] = std::from_chars(category.data(), category.data() + category.size(), number);
            if (error != std::errc() || end != category.data() + category.size() || number > 255 ||
                !out.set(static_cast<std::uint8_t>(number), edition))
                return base::fail(Errc::unknown_name, {feed, 0, 0, category},
                                  "no edition '" + edition + "' of category " + category + " is known");
        }
    }
    return out;
}

base::Result<AsterixSource> AsterixSource::make(AsterixConfig config) {
    auto impl = std::make_unique<Impl>();
    impl->config = std::move(config);
    std::map<std::tuple<std::string, int, int, Family>, std::string> seen;
    for (const auto& s : impl->config.sensors) {
        const auto [it, fresh] = seen.try_emplace({s.feed, s.sac, s.sic, family_of(s.kind)}, s.name);
        if (!fresh)
            return base::fail(Errc::duplicate, {{}, 0, 0, s.name},
                              "same feed, SAC, SIC and kind as sensor '" + it->second + "'");
        impl->add(s, true);
    }
    for (const auto& [feed, editions] : impl->config.editions) ASMAN_CHECK(impl->editions_of(feed));
    return AsterixSource(std::move(impl));
}

AsterixSource::Impl::Feed& AsterixSource::Impl::feed_of(std::string_view name) {
    if (const auto it = feeds.find(name); it != feeds.end()) return it->second;
    const std::string key(name);
    std::vector<std::uint8_t> told;
    for (const auto& who : {std::string(), key})
        if (const auto it = config.editions.find(who); it != config.editions.end())
            for (const auto& [category, edition] : it->second)
                told.push_back(static_cast<std::uint8_t>(std::stoi(category)));
    auto& feed = feeds[key];
    asterix::LiveLimits limits;
    limits.clear = config.judged_records;
    // make() has tried every feed that is configured: what is not, has the editions for all.
    feed.live = asterix::LiveEditions(editions_of(key).value_or(asterix::Editions()), std::move(told),
                                      config.insist.contains(key), limits);
    feed.counters = &counters[key];
    return feed;
}

/// Which editions the sources of a feed speak, as it becomes known.
void AsterixSource::Impl::note(Feed& feed, std::string_view name, Decoded& out) {
    for (const auto& d : feed.live.take_decisions()) {
        feed.counters->refuted_editions += d.refuted.has_value();
        auto& n = out.editions.emplace_back();
        n.feed = name;
        n.category = d.guess.category;
        if (d.guess.source) n.source = {d.guess.source->sac, d.guess.source->sic};
        if (d.edition) n.edition = d.edition->number;
        n.certainty = d.guess.certainty;
        n.records = d.records;
        n.told = d.told != nullptr;
        n.odd = d.odd();
        n.text = d.text();
    }
}

SensorEntry* AsterixSource::Impl::configured(std::string_view feed_name, Key key) {
    const auto find = [&](std::string_view feed, Family family) -> SensorEntry* {
        for (auto& e : entries) {
            const auto& s = e.state.sensor;
            if (e.state.configured && s.feed == feed && s.sac == key.source.sac && s.sic == key.source.sic &&
                family_of(s.kind) == family)
                return &e;
        }
        return nullptr;
    };
    // A surface movement radar speaks 010 and is configured as a radar.
    for (const Family family : {key.family, key.family == Family::surface ? Family::radar : key.family})
        for (const std::string_view feed : {feed_name, std::string_view()})
            if (auto* e = find(feed, family)) return e;
    return nullptr;
}

SensorEntry* AsterixSource::Impl::sensor_of(Feed& feed, std::string_view feed_name, Key key, Decoded& out) {
    const auto [it, fresh] = feed.sensors.try_emplace(key, nullptr);
    if (!fresh) return it->second;
    it->second = configured(feed_name, key);
    if (it->second || learned >= config.max_learned) return it->second;
    picture::Sensor s;
    s.id = {config.first_learned + learned++};
    s.name = "learned/" + std::to_string(key.source.sac) + "/" + std::to_string(key.source.sic) + "/" +
             std::string(picture::name(kind_of(key.family)));
    s.feed = feed_name;
    s.sac = key.source.sac;
    s.sic = key.source.sic;
    s.kind = kind_of(key.family);
    out.learned.push_back(s);
    add(std::move(s), false);
    return it->second = &entries.back();
}

/// Decodes what waits no longer.
void AsterixSource::Impl::read(Feed& feed, std::string_view name, Decoded& out) {
    note(feed, name, out);
    while (const auto* frame = feed.live.next()) read_frame(*frame, feed, name, out);
    feed.counters->waiting = feed.live.waiting();
}

void AsterixSource::Impl::read_frame(const asterix::Frame& frame, Feed& feed, std::string_view name, Decoded& out) {
    auto& n = *feed.counters;
    const base::Time received{frame.received.value_or(0)};
    asterix::DatagramReader reader(frame.payload, feed.live.editions(), frame.number);
    while (const auto* event = reader.next()) {
        switch (event->what) {
            case asterix::What::trailer:
                n.trailing_bytes += event->bytes.size();
                break;
            case asterix::What::opaque:
                ++n.unknown_category;
                break;
            case asterix::What::problem:
                ++n.bad_records;
                if (!n.first_error) n.first_error = error_of(event->problem, name);
                break;
            case asterix::What::record: {
                ++n.records;
                ++n.by_category[event->category];
                const auto* category = find_category(event->category);
                if (!category) break;
                // 001, 002: only a block's first record need say whose it is.
                auto* sensor =
                    sensor_of(feed, name, {event->source.value_or(asterix::Source{}), category->family}, out);
                if (!sensor) break;
                ++sensor->state.counters.records;
                category->take(event->record, {*sensor, received, config.simulation, out});
                break;
            }
        }
    }
}

void AsterixSource::decode(std::string_view feed_name, base::Bytes bytes, base::Time received, Decoded& out) {
    auto& feed = impl_->feed_of(feed_name);
    auto& n = *feed.counters;
    asterix::Frame frame;
    frame.payload = bytes;
    frame.number = n.frames++;
    frame.received = received.ns;
    n.bytes += bytes.size();
    feed.live.add(frame);
    impl_->read(feed, feed_name, out);
}

void AsterixSource::finish(Decoded& out) {
    for (auto& [name, feed] : impl_->feeds) {
        feed.live.finish();
        impl_->read(feed, name, out);
    }
}

std::vector<SensorState> AsterixSource::sensors() const {
    std::vector<SensorState> out;
    for (const auto& e : impl_->entries) out.push_back(e.state);
    std::ranges::sort(out, {}, [](const SensorState& s) { return s.sensor.id; });
    return out;
}

const std::map<std::string, FeedCounters, std::less<>>& AsterixSource::feeds() const {
    return impl_->counters;
}

}  // namespace asman::sources
