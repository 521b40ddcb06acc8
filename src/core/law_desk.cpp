#include "law_desk.hpp"

#include <asman/accord/law.hpp>
#include <asman/release/exporter.hpp>
#include <asman/release/importer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace asman::core {
namespace {

constexpr std::string_view folder = "accords/";

accord::Files accord_files(const Bundle& bundle) {
    accord::Files out;
    for (const auto& [name, text] : bundle.files)
        if (name.starts_with(folder)) out[name.substr(folder.size())] = text;
    return out;
}

/// Track numbers are drawn from a secret that the edge put into the bundle; a simulated node may do without one.
std::string number_secret(const NodeConfig& config, const Bundle& bundle) {
    const auto it = bundle.files.find("numbers.secret");
    return it != bundle.files.end() ? it->second : "track numbers of " + std::string(config.state.text());
}

/// The geoid, where a text has a band above mean sea level (the edge puts it into the bundle then).
std::shared_ptr<const geo::Geoid> geoid_of(const Bundle& bundle) {
    const auto it = bundle.files.find("geoid.gtx");
    if (it == bundle.files.end()) return nullptr;
    return std::make_shared<const geo::Geoid>(geo::Geoid::parse(it->second));
}

/// Clock skew between live nodes that a decision must stand; simulated ones and recordings share one clock.
base::Duration skew(const NodeConfig& config) {
    return config.mode == Mode::live ? base::seconds(1) : base::Duration{0};
}

}  // namespace

std::set<picture::SensorId> excluded_sensors(const accord::LawView& view, const NodeConfig& config) {
    std::set<picture::SensorId> out;
    for (const auto& sensor : config.sensors)
        if (!view.site_stands(sensor.accord, sensor.name)) out.insert(sensor.id);
    return out;
}

std::vector<SensorView> sensor_views(const accord::Law& law, const NodeConfig& config) {
    std::vector<SensorView> out;
    for (const auto& text : law.texts()) {
        for (const auto& clause : text->clauses) {
            if (!clause.from_parties && !std::ranges::binary_search(clause.from, config.state)) continue;
            SensorView view{{clause.view}, {}};
            for (const auto& s : config.sensors)
                if (!text->covers(clause, s.accord, s.name)) view.uncovered.insert(s.id);
            const bool empty = !clause.own_sensors && view.uncovered.size() == config.sensors.size();
            if (empty) continue;
            const auto it = std::ranges::find(out, view.uncovered, &SensorView::uncovered);
            if (it == out.end())
                out.push_back(std::move(view));
            else if (std::ranges::find(it->clauses, clause.view) == it->clauses.end())
                it->clauses.push_back(clause.view);
        }
    }
    for (auto& view : out) std::ranges::sort(view.clauses);
    return out;
}

struct LawDesk::Impl {
    const NodeConfig* config;
    accord::Law law;
    accord::LawView view;
    bool has_view = false;     ///< an empty view would hold for ever
    base::Duration offset{0};  ///< law time minus data time
    base::Time now;
    std::vector<picture::State> partners;
    std::array<std::uint64_t, release::refusal_kinds> refusals{};
    std::shared_ptr<const geo::Borders> borders;
    std::shared_ptr<const geo::Geoid> geoid;
    release::Exporter exporter;
    accord::LawView nothing;  ///< what a clock that is not synchronised releases
    bool synchronised = true;
    std::vector<Shadow> shadows;
    std::optional<accord::LawView> shadow_view;
    release::Exporter shadow_exporter;
    std::set<picture::State> stopped;  ///< receivers of a clause that has stopped, not yet told
    std::uint64_t changes = 0, acts_refused = 0;
    std::vector<Event> events;

    static release::Exporter::SensorOf sensor_of(const NodeConfig& c) {
        return [&c](picture::SensorId id) -> const picture::Sensor* {
            const auto it = std::ranges::find(c.sensors, id, &picture::Sensor::id);
            return it == c.sensors.end() ? nullptr : &*it;
        };
    }
    static release::Config release_config(const NodeConfig& c, const Bundle& bundle,
                                          std::shared_ptr<const geo::Geoid> geoid) {
        release::Config out{.self = c.state, .secret = number_secret(c, bundle)};
        out.geoid = std::move(geoid);
        return out;
    }

    Impl(const NodeConfig& c, const Bundle& bundle)
        : config(&c),
          geoid(geoid_of(bundle)),
          exporter(release_config(c, bundle, geoid), sensor_of(c)),
          synchronised(c.mode != Mode::live || c.clock_assumed),
          shadow_exporter(release_config(c, bundle, geoid), sensor_of(c)) {}

