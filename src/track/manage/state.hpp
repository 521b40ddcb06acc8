// The tracker's inner state: sensors with their beams, tracks with their links to sensors.
#pragma once

#include "associate/clutter.hpp"
#include "associate/index.hpp"
#include "associate/marginals.hpp"
#include "associate/reach.hpp"
#include "filter/imm.hpp"
#include "filter/locate.hpp"
#include "filter/vertical.hpp"
#include "manage/crossings.hpp"
#include "manage/frontier.hpp"
#include "manage/labels.hpp"
#include "manage/undetected.hpp"
#include "parallel/workers.hpp"
#include "register/registrar.hpp"

#include <asman/base/bytes.hpp>
#include <asman/track/frame.hpp>
#include <asman/track/tracker.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace asman::track {

/// Data seconds since the tracker's own epoch (the first time it was given).
using Seconds = double;

inline constexpr double kHoldDegrees = 1.5;  ///< a plot waits until the beam is so far past it
inline constexpr double kHeightSigma = 9;    ///< of a reported pressure altitude: its step of 100 ft
inline constexpr double kSpeedSigma = 160;   ///< unknown velocity of a new track, 1σ per axis, m/s

inline constexpr double kLongWait = 15;  ///< s until a plot is due: longer counts as this

inline constexpr std::uint32_t kNobody = 0xffffffff;

/// A position message that an aircraft sent of itself, kept for some seconds: other receivers may have heard it too.
struct Message {
    geo::Point point;
    Seconds t = -1e9;
    std::uint32_t address = 0, sensor = 0;
    std::uint32_t slot = kNobody, generation = 0;  ///< the track that took it
    template <class Archive>
    void fields(Archive& a) {
        a(point, t, address, sensor, slot, generation);
    }
};

/// A report taken in, corrected for bias at the next advance, waiting for the beam to pass its neighbourhood.
struct Plot {
    Seconds t = 0;
    std::uint32_t sensor = 0;
    bool polar = true;
    Polar at;           ///< polar: bias removed, the bias' own uncertainty added
    Seconds stamp = 0;  ///< time as the sensor has it; t is without its time bias
    double raw_range = 0, raw_azimuth = 0;
    double noise_range = 1, noise_azimuth = 1;        ///< variances of noise alone
    double variance_time = 0;                         ///< of the time bias, s²
    Eigen::Vector3d place = Eigen::Vector3d::Zero();  ///< at the report's height, or the nominal one
    double variance = 0;                              ///< geodetic: m² per axis, the larger one
    double east = 0, north = 0, both = 0;             ///< geodetic: the two variances and their covariance, m²
    geo::Point point;                                 ///< geodetic
    std::optional<double> pressure_height, geometric_height;
    double variance_geometric = 30 * 30;  ///< of the geometric height, m²
    bool garbled = false;                 ///< a part of the reply was found so: a code or a height that is not valid
    bool replied = false;                 ///< a transponder or ADS-B spoke: not an echo alone
    picture::ReportedIdentity identity;
    std::optional<double> ground_speed, track_angle, vertical_rate, turn_rate;
    double variance_velocity = 4;  ///< of ground speed and track angle, per axis, m²/s²
    bool simulated = false;
    picture::SensorKind kind = picture::SensorKind::combined;
    bool self_reported = false;       ///< the place is the aircraft's own navigation (ADS-B), which errs slowly
    std::uint32_t message = kNobody;  ///< its place among the messages kept
    double false_density = 0;         ///< false plots per m² here, per scan
    double new_density = 0;           ///< aircraft per m² here that this look would show for the first time
    double newborn = 0;               ///< share of them that appeared lately, and had not been there all along
    Rim rim;                          ///< how deep its place lies within the traffic seen; set with new_density
    Crossing crossing;                ///< and how far a new aircraft there came over the rim
    // In one batch: the tracks near it, a part of the sensor's list, and whether a cluster has taken it.
    std::uint32_t near_first = 0, near_count = 0;
    bool taken = false;
    template <class Archive>
    void fields(Archive& a) {
        a(t, sensor, polar, at, stamp, raw_range, raw_azimuth, noise_range, noise_azimuth, variance_time, place,
          variance, east, north, both, kind, turn_rate, variance_velocity, point, pressure_height, geometric_height,
          variance_geometric, garbled, replied, identity, ground_speed, track_angle, vertical_rate, simulated,
          self_reported, message, false_density, new_density, newborn, rim, crossing);
    }
};

