#include "engine_impl.hpp"
#include "surroundings.hpp"

#include <asman/accord/decide.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace asman::core {

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

}  // namespace asman::core
