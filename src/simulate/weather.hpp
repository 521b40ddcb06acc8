// How pressure altitude and geometric height differ, over place and height.
#pragma once

#include <asman/geo/point.hpp>
#include <asman/simulate/scenario.hpp>

#include <cstdint>
#include <vector>

namespace asman::simulate {

/// A steady field. The temperature departs from the standard atmosphere by D(h) = upper + (surface − upper)·e^(−h/2
/// km), and dH = dHp·(1 + D/T_ISA) (hydrostatics); the level of 1013.25 hPa lies 8.3 m higher per hPa of sea-level
/// pressure.
class Weather {
  public:
    Weather(const WeatherSpec& spec, std::uint64_t seed);
    geo::MslAltitude msl(geo::Point p, geo::PressureAltitude h) const;
    geo::PressureAltitude pressure(geo::Point p, geo::MslAltitude h) const;

  private:
    struct Column {
        double base, surface, upper;  ///< m, K, K
    };
    Column column(geo::Point p) const;
    /// Integrals of 1/T and e^(−h/2 km)/T from 0 to h, K⁻¹·m.
    std::pair<double, double> integrals(double h) const;

    WeatherSpec spec_;
    double phase_[4] = {};
    std::vector<double> plain_, decaying_;
};

}  // namespace asman::simulate
