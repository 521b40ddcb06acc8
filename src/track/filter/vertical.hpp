// The vertical filter: pressure altitude and its rate, near-constant velocity with a white acceleration that opens in
// transitions. Kept apart from geometric height (invariant 2).
#pragma once

namespace asman::track {

class Vertical {
  public:
    bool valid() const { return valid_; }
    double height(double t) const { return h_ + v_ * clamp_dt(t); }
    double rate() const { return v_; }
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
    double clamp_dt(double t) const;
    void predict(double t);
    void absorb(double h, double r);

    bool valid_ = false;
    double t_ = 0, h_ = 0, v_ = 0, p00_ = 0, p01_ = 0, p11_ = 0;
    double unrest_ = 0;  ///< smoothed normalised innovation squared, above what noise explains
    int strays_ = 0;
    double stray_t_[3] = {}, stray_h_[3] = {};
};

}  // namespace asman::track
