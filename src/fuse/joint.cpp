#include <asman/fuse/joint.hpp>

#include "joint_impl.hpp"

#include <algorithm>

namespace asman::fuse {
namespace {

bool older(const Contribution& a, const Contribution& b) {
    // Ties are broken by content, so that the order of arrival decides nothing.
    const auto rank = [](const Contribution& c) {
        return std::tuple(c.track.kinematics.time, c.valid_until, c.track.kinematics.at, c.coarsening);
    };
    return rank(a) < rank(b);
}

bool rests_on(const Contribution& c, std::string_view accord, std::string_view clause) {
    return std::ranges::any_of(c.clauses, [&](const picture::ClauseRef& r) {
        return r.accord == accord && (clause.empty() || r.clause == clause);
    });
}

}  // namespace

/// What is gone must leave no trace: those that went together with it have to show anew that they belong together.
void Joint::Impl::forget(const Key& key) {
    const auto it = bonds.find(key);
    if (it == bonds.end()) return;
    const auto number = it->second.number;
    bonds.erase(it);
    const auto track = std::ranges::lower_bound(tracks, number, {}, &JointTrack::number);
    if (track == tracks.end() || track->number != number) return;
    for (const auto& c : track->contributions) {
        if (const auto other = bonds.find(key_of(c)); other != bonds.end() && other->second.number == number) {
            other->second.joined = false;
        }
    }
}

std::map<Key, Contribution>::iterator Joint::Impl::remove(std::map<Key, Contribution>::iterator it) {
    forget(it->first);
    --per_partner[it->first.via];
    return foreign.erase(it);
}

template <class Which>
std::size_t Joint::Impl::remove_if(Which which) {
    std::size_t removed = 0;
    for (auto it = foreign.begin(); it != foreign.end();) {
        if (which(it->first, it->second)) {
            it = remove(it);
            ++removed;
        } else {
            ++it;
        }
    }
    return removed;
}

void Joint::Impl::expire() {
    counters.expired += remove_if([&](const Key&, const Contribution& c) {
        return c.valid_until <= now || c.track.kinematics.time + config.max_age < now;
    });
}

JointTrack Joint::Impl::joint_track(const Group& group) const {
    JointTrack out;
    out.number = group.number;
    for (const auto* m : group.members) out.contributions.push_back(*m);
    std::ranges::sort(out.contributions, {}, key_of);
    out.fused = fuse(out.contributions, own, now, config);
    out.fused.number = out.number;
    if (!borders) return out;
    if (const auto* state = borders->state_at(out.fused.kinematics.at)) out.airspace = State(state->iso3);
    // Only the airspace's owner sets the final identity of a track in its airspace.
    for (const auto& c : out.contributions) {
        const auto identity = c.track.standard_identity;
        if (c.originator == out.airspace && identity != picture::Identity::pending) {
            out.fused.standard_identity = identity;
            break;
        }
    }
    return out;
}

void Joint::Impl::regroup() {
    std::vector<const Contribution*> all;
    for (const auto& c : local) all.push_back(&c);
    for (const auto& [key, c] : foreign) {
        if (c.track.kinematics.time <= now + config.max_future) all.push_back(&c);
    }
    auto groups = associate(all, bonds, own, now, config);
    tracks.clear();
    std::map<Key, Bond> renewed;
    counters.copies = 0;
    for (auto& group : groups) {
        if (group.number == 0) group.number = next_number++;
        for (const auto* m : group.members) renewed[key_of(*m)] = {group.number, group.members.size() > 1};
        tracks.push_back(joint_track(group));
        for (const bool counts : evidence(tracks.back().contributions, own)) counters.copies += counts ? 0 : 1;
    }
    std::ranges::sort(tracks, {}, &JointTrack::number);
    bonds = std::move(renewed);
}

Joint::Joint(State own, Config config, std::shared_ptr<const geo::Borders> borders) : impl_(std::make_unique<Impl>()) {
    impl_->own = own;
    impl_->config = config;
    impl_->borders = std::move(borders);
}
Joint::~Joint() = default;
Joint::Joint(Joint&&) noexcept = default;
Joint& Joint::operator=(Joint&&) noexcept = default;

void Joint::set_local(std::span<const Track> local) {
    auto& own = impl_->local;
    std::vector<Contribution> before;
    before.swap(own);
    for (const auto& t : local) {
        if (!sound(t.kinematics)) {
            ++impl_->counters.refused_malformed;
            continue;
        }
        auto& c = own.emplace_back();
        c.originator = impl_->own;
        c.number = t.number;
        c.track = t;
    }
    std::ranges::stable_sort(own, {}, &Contribution::number);
    const auto again = std::ranges::unique(own, {}, &Contribution::number);
    own.erase(again.begin(), again.end());
    for (const auto& c : before) {
        if (!std::ranges::binary_search(own, c.number, {}, &Contribution::number)) impl_->forget(key_of(c));
    }
}

void Joint::put_foreign(Contribution contribution) {
    auto& s = *impl_;
    if (contribution.via.empty()) contribution.via = contribution.originator;
    // Own local tracks come by set_local() alone; a partner that names this state as originator hands data back.
    const bool own_local = contribution.originator == s.own && contribution.via == s.own;
    constexpr auto last = Time{std::int64_t{1} << 62};  // the year 2116: sums of times stay in range
    const auto time = contribution.track.kinematics.time;
    if (contribution.originator.empty() || own_local || !sound(contribution.track.kinematics) || time < Time{} ||
        time > last || !(contribution.coarsening.grid >= 0 && contribution.coarsening.grid < 1e6)) {
        ++s.counters.refused_malformed;
        return;
    }
    const auto key = key_of(contribution);
    const auto held = s.foreign.find(key);
    if (held != s.foreign.end()) {
        if (older(contribution, held->second)) {
            ++s.counters.stale;
        } else {
            held->second = std::move(contribution);
        }
        return;
    }
    auto& count = s.per_partner[key.via];
    if (count >= s.config.max_per_partner) {
        ++s.counters.refused_full;
        return;
    }
    ++count;
    s.foreign.emplace(key, std::move(contribution));
}

void Joint::drop_foreign(State originator, State via, std::uint64_t number) {
    const auto it = impl_->foreign.find({originator, via.empty() ? originator : via, number});
    if (it != impl_->foreign.end()) impl_->remove(it);
}

std::size_t Joint::drop_clause(std::string_view accord, std::string_view clause) {
    return impl_->remove_if([&](const Key&, const Contribution& c) { return rests_on(c, accord, clause); });
}

std::size_t Joint::drop_partner(State via) {
    return impl_->remove_if([&](const Key& k, const Contribution&) { return k.via == via; });
}

void Joint::advance(Time now) {
    impl_->now = std::max(impl_->now, now);
    impl_->expire();
    impl_->regroup();
}

std::span<const JointTrack> Joint::tracks() const {
    return impl_->tracks;
}

const JointTrack* Joint::find(std::uint64_t number) const {
    const auto it = std::ranges::lower_bound(impl_->tracks, number, {}, &JointTrack::number);
    return it != impl_->tracks.end() && it->number == number ? &*it : nullptr;
}

std::size_t Joint::foreign() const {
    return impl_->foreign.size();
}

const Counters& Joint::counters() const {
    return impl_->counters;
}

}  // namespace asman::fuse
