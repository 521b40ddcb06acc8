// One node's sequencer and recorder around its core. Everything that reaches the core passes here, gets a time and a
// number, and is written to the input log first.
#pragma once

#include <asman/core/engine.hpp>
#include <asman/node/audit_store.hpp>
#include <asman/record/log.hpp>
#include <asman/wire/envelope.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace asman::node {

struct MemberOptions {
    core::Bundle bundle;
    base::KeyPair key;         ///< signs this node's envelopes
    std::string record;        ///< path of the input log; empty: not recorded
    std::string audit{};       ///< folder of the audit's chains; empty: none are kept
    std::string numbers{};     ///< file that keeps envelope numbers between runs; empty: they begin anew
    record::Attributes about;  ///< added to the log's header
};

/// A sealed message on its way out.
struct Sealed {
    picture::State to;
    wire::Delivery delivery = wire::Delivery::state;
    std::vector<std::byte> envelope;
};

/// Not thread-safe; movable. Several members may live on several threads.
class Member {
  public:
    /// Creates the log and gives the core its Start input.
    static base::Result<Member> start(MemberOptions options, base::Time at);

    /// Sequences, records and steps one input. A time before the last one is raised to it: the sequencer is monotone.
    base::Result<void> give(core::InputBody body, base::Time at);

    /// Sealed messages since the last call, in the order in which the core made them.
    std::vector<Sealed> take_sealed();
    /// Receivers for whom what waits outside must be destroyed before the sealed messages go.
    std::vector<picture::State> take_purges();
    std::vector<core::Event> take_events();
    /// Whether a picture was made since the last call.
    bool take_picture();

    const core::Engine& engine() const { return engine_; }
    picture::State state() const { return engine_.config().state; }
    std::uint64_t inputs() const { return number_; }
    /// Writes down the envelope numbers, before what bears them goes out. `ended`: nothing more will be sealed.
    base::Result<void> keep_numbers(bool ended = false);
    /// Flushes the log to the disk.
    base::Result<void> sync();

  private:
    explicit Member(wire::Sealer sealer) : sealer_(std::move(sealer)) {}

    core::Engine engine_;
    wire::Sealer sealer_;
    std::optional<record::Writer> log_;
    std::optional<AuditStore> audit_;
    std::string numbers_;
    std::vector<Sealed> sealed_;
    std::vector<picture::State> purges_;
    std::vector<core::Event> events_;
    bool picture_ = false;
    base::Time last_ = base::Time::min();
    std::uint64_t number_ = 0;
};

/// The bundle of a node: its configuration as text, the borders file, every *.toml and *.geojson below the accords
/// folder. Paths in the configuration are relative to its file.
base::Result<core::Bundle> load_bundle(const std::string& config_path);
/// Adds the files below `folder` as "accords/<relative path>".
base::Result<void> add_accords(core::Bundle& bundle, const std::string& folder);

/// What a replay of a log came to.
struct Replay {
    base::Digest digest;  ///< of the core's outputs
    base::Digest chain;   ///< of the log itself
    std::uint64_t inputs = 0;
    base::Time first, last;
    std::optional<std::uint64_t> unfinished;  ///< offset of a last frame cut off by a crash
    record::Attributes about;
    std::size_t local_tracks = 0, joint_tracks = 0;
};
/// Feeds a recorded log to a fresh core. `each` is called after every picture, with the engine.
base::Result<Replay> replay(const std::string& path, const std::function<void(const core::Engine&)>& each = {});

}  // namespace asman::node
