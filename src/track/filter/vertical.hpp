// The vertical filter: pressure altitude and its rate. Kept apart from geometric height (invariant 2).
#pragma once

namespace asman::track {

/// Three interacting modes of a near-constant vertical rate: steady (level, or a settled climb), changing (an airliner
/// entering or leaving a climb) and steep (a fast jet doing so). Each has (h, v) and its covariance.
///
/// Garbled heights are part of the measurement's model: a small share is anything at all. Where a height is neither
/// clearly right nor clearly wrong, both are followed until the next heights decide.
class Vertical {
  public:
    bool valid() const { return valid_; }
    /// Two heights agree, so that the first was not a garbled one.
    bool proven() const { return support_ >= 2; }
    /// Metres at time t, seconds; predicted at most 30 s.
    double height(double t) const;
    double rate() const;
    double variance(double t) const;
    double rate_variance() const;  ///< m²/s², with the spread between the modes
    double last() const { return t_; }

    /// Density of a height (1/m) under the prediction, mixed with the share of wrong heights, over 13 km.
    double likelihood(double t, double h, double sigma) const;
    /// Takes a height of 1σ `sigma`. True when it is believed for now. `doubtful`: another part of the same reply is
    /// known to be garbled.
    bool update(double t, double h, double sigma, bool doubtful = false);
    /// A reply of this aircraft came garbled: others may be so unnoticed.
    void garbled();
    /// Less certain by `sigma` metres, and not proven: some of the heights may have been another aircraft's.
    void loosen(double sigma);
    /// Takes a down-linked rate.
    void update_rate(double rate, double sigma);

    template <class Archive>
    void fields(Archive& a) {
        a(valid_, t_, path_, other_, other_weight_, support_, belied_, heights_, wrong_);
    }

  private:
    static constexpr int kModes = 3;
    static constexpr double kPriorWrong = 0.3, kPriorHeights = 20;
    struct Mode {
        double h = 0, v = 0, p00 = 0, p01 = 0, p11 = 0, mu = 0;
        void move(double dt, double q);
        /// Takes a measurement; share: how far it is believed.
        void absorb(double z, double r, double share);
        double density(double z, double r) const;
        template <class Archive>
        void fields(Archive& a) {
            a(h, v, p00, p01, p11, mu);
        }
    };
    /// One account of what the heights so far mean.
    struct Path {
        Mode mode[kModes];
        static Path begin(double h);
        void predict(double dt);
        void mix(double dt);
        double right(double z, double r) const;  ///< density of z if it is not garbled
        void absorb(double z, double r, double stray);
        template <class Archive>
        void fields(Archive& a) {
            a(mode);
        }
    };
    double clamp_dt(double t) const;
    const Path& best() const { return other_weight_ > 0.5 ? other_ : path_; }
    void fork(double z, double r, double share);
    bool decide(double z, double r, double stray);
    double stray() const { return (kPriorWrong + wrong_) / (kPriorHeights + heights_); }

    bool valid_ = false;
    double t_ = 0;
    Path path_, other_;
    double other_weight_ = 0;         ///< probability that the other path is the true one; 0: there is none
    int support_ = 0, belied_ = 0;    ///< heights believed since the path began; in a row not believed
    double heights_ = 0, wrong_ = 0;  ///< fading counts: how often this aircraft's heights are garbled
};

}  // namespace asman::track
