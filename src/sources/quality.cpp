#include "quality.hpp"

#include <algorithm>
#include <array>

namespace asman::sources {
namespace {

constexpr double nm = 1852;
/// Of a radius that holds 95 % of a circular Gaussian: r = σ √(−2 ln 0.05).
constexpr double per_epu = 1 / 2.4477;

template <std::size_t N>
std::optional<double> look_up(const std::array<double, N>& table, unsigned i, double factor) {
    if (i >= N || table[i] == 0) return std::nullopt;
    return std::max(table[i] * factor, least_sigma);
}

}  // namespace

std::optional<double> sigma_of_nac_p(unsigned nac_p) {
    constexpr std::array<double, 12> epu{0,        10 * nm,  4 * nm,    2 * nm, nm, 0.5 * nm,
                                         0.3 * nm, 0.1 * nm, 0.05 * nm, 30,     10, 3};
    return look_up(epu, nac_p, per_epu);
}

std::optional<double> sigma_of_nuc_p(unsigned nuc_p) {
    constexpr std::array<double, 10> limit{0, 20 * nm, 10 * nm, 2 * nm, nm, 0.5 * nm, 0.2 * nm, 0.1 * nm, 25, 7.5};
    return look_up(limit, nuc_p, 0.25);
}

std::optional<double> sigma_of_nic(unsigned nic) {
    constexpr std::array<double, 12> limit{0,        20 * nm,  8 * nm,   4 * nm, 2 * nm, nm,
                                           0.6 * nm, 0.2 * nm, 0.1 * nm, 75,     25,     7.5};
    return look_up(limit, nic, 0.25);
}

std::optional<double> sigma_of_nac_v(unsigned nac_v) {
    constexpr std::array<double, 5> limit{0, 10, 3, 1, 0.3};
    if (nac_v == 0 || nac_v >= limit.size()) return std::nullopt;
    return std::max(limit[nac_v] * per_epu, 0.5);
}

std::optional<double> sigma_of_gva(unsigned gva) {
    constexpr std::array<double, 3> figure_of_merit{0, 150, 45};
    if (gva == 0 || gva >= figure_of_merit.size()) return std::nullopt;
    return figure_of_merit[gva] / 1.96;
}

}  // namespace asman::sources