    const accord::LawView& releasing() const { return synchronised ? view : nothing; }

    base::Time law_now() const { return now + offset; }

    void tell_alarms(std::size_t from) {
        for (std::size_t i = from; i < law.alarms().size(); ++i)
            events.push_back({now, "law.alarm", law.alarms()[i].text()});
    }

    bool renew() {
        if (has_view && view.holds_at(law_now())) return false;
        take(law.at(law_now()));
        return true;
    }

    void take(accord::LawView next) {
        const auto self = config->state;
        for (const auto& partner : partners) {
            for (const auto& g : view.grants(self, partner))
                if (!next.find(g.reference(), self, partner)) stopped.insert(partner);
            for (const auto& g : view.grants(partner, self))
                if (g.clause().onward && !next.find(g.reference(), partner, self))
                    for (const auto& to : g.clause().onward->to)
                        if (std::ranges::binary_search(partners, to)) stopped.insert(to);
        }
        view = std::move(next);
        has_view = true;
        ++changes;
        // The shadow of what is signed: only where it would grant something that the law does not.
        shadow_view.reset();
        auto shadow = law.shadow().at(law_now());
        for (const auto& partner : partners)
            for (const auto& g : shadow.grants(self, partner))
                if (!view.find(g.reference(), self, partner)) shadow_view = shadow;
        if (!shadow_view) shadows.clear();
    }

    /// Counts what would go; nothing of it goes anywhere.
    void cast_shadow(std::span<const release::LocalView> local, std::span<const picture::Contribution> foreign) {
        if (!shadow_view || !shadow_view->holds_at(law_now())) return;
        std::map<std::pair<picture::State, picture::ClauseRef>, std::uint64_t> count;
        for (const auto& batch : shadow_exporter.release(local, foreign, *shadow_view, now, law_now(), partners))
            for (const auto& c : batch.contributions)
                if (!view.find(c.clauses.back(), config->state, batch.receiver))
                    ++count[{batch.receiver, c.clauses.back()}];
        (void)shadow_exporter.take_changes();
        shadows.clear();
        for (const auto& [what, n] : count) shadows.push_back({what.first, what.second, n});
    }
};

LawDesk::LawDesk(const NodeConfig& config, const Bundle& bundle, std::shared_ptr<const geo::Borders> borders)
    : impl_(std::make_unique<Impl>(config, bundle)) {
    auto& m = *impl_;
    m.borders = std::move(borders);
    // A node without accords (a recording, a state alone) has no law that could be bad: it releases nothing.
    if (const auto files = accord_files(bundle); !files.empty())
        m.law = accord::Law::load(files, {.borders = m.borders.get(), .skew = skew(config)});
    for (const auto& partner : config.partners) m.partners.push_back(partner.state);
    std::ranges::sort(m.partners);
    m.tell_alarms(0);
    for (const auto& name : config.without) {
        auto changed = m.law.without(name);
        if (changed)
            m.law = std::move(*changed);
        else
            m.events.push_back({m.now, "law.alarm", "what if without " + name + ": " + changed.error().text()});
    }
}
LawDesk::~LawDesk() = default;
LawDesk::LawDesk(LawDesk&&) noexcept = default;
LawDesk& LawDesk::operator=(LawDesk&&) noexcept = default;

bool LawDesk::advance(base::Time now) {
    impl_->now = now;
    return impl_->renew();
}

base::Result<void> LawDesk::set_law_time(base::Time now, base::Time law_time) {
    auto& m = *impl_;
    if (m.config->mode != Mode::simulated)
        return base::fail(base::Errc::refused, "the law's clock moves only in a simulated node");
    m.now = now;
    m.offset = law_time - now;
    m.renew();
    return {};
}

base::Time LawDesk::law_time() const {
    return impl_->law_now();
}

std::vector<accord::Act> LawDesk::act(const LawAct& act, base::Time now) {
    auto& m = *impl_;
    m.now = now;
    const auto before = m.law.acts().size();
    auto changed = m.law.with_acts(act.text, act.name, m.law_now());
    if (!changed) {
        ++m.acts_refused;
        m.events.push_back({now, "law.act_refused", changed.error().text()});
        return {};
    }
    const auto known = m.law.alarms().size();
    m.law = std::move(*changed);
    m.take(m.law.at(m.law_now()));
    m.events.push_back({now, "law.act", "filed " + act.name});
    m.tell_alarms(known);
    return {m.law.acts().begin() + static_cast<std::ptrdiff_t>(before), m.law.acts().end()};
}

