// The optimum for a pair: all joint hypotheses over a whole encounter, as far as they matter.
#pragma once

#include "manage/encounter_test.hpp"

#include <array>
#include <span>

namespace asman::track::test {

/// All joint hypotheses over the encounter, each with its own pair of filters; those below 1e-7 of the best, and all
/// but the 4000 best, are left out. It is told what the tracker is not: the aircraft's height, and that there are two.
struct Exhaustive {
    struct Hypothesis {
        Imm f[2];
        double log = 0;
    };
    const Pair& pair;
    const Scene& s;
    Motion motion;
    Anchor anchor;
    std::vector<Hypothesis> all, next;
    double t = 0;
    std::size_t most = 400;

    Exhaustive(const Pair& p, const Scene& scene) : pair(p), s(scene) {
        const Eigen::Vector2d q = pair.path[0](pair.e.met());
        anchor = s.w.frame.anchor(s.w.frame.global({s.w.point(q.x(), q.y()), {0}}));
    }
    const picture::Sensor& sensor(picture::SensorId id) const {
        for (const auto& x : s.w.sensors)
            if (x.id == id) return x;
        std::abort();
    }
    Measurement lay(const picture::TargetReport& r, int k) const {
        const picture::Sensor& x = sensor(r.sensor);
        const Polar p{r.range, std::sin(r.azimuth), std::cos(r.azimuth), x.sigma_range * x.sigma_range,
                      x.sigma_azimuth * x.sigma_azimuth};
        Measurement m = measure(s.w.frame.site(*x.position), p, pair.height[k], false, anchor);
        m.j1[0] = m.j1[1] = m.j2[0] = m.j2[1] = 0;
        return m;
    }
    static double density(const Imm& f, const Innovation& in) { return dot(f.mu, in.likelihood); }

    /// Filters of both with the plots known, up to the encounter.
    bool begin() {
        Hypothesis h;
        bool started[2] = {false, false};
        double last[2] = {0, 0};
        const double until = pair.e.before();
        for (std::size_t i = 0; i < s.reports.size(); ++i) {
            const double now = (s.reports[i].time - base::Time{}).seconds();
            if (now > until) break;
            for (int k = 0; k < 2; ++k) {
                if (s.whose[i] != k) continue;
                const Measurement m = lay(s.reports[i], k);
                if (!started[k]) {
                    h.f[k] = Imm::start(motion, m, 160, 0);
                    started[k] = true;
                } else {
                    h.f[k].predict(motion, now - last[k]);
                    Innovation in;
                    h.f[k].innovate(m, in);
                    const double one = 1;
                    h.f[k].update(motion, {&in, 1}, {&one, 1});
                }
                last[k] = now;
            }
        }
        if (!started[0] || !started[1]) return false;
        for (int k = 0; k < 2; ++k) h.f[k].predict(motion, until - last[k]);
        all = {h};
        t = until;
        return true;
    }