/// A polar measurement without its sensor's errors.
inline Polar corrected(double range, double azimuth, const ParameterVector& bias, double variance_range,
                       double variance_azimuth) {
    const double a = azimuth - bias[kAzimuth];
    return {std::max((range - bias[kRange]) / (1 + bias[kGain]), 10.0), std::sin(a), std::cos(a), variance_range,
            variance_azimuth};
}

/// When a beam is expected to pass a track.
struct Visit {
    Seconds ripe = 0;  ///< when its neighbourhood has been passed
    Seconds pass = 0;
    std::uint32_t slot = 0, generation = 0;
    bool operator<(const Visit& o) const {  // for a heap with the earliest on top; ties by slot
        return ripe != o.ripe ? ripe > o.ripe : slot > o.slot;
    }
    template <class Archive>
    void fields(Archive& a) {
        a(ripe, pass, slot, generation);
    }
};

/// A rotating beam followed by the azimuths of its plots.
struct Beam {
    bool known = false;
    Seconds t = 0;
    double azimuth = 0;  ///< at t
    double rate = 0;     ///< rad/s
    double error = 1;    ///< smoothed |azimuth error| of prediction, rad
    template <class Archive>
    void fields(Archive& a) {
        a(known, t, azimuth, rate, error);
    }
    void see(Seconds time, double azimuth_seen);
    double at(Seconds time) const { return azimuth + rate * (time - t); }
    bool steady() const { return known && error < 0.3; }
};

/// What every batch looks at stands first, together.
struct alignas(64) SensorState {
    /// Distance from the antenna, m; 0 where that is not known (a receiver of reports that carry their own place).
    double distance(const Eigen::Vector3d& place) const { return placed ? (place - site.place).norm() : 0; }
    double reach() const { return max_range > 0 ? max_range : 4e5; }  ///< m
    /// Whether a batch has anything to do for it.
    bool idle() const { return pending.empty() && fixes.empty() && next_visit > clock; }

    bool placed = false, healthy = true;
    bool sweeps = false;  ///< rotates: its misses are counted by its beam
    bool alive = false;
    bool dirty = false;  ///< something of it waits for the next batch
    Seconds period = 0;
    double max_range = 0;
    Seconds clock = 0;           ///< what has been seen of it is complete up to here
    Seconds latest = 0;          ///< newest report or service message
    Seconds next_visit = 1e300;  ///< the earliest of `visits`
    double latency = 0;          ///< how far behind now() its data come, s
    Seconds first = 0;           ///< data
    std::vector<Plot> pending;   ///< in order of arrival
    std::size_t prepared = 0;    ///< how many of them are laid down
    struct Fix {
        Seconds t = 0;
        double azimuth = 0;
        template <class Archive>
        void fields(Archive& a) {
            a(t, azimuth);
        }
    };
    std::vector<Fix> fixes;  ///< azimuths seen since the last batch, for the beam
    // One batch: plots at the front whose beam has passed, and the tracks near them.
    std::size_t ripe = 0;
    std::vector<std::uint32_t> near;
    std::vector<Visit> visits, due;
    Beam beam;
    // Flood: reports in the present second, and until when it is set aside for one.
    std::int64_t second = 0;
    std::uint32_t in_second = 0;
    Seconds calm_at = -1e9;
    std::uint32_t recent_next = 0;
    Site site;
    // Duplicates: the latest few reports.
    struct Recent {
        Seconds t = -1;
        double a = 0, b = 0;
        template <class Archive>
        void fields(Archive& archive) {
            archive(t, a, b);
        }
    };
    Recent recent[16];
    picture::Sensor info;
    ClutterMap echoes, replies;
    /// Learnt by distance, in sixteenths of the range: a line of the cache each.
    struct alignas(64) Ring {
        double detection = 0;             ///< of an aircraft that it can see
        double visibility = 0;            ///< that it can see an aircraft of which nothing is known
        double passes = 0, hits = 0;      ///< of well-established tracks
        double chances = 0, visible = 0;  ///< passes of such tracks, and the sum of their visibility
        void settle(double declared);     ///< the first two from the rest
        template <class Archive>
        void fields(Archive& a) {
            a(detection, visibility, passes, hits, chances, visible);
        }
    };
    static constexpr int kRings = 16;
    Ring rings[kRings];
    const Ring& ring(double range) const { return rings[ring_number(range)]; }
    int ring_number(double range) const {
        return std::clamp(static_cast<int>(kRings * range / reach()), 0, kRings - 1);
    }
    void declare_detection();  ///< before anything is learnt
    void learn_detection(double range, double hit);
    void learn_visibility(double range, double v);
    template <class Archive>
    void fields(Archive& a) {
        a(placed, healthy, sweeps, alive, dirty, period, clock, latest, next_visit, latency, first, pending, prepared,
          fixes, visits, beam, second, in_second, calm_at, recent_next, max_range, site, recent, info, echoes, replies,
          rings);
    }
};

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
          first_seen, last_report, last_survey, reports, replies, echoes, simulated, latest, measured, links, address,
          address_weight, code, callsign, emergency, special_position, recent_codes, second, parted, parted_from, rival,
          rival_score, samples, blind_windows, registered, message_at, message_variance, geometric_at, labelling);
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

