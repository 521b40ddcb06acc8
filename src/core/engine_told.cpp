// What a core tells of itself.
#include "engine_impl.hpp"

#include <asman/accord/decide.hpp>

#include <fmt/format.h>

namespace asman::core {

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
