#include <asman/coverage/siting.hpp>

#include <algorithm>
#include <cmath>

namespace asman::coverage {
namespace {

class Chooser {
  public:
    Chooser(const std::vector<std::vector<std::uint32_t>>& covers, const std::vector<double>& weights)
        : covers_(covers), weights_(weights), count_(weights.size(), 0) {}
    double gain(std::size_t i) const {
        double sum = 0;
        for (const auto c : covers_[i])
            if (count_[c] == 0) sum += weights_[c];
        return sum;
    }
    void take(std::size_t i) {
        for (const auto c : covers_[i])
            if (count_[c]++ == 0) value_ += weights_[c];
    }
    void give_back(std::size_t i) {
        for (const auto c : covers_[i])
            if (--count_[c] == 0) value_ -= weights_[c];
    }
    double value() const { return value_; }

  private:
    const std::vector<std::vector<std::uint32_t>>& covers_;
    const std::vector<double>& weights_;
    std::vector<std::uint32_t> count_;
    double value_ = 0;
};

double combinations(std::size_t n, std::size_t k) {
    double c = 1;
    for (std::size_t i = 0; i < k; ++i) c *= static_cast<double>(n - i) / static_cast<double>(i + 1);
    return c;
}

void every(Chooser& chooser, std::size_t from, std::size_t n, std::size_t k, std::vector<std::size_t>& taken,
           Choice& best) {
    if (taken.size() == k) {
        if (best.chosen.empty() || chooser.value() > best.value) best.value = chooser.value(), best.chosen = taken;
        return;
    }
    for (std::size_t i = from; i + (k - taken.size()) <= n; ++i) {
        taken.push_back(i);
        chooser.take(i);
        every(chooser, i + 1, n, k, taken, best);
        chooser.give_back(i);
        taken.pop_back();
    }
}

/// Of each approach the first place at which a sensor sees the target; its length: nowhere.
base::Result<std::vector<std::size_t>> first_seen(const Instrument& sensor, const std::vector<Approach>& approaches,
                                                  const geo::Terrain& terrain, const geo::Geoid& geoid,
                                                  const SitingOptions& o) {
    if (!sensor.sensor.position)
        return base::fail(base::Errc::missing, "sensor '" + sensor.sensor.name + "' has no position");
    HorizonOptions options;
    options.range = sensor.sensor.max_range + 5e3;
    options.k = o.k;
    ASMAN_TRY(const auto horizon, Horizon::make(terrain, geoid, *sensor.sensor.position, options));
    std::vector<std::size_t> out;
    for (const auto& a : approaches) {
        std::size_t j = 0;
        for (; j < a.places.size(); ++j) {
            if (geo::distance(a.places[j], sensor.sensor.position->at) > sensor.sensor.max_range + 5e3) continue;
            const geo::Position p{a.places[j], geoid.ellipsoidal(a.places[j], {o.altitude})};
            if (look_probability(sensor, o.target, horizon, horizon.frame().to_local(p)) >= 0.5) break;
        }
        out.push_back(j);
    }
    return out;
}

}  // namespace

base::Result<WarningCovers> warning_covers(const std::vector<Instrument>& candidates,
                                           const std::vector<Instrument>& neighbours,
                                           const std::vector<Approach>& approaches, const geo::Terrain& terrain,
                                           const geo::Geoid& geoid, const SitingOptions& o) {
    WarningCovers out;
    std::vector<std::size_t> already;
    for (const auto& a : approaches) already.push_back(a.places.size());
    for (const auto& n : neighbours) {
        ASMAN_TRY(const auto first, first_seen(n, approaches, terrain, geoid, o));
        for (std::size_t i = 0; i < first.size(); ++i) already[i] = std::min(already[i], first[i]);
    }
    std::vector<std::size_t> offset;
    for (const auto& a : approaches) {
        offset.push_back(out.weights.size());
        // From the last place on there is no time left.
        const double seconds = a.spacing / o.speed / static_cast<double>(approaches.size());
        for (std::size_t j = 0; j < a.places.size(); ++j) out.weights.push_back(j + 1 < a.places.size() ? seconds : 0);
    }
    for (const auto& c : candidates) {
        ASMAN_TRY(const auto first, first_seen(c, approaches, terrain, geoid, o));
        auto& cover = out.covers.emplace_back();
        for (std::size_t i = 0; i < first.size(); ++i)
            for (std::size_t j = first[i]; j < already[i]; ++j)
                cover.push_back(static_cast<std::uint32_t>(offset[i] + j));
    }
    return out;
}

Choice choose(const std::vector<std::vector<std::uint32_t>>& covers, const std::vector<double>& weights, std::size_t k,
              std::size_t exhaustive) {
    const std::size_t n = covers.size();
    k = std::min(k, n);
    Choice best;
    if (k == 0) {
        best.exact = true;
        return best;
    }
    Chooser chooser(covers, weights);
    if (combinations(n, k) <= static_cast<double>(exhaustive)) {
        std::vector<std::size_t> taken;
        every(chooser, 0, n, k, taken, best);
        best.exact = true;
        best.at_most = best.value;
        return best;
    }
    best.at_most = 1e300;
    for (std::size_t round = 0; round <= k; ++round) {
        std::vector<std::pair<double, std::size_t>> gains;
        for (std::size_t i = 0; i < n; ++i) gains.emplace_back(chooser.gain(i), i);
        std::ranges::sort(gains, [](const auto& a, const auto& b) {
            return a.first != b.first ? a.first > b.first : a.second < b.second;
        });
        // Whatever the best set is, it adds to the present one no more than the k largest marginal gains.
        double bound = chooser.value();
        for (std::size_t i = 0; i < k; ++i) bound += gains[i].first;
        best.at_most = std::min(best.at_most, bound);
        if (round == k) break;
        best.chosen.push_back(gains.front().second);
        chooser.take(gains.front().second);
    }
    best.value = chooser.value();
    return best;
}

std::vector<std::uint32_t> newly_seen(const Joint& joint, std::size_t sensor, double altitude, const Target& target,
                                      const std::vector<bool>& seen_before) {
    std::vector<std::uint32_t> out;
    for (std::size_t i = 0; i < joint.grid().size(); ++i)
        if (!seen_before[i] && joint.look(sensor, i, altitude, target).probability >= 0.5)
            out.push_back(static_cast<std::uint32_t>(i));
    return out;
}

}  // namespace asman::coverage
