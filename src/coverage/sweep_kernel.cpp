// Compiled twice, for AVX2 and for any x86-64, and chosen at run time. Both give the same bits: no contraction
// (-ffp-contract=off) and no reordering, each lane does what the scalar loop does.
#include "sweep_kernel.hpp"

#include <algorithm>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define ASMAN_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default"), optimize("O3")))
#else
#define ASMAN_CLONES
#endif

namespace asman::coverage::kernel {

ASMAN_CLONES void meet_row(float* __restrict tangent, std::size_t from, std::size_t to, const float* __restrict row,
                           int last, float step, float inverse) {
    const int begin = static_cast<int>(from), end = static_cast<int>(to);
    for (int k = begin; k < end; ++k) {
        const float position = static_cast<float>(k) * step;
        int i = static_cast<int>(position);
        i = i < last ? i : last;
        const float f = position - static_cast<float>(i);
        const float left = row[i], right = row[i + 1];
        const float t = (left + f * (right - left)) * inverse;
        tangent[k] = tangent[k] < t ? t : tangent[k];
    }
}

ASMAN_CLONES void read_row(const float* __restrict tangent, int last, const float* __restrict row,
                           float* __restrict out, std::size_t from, std::size_t to, float step, float distance) {
    const int begin = static_cast<int>(from), end = static_cast<int>(to);
    for (int c = begin; c < end; ++c) {
        const float position = static_cast<float>(c) * step;
        int i = static_cast<int>(position);
        i = i < last ? i : last;
        const float f = position - static_cast<float>(i);
        const float left = tangent[i], right = tangent[i + 1];
        const float above = (left + f * (right - left)) * distance - row[c];
        out[c] = above > 0.0f ? above : 0.0f;
    }
}

ASMAN_CLONES void meet_row_clear(float* __restrict tangent, std::size_t from, std::size_t to,
                                 const float* __restrict row, int last, float step, float inverse,
                                 const float* __restrict clearance, float root) {
    const int begin = static_cast<int>(from), end = static_cast<int>(to);
    for (int k = begin; k < end; ++k) {
        const float position = static_cast<float>(k) * step;
        int i = static_cast<int>(position);
        i = i < last ? i : last;
        const float f = position - static_cast<float>(i);
        const float left = row[i], right = row[i + 1];
        const float t = (left + f * (right - left)) * inverse + clearance[k] * root;
        tangent[k] = tangent[k] < t ? t : tangent[k];
    }
}

ASMAN_CLONES void bilinear(const float* __restrict values, int stride, float row0, float row_step, float column0,
                           float column_step, int count, float* __restrict out) {
    for (int i = 0; i < count; ++i) {
        const float row = row0 + static_cast<float>(i) * row_step,
                    column = column0 + static_cast<float>(i) * column_step;
        // What rounding puts a hair outside the line stays on it.
        const int r = static_cast<int>(row), c = static_cast<int>(column);
        const float fr = row - static_cast<float>(r), fc = column - static_cast<float>(c);
        const int at = r * stride + c;
        const float a = values[at], b = values[at + 1], d = values[at + stride], e = values[at + stride + 1];
        const float upper = a + fc * (b - a), lower = d + fc * (e - d);
        out[i] = upper + fr * (lower - upper);
    }
}

ASMAN_CLONES int lift(float* __restrict elevations, int count, const Lift& l) {
    int absent = 0;
    for (int i = 0; i < count; ++i) {
        const float x = static_cast<float>(i), e = elevations[i];
        const bool none = e != e;
        absent += none ? 1 : 0;
        const float height = (none ? 0.0f : e) + l.undulation + x * l.undulation_step;
        const float foot = l.foot + x * l.foot_step + l.sag * x * (static_cast<float>(count) - x);
        elevations[i] = foot + height * (l.up + x * l.up_step);
    }
    return absent;
}

}  // namespace asman::coverage::kernel
