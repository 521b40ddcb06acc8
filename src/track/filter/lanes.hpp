// Four doubles side by side: the four modes of a filter, computed together. Plain IEEE arithmetic lane by lane, so that
// a result does not depend on how the compiler splits them.
#pragma once

#include <cmath>

namespace asman::track {

struct alignas(16) V4 {
    using Pair = double __attribute__((vector_size(16)));
    Pair lo{}, hi{};

    V4() = default;
    explicit V4(double s) : lo{s, s}, hi{s, s} {}
    V4(double a, double b, double c, double d) : lo{a, b}, hi{c, d} {}
    V4(Pair l, Pair h) : lo(l), hi(h) {}

    template <class Archive>
    void fields(Archive& a) {
        double v[4] = {lo[0], lo[1], hi[0], hi[1]};
        a(v);
        *this = V4(v[0], v[1], v[2], v[3]);
    }
    double operator[](int i) const { return i < 2 ? lo[i] : hi[i - 2]; }
    /// One lane in all four.
    template <int lane>
    V4 all() const {
        if constexpr (lane < 2)
            return V4(lo[lane]);
        else
            return V4(hi[lane - 2]);
    }
    void set(int i, double s) {
        if (i < 2)
            lo[i] = s;
        else
            hi[i - 2] = s;
    }
    V4& operator+=(const V4& o) {
        lo += o.lo;
        hi += o.hi;
        return *this;
    }
    V4& operator-=(const V4& o) {
        lo -= o.lo;
        hi -= o.hi;
        return *this;
    }
    V4& operator*=(const V4& o) {
        lo *= o.lo;
        hi *= o.hi;
        return *this;
    }
};

inline V4 operator+(const V4& a, const V4& b) {
    return {a.lo + b.lo, a.hi + b.hi};
}
inline V4 operator-(const V4& a, const V4& b) {
    return {a.lo - b.lo, a.hi - b.hi};
}
inline V4 operator*(const V4& a, const V4& b) {
    return {a.lo * b.lo, a.hi * b.hi};
}
inline V4 operator/(const V4& a, const V4& b) {
    return {a.lo / b.lo, a.hi / b.hi};
}
inline V4 operator*(double s, const V4& a) {
    return V4(s) * a;
}
inline V4 operator-(const V4& a) {
    return {-a.lo, -a.hi};
}
inline double sum(const V4& a) {
    return (a.lo[0] + a.lo[1]) + (a.hi[0] + a.hi[1]);
}
inline double dot(const V4& a, const V4& b) {
    return sum(a * b);
}
inline V4 exp(const V4& a) {
    return {std::exp(a[0]), std::exp(a[1]), std::exp(a[2]), std::exp(a[3])};
}
inline V4 sqrt(const V4& a) {
    return {std::sqrt(a[0]), std::sqrt(a[1]), std::sqrt(a[2]), std::sqrt(a[3])};
}

}  // namespace asman::track
