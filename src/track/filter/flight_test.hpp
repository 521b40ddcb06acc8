// One flight through every step of the horizontal filter, its numbers bit by bit.
#pragma once

#include "filter/imm.hpp"

#include <bit>
#include <cstdint>
#include <random>
#include <vector>

namespace asman::track {

/// The same flight by a filter compiled without copies for wide registers.
std::vector<std::uint64_t> fly_narrow(unsigned seed);

/// Plots of all weights, none and several at once, heights in doubt, hard turns, blended motions.
template <class Filter>
std::vector<std::uint64_t> fly(unsigned seed) {
    std::mt19937 g(seed);
    const auto uniform = [&](double a, double b) { return a + (b - a) * (static_cast<double>(g()) / 4294967296.0); };
    const Motion motion;
    Measurement m;
    const auto measure = [&](double x, double y) {
        m.z[0] = x + uniform(-150, 150);
        m.z[1] = y + uniform(-150, 150);
        m.r00 = uniform(1e3, 4e4);
        m.r11 = uniform(1e3, 4e4);
        m.r01 = uniform(-0.9, 0.9) * 1e3;
        for (int k = 0; k < 2; ++k) {
            m.j1[k] = uniform(-0.3, 0.3);
            m.j2[k] = uniform(-1e-5, 1e-5);
        }
        m.e0 = uniform(-300, 300);
        m.lag = uniform(0, 2);
    };
    measure(0, 0);
    Filter f = Filter::start(motion, m, 160, 250);
    std::vector<std::uint64_t> bits;
    const auto note = [&](double v) { bits.push_back(std::bit_cast<std::uint64_t>(v)); };
    double x = 0, y = 0, course = uniform(0, 6);
    for (int step = 0; step < 60; ++step) {
        const double dt = uniform(0.2, 12);
        course += step % 3 == 0 ? uniform(-0.5, 0.5) : 0;
        x += 200 * dt * std::cos(course);
        y += 200 * dt * std::sin(course);
        const Filter before = f;
        f.predict(motion, dt);
        std::vector<Innovation> seen(g() % 4);
        std::vector<double> beta;
        for (Innovation& in : seen) {
            measure(x, y);
            f.innovate(m, in);
            for (int lane = 0; lane < 4; ++lane) note(in.likelihood[lane]);
            beta.push_back(uniform(0, 1) / static_cast<double>(seen.size()));
        }
        if (seen.size() == 1 && step % 2 == 0) beta[0] = 1;
        f.update(motion, seen, beta);
        if (step % 7 == 6) {
            Filter other = before;
            other.predict(motion, dt);
            f.blend(other, 0.7);
        }
        for (const V4& v : f.x)
            for (int lane = 0; lane < 4; ++lane) note(v[lane]);
        for (const V4& v : f.p)
            for (int lane = 0; lane < 4; ++lane) note(v[lane]);
        for (int lane = 0; lane < 4; ++lane) note(f.mu[lane]);
        const Moments all = f.moments();
        for (int i = 0; i < 4; ++i)
            for (int j = 0; j < 4; ++j) note(all.covariance(i, j));
    }
    return bits;
}

}  // namespace asman::track
