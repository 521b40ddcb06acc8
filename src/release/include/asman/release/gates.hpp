// What leaves a state beside tracks: target reports and notices, through the same law (accords.md rules 10 to 17).
#pragma once

#include <asman/accord/law.hpp>
#include <asman/picture/notices.hpp>
#include <asman/release/exporter.hpp>
#include <asman/release/importer.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace asman::release {

/// The product that a notice is released as.
accord::Product product_of(picture::NoticeKind kind);

/// What a notice rests on: own tracks or sensors, and contributions that others released (also those that a person was
/// shown). It goes only where all of them may go, under one clause.
struct Basis {
    std::vector<picture::Track> own;
    std::vector<picture::Contribution> held;
    const picture::Sensor* sensor = nullptr;  ///< of sensor_status and coverage
};

/// What a released notice or report is of, for those who compare laws: nothing of it leaves the state.
struct Origin {
    std::uint64_t own = 0;         ///< the number here of the notice, or of the report
    std::optional<geo::Point> at;  ///< not coarsened
};

/// Notices of one state to its partners. Deterministic: a function of the calls made.
class NoticeGate {
  public:
    NoticeGate(Config config, Exporter::SensorOf sensor_of);
    ~NoticeGate();
    NoticeGate(NoticeGate&&) noexcept;
    NoticeGate& operator=(NoticeGate&&) noexcept;

    /// Asks the law for each receiver. `own_number` is the notice's number here: the same again renews it there.
    /// `track_of`: the number under which a receiver has the own track that it is about. What is released comes out of
    /// take(), at once or when its delay has passed.
    using TrackOf = std::function<std::uint64_t(State receiver)>;
    void offer(const picture::Notice& notice, const Basis& basis, std::uint64_t own_number, const accord::LawView& view,
               Time now, Time law_now, std::span<const State> receivers, const TrackOf& track_of = {});
    /// A notice that was made inside a view of what one clause grants to one receiver is lawful as it is.
    void pass(picture::Notice notice, std::uint64_t own_number, const accord::Grant& grant, Time now, Time law_now);
    /// What may go by now. What waited under a clause that has stopped is destroyed.
    std::vector<std::pair<State, picture::Notice>> take(const accord::LawView& view, Time now, Time law_now);
    /// Of each that the last take() gave, in its order.
    std::span<const Origin> origins() const;

    struct Counted {
        std::map<picture::ClauseRef, std::uint64_t> released;
        std::map<accord::Reason, std::uint64_t> withheld;
        std::uint64_t destroyed = 0, overflow = 0;
    };
    const Counted& counted() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Own target reports to partners, each at its own time, in the form that the clause says.
class ReportGate {
  public:
    /// A radar's errors as the view's own registration has them; zero where it has none.
    struct Bias {
        double range = 0, gain = 0, azimuth = 0;  ///< metres, 1, radians
    };
    using BiasOf = std::function<Bias(std::uint64_t clause_view, picture::SensorId sensor)>;

    ReportGate(Config config, Exporter::SensorOf sensor_of);
    ~ReportGate();
    ReportGate(ReportGate&&) noexcept;
    ReportGate& operator=(ReportGate&&) noexcept;

    /// Reports of the own sensors since the last call, with the views' tracks of now. `number_of`: the receiver's
    /// number of an own track (0: it does not have it).
    using NumberOf = std::function<std::uint64_t(State receiver, std::uint64_t clause_view, std::uint64_t track)>;
    std::vector<std::pair<State, picture::ReleasedReport>> release(std::span<const picture::TargetReport> reports,
                                                                   std::span<const LocalView> local,
                                                                   const accord::LawView& view, Time now, Time law_now,
                                                                   std::span<const State> receivers,
                                                                   const BiasOf& bias_of, const NumberOf& number_of);
    /// Of each that the last release() gave, in its order.
    std::span<const Origin> origins() const;
    const NoticeGate::Counted& counted() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Where a plot lies and how surely: slant range and azimuth, corrected of the radar's errors, with the height that the
/// plot tells or, where it tells none, a mean one with its spread.
struct Placed {
    geo::Point at;
    Eigen::Matrix2d covariance;  ///< of (east, north), m²
};
std::optional<Placed> placed(const picture::TargetReport& report, const picture::Sensor& sensor,
                             const ReportGate::Bias& bias);

/// The third wall for these (rule 19).
Refusal check(const picture::ReleasedReport& report, State sender, State self, const accord::LawView& view,
              Time stamped, Time law_stamped);
Refusal check(const picture::Notice& notice, State sender, State self, const accord::LawView& view, Time stamped,
              Time law_stamped);

}  // namespace asman::release
