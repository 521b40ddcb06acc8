// In steady state a plot costs no allocation; a track's memory is bounded; a flood stays where it is.
#include "manage/state.hpp"
#include "manage/world_test.hpp"

#include <gtest/gtest.h>

#include <malloc.h>
#include <array>
#include <atomic>
#include <cstdlib>
#include <new>
#include <random>

namespace {

std::atomic<std::uint64_t> allocations{0};
std::atomic<std::int64_t> held{0};  // bytes

void* counted(std::size_t size, std::size_t alignment) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    void* p = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (p == nullptr) throw std::bad_alloc();
    held.fetch_add(static_cast<std::int64_t>(malloc_usable_size(p)), std::memory_order_relaxed);
    return p;
}

void freed(void* p) noexcept {
    held.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(p)), std::memory_order_relaxed);
    std::free(p);
}

}  // namespace

void* operator new(std::size_t size) {
    return counted(size == 0 ? 1 : size, 16);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return counted(size == 0 ? 1 : size, static_cast<std::size_t>(alignment));
}
// std::stable_sort asks for its buffer so, and gives it back by the plain delete.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    try {
        return counted(size == 0 ? 1 : size, 16);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void operator delete(void* p, const std::nothrow_t&) noexcept {
    freed(p);
}
void operator delete(void* p) noexcept {
    freed(p);
}
void operator delete(void* p, std::size_t) noexcept {
    freed(p);
}
void operator delete(void* p, std::align_val_t) noexcept {
    freed(p);
}
void operator delete(void* p, std::size_t, std::align_val_t) noexcept {
    freed(p);
}

namespace asman::track {
namespace {

using namespace test;

World steady_world(double duration) {
    World w = busy_world(60, 9);
    w.duration = duration;
    for (auto& a : w.aircraft) a.turn_from = 0, a.turn_rate = 0.02;  // stays in reach
    for (auto& s : w.sensors)
        if (s.id.value != 2) s.kind = picture::SensorKind::combined;
    w.receiver(4);
    w.receiver(5);
    for (std::size_t k = 0; k < w.aircraft.size(); k += 2) {
        w.aircraft[k].address = static_cast<std::uint32_t>(0x400000 + k);
        w.aircraft[k].code = static_cast<picture::Mode3A>(k);
    }
    return w;
}

TEST(Memory, SteadyStateAllocatesNothingPerPlot) {
    constexpr double kPrelude = 150, kSteady = 350, kEnd = 550;
    // First a storm of false plots everywhere within reach: after it the map of the sky grows no more.
    World w = steady_world(kPrelude);
    World storm = w;
    storm.aircraft.clear();
    for (auto& s : storm.sensors) {
        s.false_reports_per_scan = 500;
        s.max_range *= 1.05;
    }
    auto reports = storm.reports();
    w.duration = kEnd - kPrelude;
    for (auto r : w.reports()) {
        r.time = r.time + base::seconds(kPrelude);
        if (r.identity.address) {  // and what a transponder tells of itself with every reply
            for (const std::uint8_t bds : std::array<std::uint8_t, 3>{0x40, 0x50, 0x60})
                r.derived.add({r.number + 1, picture::DerivedKind::mode_s_register, bds});
            r.derived.add({0x2000, picture::DerivedKind::communications, 0});
        }
        reports.push_back(r);
    }
    for (const unsigned threads : {1U, 2U}) {
        Config config;
        config.threads = threads;
        Tracker t = tracker_for(w, config);
        std::size_t next = 0;
        std::uint64_t used = 0, spent = 0;
        for (double now = 0.1; now < kEnd; now += 0.1) {
            const std::uint64_t before = allocations.load();
            for (; next < reports.size() && (reports[next].time - base::Time{}).seconds() <= now; ++next) {
                t.report(reports[next]);
                used += now > kSteady;
            }
            t.advance(base::Time{} + base::seconds(now));
            if (now > kSteady) spent += allocations.load() - before;
            (void)t.take_ended();
        }
        EXPECT_GT(used, 10'000U);
        EXPECT_GT(t.counters().tracks_started, 1000U);
        std::size_t told = 0;
        for (const auto& k : t.picture(t.now())) told += k.derived.size() == 4;
        EXPECT_GT(told, 20U);
        RecordProperty("allocations", static_cast<int>(spent));
        EXPECT_EQ(spent, 0U) << "allocations for " << used << " reports";
    }
}

/// Bytes that a tracker of a world holds after each of the times.
std::vector<std::int64_t> memory_of(const World& w, const std::vector<double>& times) {
    const auto reports = w.reports();
    const std::int64_t before = held.load();
    std::vector<std::int64_t> out;
    out.reserve(times.size());
    Tracker t = tracker_for(w);
    std::size_t next = 0;
    for (const double until : times) {
        for (; next < reports.size() && (reports[next].time - base::Time{}).seconds() <= until; ++next) {
            t.advance(reports[next].time);
            t.report(reports[next]);
        }
        out.push_back(held.load() - before);
        (void)t.take_ended();
    }
    return out;
}

TEST(Memory, ATrackTakesSomeKilobytesAndNoMoreWithTime) {
    // Nothing but aircraft: false plots and the map of the sky cost the same in both.
    World few = steady_world(400), many = few;
    for (auto& s : few.sensors) s.false_reports_per_scan = 0;
    many = few;
    for (int k = 0; k < 3; ++k)
        for (std::size_t i = 0; i < few.aircraft.size(); ++i) {
            Aircraft a = few.aircraft[i];
            a.x += 20e3 * (k + 1);
            a.height += 300 * (k + 1);
            if (a.address) *a.address += 0x1000U * static_cast<std::uint32_t>(k + 1);
            many.aircraft.push_back(a);
        }
    const auto a = memory_of(few, {200, 400}), b = memory_of(many, {200, 400});
    const double each = static_cast<double>(b[0] - a[0]) / static_cast<double>(3 * few.aircraft.size());
    RecordProperty("bytes_per_aircraft", static_cast<int>(each));
    EXPECT_LT(each, 16'000);  // its slot, those of plots that might have been others, the lists of their sensors
    EXPECT_LT(static_cast<double>(b[1]), 1.05 * static_cast<double>(b[0]));
}

TEST(Memory, AFlightPastHundredsOfSensorsKeepsTheLatest) {
    World w;
    w.duration = 600;
    w.aircraft.push_back({.vx = 200, .address = 0x400001});
    for (std::uint32_t id = 1; id <= 300; ++id) w.receiver(id);
    auto reports = w.reports();
    // Each receiver hears it for four seconds.
    std::erase_if(reports, [](const auto& r) {
        const double since = (r.time - base::Time{}).seconds() - 2.0 * (r.sensor.value - 1);
        return since < 0 || since > 4;
    });
    Tracker t = tracker_for(w);
    feed(t, reports, 598);
    const auto tracks = t.picture(t.now());
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].number, 1U);
    EXPECT_LE(tracks[0].lineage.size(), kMaxLinks);
    EXPECT_GT(tracks[0].lineage.size(), kMaxLinks / 2);
    EXPECT_EQ(tracks[0].lineage.back().sensor.value, 299U);
    EXPECT_EQ(t.counters().tracks_confirmed, 1U);
}

}  // namespace
}  // namespace asman::track
