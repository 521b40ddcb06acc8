// A Mode S receiver's feed to target reports: positions put together from pairs, with the motion, height and identity
// that the same aircraft sent shortly before.
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/result.hpp>
#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>
#include <asman/sources/asterix.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace asman::sources {

enum class ModesFormat : std::uint8_t { beast, avr, sbs };
std::optional<ModesFormat> modes_format(std::string_view name);

struct ModesConfig {
    /// Receivers: kind ads_b, one a feed. A feed without one is learned. The position, where known, bounds what is
    /// plausible and resolves positions on the surface.
    std::vector<picture::Sensor> sensors;
    /// Mode S has no SIM bit: with Simulation::only everything is refused.
    Simulation simulation = Simulation::refuse;
    std::uint32_t first_learned = 2'000'000;
    std::size_t max_learned = 256;
    std::size_t max_aircraft = 50'000;  ///< of which something is remembered, per feed
};

struct ModesCounters {
    std::uint64_t bytes = 0;
    std::uint64_t messages = 0;       ///< whole ones of any format
    std::uint64_t bad_parity = 0;     ///< or of no known format
    std::uint64_t skipped_bytes = 0;  ///< between frames of a stream
    std::uint64_t reports = 0;
    std::uint64_t not_own = 0;          ///< TIS-B and the like: another's measurement, not the aircraft's own report
    std::uint64_t unknown_address = 0;  ///< replies whose address no squitter proved
    std::uint64_t unpaired = 0;         ///< positions that wait for their other half
    std::uint64_t implausible = 0;      ///< too far from the last position, or from the receiver
    std::uint64_t refused_simulated = 0;
    std::uint64_t forgotten = 0;  ///< aircraft left out because max_aircraft was reached
    bool operator==(const ModesCounters&) const = default;
};

/// Keeps state per aircraft, no clock. Not thread-safe.
class ModesSource {
  public:
    /// Fails with `duplicate` when two receivers name one feed.
    static base::Result<ModesSource> make(ModesConfig config);
    ~ModesSource();
    ModesSource(ModesSource&&) noexcept;
    ModesSource& operator=(ModesSource&&) noexcept;

    /// Takes bytes of a stream, cut anywhere; reports carry the time of receipt. Never fails.
    void decode(std::string_view feed, ModesFormat format, base::Bytes bytes, base::Time received, Decoded& out);

    const std::map<std::string, ModesCounters, std::less<>>& counters() const;
    std::vector<picture::Sensor> sensors() const;

  private:
    struct Impl;
    explicit ModesSource(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::sources
