// A track as the tracker has it, with its links to sensors.
#pragma once

#include "filter/imm.hpp"
#include "filter/vertical.hpp"
#include "manage/sensor_state.hpp"

#include <string>

namespace asman::track {

/// What one sensor has shown of one track: a line of the cache.
struct Link {
    std::uint32_t sensor = 0;
    std::uint32_t reports = 0;
    Seconds last_hit = -1e9;   ///< latest association
    Seconds last_pass = -1e9;  ///< latest pass taken account of
    Seconds first = 0, last = 0;
    float visible = 0.9F;        ///< probability that the sensor can see it at all here (terrain, horizon, echo size)
    float hit_share = 0;         ///< probability of the latest association
    float passes = 0, hits = 0;  ///< fading counts: how well this sensor detects this aircraft
    bool scheduled = false;
    bool shared = false;  ///< the latest association was with another track's plot too
    template <class Archive>
    void fields(Archive& a) {
        a(sensor, reports, last_hit, last_pass, first, last, visible, hit_share, passes, hits, scheduled, shared);
    }
};
static_assert(sizeof(Link) == 64);
/// Links of one track: a flight across a continent meets more sensors than this, one after the other.
inline constexpr std::size_t kMaxLinks = 64, kUsualLinks = 16;

/// Values that an aircraft told: one of each kind that is no register, and some registers.
inline constexpr std::size_t kMostTold = picture::DerivedValues::capacity + 8;

/// The plot that began a track: to be taken back from the map of false plots, and put on that of beginnings, when the
/// track proves real.
struct Birth {
    Seconds t = 0;
    std::uint32_t sensor = 0;
    bool reply = false, credited = false;
    double east = 0, north = 0, counted = 0;  ///< on the sensor's map of false plots
    double newborn = 0;
    Rim rim;
    Crossing crossing;
    Eigen::Vector3d place = Eigen::Vector3d::Zero();
    template <class Archive>
    void fields(Archive& a) {
        a(t, sensor, reply, credited, east, north, counted, newborn, rim, crossing, place);
    }
};

/// Of a track whose replies come by a second code too: what would be another aircraft in its plots.
struct SecondIdentity {
    std::optional<picture::Mode3A> first, its;  ///< the track's own code, and the other one
    Seconds since = 0, latest = 0;              ///< the first and the latest reply by the other
    float own = 0, other = 0;                   ///< replies of each since then
    int turns = 0;                              ///< how often the one's followed the other's
    bool its_last = false;
    template <class Archive>
    void fields(Archive& a) {
        a(first, its, since, latest, own, other, turns, its_last);
    }
};

struct TrackState {
    std::uint32_t generation = 0;
    std::uint64_t born = 0;  ///< the batch that began it
    bool alive = false, confirmed = false;
    bool established = false;  ///< its existence was beyond doubt: shown until it falls below show_existence
    bool suspect = false;      ///< carried the replies of another once
    std::uint64_t number = 0;
    Imm f;
    Anchor anchor;
    Seconds t = 0;
    double existence = 0;
    Seconds existed = 0;  ///< time that existence is of
    Birth birth;
    double speed_evidence = 1;  ///< how the learnt prior of speeds changes the evidence of the plots so far
    Vertical vertical;
    bool height_open = false;  ///< e is being estimated
    bool pressure_based = false;
    // For the index and coarse gates: combined mean in space, at t.
    Eigen::Vector3d place = Eigen::Vector3d::Zero(), velocity = Eigen::Vector3d::Zero();
    double spread = 0, spread_rate = 0;  ///< √(sum of position variances), √(sum of velocity variances)
    /// Where it was last seen when nothing had cast doubt on it: one that has left may go on with false plots.
    Eigen::Vector3d sure_place = Eigen::Vector3d::Zero();
    Seconds first_seen = 0, last_report = 0, last_survey = 0;
    std::uint32_t reports = 0, replies = 0, echoes = 0;
    bool simulated = false;
    /// When each kind of detection last updated it.
    struct Latest {
        Seconds primary = -1e9, secondary = -1e9, mode_s = -1e9, multilateration = -1e9, ads_b = -1e9;
        Seconds pressure_height = -1e9, code = -1e9;  ///< and when a reply told these
        template <class Archive>
        void fields(Archive& a) {
            a(primary, secondary, mode_s, multilateration, ads_b, pressure_height, code);
        }
    } latest;
    /// The latest report that updated it, as measured.
    struct Measured {
        Seconds t = -1e9;
        std::uint32_t sensor = kNobody;
        picture::SensorKind kind = picture::SensorKind::combined;
        bool replied = false, simulated = false, polar = false, code_valid = true;
        double range = 0, azimuth = 0;
        std::optional<double> pressure_height;
        std::optional<picture::Mode3A> code;
        std::optional<std::uint32_t> address;
        template <class Archive>
        void fields(Archive& a) {
            a(t, sensor, kind, replied, simulated, polar, code_valid, range, azimuth, pressure_height, code, address);
        }
    } measured;
    /// A value that the aircraft told, and when.
    struct Told {
        picture::Derived value;
        Seconds at = 0;
        template <class Archive>
        void fields(Archive& a) {
            a(value.bits, value.kind, value.detail, at);
        }
    };
    std::vector<Told> told;   ///< the latest of each kind; kMostTold at most
    std::vector<Link> links;  ///< sorted by sensor
    // Identity as evidence.
    std::optional<std::uint32_t> address;
    double address_weight = 0;
    std::optional<picture::Mode3A> code;
    std::string callsign;
    std::uint8_t emergency = 0;
    bool special_position = false;
    std::vector<picture::Mode3A> recent_codes;
    SecondIdentity second;
    bool parted = false;                       ///< one of two that were told apart by their replies alone
    std::optional<std::uint32_t> parted_from;  ///< the other's address, if this one has none
    // A track that never has a plot of its own while another has is the other's double.
    std::uint32_t rival = 0xffffffff;
    int rival_score = 0;
    std::vector<Sample> samples;      ///< recent plots, for registration
    std::uint32_t blind_windows = 0;  ///< windows of them that were used while nobody told its height
    Seconds registered = 0;           ///< up to when new estimates of its sensors' errors have been followed
    // The latest message of its own navigation that was used: when, and the variance of its slow error, m².
    Seconds message_at = -1e9;
    double message_variance = 0;
    Seconds geometric_at = -1e9;        ///< the latest geometric height that it told itself
    std::uint32_t labelling = kNobody;  ///< place among the pairs of whose labels there is doubt

