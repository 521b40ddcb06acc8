#include <asman/simulate/recorded.hpp>

#include <asman/asterix/cat048.hpp>
#include <asman/simulate/instruments.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace asman::simulate {
namespace {

constexpr double day = 86400;

struct Report {
    double time = 0;  ///< seconds from the recording's first plot
    geo::Ecef at;
};
using Path = std::vector<Report>;

/// Where a plot lies: on its slant range and azimuth, at its altitude.
geo::Ecef place_of(const RecordedPlot& plot, const geo::LocalFrame& frame, const geo::Geoid& geoid) {
    const double height = plot.altitude + geoid.undulation(frame.origin().at);
    double up = height - frame.origin().height.m;
    Eigen::Vector3d enu;
    for (int i = 0; i < 6; ++i) {
        const double level = std::sqrt(std::max(0.0, plot.range * plot.range - up * up));
        enu = {level * std::sin(plot.azimuth), level * std::cos(plot.azimuth), up};
        up += height - frame.from_local(enu).height.m;
    }
    return frame.to_ecef_point(enu);
}

/// Where an aircraft is, between two reports or on the straight line beyond the outermost; nothing in a long gap.
std::optional<geo::Ecef> at(const Path& path, double time, double longest_gap) {
    const auto after = std::ranges::lower_bound(path, time, {}, &Report::time);
    auto a = after, b = after;
    if (after == path.begin()) {
        // The nearest report 10 s on at least: two of one turn tell no speed.
        while (b != path.end() && b->time < path.front().time + 10) ++b;
        if (b == path.end()) return std::nullopt;
    } else if (after == path.end()) {
        b = path.end() - 1, a = b;
        while (a != path.begin() && a->time > b->time - 10) --a;
        if (a->time > b->time - 10) return std::nullopt;
    } else {
        a = after - 1;
    }
    if (b->time - a->time > longest_gap) return std::nullopt;
    const double part = b->time > a->time ? (time - a->time) / (b->time - a->time) : 0;
    return geo::Ecef(a->at + part * (b->at - a->at));
}

/// The time of a turn, from the times between one aircraft's plots; 0: too few.
double period_of(const std::map<std::uint32_t, std::vector<double>>& detections) {
    std::vector<double> all;
    for (const auto& [address, times] : detections)
        for (std::size_t i = 1; i < times.size(); ++i)
            if (const double d = times[i] - times[i - 1]; d > 0.5 && d < 60) all.push_back(d);
    if (all.size() < 5) return 0;
    std::ranges::sort(all);
    const double usual = all[all.size() / 5];
    double sum = 0;
    int n = 0;
    for (const double d : all)
        if (std::abs(d - usual) < 0.15 * usual) sum += d, ++n;
    return sum / n;
}

/// When a radar should have seen an aircraft: the times of its turns, with whether it did.
std::vector<std::pair<double, bool>> looks_of(const std::vector<double>& seen, const Path& path, double period,
                                              double first, double last, int beyond) {
    std::vector<std::pair<double, bool>> out;
    const double begin = std::max(first, path.front().time - beyond * period),
                 end = std::min(last, path.back().time + beyond * period);
    if (seen.empty()) {
        for (double t = begin; t <= end; t += period) out.emplace_back(t, false);
        return out;
    }
    for (double t = seen.front() - period; t >= begin; t -= period) out.emplace_back(t, false);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        out.emplace_back(seen[i], true);
        if (i + 1 == seen.size()) break;
        const auto turns = std::lround((seen[i + 1] - seen[i]) / period);
        for (long k = 1; k < turns; ++k)
            out.emplace_back(seen[i] + (seen[i + 1] - seen[i]) * static_cast<double>(k) / static_cast<double>(turns),
                             false);
    }
    for (double t = seen.back() + period; t <= end; t += period) out.emplace_back(t, false);
    return out;
}

/// One radar of the scenario, and what the recording has of it.
struct Heard {
    std::size_t index = 0;
    double first = 1e12, last = -1e12;
    std::map<std::uint32_t, std::vector<double>> detections;
};

}  // namespace

void RecordedPlots::add(asterix::Bytes datagram, const asterix::Editions& editions) {
    asterix::DatagramReader reader(datagram, editions);
    while (const auto* event = reader.next()) {
        if (event->what != asterix::What::record || event->category != 48) continue;
        const asterix::cat048::View v(event->record);
        const auto kind = v.i020();
        if (kind && (kind->rab() || kind->tst().value_or(false))) {
            ++not_aircraft;
            continue;
        }
        const auto id = v.i010();
        const auto position = v.i040();
        const auto level = v.i090();
        const auto time = v.i140();
        const auto address = v.i220();
        if (!id || !position || !level || level->v() || level->g() || !time || !address) {
            ++incomplete;
            continue;
        }
        simulated += kind && kind->sim();
        plots.push_back({id->sac(), id->sic(), *time, position->rho() * geo::nautical_mile,
                         position->theta() * geo::deg, geo::PressureAltitude::from_flight_level(level->fl()).m,
                         *address});
    }
}

