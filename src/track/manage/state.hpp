// The tracker's inner state, and by file what works on it.
#pragma once

#include "associate/index.hpp"
#include "associate/reach.hpp"
#include "manage/labels.hpp"
#include "manage/undetected.hpp"
#include "manage/work.hpp"
#include "parallel/workers.hpp"

#include <asman/base/bytes.hpp>
#include <asman/track/tracker.hpp>

#include <array>
#include <deque>
#include <map>

namespace asman::track {

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
    double over_the_rim(const SensorState& s, Plot& p, std::span<const Looks> looks) const;
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
    void learn_shared_height(Work& w, std::size_t i, double exists);
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
    void learn_told(TrackState& k, const Plot& p) const;
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
    std::optional<Eigen::Vector3d> by_height(const TrackState& k, const TrackState& o, const Eigen::Vector3d& gap,
                                             double sigma) const;
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