/// A plot of one batch: its beam has passed, or it waits still and may be drawn into a cluster.
struct Item {
    Seconds t = 0;
    std::uint32_t sensor = 0, plot = 0;  ///< index in the sensor's pending
    bool ripe = false;
};

/// Plots that share tracks or lie close to one another, with no other plot of the batch in reach: a piece of work.
struct Component {
    std::uint32_t first = 0, count = 0;      ///< in the batch's members
    std::uint32_t slots = 0, slots_end = 0;  ///< free slots that are its own
};

/// What a piece of work leaves for what all share, to be merged in order of pieces.
struct Effects {
    Effects();
    struct Pass {
        std::uint32_t sensor;
        double range, hit, visible;
        bool detection, visibility;  ///< what the pass teaches
    };
    struct FalsePlot {
        std::uint32_t sensor;
        bool reply;
        double east, north, t, weight;
    };
    struct Taken {
        std::uint32_t message, slot;
    };
    std::vector<Taken> messages;  ///< that tracks took
    struct Planned {
        std::uint32_t sensor;
        Visit visit;
    };
    struct Moved {
        std::uint32_t slot;
        Eigen::Vector3d place;
    };
    std::vector<Pass> passes;
    std::vector<FalsePlot> false_plots;
    std::vector<Planned> visits;
    std::vector<Moved> moved;
    struct Unknown {
        Eigen::Vector3d place;
        double t;
    };
    std::vector<Unknown> unknown;  ///< places of which the map of the undetected has no cell yet
    struct Flown {
        Eigen::Vector3d place;
        double speed;
        bool traffic;  ///< to be told to the frontier
    };
    std::vector<Flown> flown;  ///< by established tracks
    std::vector<std::uint32_t> started, dropped, sure, settled;
    struct Confused {
        std::uint32_t a, b;
        double wrong;  ///< chance that their plots were taken the wrong way round
    };
    std::vector<Confused> confused;
    std::vector<std::uint32_t> two;     ///< aircraft in each of these
    std::vector<std::uint32_t> alone;   ///< shown, with replies to one sensor only
    std::vector<Registrar::Fit> fits;   ///< the first n_fits
    std::vector<Eigen::Vector3d> airs;  ///< places of which the registrar has no air yet
    std::size_t n_fits = 0;
    std::uint64_t updates = 0, misses = 0;
    void clear();
};

