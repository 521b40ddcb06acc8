// What is inside a core, for the files that say what it does: engine.cpp takes inputs, engine_picture.cpp makes
// pictures and releases them, engine_told.cpp answers.
#pragma once

#include "audit_desk.hpp"
#include "ingest.hpp"
#include "law_desk.hpp"
#include "notice_desk.hpp"

#include <asman/airspace/watch.hpp>
#include <asman/core/engine.hpp>
#include <asman/fuse/joint.hpp>
#include <asman/wire/envelope.hpp>

namespace asman::core {

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

}  // namespace asman::core
