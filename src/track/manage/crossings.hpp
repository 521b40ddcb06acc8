// Aircraft that have just come over the rim of what is seen. Who crossed it a moment ago cannot be far behind it: new
// aircraft are expected in a strip along the rim that is as deep as they fly between two looks (the process of births
// of Williams 2015, §III, with its place and time of birth kept together). How many come over a metre of the rim, and
// where it really lies against where traffic has been seen to end, is learnt.
#pragma once

#include "manage/frontier.hpp"
#include "manage/undetected.hpp"

#include <span>

namespace asman::track {

/// How far the place of a new aircraft's first plot speaks of the rim.
struct Crossing {
    float share = 0;  ///< probability that it came over the rim since the latest looks, if it is a newborn
    float depth = 0;  ///< m, behind where traffic was seen to end
    float sigma = 1;  ///< 1σ of that by the plot's noise, m
    float way = 1;    ///< how far behind the rim such aircraft are on average, m
    template <class Archive>
    void fields(Archive& a) {
        a(share, depth, sigma, way);
    }
};

class Crossings {
  public:
    static constexpr double kDeepest = 8000;  ///< m: nobody gets deeper unseen

    Crossings();

    /// Aircraft per m² at a depth behind where traffic was seen to end (known to 1σ `sigma`, m) that came over the rim
    /// and that none of the looks has shown; and how far behind the rim such aircraft are on average, wherever it lies,
    /// m. Of a part of the rim: sines of the ways, against straight inward, between which it is seen.
    struct Density {
        double unseen = 0, way = 0;
    };
    Density density(double depth, double sigma, std::span<const Looks> looks, double from = -1, double to = 1) const;
    /// Probability that the rim lies farther out than a place of this depth.
    double within(double depth) const;
    /// One that proved real came over the rim as this says, with probability `weight`.
    void came(const Crossing& c, double weight);
    /// Now and then: the rim has been watched for so many metre seconds by now. Were traffic as dense beyond it as
    /// inside, `expected` aircraft would come over a metre of it a second; they fly at `speed`. Tabulates what was
    /// learnt.
    void settle(double watched, double expected, double speed);

    template <class Archive>
    void fields(Archive& a) {
        a(count_, total_, came_, speed_, rate_, strip_, within_);
    }

  private:
    static constexpr int kBins = 20, kSteps = 256;
    static constexpr double kStep = 250, kFirst = -60e3;  ///< m
    double strip(double depth) const {
        const double s = (depth - kFirst) / kStep;
        return s < 0 || s >= kSteps ? 0 : strip_[static_cast<int>(s)];
    }

    double count_[kBins] = {}, total_ = 0;  ///< who came over the rim, by the depth it lay at; what is assumed counted
    double came_ = 0;                       ///< and without that
    double speed_ = 200, rate_ = 0;         ///< m/s; aircraft a metre and second
    double strip_[kSteps] = {};             ///< rate times density of the rim's depth, a m² and second
    double within_[kSteps] = {};            ///< its distribution
};

}  // namespace asman::track