    void turn(std::span<const std::size_t> plots) {
        const double now = (s.reports[plots[0]].time - base::Time{}).seconds();
        const picture::Sensor& x = sensor(s.reports[plots[0]].sensor);
        const double false_density = x.false_reports_per_scan / (kPi * x.max_range * x.max_range),
                     pd = pair.e.detection;
        next.clear();
        double best = -1e300;
        const auto keep = [&](const Hypothesis& h) {
            if (h.log < best - 16) return;
            best = std::max(best, h.log);
            next.push_back(h);
        };
        for (Hypothesis& h : all) {
            for (Imm& f : h.f) f.predict(motion, std::max(0.0, now - t));
            std::vector<std::array<Innovation, 2>> in(plots.size());
            std::vector<std::array<double, 2>> weight(plots.size());
            for (std::size_t j = 0; j < plots.size(); ++j)
                for (int k = 0; k < 2; ++k) {
                    Measurement m = lay(s.reports[plots[j]], k);
                    m.lag = std::max(0.0, std::max(now, t) - (s.reports[plots[j]].time - base::Time{}).seconds());
                    h.f[k].innovate(m, in[j][k]);
                    weight[j][k] = density(h.f[k], in[j][k]) * pd / false_density * told(s.reports[plots[j]], k);
                }
            const double merge = together(h, x);
            const auto take = [&](int a, int b) {  // plots of the first and of the second; −1: none
                Hypothesis out = h;
                double w = 1;
                const int of[2] = {a, b};
                for (int k = 0; k < 2; ++k) {
                    if (of[k] < 0) {
                        w *= 1 - pd;
                        continue;
                    }
                    w *= weight[static_cast<std::size_t>(of[k])][static_cast<std::size_t>(k)];
                    const double one = 1;
                    out.f[k].update(motion, {&in[static_cast<std::size_t>(of[k])][static_cast<std::size_t>(k)], 1},
                                    {&one, 1});
                }
                if (a >= 0 && b >= 0) w *= 1 - merge;
                if (!(w > 0)) return;
                out.log += std::log(w);
                keep(out);
            };
            const int n = static_cast<int>(plots.size());
            for (int a = -1; a < n; ++a)
                for (int b = -1; b < n; ++b)
                    if (a < 0 || a != b) take(a, b);
            for (std::size_t j = 0; j < plots.size() && merge > 1e-4; ++j)
                share(h, plots[j], x, merge, pd, false_density, keep);
        }
        std::erase_if(next, [&](const Hypothesis& h) { return h.log < best - 16; });
        std::sort(next.begin(), next.end(), [](const auto& a, const auto& b) { return a.log > b.log; });
        if (next.size() > most) next.resize(most);
        std::swap(all, next);
        t = std::max(t, now);
    }
    /// What a reply says for it, where the other's would say otherwise.
    double told(const picture::TargetReport& r, int k) const {
        double w = 1;
        if (r.identity.mode_3a && pair.e.evidence == Encounter::code)
            w *= *r.identity.mode_3a == pair.code(k) ? 100 : 0.05;
        if (r.pressure_altitude) w *= std::abs(r.pressure_altitude->m - pair.height[k]) < 100 ? 100 : 0.05;
        if (r.identity.address) w *= *r.identity.address == pair.address(k) ? 2000 : 0.005;
        if (pair.e.evidence == Encounter::silence && sensor(r.sensor).kind != picture::SensorKind::primary)
            w *= (r.kind == picture::SensorKind::primary) == (k == 1) ? 1 : 0.05;
        return w;
    }
    struct Gap {
        double along, across, far, ux, uy;
    };
    Gap gap(const Hypothesis& h, const picture::Sensor& x) const {
        const Eigen::Vector3d d = anchor.axes * (anchor.to_global(h.f[0].mean(iX), h.f[0].mean(iY), pair.height[0]) -
                                                 s.w.frame.site(*x.position).place);
        const double far = d.head<2>().norm(), ux = d.x() / far, uy = d.y() / far,
                     dx = h.f[1].mean(iX) - h.f[0].mean(iX), dy = h.f[1].mean(iY) - h.f[0].mean(iY);
        return {dx * ux + dy * uy, dy * ux - dx * uy, far, ux, uy};
    }
    static constexpr double kAlong = 120, kAcross = 0.022;  ///< σ of the resolution's own kernel
    double together(const Hypothesis& h, const picture::Sensor& x) const {
        const Gap g = gap(h, x);
        const auto overlap = [](double d, double a, double v) {
            return a / std::sqrt(a * a + v) * std::exp(-0.5 * d * d / (a * a + v));
        };
        const double v = h.f[0].variance(iX, iX) + h.f[0].variance(iY, iY);
        return overlap(g.along, kAlong, v) * overlap(g.across, kAcross * g.far, v);
    }
    template <class Keep>
    void share(const Hypothesis& h, std::size_t plot, const picture::Sensor& x, double merge, double pd,
               double false_density, Keep& keep) const {
        const Gap g = gap(h, x);
        Hypothesis out = h;
        double w = 0;
        for (int k = 0; k < 2; ++k) {
            Measurement m = lay(s.reports[plot], k);
            const double side = k == 0 ? 0.5 : -0.5;
            const double shrink_along = 1 / (1 + g.along * g.along / (kAlong * kAlong)),
                         shrink_across = 1 / (1 + std::pow(g.across / (kAcross * g.far), 2));
            const double a = g.along * shrink_along, c = g.across * shrink_across;
            m.z[0] -= side * (a * g.ux - c * g.uy);
            m.z[1] -= side * (a * g.uy + c * g.ux);
            const double la = 1500, lc = std::pow(0.25 * kAcross * g.far, 2) * 0.2;
            m.r00 = 2.5 * m.r00 + la * g.ux * g.ux + lc * g.uy * g.uy;
            m.r01 = 2.5 * m.r01 + (la - lc) * g.ux * g.uy;
            m.r11 = 2.5 * m.r11 + la * g.uy * g.uy + lc * g.ux * g.ux;
            m.lag = std::max(0.0, t - (s.reports[plot].time - base::Time{}).seconds());
            Innovation in;
            out.f[k].innovate(m, in);
            w += 0.5 * density(h.f[k], in);
            const double one = 1;
            out.f[k].update(motion, {&in, 1}, {&one, 1});
        }
        w *= pd * pd * merge / false_density;
        if (!(w > 0)) return;
        out.log += std::log(w);
        keep(out);
    }

    /// Probability that the first one's filter ends at the first aircraft.
    double run() {
        std::vector<std::size_t> group;
        std::vector<char> used(s.reports.size(), 0);
        for (std::size_t i = 0; i < s.reports.size(); ++i) {
            const double now = (s.reports[i].time - base::Time{}).seconds();
            if (used[i] || now <= pair.e.before() || now > pair.e.after()) continue;
            group.clear();
            for (std::size_t k = i; k < s.reports.size() && (s.reports[k].time - s.reports[i].time).seconds() < 1; ++k)
                if (!used[k] && s.reports[k].sensor == s.reports[i].sensor && near(k)) {
                    used[k] = 1;
                    group.push_back(k);
                }
            if (!group.empty()) turn(group);
        }
        const Eigen::Vector2d end[2] = {tangent(0, t), tangent(1, t)};
        double right = 0, total = 0, best = all[0].log;
        for (const Hypothesis& h : all) {
            const auto d = [&](int k, int n) {
                return (Eigen::Vector2d(h.f[k].mean(iX), h.f[k].mean(iY)) - end[n]).squaredNorm();
            };
            const double w = std::exp(h.log - best);
            total += w;
            right += d(0, 0) + d(1, 1) < d(0, 1) + d(1, 0) ? w : 0;
        }
        return right / total;
    }
    Eigen::Vector2d tangent(int k, double time) const {
        const Eigen::Vector2d p = pair.path[k](time);
        return anchor.to_tangent(s.w.frame.global({s.w.point(p.x(), p.y()), {pair.height[k]}}), pair.height[k]);
    }
    bool near(std::size_t i) const {
        const double now = (s.reports[i].time - base::Time{}).seconds();
        const Measurement m = lay(s.reports[i], 0);
        for (int k = 0; k < 2; ++k)
            if ((tangent(k, now) - Eigen::Vector2d(m.z[0], m.z[1])).norm() < 2000) return true;
        return false;
    }
};

}  // namespace asman::track::test
