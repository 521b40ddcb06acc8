// The inner loops of the sweep, and of bringing terrain onto its raster.
#pragma once

#include <cstddef>

namespace asman::coverage::kernel {

/// Rays `from` … `to`−1 of a fan meet a row: tangent[k] = max(tangent[k], surface at position k·step − shift in the row
/// · inverse).
void meet_row(float* tangent, std::size_t from, std::size_t to, const float* row, int last, float step, float inverse);

/// The same with what masks raised: by clearance[k] (√metres, the ray's lean to the fourth root in it) times `root`,
/// the row's √distance over its distance.
void meet_row_clear(float* tangent, std::size_t from, std::size_t to, const float* row, int last, float step,
                    float inverse, const float* clearance, float root);

/// Cells `from` … `to`−1 of a row read the horizon between two rays: out = max(0, horizon·distance − surface).
void read_row(const float* tangent, int last, const float* row, float* out, std::size_t from, std::size_t to,
              float step, float distance);

/// Bilinear samples along a line: sample i stands at row0 + i·row_step, column0 + i·column_step of `values`, whose rows
/// are `stride` apart. All four neighbours of every sample must be there.
void bilinear(const float* values, int stride, float row0, float row_step, float column0, float column_step, int count,
              float* out);

/// How a line of elevations becomes lifted `up` coordinates: each value changes linearly along it, the foot by
/// sag·i·(count − i) more.
struct Lift {
    float foot = 0, foot_step = 0, up = 0, up_step = 0, undulation = 0, undulation_step = 0, sag = 0;
};
/// In place; NaN counts as the sea, and the number of them is returned.
int lift(float* elevations, int count, const Lift& lift);

}  // namespace asman::coverage::kernel
