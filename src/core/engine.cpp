#include "audit_desk.hpp"
#include "ingest.hpp"
#include "law_desk.hpp"
#include "notice_desk.hpp"
#include "surroundings.hpp"

#include <asman/accord/decide.hpp>
#include <asman/airspace/watch.hpp>
#include <asman/core/engine.hpp>
#include <asman/fuse/joint.hpp>
#include <asman/wire/envelope.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace asman::core {
namespace {

/// A track's numbers as bytes, for the digest: two runs must agree in every bit.
void add_track(base::Writer& w, const picture::Track& t) {
    const auto& k = t.kinematics;
    w.put(t.number);
    w.put(k.time.ns);
    w.put(k.at.lat);
    w.put(k.at.lon);
    for (int i = 0; i < 2; ++i) w.put(k.velocity[i]);
    for (int i = 0; i < 16; ++i) w.put(k.covariance.data()[i]);
    w.put(k.pressure_altitude ? k.pressure_altitude->m : -1e9);
    w.put(k.geometric_height ? k.geometric_height->m : -1e9);
    w.put(k.vertical_rate.value_or(0));
    w.put(t.existence);
    w.put(t.last_report.ns);
    w.put(t.identity.address.value_or(0xffffffff));
    w.put(static_cast<std::uint8_t>(t.standard_identity));
    w.text(t.identity.callsign);
    for (const auto& l : t.lineage) w.put(l.sensor.value);
}

void keep_encodable(wire::Batch& batch) {
    std::erase_if(batch.contributions, [&](const picture::Contribution& c) {
        wire::Batch alone;
        alone.tick = batch.tick;
        alone.law_time = batch.law_time;
        alone.contributions.push_back(c);
        return !wire::encode(alone);
    });
}

}  // namespace

struct Engine::Impl {
    NodeConfig config;
    std::shared_ptr<const geo::Borders> borders;
    std::optional<Ingest> ingest;
    std::optional<LawDesk> law;
    std::optional<AuditDesk> audit;
    std::optional<NoticeDesk> notices;
    std::optional<fuse::Joint> joint;
    std::optional<airspace::Watch> watch;
    std::optional<wire::Opener> opener;
    std::map<picture::State, std::optional<base::PublicKey>> keys;
    base::Hasher digest;
    std::vector<picture::Track> local;
    std::vector<picture::JointTrack> shown;  ///< the joint picture with the identities that the watch proposes
    base::Time now, next_picture;
    std::uint64_t pictures = 0, batches_bad = 0, records_bad = 0, contributions_in = 0, contributions_refused = 0,
                  contributions_out = 0, drops_in = 0, commands_refused = 0;
    Outputs out;

    void tell(std::string kind, std::string text) { out.events.push_back({now, std::move(kind), std::move(text)}); }
    void pass_on(std::vector<Event> events) {
        for (auto& e : events) out.events.push_back(std::move(e));
    }

    NoticeDesk::Now as_now() {
        return {now, law->law_time(), law->releasing(), law->partners(), law->exporter(), *ingest, joint->tracks()};
    }
    base::Result<void> begin(const Start& start);
    void law_changed();
    void set_keys();
    std::vector<picture::Contribution> not_granted() const;
    void partner(const PartnerMessage& message);
    void file_act(const LawAct& act);
    void close_audit();
    void make_picture();
    void show();
    void release();
    void send(picture::State to, wire::Batch& batch, bool log_class);
    base::Result<void> command(const Command& c);
    void add_digest();
};

base::Result<void> Engine::Impl::begin(const Start& start) {
    const auto& files = start.bundle.files;
    const auto file = files.find("node.toml");
    if (file == files.end()) return base::fail(base::Errc::missing, "the bundle has no node.toml");
    ASMAN_TRY(config, parse_node_config(file->second, "node.toml"));
    ASMAN_TRY(auto around, surroundings(start.bundle, config));
    borders = std::move(around.borders);
    ASMAN_TRY(ingest, Ingest::make(config));
    law.emplace(config, start.bundle, borders);
    ASMAN_CHECK(ingest->want(law->sensor_views()));
    audit.emplace(config, start.bundle);
    audit->set_parties(law->parties());
    audit->national(now, "start",
                    fmt::format("law {}, configuration {}", law->digest().hex(), start.bundle.digest().hex()));
    joint.emplace(config.state, fuse::Config{}, borders);
    watch.emplace(around.watch);
    notices.emplace(config, start.bundle, std::move(around.watch), borders);
    opener.emplace(config.state);
    set_keys();
    if (const auto taken = files.find("envelopes.received"); taken != files.end()) {
        base::Reader in(base::as_bytes(taken->second));
        ASMAN_CHECK(opener->restore(in));
    }
    next_picture = now + config.picture_period;
    law->advance(now);
    law_changed();
    return {};
}

