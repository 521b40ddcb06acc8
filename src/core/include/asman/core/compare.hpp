// Two laws over one node's recorded inputs: who would have got which of its tracks under either (what-if).
#pragma once

#include <asman/accord/law.hpp>
#include <asman/core/config.hpp>
#include <asman/core/input.hpp>
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

/// Feeds of the recording make the pictures anew; what partners sent, and acts that arrived then, are left out: acts
/// are the laws' own. Both laws see the same picture, but for sensors whose site's accord does not stand and for
/// clauses that cover some sensors only.
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