/// Scratch of one worker, reused, and where its effects go.
struct Work {
    static constexpr std::size_t kMaxTracks = 12, kMaxPlots = 12;
    struct Candidate {
        std::uint32_t slot = 0;
        Imm f;                ///< predicted to the cluster's time
        double h = 0, e = 0;  ///< height in use and its estimated error
        double lag = 0;
        double detect = 0;                   ///< probability of detection if it exists
        double share = 1;                    ///< prior of the motion that `f` stands for
        Imm plain;                           ///< where share < 1: the usual motion
        std::vector<Innovation> innovation;  ///< [plot]; valid where gated
        std::vector<double> log_factor;      ///< identity and height evidence, as a ratio to a stranger's
        std::vector<double> speed_factor;    ///< of the prior of speeds, while the track is young
        std::vector<char> gated;
        bool confused = false;  ///< with another one: by place its plots may as well be the other's
    };
    std::vector<Candidate> candidates;
    std::size_t n_candidates = 0;
    std::vector<Plot*> cluster_plots;
    Cluster cluster;
    Marginals weights;
    std::vector<std::uint32_t> nearby, escaped;
    struct SharedPlot {
        Innovation innovation[2];  ///< of the first and of the second track
    };
    std::vector<SharedPlot> shared;  ///< as in the cluster
    std::vector<Innovation> chosen;
    std::vector<double> chosen_beta;
    std::vector<Sighting> window;
    // The component at work.
    std::span<const Item> members;
    std::uint32_t next_slot = 0, end_slot = 0;
    std::vector<std::uint32_t> fresh;  ///< tracks started in it
    Effects* effects = nullptr;
};

struct Tracker::Impl {
    explicit Impl(Config c, std::shared_ptr<const Frame> f);

    Config config;
    std::shared_ptr<const Frame> frame;
    bool ground_range = false;
    Motion motion, level_motion;  ///< where height is unknown or flat; where pressure altitude tells it
    const Motion& motion_of(const TrackState& k) const { return k.pressure_based ? level_motion : motion; }
    Counters counters;
    std::vector<SensorState> sensors;
    Reach sweepers;                                    ///< of those that rotate
    std::map<std::uint32_t, std::uint32_t> sensor_of;  ///< by id
    std::vector<std::uint32_t> small_ids;              ///< the same for ids below kSmallIds, or kNobody
    static constexpr std::uint32_t kSmallIds = 1U << 20;
    /// Place in `sensors`, or kNobody.
    std::uint32_t find_sensor(picture::SensorId id) const;
    std::deque<TrackState> tracks;
    std::vector<Where> wheres;  ///< [slot]
    std::vector<std::uint32_t> free_slots;
    std::size_t live = 0;
    TrackIndex index;
    IdentityIndex identities;
    Registrar registrar;
    Undetected undetected;
    Frontier frontier;
    Crossings crossings;
    Headings headings;
    Speeds speeds;
    Companions companions;
    Silent silent;
    bool started = false;
    base::Time epoch;
    Seconds now = 0;
    std::int64_t tick = -1;  ///< fiftieths of a second tended
    std::uint64_t next_number = 1;
    std::vector<std::uint64_t> ended;
    std::vector<picture::Track> shown;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order;  ///< number, slot of those that may be shown
    std::vector<char> visible;                                   ///< which of them are

    /// Exact near the epoch; times far off (hostile ones too) only have to stay far off.
    Seconds seconds(base::Time t) const {
        const double rough = (static_cast<double>(t.ns) - static_cast<double>(epoch.ns)) * 1e-9;
        return std::abs(rough) < 4e9 ? (t - epoch).seconds() : rough;
    }
    base::Time time(Seconds s) const { return epoch + base::seconds(s); }

    // intake.cpp
    bool begin(base::Time t);  ///< false: a time that no clock shows
    void take(const picture::TargetReport& r);
    bool refuse(const picture::TargetReport& r, SensorState& s);
    void service(const picture::ServiceMessage& m);
    void locate_plot(Plot& p, const SensorState& s) const;
    void prepare(std::uint32_t id);