/// Whose messages are believed, and by which key (accords.md rule 22). What came under a key that is no longer to be
/// believed goes.
void Engine::Impl::set_keys() {
    for (const auto& partner : config.partners) {
        const auto key = law->message_key(partner);
        auto& known = keys[partner.state];
        if (key == known) continue;
        if (known) {
            joint->drop_partner(partner.state);
            out.purge.push_back(partner.state);
            tell("partner.key",
                 fmt::format("{}: {}", partner.state.text(), key ? "another key" : "its key is not to be believed"));
        }
        if (key)
            opener->set_key(partner.state, *key);
        else
            opener->remove_key(partner.state);
        known = key;
    }
}

/// Another law holds: sensors come and go, what waits under a clause that has stopped is destroyed, and what was
/// received under one is dropped and the rest fused again (rules 13 and 18) - now, not at the next picture.
void Engine::Impl::law_changed() {
    ingest->exclude(law->excluded_sensors());
    set_keys();
    for (const auto& receiver : law->take_stopped()) out.purge.push_back(receiver);
    // The first round makes contributions that came since the last picture visible; the second leaves those that may
    // stay.
    joint->advance(now);
    for (const auto& c : not_granted())
        if (!law->may_keep(c.clauses)) joint->drop_foreign(c.originator, c.via, c.number);
    notices->expire(now, *law, true);
    joint->advance(now);
    show();
    pass_on(law->take_events());
}

std::vector<picture::Contribution> Engine::Impl::not_granted() const {
    std::vector<picture::Contribution> found;
    for (const auto& track : joint->tracks())
        for (const auto& c : track.contributions)
            if (!c.clauses.empty() && !law->still_granted(c)) found.push_back(c);
    return found;
}

void Engine::Impl::partner(const PartnerMessage& message) {
    auto envelope = opener->open(message.envelope);
    if (!envelope) return tell("partner.refused", envelope.error().text());
    auto received = wire::decode(envelope->payload);
    if (!received) {
        ++batches_bad;
        return tell("partner.refused", fmt::format("{}: {}", envelope->from.text(), received.error().text()));
    }
    if (received->refused) {
        records_bad += received->refused;
        tell("partner.record", fmt::format("{}: {} records refused, the first: {}", envelope->from.text(),
                                           received->refused, received->first_refusal.text()));
    }
    auto& batch = received->batch;
    for (auto& c : batch.contributions) c.via = envelope->from;
    audit->received(envelope->from, batch);
    audit->judge(envelope->from, batch, message.envelope, now);
    for (const auto& drop : batch.drops) {
        ++drops_in;
        joint->drop_foreign(drop.originator, envelope->from, drop.number);
    }
    for (auto& c : batch.contributions) {
        ++contributions_in;
        if (const auto refusal = law->admit(envelope->from, batch, c); refusal == release::Refusal::none) {
            joint->put_foreign(std::move(c));
        } else {
            ++contributions_refused;
            // To the sender alone, by the message's entry in the pair chain (rule 19).
            if (!c.clauses.empty())
                audit->refused(envelope->from, batch, c.clauses.back().accord, release::name(refusal));
        }
    }
    const auto judged = [&](auto& items) {
        for (auto& item : items) {
            const auto refusal =
                release::check(item, envelope->from, config.state, law->view(), batch.tick, law->law_time());
            if (refusal == release::Refusal::none)
                notices->put(std::move(item));
            else if (!item.leave.clauses.empty())
                audit->refused(envelope->from, batch, item.leave.clauses.back().accord, release::name(refusal));
        }
    };
    judged(batch.reports);
    judged(batch.notices);
    for (const auto& act : batch.law_acts) file_act({act.name, act.text});
    pass_on(law->take_events());
}