base::Result<RecordedCalibration> calibrate_recorded(const RecordedPlots& recorded, const Scenario& scenario,
                                                     const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                                                     const RecordedOptions& o) {
    RecordedCalibration out;
    ASMAN_TRY(auto all, instruments(scenario, terrain, geoid));
    std::map<std::pair<int, int>, Heard> heard;
    for (std::size_t i = 0; i < scenario.sensors.size(); ++i) {
        const auto& s = scenario.sensors[i].sensor;
        if (s.kind != picture::SensorKind::ads_b) heard[{s.sac, s.sic}].index = i;
    }
    std::map<std::uint32_t, Path> paths;
    const double start = recorded.plots.empty() ? 0 : recorded.plots.front().time;
    for (const auto& p : recorded.plots) {
        const auto it = heard.find({p.sac, p.sic});
        if (it == heard.end()) {
            out.unknown.insert(fmt::format("{}/{}", p.sac, p.sic));
            continue;
        }
        auto& h = it->second;
        const double time = std::remainder(p.time - start, day);
        h.first = std::min(h.first, time), h.last = std::max(h.last, time);
        h.detections[p.address].push_back(time);
        paths[p.address].push_back({time, place_of(p, geo::LocalFrame(*all[h.index].sensor.position), geoid)});
    }
    std::erase_if(heard, [](const auto& h) { return h.second.detections.empty(); });
    if (heard.empty())
        return base::fail(base::Errc::missing,
                          fmt::format("the recording has no plot with address, position and flight level of a radar of "
                                      "the scenario ({} plots of others)",
                                      recorded.plots.size()));
    for (auto& [address, path] : paths) {
        std::ranges::stable_sort(path, {}, &Report::time);
        for (std::size_t i = 1; i < path.size(); ++i) out.gaps += path[i].time - path[i - 1].time > o.longest_gap;
    }
    // The map that predicts, of the radars that were heard, as far as they reach.
    std::vector<coverage::Instrument> chosen;
    std::vector<const Heard*> order;
    for (auto& [id, h] : heard) {
        for (auto& [address, times] : h.detections) std::ranges::sort(times);
        order.push_back(&h);
    }
    std::ranges::sort(order, {}, &Heard::index);
    for (const auto* h : order) chosen.push_back(all[h->index]);
    const auto [south_west, north_east] = scenario.box();
    ASMAN_TRY(const auto grid, coverage::Grid::over(south_west, north_east, o.cell));
    ASMAN_TRY(const auto joint, coverage::Joint::make(grid, terrain, geoid, chosen));
    auto& c = out.calibration;
    c.terrain = joint.terrain();
    double squares = 0;
    std::size_t hits = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto& h = *order[i];
        RecordedSensor s;
        s.name = chosen[i].sensor.name;
        s.period = period_of(h.detections);
        if (s.period <= 0) s.period = chosen[i].sensor.scan_period.seconds();
        for (const auto& [address, path] : paths) {
            const auto found = h.detections.find(address);
            std::vector<double> seen;
            if (found != h.detections.end())
                for (const double t : found->second)  // two plots of one turn are one look
                    if (seen.empty() || t - seen.back() > s.period / 2) seen.push_back(t);
            bool any = false;
            for (const auto& [time, detected] : looks_of(seen, path, s.period, h.first, h.last, o.beyond)) {
                const auto place = at(path, time, o.longest_gap);
                if (!place) continue;
                const auto position = geo::from_ecef(*place);
                const auto cell = grid.cell_of(position.at);
                if (!cell) continue;
                // An address comes from the secondary channel alone.
                const auto look = joint.look(i, *cell, geoid.msl(position.at, position.height).m,
                                             {.transponder = true, .ads_b = false, .rcs = 0});
                if (!detected && (look.range <= 0 || look.range > chosen[i].sensor.max_range)) continue;
                const double p = look.probability;
                auto& bin = c.bins[std::min<std::size_t>(9, static_cast<std::size_t>(p * 10))];
                bin.looks++, bin.detected += detected, bin.predicted += p;
                squares += (p - detected) * (p - detected);
                c.looks++, hits += detected, any = true;
                s.looks++, s.detected += detected, s.predicted += p, s.seen_where_blind += detected && p < 0.05;
            }
            s.aircraft += any;
        }
        if (s.looks > 0) s.predicted /= static_cast<double>(s.looks);
        out.sensors.push_back(std::move(s));
    }
    for (auto& b : c.bins)
        if (b.looks > 0) b.predicted /= static_cast<double>(b.looks);
    if (c.looks > 0) {
        const double share = static_cast<double>(hits) / static_cast<double>(c.looks);
        c.brier = squares / static_cast<double>(c.looks), c.brier_constant = share * (1 - share);
    }
    return out;
}

}  // namespace asman::simulate
