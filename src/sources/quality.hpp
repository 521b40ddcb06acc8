// What ADS-B says of its own accuracy, as 1σ per axis.
// Source: RTCA DO-260B 2.2.3.2.7.2.7 (NACp: EPU is the radius that holds 95 %), table N-2 (NUCp: protection limits),
// 2.2.3.2.6.1.5 (NACv: horizontal velocity error, 95 %), 2.2.3.2.7.2.8 (GVA: vertical figure of merit, 95 %).
#pragma once

#include <cstdint>
#include <optional>

namespace asman::sources {

/// 1σ per axis, metres; nothing for 0 (unknown) and reserved values.
std::optional<double> sigma_of_nac_p(unsigned nac_p);
/// NUCp (0 … 9) of version 0, or the like from a type code: a protection limit, of which 1σ is taken as a quarter.
std::optional<double> sigma_of_nuc_p(unsigned nuc_p);
/// NIC (0 … 11) of versions 1 and 2, in the same way.
std::optional<double> sigma_of_nic(unsigned nic);
/// NACv or NUCr (1 … 4): 1σ per axis of the velocity, m/s.
std::optional<double> sigma_of_nac_v(unsigned nac_v);

/// GVA (1, 2): 1σ of the geometric height, m; nothing for 0 (unknown, or worse than 150 m) and reserved values.
std::optional<double> sigma_of_gva(unsigned gva);

/// For what says nothing of itself, and the least that is believed: the time of applicability is not known better.
inline constexpr double unknown_sigma = 400, least_sigma = 15;

}  // namespace asman::sources
