#include <asman/base/markup.hpp>
#include <asman/base/parallel.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace asman::base {
namespace {

TEST(Parallel, EveryIndexIsWorkedOnOnceByAnyNumberOfThreads) {
    for (const std::size_t count : {0u, 1u, 3u, 1000u})
        for (const std::size_t threads : {0u, 1u, 2u, 7u, 64u}) {
            std::vector<std::atomic<int>> calls(count);
            each_index(count, threads, [&](std::size_t i) { ++calls.at(i); });
            for (const auto& n : calls) ASSERT_EQ(n, 1) << count << " " << threads;
        }
}

TEST(Markup, NothingOfATextIsTakenForMarkup) {
    EXPECT_EQ(escaped_markup("<a href=\"x\">&amp;</a>"), "&lt;a href=&quot;x&quot;&gt;&amp;amp;&lt;/a&gt;");
    EXPECT_EQ(escaped_markup("Бишкек, 42° N"), "Бишкек, 42° N");
}

}  // namespace
}  // namespace asman::base
