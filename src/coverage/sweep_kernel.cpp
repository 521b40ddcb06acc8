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

}  // namespace asman::coverage::kernel