    // batch.cpp: everything that waits, in parallel where nothing is shared
    Workers workers;
    std::vector<Work> work;        ///< [worker]
    std::vector<Effects> effects;  ///< [piece]
    std::size_t queued = 0;        ///< reports since the last batch
    std::size_t waiting = 0;       ///< reports in all pending
    std::array<std::uint64_t, 200> waits{};
    std::vector<Message> messages;  ///< hash; a power of two
    struct Heard {
        std::uint32_t message = 0, sensor = 0;
        Seconds t = 0;
        template <class Archive>
        void fields(Archive& a) {
            a(message, sensor, t);
        }
    };
    std::vector<Heard> heard;  ///< since the last batch: messages that are there already
    std::vector<std::uint32_t> dirty, active;
    std::vector<Item> items, members;              ///< in order of time; by component
    std::vector<std::uint32_t> parent, component;  ///< [item]
    struct Owner {
        std::uint64_t batch = 0;
        std::uint32_t item = 0;
    };
    std::vector<Owner> owners;  ///< [slot]: the first plot of the batch near it
    std::uint64_t batch = 1;    ///< the one that gathers, or is at work
    std::vector<Component> components;
    SpatialIndex plot_index{24'000};
    struct Due {
        std::uint32_t slot, sensor;
        bool heard;  ///< a message of the track's aircraft, at visit.pass; else a visit
        Visit visit;
    };
    std::vector<Due> due;
    std::vector<std::uint32_t> rival_of;  ///< of the tracks that are tended
    void advance(Seconds to);
    void run_batch(bool everyone);
    void mark(std::uint32_t id);
    void list_items();
    void find_components();
    std::uint32_t root(std::uint32_t item);
    void unite(std::uint32_t a, std::uint32_t b);
    void reserve_slots();
    void fetch_component(const Component& c) const;
    void run_components();
    void run_due();
    void tend(std::int64_t at);
    /// f(work, i) for every i below n, in parallel, in runs of neighbours with effects of their own; merged in order.
    template <class F>
    void in_parallel(std::size_t n, std::size_t run, F&& f);
    void merge(Effects& e);

    // passes.cpp
    void visit(Work& w, std::uint32_t id, Visit v);
    std::optional<Visit> plan(std::uint32_t id, std::uint32_t slot, Link& link, Seconds near) const;
    void schedule(Work& w, std::uint32_t id, std::uint32_t slot, Link& link, Seconds near) const;
    bool expected_pass(const SensorState& s, const TrackState& k, Seconds near, Seconds& pass, double& half_width,
                       double& range) const;
    void miss(Work& w, std::uint32_t slot, Link& link, Seconds at);
    void survey(Work& w, std::uint32_t slot);
    void drop(Work& w, std::uint32_t slot);
    Link& link_to(TrackState& k, std::uint32_t sensor) const;
    /// Probability that a visible aircraft at this range gives a plot: the sensor's by range, and the pair's own
    /// record.
    double detection(const SensorState& s, double range, const Link& link) const;
    void record_pass(Work& w, TrackState& k, Link& link, double range, double hit) const;
    bool shown_apart(const Work& w, std::uint32_t slot, std::size_t j) const;
    bool replies_otherwise(const TrackState& k, const Plot& p) const;
    double beside(const Work& w, std::size_t j) const;
    bool plainly_own(const Work& w, std::size_t j) const;
    void foresee(Work& w, std::size_t j) const;  ///< what may be there that nobody has seen
    /// Aircraft per m² that came over the rim unseen; which way in, and how far, is noted with the plot.
    double over_the_rim(const SensorState& s, Plot& p, const Frontier::Depths& depths,
                        std::span<const Looks> looks) const;
    void list_watchers(Undetected::Cell& c, const Eigen::Vector3d& place) const;
    void survive(TrackState& k, Seconds to) const;
    // cluster.cpp
    double coarse_gate(const SensorState& s, const Plot& p) const;  ///< m: how far off the plot alone may be
    bool in_reach(const Where& k, const Plot& p, double gate, Seconds at) const;
    void associate(Work& w, const Item& seed);
    void gather(Work& w, const Item& seed);
    void draw_in(Work& w, std::uint32_t sensor);
    bool consider_track(Work& w, std::uint32_t slot, std::size_t seen);
    void consider_escape(Work& w, std::uint32_t slot, std::uint32_t sensor);
    Work::Candidate* predict_candidate(Work& w, std::uint32_t slot, const Plot& p, Seconds at);
    bool consider_pair(const SensorState& s, Work::Candidate& c, const Plot& first, const Plot& p, std::size_t j) const;
    double speed_evidence(const TrackState& k, const Imm& f, const Innovation& in) const;
    Bound bound(const TrackState& k) const;  ///< which way a new track may be expected to fly
    void see_traffic(const Eigen::Vector3d& place);
    void solve(Work& w);
    // merged.cpp
    double unresolved(const SensorState& s, const Work::Candidate& a, const Work::Candidate& b) const;
    double shared_evidence(const SensorState& s, const TrackState& k, const TrackState& o, const Plot& p) const;
    void consider_shared(Work& w);
    void share_plot(Work& w, std::size_t a, std::size_t b, std::size_t j, double merge);
    void apply(Work& w, std::size_t i);
    bool alone(const Work& w, std::size_t i) const;
    void unite_claims(Work& w);
    void start_tracks(Work& w);
    Measurement measurement(const SensorState& s, const Plot& p, const Anchor& anchor, double h) const;
    // evidence.cpp
    template <class Who>
    double told(const SensorState& s, const Who& k, const Plot& p) const;  ///< by a reply, or by none
    double evidence(const SensorState& s, const TrackState& k, const Plot& p) const;
    void learn_identity(TrackState& k, const Plot& p) const;
    void learn_height(TrackState& k, const Plot& p) const;
    void learn_geometric_height(TrackState& k, const Plot& p) const;
    void learn_velocity(TrackState& k, const Plot& p) const;
    void note_kind(TrackState& k, const Plot& p) const;
    // labels.cpp
    std::vector<Labelling> labellings;
    bool distinct(const TrackState& k, const TrackState& o) const;
    bool were_two(const Labelling& l) const;
    void find_confused(Work& w);
    Known known_of(const TrackState& k) const;
    void begin_labelling(std::uint32_t a, std::uint32_t b);
    void end_labelling(std::size_t n);
    void note_label(const SensorState& s, const TrackState& k, std::uint32_t slot, const Plot& p);
    double going_on(const Labelling& l) const;
    void judge_labels();
    void take_vertical(TrackState& k, const Vertical& next, bool pressure_based) const;
    void exchange_labels(Labelling& l);
    // split.cpp
    bool note_second(TrackState& k, const Plot& p) const;  ///< whether the reply is by another code than its own
    bool is_two(const TrackState& k) const;                ///< its replies are certainly two aircraft's
    void split(std::uint32_t slot);
    // tracks.cpp
    void start(Work& w, const Plot& p, double existence, const Birth& birth);
    void refresh(Work& w, std::uint32_t slot);
    void note_where(std::uint32_t slot);
    void anchor_at_place(TrackState& k) const;
    /// Expected time from the latest that is known of it until a sensor shows it again, if it exists, s.
    double next_seen(const TrackState& k) const;
    bool sure(const TrackState& k) const;  ///< exists by all that is known, and waiting for more does not pay
    void confirm(TrackState& k);
    void settle(TrackState& k);  ///< a track that has proved real teaches where aircraft begin
    bool young(const TrackState& k) const { return !k.established && k.reports <= 4 && !config.ablate_unseen; }
    /// Carries the replies of an aircraft known elsewhere; `better`: known better than this one, and nearer.
    bool borrowed(const TrackState& k, bool better) const;
    void withdraw(TrackState& k);  ///< it was shown and should not have been
    std::uint32_t find_rival(std::uint32_t slot) const;
    void yield_to_rival(Work& w, std::uint32_t slot, std::uint32_t rival);
    // register/windows.cpp
    void sample(Work& w, TrackState& k, const Plot& p) const;
    void use_window(Work& w, TrackState& k) const;
    void follow_registration(std::uint32_t slot);
    std::uint32_t air_about(const Eigen::Vector3d& place) const;
    void learn_air(const Eigen::Vector3d& place);
    double common_height_variance(const TrackState& k, double height) const;
    // told.cpp: reports that carry their own place
    std::uint32_t keep_message(const picture::TargetReport& r, std::uint32_t sensor, Seconds t, bool& again);
    void note_hearer(Work& w, TrackState& k, std::uint32_t sensor, Seconds t) const;
    void widen(const TrackState& k, const Plot& p, Measurement& m) const;
    void learn_message(TrackState& k, const Plot& p) const;
    double slow_error(const TrackState& k, Seconds t) const;
    void miss_receivers(Work& w, std::uint32_t slot);
    // snapshot.cpp
    template <class Archive>
    void fields(Archive& a);
    void save_messages(base::Writer& out) const;
    bool load_messages(base::Reader& in);
    bool consistent() const;
    // picture.cpp
    bool show(const TrackState& k, Seconds at, picture::Track& out) const;
};

}  // namespace asman::track