std::map<std::string, std::set<picture::State>> LawDesk::parties() const {
    std::map<std::string, std::set<picture::State>> out;
    for (const auto& text : impl_->law.texts())
        if (!text->restriction) out[text->id].insert(text->parties.begin(), text->parties.end());
    for (const auto& act : impl_->law.acts())
        if (act.kind == accord::ActKind::accession || act.kind == accord::ActKind::succession)
            if (const auto it = out.find(act.accord); it != out.end()) it->second.insert(act.by);
    return out;
}

base::Digest LawDesk::digest() const {
    return impl_->law.digest();
}

std::vector<release::Change> LawDesk::take_changes() {
    return impl_->exporter.take_changes();
}

std::set<picture::SensorId> LawDesk::excluded_sensors() const {
    return core::excluded_sensors(impl_->view, *impl_->config);
}

std::vector<SensorView> LawDesk::sensor_views() const {
    return core::sensor_views(impl_->law, *impl_->config);
}

std::vector<std::pair<picture::State, wire::Batch>> LawDesk::release(base::Time now,
                                                                     const std::vector<Ingest::View>& local,
                                                                     std::span<const picture::JointTrack> joint) {
    auto& m = *impl_;
    std::vector<picture::Contribution> foreign;
    for (const auto& track : joint)
        for (const auto& c : track.contributions)
            if (!c.clauses.empty()) foreign.push_back(c);
    std::vector<release::LocalView> views;
    for (const auto& v : local) views.push_back({{v.clauses.begin(), v.clauses.end()}, v.tracks});
    std::vector<std::pair<picture::State, wire::Batch>> out;
    for (auto& batch : m.exporter.release(views, foreign, m.releasing(), now, m.law_now(), m.partners)) {
        wire::Batch w;
        w.tick = now;
        w.law_time = m.law_now();
        w.contributions = std::move(batch.contributions);
        for (const auto& drop : batch.drops) w.drops.push_back({drop.originator, drop.number});
        out.emplace_back(batch.receiver, std::move(w));
    }
    m.cast_shadow(views, foreign);
    return out;
}

void LawDesk::set_clock(bool synchronised, base::Time now) {
    auto& m = *impl_;
    if (m.config->clock_assumed || m.config->mode != Mode::live || m.synchronised == synchronised) return;
    m.now = now;
    m.synchronised = synchronised;
    if (!synchronised)
        for (const auto& partner : m.partners) m.stopped.insert(partner);
    m.events.push_back(
        {now, synchronised ? "clock.synchronised" : "clock.not_synchronised",
         synchronised ? "released again what the law grants" : "nothing is released until the clock is synchronised"});
}

bool LawDesk::clock() const {
    return impl_->synchronised;
}

void LawDesk::reload(const std::map<std::string, std::string>& files, base::Time now) {
    auto& m = *impl_;
    m.now = now;
    Bundle bundle{files};
    m.law = m.law.reload(accord_files(bundle), {.borders = m.borders.get(), .skew = skew(*m.config)});
    for (const auto& name : m.config->without)
        if (auto changed = m.law.without(name)) m.law = std::move(*changed);
    m.take(m.law.at(m.law_now()));
    m.events.push_back({now, "law.read", "the accords were read again: " + m.law.digest().hex()});
    m.tell_alarms(0);
}

std::optional<base::PublicKey> LawDesk::message_key(const Partner& partner) const {
    const auto& m = *impl_;
    const auto& ring = m.law.keyring();
    if (!ring.required) return partner.key;
    for (const auto& key : ring.certified(partner.state, accord::KeyUse::message, m.law_now())) {
        const auto* revoked = ring.revoked(key, m.law_now());
        if (!revoked || m.law_now() < revoked->compromised_since) return key;
    }
    return std::nullopt;
}

const std::vector<LawDesk::Shadow>& LawDesk::shadow() const {
    return impl_->shadows;
}