void Engine::Impl::file_act(const LawAct& act) {
    for (const auto& filed : law->act(act, now)) audit->act(filed, now);
    audit->set_parties(law->parties());
}

/// Everything that an input has changed goes into the chains; heads go out when they are due.
void Engine::Impl::close_audit() {
    for (const auto& c : law->take_changes()) {
        const auto whose = c.originator == config.state
                               ? std::string("own")
                               : fmt::format("{}'s (by {})", c.originator.text(), c.via.text());
        audit->national(now, "decision",
                        fmt::format("to {}: {} track {}: {}", c.receiver.text(), whose, c.number, c.words));
    }
    for (auto& [to, batch] : audit->advance(now)) {
        batch.tick = now;
        batch.law_time = law->law_time();
        auto payload = wire::encode(batch);
        if (payload)
            out.outgoing.push_back({to, true, std::move(*payload)});
        else
            tell("audit.failed", fmt::format("to {}: {}", to.text(), payload.error().text()));
    }
    pass_on(audit->take_events());
    for (auto& line : audit->take_lines()) out.audit.push_back(std::move(line));
}

void Engine::Impl::make_picture() {
    const auto tracks = ingest->picture(now);
    local.assign(tracks.begin(), tracks.end());
    joint->set_local(local);
    joint->advance(now);
    watch->update(joint->tracks(), now);
    show();
    release();
    add_digest();
    ++pictures;
    out.picture = true;
}

/// The machine proposes, up to suspect; a person of the airspace's owner decides (architecture.md, Words).
void Engine::Impl::show() {
    shown.assign(joint->tracks().begin(), joint->tracks().end());
    for (auto& track : shown) {
        if (const auto* proposal = watch->proposal(track.number)) track.fused.standard_identity = proposal->identity;
        if (const auto decided = notices->decided(track)) track.fused.standard_identity = *decided;
    }
}

void Engine::Impl::release() {
    const auto moment = as_now();
    notices->expire(now, *law, false);
    notices->advance(moment);
    std::map<picture::State, wire::Batch> state, log;
    for (auto& [to, batch] : law->release(now, ingest->views(), joint->tracks())) state[to] = std::move(batch);
    notices->collect(moment, state, log);
    for (auto& [to, batch] : state) send(to, batch, false);
    for (auto& [to, batch] : log) send(to, batch, true);
    pass_on(law->take_events());
}

void Engine::Impl::send(picture::State to, wire::Batch& batch, bool log_class) {
    if (batch.empty()) return;
    batch.tick = now;
    batch.law_time = law->law_time();
    auto payload = wire::encode(batch);
    if (!payload) {
        // One bad record loses that record (invariant 4), not what stands beside it.
        tell("release.failed", fmt::format("to {}: {}", to.text(), payload.error().text()));
        keep_encodable(batch);
        payload = wire::encode(batch);
        if (!payload) return;
    }
    // What goes is entered; the entry's number and salt go with it. Messages of one schema may be joined end to end.
    wire::Batch entered;
    entered.tick = now;
    entered.law_time = batch.law_time;
    audit->hand_over(to, batch, now);
    entered.handed = batch.handed;
    if (const auto tail = wire::encode(entered); tail && !entered.handed.empty())
        payload->insert(payload->end(), tail->begin(), tail->end());
    contributions_out += batch.contributions.size();
    digest.add(to.text());
    digest.add(*payload);
    out.outgoing.push_back({to, log_class, std::move(*payload)});
}

/// What a person asks for, where the role may (architecture.md, Who may act).
base::Result<void> Engine::Impl::command(const Command& c) {
    const auto moment = as_now();
    const auto may = [&](std::initializer_list<std::string_view> roles) {
        return std::ranges::find(roles, c.role) != roles.end();
    };
    const auto refused = [&] {
        return base::fail(base::Errc::refused, fmt::format("the role '{}' may not do it", c.role));
    };
    if (c.action == "identify") {
        if (!may({"identify", "lead", "admin"})) return refused();
        ASMAN_CHECK(notices->identify(c, moment));
    } else if (c.action == "incident") {
        if (!may({"lead", "admin"})) return refused();
        ASMAN_CHECK(notices->incident(c, moment));
    } else {
        return base::fail(base::Errc::unknown_name, "this version knows no such action");
    }
    auto words = fmt::format("{} ({}): {}", c.operator_name, c.role, c.action);
    for (const auto& [key, value] : c.arguments) words += fmt::format(", {} {}", key, value.substr(0, 80));
    audit->national(now, "command", std::move(words));
    show();
    return {};
}

