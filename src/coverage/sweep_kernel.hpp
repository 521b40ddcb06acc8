// The two inner loops of the sweep.
#pragma once

#include <cstddef>

namespace asman::coverage::kernel {

/// Rays `from` … `to`−1 of a fan meet a row: tangent[k] = max(tangent[k], surface at position k·step − shift in the row
/// · inverse).
void meet_row(float* tangent, std::size_t from, std::size_t to, const float* row, int last, float step, float inverse);

/// Cells `from` … `to`−1 of a row read the horizon between two rays: out = max(0, horizon·distance − surface).
void read_row(const float* tangent, int last, const float* row, float* out, std::size_t from, std::size_t to,
              float step, float distance);

}  // namespace asman::coverage::kernel