    template <class Archive>
    void fields(Archive& a) {
        a(generation, born, alive, confirmed, established, suspect, number, f, anchor, t, existence, existed, birth,
          speed_evidence, vertical, height_open, pressure_based, place, velocity, spread, spread_rate, sure_place,
          first_seen, last_report, last_survey, reports, replies, echoes, simulated, latest, measured, told, links,
          address, address_weight, code, callsign, emergency, special_position, recent_codes, second, parted,
          parted_from, rival, rival_score, samples, blind_windows, registered, message_at, message_variance,
          geometric_at, labelling);
    }
    double height(Seconds time, double unknown) const { return vertical.valid() ? vertical.height(time) : unknown; }
};

/// Of a track, what deciding on its nearness takes: kept together, so that looking about costs two lines of the cache a
/// track and not the track.
struct alignas(32) Where {
    Eigen::Vector3d place = Eigen::Vector3d::Zero(), velocity = Eigen::Vector3d::Zero();
    Seconds t = 0;
    float spread = 0, spread_rate = 0;
    Eigen::Vector3f up = Eigen::Vector3f::Zero();
    std::uint32_t address = kNobody;
    template <class Archive>
    void fields(Archive& a) {
        a(place, velocity, t, spread, spread_rate, up, address);
    }
};

}  // namespace asman::track
