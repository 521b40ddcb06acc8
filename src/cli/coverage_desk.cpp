#include "coverage_desk.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace asman::cli {
namespace {

using nlohmann::json;

/// Coarse enough to be there in seconds beside running nodes, fine enough for a map on a screen.
constexpr double cell = 8e3;
constexpr std::size_t map_cells = 400'000;  // each cell of all but the widest states
/// Points along a section and metres between its altitudes, as a panel shows them.
constexpr std::size_t section_points = 240;
constexpr double section_rise = 250, section_ceiling = 14e3;

std::shared_ptr<const std::string> shared(std::string text) {
    return std::make_shared<const std::string>(std::move(text));
}

/// From a year before the first change to the day after the last.
study::AssessOptions options_of(const DeskSetting& s) {
    study::AssessOptions o;
    o.states = s.states;
    o.cell = cell, o.map_cells = map_cells;
    o.border_step = 25e3;
    o.threads = 1;
    const auto changes = s.law.timeline();
    const auto first = changes.empty() ? base::Time{} : changes.front().at;
    const auto last = changes.empty() ? base::Time{} : changes.back().at;
    o.from = first - base::seconds(365 * 86400.0), o.to = last + base::seconds(86400.0);
    return o;
}

json index_of(const study::Assessment& a) {
    json out{
        {"terrain", a.terrain}, {"cell_m", a.options.cell}, {"levels", a.options.levels}, {"epochs", json::array()}};
    for (const auto& s : a.options.states) out["states"].push_back(s.text());
    for (const auto& e : a.epochs)
        out["epochs"].push_back({{"from", base::format_time(e.from)}, {"changes", e.changes}});
    return out;
}

json point(geo::Point p) {
    return {p.lat_deg(), p.lon_deg()};
}

/// Numbers of sensors as a digit an altitude, a string a point.
json columns(const coverage::Section& s) {
    json out = json::array();
    for (std::size_t i = 0; i < s.distance.size(); ++i) {
        std::string column;
        for (std::size_t k = 0; k < s.altitude.size(); ++k)
            column += static_cast<char>('0' + std::min<int>(9, s.at(i, k)));
        out.push_back(std::move(column));
    }
    return out;
}

std::string message_of(const study::SightSection& s, const serve::AskSection& q, base::Time law_time) {
    json ground = json::array();
    for (const double g : s.joint.ground) ground.push_back(std::isnan(g) ? json(nullptr) : json(std::round(g)));
    const json out{{"v", 1},
                   {"type", "section"},
                   {"request", q.request},
                   {"state", q.state.text()},
                   {"law_time", base::format_time(law_time)},
                   {"from", point(q.from)},
                   {"to", point(q.to)},
                   {"target", q.intruder ? "intruder" : "airliner"},
                   {"length_m", s.joint.distance.back()},
                   {"ceiling_m", s.joint.altitude.back()},
                   {"ground", ground},
                   {"own", columns(s.own)},
                   {"joint", columns(s.joint)},
                   {"own_sensors", s.own.seeing},
                   {"ways", s.ways},
                   {"terrain", s.joint.terrain}};
    return out.dump();
}

}  // namespace

CoverageDesk::CoverageDesk(serve::Server& server, DeskSetting setting)
    : server_(server), setting_(std::move(setting)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

CoverageDesk::~CoverageDesk() {
    thread_.request_stop();
    wake_.notify_all();
}

bool CoverageDesk::ask(serve::ClientId client, const serve::AskSection& question, base::Time law_time) {
    const std::scoped_lock lock(mutex_);
    if (!questions_.push({client, question, law_time})) return false;
    wake_.notify_all();
    return true;
}

void CoverageDesk::publish_maps(const std::stop_token& stop) {
    auto o = options_of(setting_);
    o.stopped = [&stop] { return stop.stop_requested(); };
    auto done =
        study::assess(setting_.law, setting_.borders, setting_.terrain, setting_.geoid, setting_.instruments, o);
    if (stop.stop_requested()) return;
    if (!done) {
        fmt::print(stderr, "asman: no maps of coverage: {}\n", done.error().text());
        return;
    }
    for (std::size_t k = 0; k < o.states.size(); ++k)
        server_.publish_product("coverage-" + std::string(o.states[k].text()) + ".json",
                                shared(study::assessment_state_json(*done, k)));
    server_.publish_product("coverage.json", shared(index_of(*done).dump()));
}

void CoverageDesk::answer(study::SectionMaker& maker, const Question& q) {
    const coverage::Target target = q.what.intruder ? study::AssessOptions{}.target : coverage::Target{};
    coverage::SectionOptions options{.points = section_points, .ceiling = section_ceiling, .rise = section_rise};
    options.joint.threads = 1;
    const auto cut = maker.cut(q.what.state, q.law_time, target, q.what.from, q.what.to, options);
    server_.answer(q.client, shared(cut ? message_of(*cut, q.what, q.law_time)
                                        : json{{"v", 1}, {"type", "error"}, {"reason", cut.error().reason}}.dump()));
}

void CoverageDesk::run(const std::stop_token& stop) {
    // Behind the nodes: of one processor they have it first.
    setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 10);
    if (!setting_.siting.empty()) server_.publish_product("siting.json", shared(setting_.siting));
    study::SectionMaker maker(setting_.terrain, setting_.geoid, setting_.instruments, setting_.law, setting_.states);
    publish_maps(stop);
    while (!stop.stop_requested()) {
        std::optional<Question> q;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, stop, [&] { return !questions_.empty(); });
            q = questions_.pop();
        }
        if (q) answer(maker, *q);
    }
}

}  // namespace asman::cli