void Engine::Impl::add_digest() {
    base::Writer w;
    w.put(now.ns);
    for (const auto& t : local) add_track(w, t);
    for (const auto& t : shown) {
        w.put(t.number);
        add_track(w, t.fused);
        w.put(static_cast<std::uint32_t>(t.contributions.size()));
    }
    for (const auto& a : watch->open()) {
        w.put(a.number);
        w.put(a.joint_track);
        w.put(static_cast<std::uint8_t>(a.kind));
    }
    digest.add(w.bytes());
}

Engine::Engine() : impl_(std::make_unique<Impl>()) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

base::Result<Outputs> Engine::step(const Input& input) {
    auto& m = *impl_;
    m.out = {};
    m.now = input.time;
    if (const auto* start = std::get_if<Start>(&input.body)) {
        if (m.ingest) return base::fail(base::Errc::conflict, "a second Start");
        ASMAN_CHECK(m.begin(*start));
        return std::move(m.out);
    }
    if (!m.ingest) return base::fail(base::Errc::missing, "the first input must be Start");
    if (m.law->advance(m.now)) {
        m.law_changed();
        m.audit->national(m.now, "law", "another law holds: " + m.law->digest().hex());
    }
    if (const auto* frame = std::get_if<Frame>(&input.body)) {
        m.ingest->frame(*frame, m.now);
        m.pass_on(m.ingest->take_events());
    } else if (const auto* message = std::get_if<PartnerMessage>(&input.body)) {
        m.partner(*message);
    } else if (const auto* act = std::get_if<LawAct>(&input.body)) {
        m.file_act(*act);
        m.law_changed();
    } else if (const auto* clock = std::get_if<ClockStatus>(&input.body)) {
        m.law->set_clock(clock->synchronised, m.now);
        m.audit->national(m.now, "clock", clock->synchronised ? "synchronised" : "not synchronised");
        m.law_changed();
    } else if (const auto* files = std::get_if<LawFiles>(&input.body)) {
        m.law->reload(files->files, m.now);
        ASMAN_CHECK(m.ingest->want(m.law->sensor_views()));
        m.audit->set_parties(m.law->parties());
        m.audit->national(m.now, "law", "read again: " + m.law->digest().hex());
        m.law_changed();
    } else if (const auto* set = std::get_if<SetLawTime>(&input.body)) {
        if (auto done = m.law->set_law_time(m.now, set->law_time); !done)
            m.tell("command.refused", done.error().text());
        else
            m.law_changed();
    } else if (const auto* command = std::get_if<Command>(&input.body)) {
        if (auto done = m.command(*command); !done) {
            ++m.commands_refused;
            m.tell("command.refused",
                   fmt::format("'{}' of {}: {}", command->action, command->operator_name, done.error().text()));
        }
    } else {
        m.ingest->advance(m.now);
        if (m.now >= m.next_picture) {
            m.make_picture();
            while (m.next_picture <= m.now) m.next_picture = m.next_picture + m.config.picture_period;
        }
        m.close_audit();
    }
    return std::move(m.out);
}

