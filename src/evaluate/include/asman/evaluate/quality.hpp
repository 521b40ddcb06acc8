// How good a picture is, measured against truth: completeness, false tracks, accuracy, continuity, GOSPA.
#pragma once

#include <asman/evaluate/warning.hpp>

namespace asman::evaluate {

struct QualityConfig {
    double gate = 2'000;       ///< metres within which a track and a truth may be matched
    double gospa_cut = 2'000;  ///< c of GOSPA, metres; p = 2, α = 2
};

struct Quality {
    std::uint64_t pictures = 0;
    std::uint64_t truth_points = 0;  ///< truths summed over pictures
    std::uint64_t track_points = 0;  ///< tracks summed over pictures
    std::uint64_t matched = 0;       ///< matched pairs summed over pictures
    std::uint64_t breaks = 0;        ///< a truth's track number changed, or it was lost and found again
    std::uint64_t swaps = 0;         ///< of these: the new number had belonged to another truth before
    std::uint64_t truths_ever_held = 0, truths = 0;
    double rmse_position = 0;  ///< metres, horizontal, over matched pairs
    double rmse_velocity = 0;  ///< m/s
    double nees = 0;           ///< mean normalised estimation error squared of position (2 when consistent)
    double gospa = 0;          ///< root mean square over pictures, metres

    double completeness() const {
        return truth_points ? static_cast<double>(matched) / static_cast<double>(truth_points) : 0;
    }
    /// Share of track points that match no truth.
    double false_share() const {
        return track_points ? 1 - static_cast<double>(matched) / static_cast<double>(track_points) : 0;
    }
    /// Mean length of an unbroken run, as a share of the truth's time in view.
    double continuity = 0;
};

/// Streaming: one call a picture. Matching is the optimal assignment by distance, with the previous pair preferred
/// while both stay within the gate.
class QualityMeter {
  public:
    explicit QualityMeter(QualityConfig config = {});
    ~QualityMeter();
    QualityMeter(QualityMeter&&) noexcept;
    QualityMeter& operator=(QualityMeter&&) noexcept;

    /// `truth`: all aircraft that a perfect picture would hold.
    void update(Time now, std::span<const TruthPoint> truth, std::span<const picture::Track> tracks);
    Quality result() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Generalised optimal sub-pattern assignment of two point sets on the ellipsoid with p = 2 and α = 2 (Rahmathullah,
/// García-Fernández and Svensson 2017), metres; c is the cut-off.
double gospa(std::span<const geo::Point> truth, std::span<const geo::Point> estimate, double c);

}  // namespace asman::evaluate
