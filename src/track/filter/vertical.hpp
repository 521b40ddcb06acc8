// The vertical filter: pressure altitude and its rate. Kept apart from geometric height (invariant 2).
#pragma once

namespace asman::track {

/// Two interacting modes of a near-constant vertical rate: steady (level, or a settled climb) and changing (entering
/// and leaving climbs). Each has (h, v) and its covariance.
class Vertical {
  public:
    bool valid() const { return valid_; }
    /// Metres at time t, seconds; predicted at most 30 s.
    double height(double t) const;
    double rate() const;
    double variance(double t) const;
    double last() const { return t_; }

    /// Density of a height (1/m) under the prediction, mixed with a few per cent of wrong heights over 13 km.
    double likelihood(double t, double h, double sigma) const;
    /// Takes a height of 1σ `sigma`. A height that stands out is set aside; three on one path are news and restart.
    /// Returns true when the height was used.
    bool update(double t, double h, double sigma);
    /// Takes a down-linked rate.
    void update_rate(double rate, double sigma);

  private:
    struct Mode {
        double h = 0, v = 0, p00 = 0, p01 = 0, p11 = 0, mu = 0.5;
        void move(double dt, double q);
        double absorb(double z, double r);  ///< density of the innovation
    };
    double clamp_dt(double t) const;
    void start(double t, double h, double v, double sigma, double sigma_v);
    bool stands_out(double t, double h, double sigma) const;
    bool restart_from_strays(double t, double h, double sigma);
    void mix(double dt);

    bool valid_ = false;
    double t_ = 0;
    Mode mode_[2];
    int strays_ = 0;
    double stray_t_[3] = {}, stray_h_[3] = {};
};

}  // namespace asman::track
