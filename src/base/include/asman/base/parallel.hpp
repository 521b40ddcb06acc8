// Work on several threads whose result does not depend on how many they are.
#pragma once

#include <cstddef>
#include <functional>

namespace asman::base {

/// Calls work(i) once for every i below `count`, on up to `threads` threads of which this is one; returns when all are
/// done. Calls run side by side and in any order: slot i of a result is i's alone. `work` must not throw.
void each_index(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work);

}  // namespace asman::base
