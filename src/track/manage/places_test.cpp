#include "manage/places.hpp"

#include "manage/archive.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace asman::track {
namespace {

RC_GTEST_PROP(Places, AreNumberedAsTheyCame, (const std::vector<std::uint16_t>& keys)) {
    Places places;
    std::map<std::uint64_t, std::uint32_t> expected;
    for (const std::uint64_t k : keys) {
        // Neighbours, and cubes that differ in high bits only.
        const std::uint64_t key = k % 2 ? k : k << 45;
        const auto next = static_cast<std::uint32_t>(expected.size());
        if (expected.emplace(key, next).second) {
            RC_ASSERT(places.find(key) == Places::kNone);
            RC_ASSERT(places.add(key) == next);
        }
    }
    base::Writer out;
    Saver saver(out);
    places.fields(saver);
    base::Reader in(out.bytes());
    Loader loader(in);
    Places loaded;
    loaded.fields(loader);
    RC_ASSERT(in.ok() && in.empty());
    for (const Places* p : {&std::as_const(places), &std::as_const(loaded)}) {
        RC_ASSERT(p->size() == expected.size());
        for (const auto& [key, number] : expected) RC_ASSERT(p->find(key) == number);
    }
}

TEST(Places, ACubeIsToldByAnyPlaceInIt) {
    for (const double size : {20e3, 40e3})
        for (const Eigen::Vector3d& place :
             {Eigen::Vector3d(6.3e6, -1, 12), Eigen::Vector3d(-6.4e6, -6.4e6, 6.4e6), Eigen::Vector3d(0, 0, 0)}) {
            const auto cube = Places::cube(place, size);
            const std::uint64_t key = Places::key(place, size);
            const Eigen::Vector3d low = Places::corner(key, size);
            EXPECT_TRUE(((place - low).array() >= 0).all() && ((place - low).array() < size).all());
            EXPECT_TRUE(Places::middle(cube, size).isApprox(low + Eigen::Vector3d::Constant(size / 2)));
            EXPECT_EQ(Places::key(cube), key);
        }
}

}  // namespace
}  // namespace asman::track
