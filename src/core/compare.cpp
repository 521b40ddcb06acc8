#include <asman/core/compare.hpp>
#include <asman/core/engine.hpp>

#include "ingest.hpp"
#include "law_desk.hpp"
#include "notice_desk.hpp"
#include "surroundings.hpp"

#include <algorithm>
#include <limits>

namespace asman::core {
namespace {

/// How far a view's track may be from that of the whole picture and still be the same aircraft.
constexpr double same_place = 5000;

/// Whether a law can ever let anything but tracks go from a state.
bool grants_others(const accord::Law& law, picture::State from) {
    for (const auto& text : law.texts())
        for (const auto& clause : text->clauses)
            if (clause.product != accord::Product::tracks &&
                (clause.from_parties || std::ranges::binary_search(clause.from, from)))
                return true;
    return false;
}

/// The grant of the same accord and clause between two states, whatever its version.
const accord::Grant* alike(const accord::LawView& view, const picture::ClauseRef& clause, picture::State from,
                           picture::State to) {
    for (const auto& g : view.grants(from, to))
        if (g.reference().accord == clause.accord && g.reference().clause == clause.clause) return &g;
    return nullptr;
}

/// What was held then, as far as a law grants it: under this law's clauses. Of chains of more than two hands nobody
/// knows who was in between; those are left out.
std::vector<picture::JointTrack> granted_by(const accord::LawView& view, picture::State self,
                                            std::span<const picture::JointTrack> joint) {
    std::vector<picture::JointTrack> out(joint.begin(), joint.end());
    for (auto& track : out)
        std::erase_if(track.contributions, [&](picture::Contribution& c) {
            if (c.clauses.empty()) return false;
            const bool direct = c.clauses.size() == 1;
            if (!direct && c.clauses.size() != 2) return true;
            const auto* first = alike(view, c.clauses[0], c.originator, direct ? self : c.via);
            const auto* second = direct ? first : alike(view, c.clauses[1], c.via, self);
            if (!first || !second) return true;
            c.clauses[0] = first->reference();
            if (!direct) c.clauses[1] = second->reference();
            return false;
        });
    return out;
}

}  // namespace

struct LawComparison::Impl {
    /// One law's side: its own views, and what it does with them.
    struct Side {
        std::optional<Ingest> ingest;
        std::optional<release::Reach> reach;
        std::map<std::pair<std::size_t, std::uint64_t>, base::Time> sampled;  ///< by view and track
        std::optional<NoticeDesk> desk;             ///< none: neither law lets anything but tracks go
        std::optional<release::Exporter> exporter;  ///< gives out no track: the desk asks it for numbers in vain
    };

    NodeConfig config;
    std::optional<Ingest> whole;     ///< all sensors, whatever any law says
    std::optional<Engine> recorded;  ///< the node as it was: what people were shown, and what partners had released
    std::array<Side, 2> sides;
    std::optional<base::Duration> offset;
    std::optional<base::Time> law_start;
    base::Time now, next_picture = base::Time::min();
    std::vector<Compared> compared;
    std::vector<ComparedOther> others;

    base::Time law_now() const { return now + offset.value_or(base::Duration{}); }

    /// Which track of the whole picture a view's is of: the one with its address, or the nearest.
    static const picture::Track* same(std::span<const picture::Track> all, geo::Point at,
                                      std::optional<std::uint32_t> address) {
        const picture::Track* best = nullptr;
        double least = std::numeric_limits<double>::max();
        for (const auto& other : all) {
            const bool known = address && other.identity.address;
            if (known && *address != *other.identity.address) continue;
            const double d = geo::distance(other.kinematics.at, at);
            if (d > same_place || d >= least) continue;
            best = &other;
            least = d;
        }
        return best;
    }

