// A recording of one's own in place of the simulation: one node, on a file.
#pragma once

#include <asman/node/show.hpp>

#include <map>
#include <memory>
#include <optional>

namespace asman::node {

struct PlaybackOptions {
    std::string file;
    std::string borders;                          ///< GeoJSON; for the map's own state
    std::optional<base::Date> date;               ///< the day on which the recording begins, where it does not say
    std::vector<picture::Sensor> sensors;         ///< what the recording does not say: SAC/SIC with position
    std::map<std::string, std::string> editions;  ///< category → edition
    std::string record;                           ///< folder for the input log; empty: none
    picture::State state{"OWN"};                  ///< whose node it is taken to be
};

/// "SAC/SIC=LAT,LON,HEIGHT" (decimal, degrees, metres above the ellipsoid).
base::Result<picture::Sensor> parse_sensor_option(const std::string& text);

class Playback : public Show {
  public:
    static base::Result<std::unique_ptr<Playback>> make(PlaybackOptions options);
    ~Playback() override;

    base::Result<bool> tick() override;
    base::Result<void> set_law_time(base::Time law_time) override;
    base::Time start() const override;
    base::Time now() const override;
    base::Time end() const override;
    Federation& federation() override;
    const std::vector<picture::State>& states() const override;
    std::vector<picture::Sensor> sensors() const override;
    std::string title() const override;
    std::string terrain_source() const override { return "none: a recording"; }
    core::Mode mode() const override { return core::Mode::recording; }
    /// Records by category, reports, tracks, and every sensor met with its counts; those without position are listed as
    /// such.
    std::string summary_json() const override;

  private:
    struct Impl;
    explicit Playback(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::node
