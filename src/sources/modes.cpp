#include <asman/sources/modes.hpp>

#include "aircraft.hpp"

#include <set>

namespace asman::sources {
namespace {

constexpr std::size_t max_line = 512;
constexpr base::Duration forget_after = base::seconds(300);
constexpr double line_of_sight = 900e3;  ///< metres: what a receiver hears at most, without a range of its own

/// The register that a reply can only be, of those that tell how the aircraft flies; 0: none, or one of several.
std::uint8_t register_of(const modes::Message& m) {
    if (m.comm_b.candidates() != 1) return 0;
    return m.comm_b.bds40 ? 0x40 : m.comm_b.bds50 ? 0x50 : m.comm_b.bds60 ? 0x60 : 0;
}

}  // namespace

std::optional<ModesFormat> modes_format(std::string_view name) {
    if (name == "beast") return ModesFormat::beast;
    if (name == "avr") return ModesFormat::avr;
    if (name == "sbs") return ModesFormat::sbs;
    return std::nullopt;
}

struct ModesSource::Impl {
    struct Feed {
        picture::Sensor sensor;
        std::optional<modes::LatLon> reference;
        modes::BeastReader beast;
        std::string line;  ///< of a text format, not yet whole
        std::map<std::uint32_t, Aircraft> aircraft;
        base::Time next_sweep = base::Time::min();
    };
    ModesConfig config;
    std::map<std::string, Feed, std::less<>> feeds;
    std::map<std::string, ModesCounters, std::less<>> counters;
    std::uint32_t learned = 0;

