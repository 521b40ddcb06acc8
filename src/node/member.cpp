#include "numbers.hpp"

#include <asman/geo/point.hpp>
#include <asman/node/member.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace asman::node {
namespace {

/// More than a node can seal between a crash and the last numbers that reached the disk.
constexpr std::uint64_t numbers_lost = 1'000'000;

}  // namespace

base::Result<Member> Member::start(MemberOptions options, base::Time at) {
    const auto file = options.bundle.files.find("node.toml");
    if (file == options.bundle.files.end()) return base::fail(base::Errc::missing, "the bundle has no node.toml");
    ASMAN_TRY(const auto config, core::parse_node_config(file->second, "node.toml"));
    Member m(wire::Sealer(config.state, options.key));
    if (!options.record.empty()) {
        auto about = record::machine();
        about["state"] = std::string(config.state.text());
        for (auto& [key, value] : options.about) about[key] = value;
        ASMAN_TRY(auto log, record::Writer::create(options.record, about, {.compress = true}));
        m.log_ = std::move(log);
    }
    if (!options.audit.empty()) {
        ASMAN_TRY(auto audit, AuditStore::open(options.audit));
        options.bundle.files["audit.heads"] = audit.heads();
        // The law's clock never runs backwards, not over a restart either (accords.md rule 22).
        at = std::max(at, audit.last());
        m.audit_ = std::move(audit);
    }
    m.numbers_ = std::move(options.numbers);
    if (!m.numbers_.empty()) {
        ASMAN_TRY(const auto kept, read_numbers(m.numbers_));
        if (kept) {
            base::Reader sent(kept->sent);
            ASMAN_CHECK(m.sealer_.restore(sent));
            if (!kept->ended) m.sealer_.skip(numbers_lost);
            auto& received = options.bundle.files["envelopes.received"];
            received.assign(reinterpret_cast<const char*>(kept->received.data()), kept->received.size());
        }
    }
    ASMAN_CHECK(m.give(core::Start{std::move(options.bundle)}, at));
    return m;
}

base::Result<void> Member::give(core::InputBody body, base::Time at) {
    last_ = std::max(last_, at);
    core::Input input{last_, ++number_, std::move(body)};
    if (log_) {
        const auto payload = core::encode(input.body);
        ASMAN_CHECK(log_->append(static_cast<std::uint8_t>(input.body.index()), input.time, input.number, payload));
    }
    ASMAN_TRY(auto outputs, engine_.step(input));
    for (auto& event : outputs.events) events_.push_back(std::move(event));
    picture_ = picture_ || outputs.picture;
    if (audit_) ASMAN_CHECK(audit_->append(outputs.audit));
    for (const auto& receiver : outputs.purge) {
        std::erase_if(sealed_,
                      [&](const Sealed& s) { return s.to == receiver && s.delivery == wire::Delivery::state; });
        purges_.push_back(receiver);
    }
    for (const auto& out : outputs.outgoing) {
        const auto delivery = out.log_class ? wire::Delivery::log : wire::Delivery::state;
        ASMAN_TRY(auto envelope, sealer_.seal(out.to, delivery, input.time, out.payload));
        sealed_.push_back({out.to, delivery, std::move(envelope)});
    }
    return {};
}

std::vector<Sealed> Member::take_sealed() {
    return std::exchange(sealed_, {});
}
std::vector<picture::State> Member::take_purges() {
    return std::exchange(purges_, {});
}
std::vector<core::Event> Member::take_events() {
    return std::exchange(events_, {});
}
bool Member::take_picture() {
    return std::exchange(picture_, false);
}

base::Result<void> Member::keep_numbers(bool ended) {
    if (numbers_.empty()) return {};
    base::Writer sent;
    sealer_.save(sent);
    return write_numbers(numbers_, {ended, sent.take(), engine_.received_numbers()});
}

base::Result<void> Member::sync() {
    if (audit_) ASMAN_CHECK(audit_->sync());
    ASMAN_CHECK(keep_numbers(true));
    if (!log_) return {};
    return log_->sync();
}

base::Result<void> add_accords(core::Bundle& bundle, const std::string& folder) {
    namespace fs = std::filesystem;
    std::error_code error;
    fs::recursive_directory_iterator it(folder, error), end;
    if (error) return base::fail(base::Errc::io, {.source = folder}, "no folder of accords here: " + error.message());
    for (; it != end; it.increment(error)) {
        if (error) return base::fail(base::Errc::io, {.source = folder}, error.message());
        const auto extension = it->path().extension();
        if (!it->is_regular_file() || (extension != ".toml" && extension != ".geojson")) continue;
        ASMAN_TRY(auto text, base::read_file(it->path().string()));
        // A band above mean sea level is judged with the geoid, which then belongs to what the node rests on.
        if (text.find("\"msl\"") != std::string::npos && !bundle.files.contains("geoid.gtx"))
            if (auto geoid = geo::Geoid::file(); !geoid.empty()) bundle.files["geoid.gtx"] = std::move(geoid);
        bundle.files["accords/" + fs::relative(it->path(), folder).generic_string()] = std::move(text);
    }
    return {};
}

base::Result<core::Bundle> load_bundle(const std::string& config_path) {
    namespace fs = std::filesystem;
    core::Bundle bundle;
    ASMAN_TRY(auto text, base::read_file(config_path));
    ASMAN_TRY(const auto config, core::parse_node_config(text, config_path));
    bundle.files["node.toml"] = std::move(text);
    const auto folder = fs::path(config_path).parent_path();
    if (!config.borders_file.empty()) {
        ASMAN_TRY(auto borders, base::read_file((folder / config.borders_file).string()));
        bundle.files["borders.geojson"] = std::move(borders);
    }
    if (!config.accords_dir.empty()) ASMAN_CHECK(add_accords(bundle, (folder / config.accords_dir).string()));
    return bundle;
}

base::Result<Replay> replay(const std::string& path, const std::function<void(const core::Engine&)>& each) {
    ASMAN_TRY(auto log, record::Reader::open(path));
    core::Engine engine;
    Replay out;
    out.about = log.attributes();
    for (;;) {
        ASMAN_TRY(auto frame, log.next());
        if (!frame) break;
        ASMAN_TRY(auto body, core::decode(frame->kind, frame->payload));
        if (out.inputs++ == 0) out.first = frame->time;
        out.last = frame->time;
        ASMAN_TRY(const auto outputs, engine.step({frame->time, frame->number, std::move(body)}));
        if (outputs.picture && each) each(engine);
    }
    if (out.inputs == 0) return base::fail(base::Errc::missing, {.source = path}, "the log holds no input");
    out.digest = engine.digest();
    out.chain = log.chain();
    out.unfinished = log.unfinished();
    out.local_tracks = engine.local().size();
    out.joint_tracks = engine.joint().size();
    return out;
}

}  // namespace asman::node