    void judge(std::size_t which, std::span<const picture::Track> all,
               std::map<std::pair<std::uint64_t, picture::State>, Compared>& found) {
        auto& side = sides[which];
        std::map<std::pair<std::size_t, std::uint64_t>, base::Time> sampled;
        const auto views = side.ingest->views();
        for (std::size_t v = 0; v < views.size(); ++v) {
            for (const auto& t : views[v].tracks) {
                if (!t.confirmed) continue;
                sampled[{v, t.number}] = t.kinematics.time;
                const auto before = side.sampled.find({v, t.number});
                std::optional<base::Time> previous;
                if (before != side.sampled.end()) previous = before->second;
                const auto ways = side.reach->of(t, views[v].clauses, previous, now, *offset);
                if (ways.empty()) continue;
                const auto* of = same(all, t.kinematics.at, t.identity.address);
                if (!of) continue;
                for (const auto& [receiver, way] : ways) {
                    auto& c = found[{of->number, receiver}];
                    c.track = of->number;
                    c.at = of->kinematics.at;
                    c.pressure_altitude = of->kinematics.pressure_altitude;
                    c.identity = of->identity;
                    c.receiver = receiver;
                    auto& best = c.ways[which];
                    const auto rank = [](const release::Way& w) {
                        return std::tuple(w.coarsening.delay, w.coarsening.grid, w.clauses.size(), w.clauses);
                    };
                    if (!best || rank(way) < rank(*best)) best = way;
                }
            }
        }
        side.sampled = std::move(sampled);
    }

    /// Calls `use` with what a law's side is to do with a picture or a command.
    template <class Use>
    void with_desk(Side& side, Use use) {
        const auto view = side.reach->view(law_now());
        const auto partners = view.receivers(config.state);
        const auto joint = granted_by(view, config.state, recorded->joint());
        use(*side.desk, NoticeDesk::Now{now, law_now(), view, partners, *side.exporter, *side.ingest, joint});
    }

    /// A person's word. Where nothing of what it was about is held under a law, nobody says it: that is no error.
    void command(const Command& c) {
        for (auto& side : sides)
            with_desk(side, [&](NoticeDesk& desk, const NoticeDesk::Now& moment) {
                if (c.action == "identify") (void)desk.identify(c, moment);
                if (c.action == "incident") (void)desk.incident(c, moment);
            });
    }

    void hand_over(std::span<const picture::Track> all) {
        others.clear();
        if (!recorded) return;
        for (std::size_t i = 0; i < sides.size(); ++i) {
            with_desk(sides[i], [&](NoticeDesk& desk, const NoticeDesk::Now& moment) {
                std::map<picture::State, wire::Batch> state, log;
                desk.advance(moment);
                desk.collect(moment, state, log);
            });
            for (auto& h : sides[i].desk->take_handed()) {
                auto subject = h.origin.own;
                if (h.product == accord::Product::alerts) {
                    const auto* of = h.origin.at ? same(all, *h.origin.at, {}) : nullptr;
                    subject = of ? of->number : 0;
                }
                others.push_back(
                    {i, h.to, h.product, std::move(h.what), subject, h.time, std::move(h.leave), h.fields});
            }
        }
    }

    void make_picture() {
        const auto all = whole->picture(now);
        std::map<std::pair<std::uint64_t, picture::State>, Compared> found;
        for (std::size_t i = 0; i < sides.size(); ++i) {
            auto& side = sides[i];
            (void)side.ingest->picture(now);
            judge(i, all, found);
        }
        compared.clear();
        for (auto& [key, c] : found) compared.push_back(std::move(c));
        hand_over(all);
    }

