// Four doubles side by side: the four modes of a filter, computed together. Plain IEEE arithmetic lane by lane, so that
// a result does not depend on how the compiler or the processor splits them.
#pragma once

#include <cmath>

/// Before a function: where the processor has registers of four doubles (AVX2, asked once as the program starts), it
/// runs in a copy made for them. The same bits either way: no operation is fused. What such a function calls with
/// lanes by value must be inlined, as the two copies hand them over differently.
#ifndef ASMAN_WIDE
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define ASMAN_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define ASMAN_WIDE
#endif
#endif

namespace asman::track {

struct alignas(32) V4 {
    using Lanes = double __attribute__((vector_size(32)));
    Lanes v{};

    V4() = default;
    explicit V4(double s) : v{s, s, s, s} {}
    V4(double a, double b, double c, double d) : v{a, b, c, d} {}
    explicit V4(const Lanes& l) : v(l) {}

    template <class Archive>
    void fields(Archive& a) {
        double lanes[4] = {v[0], v[1], v[2], v[3]};
        a(lanes);
        *this = V4(lanes[0], lanes[1], lanes[2], lanes[3]);
    }
    double operator[](int i) const { return v[i]; }
    /// One lane in all four.
    template <int lane>
    [[gnu::always_inline]] V4 all() const {
        return V4(v[lane]);
    }
    void set(int i, double s) { v[i] = s; }
    V4& operator+=(const V4& o) {
        v += o.v;
        return *this;
    }
    V4& operator-=(const V4& o) {
        v -= o.v;
        return *this;
    }
    V4& operator*=(const V4& o) {
        v *= o.v;
        return *this;
    }
};

[[gnu::always_inline]] inline V4 operator+(const V4& a, const V4& b) {
    return V4(a.v + b.v);
}
[[gnu::always_inline]] inline V4 operator-(const V4& a, const V4& b) {
    return V4(a.v - b.v);
}
[[gnu::always_inline]] inline V4 operator*(const V4& a, const V4& b) {
    return V4(a.v * b.v);
}
[[gnu::always_inline]] inline V4 operator/(const V4& a, const V4& b) {
    return V4(a.v / b.v);
}
[[gnu::always_inline]] inline V4 operator*(double s, const V4& a) {
    return V4(s) * a;
}
[[gnu::always_inline]] inline V4 operator-(const V4& a) {
    return V4(-a.v);
}
[[gnu::always_inline]] inline double sum(const V4& a) {
    return (a.v[0] + a.v[1]) + (a.v[2] + a.v[3]);
}
[[gnu::always_inline]] inline double dot(const V4& a, const V4& b) {
    return sum(a * b);
}
[[gnu::always_inline]] inline V4 exp(const V4& a) {
    return {std::exp(a[0]), std::exp(a[1]), std::exp(a[2]), std::exp(a[3])};
}
[[gnu::always_inline]] inline V4 sqrt(const V4& a) {
    return {std::sqrt(a[0]), std::sqrt(a[1]), std::sqrt(a[2]), std::sqrt(a[3])};
}

}  // namespace asman::track
