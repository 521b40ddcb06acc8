#include <asman/base/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace asman::base {

void each_index(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    const auto run = [&] {
        for (std::size_t i = next++; i < count; i = next++) work(i);
    };
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < std::min(threads, count); ++i) helpers.emplace_back(run);
    run();
}

}  // namespace asman::base
