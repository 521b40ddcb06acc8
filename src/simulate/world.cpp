#include <asman/simulate/world.hpp>

#include "random.hpp"
#include "sensors.hpp"

#include <algorithm>
#include <cmath>

namespace asman::simulate {

struct World::Impl {
    Scenario scenario;
    std::shared_ptr<const Environment> environment;
    std::string source;
    Sky sky;
    std::vector<picture::Sensor> sensors;
    std::vector<Radar> radars;
    std::vector<AdsbStation> stations;
    std::uint64_t next_second = 0;
    base::Time now;
    std::vector<Datagram> pending;  ///< not yet arrived

    Seconds since_start(base::Time t) const { return (t - scenario.start).seconds(); }
    void plan_until(Seconds t) {
        for (auto& a : sky.aircraft) a.plan_until(t);
    }
    void broadcast_second();
};

namespace {

Truth truth_of(const Airborne& b) {
    const Aircraft& a = *b.aircraft;
    Truth t;
    t.id = a.id;
    t.position = b.motion.position;
    t.velocity = b.motion.velocity;
    t.pressure_altitude = b.motion.pressure_altitude;
    t.intruder = a.intruder;
    t.state_aircraft = a.state_aircraft;
    t.expected = a.expected;
    t.transponder = b.transponder;
    t.ads_b = a.ads_b && b.transponder;
    t.state = a.state;
    t.address = a.address;
    t.mode_3a = b.mode_3a;
    t.callsign = b.leg->callsign;
    t.rcs = a.rcs;
    return t;
}

}  // namespace

World::World(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
World::World(World&&) noexcept = default;
World& World::operator=(World&&) noexcept = default;
World::~World() = default;

base::Result<World> World::make(const Scenario& scenario) {
    const auto [south_west, north_east] = scenario.box();
    ASMAN_TRY(const auto terrain, scenario.terrain.empty()
                                      ? geo::Terrain::load_default(south_west, north_east)
                                      : geo::Terrain::load(scenario.terrain, south_west, north_east));
    return make(scenario, terrain, geo::Geoid::open());
}

base::Result<World> World::make(const Scenario& scenario, const geo::Terrain& terrain, const geo::Geoid& geoid) {
    auto impl = std::make_unique<Impl>();
    impl->scenario = scenario;
    impl->source = terrain.source();
    impl->environment =
        std::make_shared<Environment>(Environment{terrain, geoid, Weather(scenario.weather, scenario.seed)});
    impl->now = scenario.start;
    impl->sky.start = scenario.start;
    impl->sky.seed = scenario.seed;
    impl->sky.aircraft = make_aircraft(scenario, impl->environment);
    for (const auto& spec : scenario.sensors) {
        auto built = spec;
        built.sensor.position = coverage::antenna_over(terrain, geoid, spec.at, spec.elevation, spec.mast);
        coverage::HorizonOptions options;
        options.range = spec.sensor.max_range + 5e3;
        ASMAN_TRY(auto horizon, coverage::Horizon::make(terrain, geoid, *built.sensor.position, options));
        impl->sensors.push_back(built.sensor);
        if (spec.sensor.kind == picture::SensorKind::ads_b)
            impl->stations.emplace_back(impl->sky, built, std::move(horizon));
        else
            impl->radars.emplace_back(impl->sky, built, std::move(horizon));
    }
    return World(std::move(impl));
}

void World::Impl::broadcast_second() {
    std::vector<std::optional<Airborne>> broadcast(sky.aircraft.size());
    for (std::size_t i = 0; i < sky.aircraft.size(); ++i) {
        const auto& a = sky.aircraft[i];
        if (!a.ads_b) continue;
        auto b = airborne(a, static_cast<double>(next_second) + broadcast_phase(a));
        if (b && b->transponder) broadcast[i] = std::move(b);
    }
    for (const auto& s : stations) s.second(next_second, sky, broadcast, pending);
    ++next_second;
}

std::vector<Datagram> World::step(base::Time until) {
    auto& w = *impl_;
    if (until < w.now) return {};
    const Seconds t = w.since_start(until);
    // A turn that begins now needs to know where everything will be when the beam gets there.
    w.plan_until(t + 60);
    for (auto& r : w.radars) r.run_until(t, w.sky, w.pending);
    while (static_cast<double>(w.next_second) <= t) w.broadcast_second();
    std::vector<Datagram> out, later;
    for (auto& d : w.pending) (d.received <= until ? out : later).push_back(std::move(d));
    w.pending = std::move(later);
    w.now = until;
    std::ranges::stable_sort(out, [](const Datagram& a, const Datagram& b) {
        return std::tie(a.received, a.sensor) < std::tie(b.received, b.sensor);
    });
    return out;
}

base::Time World::now() const {
    return impl_->now;
}

std::vector<Truth> World::truth(base::Time at) const {
    const Seconds t = impl_->since_start(at);
    impl_->plan_until(t);
    std::vector<Truth> out;
    for (const auto& a : impl_->sky.aircraft)
        if (const auto b = airborne(a, t)) out.push_back(truth_of(*b));
    std::ranges::sort(out, {}, &Truth::id);
    return out;
}

std::optional<Truth> World::truth(const std::string& id, base::Time at) const {
    const Seconds t = impl_->since_start(at);
    for (auto& a : impl_->sky.aircraft)
        if (a.id == id) {
            a.plan_until(t);
            if (const auto b = airborne(a, t)) return truth_of(*b);
        }
    return std::nullopt;
}

std::vector<std::string> World::intruders() const {
    std::vector<std::string> out;
    for (const auto& a : impl_->sky.aircraft)
        if (a.intruder) out.push_back(a.id);
    std::ranges::sort(out);
    return out;
}

std::optional<base::Time> World::first_entry(const std::string& id, const geo::Region& region, base::Time from,
                                             base::Time to) const {
    constexpr auto step = base::seconds(1);
    std::optional<base::Time> outside;
    for (auto t = from; t <= to; t = t + step) {
        const auto state = truth(id, t);
        if (!state) {
            outside.reset();
            continue;
        }
        if (!region.contains(state->position.at)) {
            outside = t;
            continue;
        }
        if (!outside) return t;
        auto low = *outside, high = t;
        while (high - low > base::milliseconds(50)) {
            const base::Time middle{low.ns + (high.ns - low.ns) / 2};
            const auto there = truth(id, middle);
            (there && region.contains(there->position.at) ? high : low) = middle;
        }
        return high;
    }
    return std::nullopt;
}

const std::vector<picture::Sensor>& World::sensors() const {
    return impl_->sensors;
}

std::vector<std::string> World::expected(picture::State state) const {
    std::vector<std::string> out;
    if (const auto* s = impl_->scenario.state(state)) out = s->expected;
    for (const auto& f : impl_->scenario.flights)
        if (f.expected && !f.callsign.empty()) out.push_back(f.callsign);
    const std::size_t named = impl_->sky.aircraft.size() - impl_->scenario.traffic.aircraft;
    for (std::size_t i = 0; i < impl_->scenario.traffic.aircraft; ++i)
        for (std::size_t leg = 0; leg < traffic_callsigns; ++leg)
            out.push_back(traffic_callsign(impl_->sky.aircraft[named + i].state, i, leg));
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
}

const Scenario& World::scenario() const {
    return impl_->scenario;
}
const geo::Terrain& World::terrain() const {
    return impl_->environment->terrain;
}
const std::string& World::terrain_source() const {
    return impl_->source;
}

}  // namespace asman::simulate