std::span<const picture::Track> Engine::local() const {
    return impl_->local;
}
std::span<const picture::JointTrack> Engine::joint() const {
    return impl_->shown;
}
std::span<const picture::Notice> Engine::notices() const {
    return impl_->notices ? impl_->notices->notices() : std::span<const picture::Notice>{};
}
std::span<const picture::ReleasedReport> Engine::foreign_reports() const {
    return impl_->notices ? impl_->notices->reports() : std::span<const picture::ReleasedReport>{};
}
std::span<const picture::Alert> Engine::alerts() const {
    return impl_->watch ? impl_->watch->open() : std::span<const picture::Alert>{};
}
const NodeConfig& Engine::config() const {
    return impl_->config;
}
base::Time Engine::now() const {
    return impl_->now;
}
base::Time Engine::law_time() const {
    return impl_->law ? impl_->law->law_time() : impl_->now;
}
std::vector<AccordStanding> Engine::law() const {
    return impl_->law ? impl_->law->standings() : std::vector<AccordStanding>{};
}
std::vector<SensorStanding> Engine::sensors() const {
    return impl_->ingest ? impl_->ingest->sensors() : std::vector<SensorStanding>{};
}
std::vector<sources::EditionNote> Engine::editions() const {
    return impl_->ingest ? impl_->ingest->editions() : std::vector<sources::EditionNote>{};
}
base::Digest Engine::digest() const {
    return impl_->digest.finish();
}

std::map<std::string, std::uint64_t> Engine::counters() const {
    const auto& m = *impl_;
    std::map<std::string, std::uint64_t> c;
    if (!m.ingest) return c;
    m.ingest->count(c);
    m.law->count(c);
    m.audit->count(c);
    m.notices->count(c);
    c["pictures"] = m.pictures;
    c["contributions_received"] = m.contributions_in;
    c["contributions_refused"] = m.contributions_refused;
    c["contributions_sent"] = m.contributions_out;
    c["drops_received"] = m.drops_in;
    c["batches_refused"] = m.batches_bad;
    c["batch_records_refused"] = m.records_bad;
    c["commands_refused"] = m.commands_refused;
    c["envelopes_malformed"] = m.opener->malformed();
    c["envelopes_misdirected"] = m.opener->misdirected();
    c["envelopes_unknown_sender"] = m.opener->unknown_sender();
    for (const auto& [state, o] : m.opener->counters()) {
        c["envelopes_accepted"] += o.accepted;
        c["envelopes_forged"] += o.forged;
        c["envelopes_replayed"] += o.replayed;
    }
    const auto& f = m.joint->counters();
    c["fuse_refused"] = f.refused_malformed + f.refused_full;
    c["fuse_copies"] = f.copies;
    return c;
}

std::vector<std::byte> Engine::received_numbers() const {
    base::Writer out;
    if (impl_->opener) impl_->opener->save(out);
    return out.take();
}

std::vector<std::string> Engine::explain_release(std::uint64_t joint_track, picture::State receiver) const {
    const auto& m = *impl_;
    const auto* track = m.joint ? m.joint->find(joint_track) : nullptr;
    if (!track) return {fmt::format("There is no joint track {}.", joint_track)};
    auto out = m.law->explain(track->contributions, m.ingest->views(), receiver);
    if (out.empty()) out.push_back(fmt::format("No clause of {} is for this.", m.config.state.text()));
    return out;
}

std::vector<std::string> Engine::explain_joint(std::uint64_t joint_track) const {
    const auto* track = impl_->joint ? impl_->joint->find(joint_track) : nullptr;
    // One answer for withheld, never existed and invented (accords.md rule 20).
    if (!track) return {std::string(accord::nothing_released)};
    std::vector<std::string> lines;
    for (const auto& c : track->contributions) {
        if (c.clauses.empty()) {
            lines.push_back(fmt::format("own sensors of {}", c.originator.text()));
            continue;
        }
        std::string line = fmt::format("{}'s track", c.originator.text());
        if (c.via != c.originator) line += fmt::format(", handed on by {}", c.via.text());
        for (const auto& clause : c.clauses)
            line += fmt::format("; {} version {} (text {})", clause.text(), clause.version,
                                clause.digest.hex().substr(0, 12));
        if (c.coarsening.grid > 0) line += fmt::format("; position to {:.0f} m", c.coarsening.grid);
        if (c.coarsening.delay.ns > 0) line += fmt::format("; {:.0f} s late", c.coarsening.delay.seconds());
        if (c.coarsening.identity_removed) line += "; without identity";
        if (c.coarsening.height_removed) line += "; without height";
        lines.push_back(std::move(line));
        for (const auto& assumed : c.assumed) lines.push_back("  rests on an assumed date: " + assumed);
    }
    return lines;
}

}  // namespace asman::core