    void exclude() {
        for (auto& side : sides) side.ingest->exclude(excluded_sensors(side.reach->view(law_now()), config));
    }
};

LawComparison::LawComparison(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LawComparison::~LawComparison() = default;
LawComparison::LawComparison(LawComparison&&) noexcept = default;
LawComparison& LawComparison::operator=(LawComparison&&) noexcept = default;

base::Result<LawComparison> LawComparison::make(const Bundle& bundle, std::array<accord::Law, 2> laws,
                                                std::optional<base::Time> law_time) {
    const auto file = bundle.files.find("node.toml");
    if (file == bundle.files.end()) return base::fail(base::Errc::missing, "the recording's bundle has no node.toml");
    auto impl = std::make_unique<Impl>();
    ASMAN_TRY(impl->config, parse_node_config(file->second, "node.toml"));
    impl->law_start = law_time;
    ASMAN_TRY(impl->whole, Ingest::make(impl->config));
    std::shared_ptr<const geo::Geoid> geoid;
    if (const auto grid = bundle.files.find("geoid.gtx"); grid != bundle.files.end())
        geoid = std::make_shared<const geo::Geoid>(geo::Geoid::parse(grid->second));
    ASMAN_TRY(const auto around, surroundings(bundle, impl->config));
    if (std::ranges::any_of(laws, [&](const auto& law) { return grants_others(law, impl->config.state); }))
        impl->recorded.emplace();
    const auto sensor_of = [c = &impl->config](picture::SensorId id) -> const picture::Sensor* {
        const auto it = std::ranges::find(c->sensors, id, &picture::Sensor::id);
        return it == c->sensors.end() ? nullptr : &*it;
    };
    for (std::size_t i = 0; i < impl->sides.size(); ++i) {
        auto& side = impl->sides[i];
        ASMAN_TRY(side.ingest, Ingest::make(impl->config));
        ASMAN_CHECK(side.ingest->want(sensor_views(laws[i], impl->config)));
        release::Config config;
        config.self = impl->config.state;
        config.geoid = geoid;
        if (impl->recorded) {
            side.desk.emplace(impl->config, bundle, around.watch, around.borders);
            side.desk->keep_handed();
            side.exporter.emplace(config, sensor_of);
        }
        side.reach.emplace(std::move(laws[i]), std::move(config), sensor_of);
    }
    return LawComparison(std::move(impl));
}

base::Result<bool> LawComparison::step(const Input& input) {
    auto& m = *impl_;
    m.now = input.time;
    bool refused = false;
    if (m.recorded) {
        ASMAN_TRY(const auto out, m.recorded->step(input));
        refused = std::ranges::any_of(out.events, [](const Event& e) { return e.kind == "command.refused"; });
    }
    if (!m.offset) {
        m.offset = m.law_start ? *m.law_start - m.now : base::Duration{};
        m.next_picture = m.now + m.config.picture_period;
        m.exclude();
    }
    if (const auto* frame = std::get_if<Frame>(&input.body)) {
        m.whole->frame(*frame, m.now);
        for (auto& side : m.sides) side.ingest->frame(*frame, m.now);
    } else if (const auto* set = std::get_if<SetLawTime>(&input.body)) {
        // A date that was asked for stands; else the law's clock moves as it did then.
        if (!m.law_start) m.offset = set->law_time - m.now;
    } else if (const auto* command = std::get_if<Command>(&input.body)) {
        // What the node refused then was no decision.
        if (m.recorded && !refused) m.command(*command);
    } else if (std::holds_alternative<Tick>(input.body)) {
        m.exclude();
        m.whole->advance(m.now);
        for (auto& side : m.sides) side.ingest->advance(m.now);
        if (m.now < m.next_picture) return false;
        m.make_picture();
        while (m.next_picture <= m.now) m.next_picture = m.next_picture + m.config.picture_period;
        return true;
    }
    return false;
}

const std::vector<Compared>& LawComparison::compared() const {
    return impl_->compared;
}
const std::vector<ComparedOther>& LawComparison::others() const {
    return impl_->others;
}
const NodeConfig& LawComparison::config() const {
    return impl_->config;
}
base::Time LawComparison::now() const {
    return impl_->now;
}
base::Time LawComparison::law_time() const {
    return impl_->law_now();
}
base::Duration LawComparison::period() const {
    return impl_->config.picture_period;
}
const accord::LawView& LawComparison::view(std::size_t which) {
    return impl_->sides[which].reach->view(impl_->law_now());
}

}  // namespace asman::core