std::vector<std::string> LawDesk::explain(std::span<const picture::Contribution> of_object,
                                          const std::vector<Ingest::View>& local, picture::State receiver) const {
    const auto& m = *impl_;
    std::vector<std::string> out;
    if (!m.synchronised) out.push_back("The clock is not synchronised: nothing is released.");
    const auto say = [&](const std::string& what, const accord::Explanation& e) {
        out.push_back(what + ":");
        for (const auto& line : e.lines) out.push_back("  " + line);
    };
    for (const auto& c : of_object) {
        if (!c.clauses.empty()) {
            say(fmt::format("What {} released", c.originator.text()), m.exporter.explain(c, m.view, receiver, m.now));
            continue;
        }
        for (const auto& v : local) {
            const auto it = std::ranges::find_if(v.tracks, [&](const auto& t) {
                return t.number == c.number && t.kinematics.at == c.track.kinematics.at;
            });
            const bool whole = it != v.tracks.end();
            // Views of other sensors number their tracks for themselves: the one at the same place is meant.
            const auto near = whole ? it : std::ranges::min_element(v.tracks, {}, [&](const auto& t) {
                return geo::distance(t.kinematics.at, c.track.kinematics.at);
            });
            if (near == v.tracks.end() || geo::distance(near->kinematics.at, c.track.kinematics.at) > 5000) continue;
            say(whole ? "The own track" : "The track of the view of some of the own sensors",
                m.exporter.explain(*near, v.clauses, m.view, receiver, m.now));
        }
    }
    for (const auto& s : m.shadows)
        if (s.receiver == receiver)
            out.push_back(
                fmt::format("Shadow: {} objects would go under {} version {}, which is signed and not in force",
                            s.objects, s.clause.text(), s.clause.version));
    return out;
}

release::Refusal LawDesk::admit(picture::State from, const wire::Batch& batch,
                                const picture::Contribution& contribution) {
    auto& m = *impl_;
    // In a simulated node the sender's law clock may have been moved in the same tick: the receiver's own clock
    // decides.
    const auto refusal = release::check(contribution, from, m.config->state, m.view, batch.tick, m.law_now());
    ++m.refusals[static_cast<std::size_t>(refusal)];
    return refusal;
}

bool LawDesk::still_granted(const picture::Contribution& contribution) const {
    const auto& m = *impl_;
    const auto refusal = release::check(contribution, contribution.via, m.config->state, m.view, m.now, m.law_now());
    return refusal != release::Refusal::no_clause && refusal != release::Refusal::wrong_chain;
}

bool LawDesk::still_granted(const picture::Leave& leave) const {
    const auto& m = *impl_;
    return leave.clauses.size() == 1 && m.view.find(leave.clauses.front(), leave.via, m.config->state) != nullptr;
}

bool LawDesk::may_keep(const std::vector<picture::ClauseRef>& clauses) const {
    const auto texts = impl_->law.texts();
    return !clauses.empty() && std::ranges::all_of(clauses, [&](const picture::ClauseRef& ref) {
        const auto it =
            std::ranges::find_if(texts, [&](const auto& t) { return t->id == ref.accord && t->digest == ref.digest; });
        const auto* clause = it == texts.end() ? nullptr : (*it)->clause(ref.clause);
        return clause && clause->when_stopped == accord::WhenStopped::keep;
    });
}

const accord::LawView& LawDesk::view() const {
    return impl_->view;
}
const accord::LawView& LawDesk::releasing() const {
    return impl_->releasing();
}
const std::vector<picture::State>& LawDesk::partners() const {
    return impl_->partners;
}
const release::Exporter& LawDesk::exporter() const {
    return impl_->exporter;
}

std::vector<AccordStanding> LawDesk::standings() const {
    std::vector<AccordStanding> out;
    for (const auto& s : impl_->view.status())
        out.push_back({s.id, s.title, std::string(accord::name(s.state)), s.assumed ? "assumed" : "public", s.parties});
    return out;
}

std::vector<picture::State> LawDesk::take_stopped() {
    const auto stopped = std::exchange(impl_->stopped, {});
    return {stopped.begin(), stopped.end()};
}

void LawDesk::count(std::map<std::string, std::uint64_t>& c) const {
    const auto& m = *impl_;
    const auto& e = m.exporter.counters();
    for (const auto& [clause, n] : e.released) c["released " + clause.text()] += n;
    for (const auto& [reason, n] : e.withheld) c["withheld " + std::string(accord::name(reason))] += n;
    for (const auto& s : m.shadows) c["would_release " + s.clause.text()] += s.objects;
    c["release_waiting"] = e.waiting;
    c["release_destroyed"] = e.destroyed;
    c["release_overflow"] = e.overflow;
    c["law_changes"] = m.changes;
    c["law_acts_refused"] = m.acts_refused;
    for (std::size_t i = 0; i < m.refusals.size(); ++i)
        if (m.refusals[i])
            c["import " + std::string(i == 0 ? "accepted" : release::name(static_cast<release::Refusal>(i)))] =
                m.refusals[i];
}

std::vector<Event> LawDesk::take_events() {
    return std::exchange(impl_->events, {});
}

}  // namespace asman::core
