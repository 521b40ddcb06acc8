// Two laws over one node's recorded inputs: who would have got which of its tracks under either (what-if).
#pragma once

#include <asman/accord/law.hpp>
#include <asman/core/config.hpp>
#include <asman/core/input.hpp>
#include <asman/picture/notices.hpp>
#include <asman/release/reach.hpp>

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace asman::core {

/// One track at one instant, as far as one receiver is concerned. At least one of the two ways is there.
struct Compared {
    std::uint64_t track = 0;  ///< number in the node's own picture, which no law touches
    geo::Point at;
    std::optional<geo::PressureAltitude> pressure_altitude;
    picture::ReportedIdentity identity;
    picture::State receiver;
    std::array<std::optional<release::Way>, 2> ways;  ///< under the first law, under the second
};

/// One thing that is no track, as one of the laws lets it go at the end of its delay: a plot, an alert, an identity
/// decision, an incident's event, the state of a sensor, its coverage.
struct ComparedOther {
    std::size_t law = 0;  ///< 0: the first
    picture::State receiver;
    accord::Product product = accord::Product::target_reports;
    std::string what;  ///< "emergency_code", "suspect", an incident's name, a sensor's kind; of a plot empty
    /// The same under both laws: a plot's number; of an alert the track of the whole picture; of a decision the joint
    /// track as recorded; of the rest the sensor, or the incident.
    std::uint64_t subject = 0;
    base::Time time;  ///< of applicability
    picture::Leave leave;
    std::uint16_t fields = 0;  ///< of a plot: which of its values go, a bit each
};

/// Feeds of the recording make the pictures anew; what partners sent, and acts that arrived then, are left out: acts
/// are the laws' own. Both laws see the same picture, but for sensors whose site's accord does not stand and for
/// clauses that cover some sensors only. What is no track is made as a node under either law makes it; where it rests
/// on what partners had released, then on that, as far as the law grants it by a clause of the same name.
class LawComparison {
  public:
    /// `bundle`: of the recording's Start. `law_time`: where the law's clock stands at the first input; else the
    /// recording's. Errors: those of the node's configuration.
    static base::Result<LawComparison> make(const Bundle& bundle, std::array<accord::Law, 2> laws,
                                            std::optional<base::Time> law_time = {});
    ~LawComparison();
    LawComparison(LawComparison&&) noexcept;
    LawComparison& operator=(LawComparison&&) noexcept;

    /// True when a picture was made: `compared()` tells of it.
    base::Result<bool> step(const Input& input);
    const std::vector<Compared>& compared() const;
    /// Beside tracks, since the picture before.
    const std::vector<ComparedOther>& others() const;

    const NodeConfig& config() const;
    base::Time now() const;
    base::Time law_time() const;
    base::Duration period() const;
    const accord::LawView& view(std::size_t which);  ///< of one of the laws, as it stands now

  private:
    struct Impl;
    explicit LawComparison(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::core