    void add(const std::string& name, const picture::Sensor& sensor) {
        auto& feed = feeds[name];
        feed.sensor = sensor;
        if (sensor.position)
            feed.reference = modes::LatLon{sensor.position->at.lat_deg(), sensor.position->at.lon_deg()};
    }
    Feed* feed_of(std::string_view name, Decoded& out);
    Aircraft* aircraft_of(Feed& feed, ModesCounters& c, std::uint32_t address, bool known_only, base::Time now);
    void take(Feed& feed, ModesCounters& c, base::Bytes bytes, base::Time now, Decoded& out);
    void take(Feed& feed, ModesCounters& c, const modes::SbsMessage& m, base::Time now, Decoded& out);
    void take_line(Feed& feed, ModesCounters& c, ModesFormat format, base::Time now, Decoded& out);
    void report(Feed& feed, ModesCounters& c, const Aircraft& aircraft, std::uint32_t address, bool icao,
                modes::LatLon at, unsigned type_code, base::Time now, Decoded& out);
};

ModesSource::ModesSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ModesSource::~ModesSource() = default;
ModesSource::ModesSource(ModesSource&&) noexcept = default;
ModesSource& ModesSource::operator=(ModesSource&&) noexcept = default;

base::Result<ModesSource> ModesSource::make(ModesConfig config) {
    auto impl = std::make_unique<Impl>();
    for (const auto& sensor : config.sensors) {
        if (sensor.kind != picture::SensorKind::ads_b) continue;
        if (impl->feeds.contains(sensor.feed))
            return base::fail(base::Errc::duplicate, {{}, 0, 0, sensor.name},
                              "two receivers on the feed '" + sensor.feed + "'");
        impl->add(sensor.feed, sensor);
    }
    impl->config = std::move(config);
    return ModesSource(std::move(impl));
}

ModesSource::Impl::Feed* ModesSource::Impl::feed_of(std::string_view name, Decoded& out) {
    if (const auto it = feeds.find(name); it != feeds.end()) return &it->second;
    if (learned >= config.max_learned) return nullptr;
    picture::Sensor sensor;
    sensor.id = {config.first_learned + learned++};
    sensor.name = "learned/" + std::string(name);
    sensor.feed = name;
    sensor.kind = picture::SensorKind::ads_b;
    out.learned.push_back(sensor);
    add(std::string(name), sensor);
    return &feeds.find(name)->second;
}

Aircraft* ModesSource::Impl::aircraft_of(Feed& feed, ModesCounters& c, std::uint32_t address, bool known_only,
                                         base::Time now) {
    if (now >= feed.next_sweep) {
        std::erase_if(feed.aircraft, [&](const auto& a) { return now - a.second.last_heard() > forget_after; });
        feed.next_sweep = now + base::seconds(10);
    }
    const auto it = feed.aircraft.find(address);
    if (it != feed.aircraft.end()) return &it->second;
    if (known_only) {
        ++c.unknown_address;
        return nullptr;
    }
    if (feed.aircraft.size() >= config.max_aircraft) {
        ++c.forgotten;
        return nullptr;
    }
    return &feed.aircraft[address];
}

void ModesSource::Impl::report(Feed& feed, ModesCounters& c, const Aircraft& aircraft, std::uint32_t address, bool icao,
                               modes::LatLon at, unsigned type_code, base::Time now, Decoded& out) {
    const auto point = geo::Point::degrees(at.lat, at.lon == -180 ? 180 : at.lon);
    if (feed.sensor.position) {
        const double reach = feed.sensor.max_range > 0 ? 1.2 * feed.sensor.max_range : line_of_sight;
        if (geo::distance(feed.sensor.position->at, point) > reach) {
            ++c.implausible;
            return;
        }
    }
    picture::TargetReport r;
    r.sensor = feed.sensor.id;
    r.time = now;
    r.kind = picture::SensorKind::ads_b;
    r.point = point;
    r.sigma_horizontal = aircraft.sigma(type_code);
    aircraft.fill(r);
    aircraft.tell(r);
    if (icao) r.identity.address = address;
    out.reports.push_back(std::move(r));
    ++c.reports;
}

void ModesSource::Impl::take(Feed& feed, ModesCounters& c, base::Bytes bytes, base::Time now, Decoded& out) {
    ++c.messages;
    if (bytes.size() == 2) return;  // Mode A/C: whose, nobody says
    const auto m = modes::decode(bytes);
    if (!m) {
        ++c.bad_parity;
        return;
    }
    if (m->df == 18 && !m->ads_b) {
        ++c.not_own;
        return;
    }
    // Anonymous addresses may equal an ICAO one: kept apart by a bit beyond the 24.
    const std::uint32_t key = m->address | (m->icao_address ? 0 : 1u << 24);
    auto* aircraft = aircraft_of(feed, c, key, !m->address_proved, now);
    if (!aircraft) return;
    aircraft->hear(*m, now);
    if (const auto bds = register_of(*m); bds != 0) {
        std::uint64_t content = 0;
        for (const std::byte b : bytes.subspan(4, 7)) content = content << 8 | std::to_integer<std::uint64_t>(b);
        aircraft->hear_register(bds, content, now);
    }
    if (!m->position) return;
    modes::LatLon at;
    switch (aircraft->place(*m->position, now, feed.reference, at)) {
        case Placing::unpaired:
            ++c.unpaired;
            break;
        case Placing::implausible:
            ++c.implausible;
            break;
        case Placing::placed:
            report(feed, c, *aircraft, m->address, m->icao_address, at, m->type_code, now, out);
            break;
    }
}

void ModesSource::Impl::take(Feed& feed, ModesCounters& c, const modes::SbsMessage& m, base::Time now, Decoded& out) {
    ++c.messages;
    auto* aircraft = aircraft_of(feed, c, m.address, false, now);
    if (!aircraft) return;
    aircraft->hear(m, now);
    if (m.lat && m.lon) report(feed, c, *aircraft, m.address, true, {*m.lat, *m.lon}, 0, now, out);
}

void ModesSource::Impl::take_line(Feed& feed, ModesCounters& c, ModesFormat format, base::Time now, Decoded& out) {
    const std::string_view line = feed.line;
    if (format == ModesFormat::avr) {
        if (const auto frame = modes::parse_avr(line))
            take(feed, c, frame->message, now, out);
        else
            c.skipped_bytes += line.size();
    } else if (const auto m = modes::parse_sbs(line)) {
        take(feed, c, *m, now, out);
    } else {
        c.skipped_bytes += line.size();
    }
    feed.line.clear();
}

void ModesSource::decode(std::string_view feed_name, ModesFormat format, base::Bytes bytes, base::Time received,
                         Decoded& out) {
    auto& c = impl_->counters.try_emplace(std::string(feed_name)).first->second;
    c.bytes += bytes.size();
    if (impl_->config.simulation == Simulation::only) {
        ++c.refused_simulated;
        return;
    }
    auto* feed = impl_->feed_of(feed_name, out);
    if (!feed) return;
    if (format == ModesFormat::beast) {
        std::vector<modes::Frame> frames;
        const auto skipped_before = feed->beast.skipped_bytes();
        feed->beast.feed(bytes, frames);
        c.skipped_bytes += feed->beast.skipped_bytes() - skipped_before;
        for (const auto& frame : frames) impl_->take(*feed, c, frame.message, received, out);
        return;
    }
    for (const std::byte b : bytes) {
        const char ch = std::to_integer<char>(b);
        if (ch == '\n') {
            if (!feed->line.empty()) impl_->take_line(*feed, c, format, received, out);
        } else if (feed->line.size() < max_line) {
            feed->line.push_back(ch);
        } else {
            ++c.skipped_bytes;
        }
    }
}

const std::map<std::string, ModesCounters, std::less<>>& ModesSource::counters() const {
    return impl_->counters;
}

std::vector<picture::Sensor> ModesSource::sensors() const {
    std::vector<picture::Sensor> out;
    for (const auto& [name, feed] : impl_->feeds) out.push_back(feed.sensor);
    std::ranges::sort(out, {}, &picture::Sensor::id);
    return out;
}

}  // namespace asman::sources
