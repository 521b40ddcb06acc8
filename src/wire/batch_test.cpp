#include "generators.hpp"

#include <asman/v1/batch.pb.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <functional>

namespace asman::wire {
namespace {

/// Everything that the wire carries, compared one by one and to the last bit.
void expect_equal(const picture::Track& a, const picture::Track& b) {
    const auto &k = a.kinematics, &l = b.kinematics;
    RC_ASSERT(a.number == b.number && a.first_seen == b.first_seen && a.last_report == b.last_report);
    RC_ASSERT(k.time == l.time && k.at == l.at && k.velocity == l.velocity && k.covariance == l.covariance);
    RC_ASSERT(k.pressure_altitude == l.pressure_altitude && k.geometric_height == l.geometric_height);
    RC_ASSERT(k.sigma_pressure_altitude == l.sigma_pressure_altitude);
    RC_ASSERT(k.sigma_geometric_height == l.sigma_geometric_height);
    RC_ASSERT(k.vertical_rate == l.vertical_rate && k.turn_rate == l.turn_rate);
    RC_ASSERT(a.existence == b.existence && a.confirmed == b.confirmed && a.coasting == b.coasting);
    RC_ASSERT(a.simulated == b.simulated && a.primary_only == b.primary_only);
    RC_ASSERT(a.mode_probabilities == b.mode_probabilities && a.recent_codes == b.recent_codes);
    RC_ASSERT(a.flight_class == b.flight_class && a.standard_identity == b.standard_identity);
    RC_ASSERT(a.identity.address == b.identity.address && a.identity.mode_3a == b.identity.mode_3a);
    RC_ASSERT(a.identity.mode_3a_valid == b.identity.mode_3a_valid && a.identity.callsign == b.identity.callsign);
    RC_ASSERT(a.identity.special_position == b.identity.special_position);
    RC_ASSERT(a.identity.emergency == b.identity.emergency);
    RC_ASSERT(a.lineage == b.lineage);
}

RC_GTEST_PROP(Batch, WhatIsEncodedIsDecoded, ()) {
    const auto given = gen::batch();
    const auto bytes = encode(given);
    RC_ASSERT(bytes.has_value());
    const auto out = decode(*bytes);
    RC_ASSERT(out.has_value());
    RC_ASSERT(out->refused == 0u);
    const auto& b = out->batch;
    RC_ASSERT(b.tick == given.tick && b.law_time == given.law_time && b.drops == given.drops);
    RC_ASSERT(b.law_acts == given.law_acts);
    RC_ASSERT(b.contributions.size() == given.contributions.size());
    for (std::size_t i = 0; i < b.contributions.size(); ++i) {
        const auto &x = b.contributions[i], &y = given.contributions[i];
        RC_ASSERT(x.originator == y.originator && x.via == y.via && x.number == y.number && x.clauses == y.clauses);
        RC_ASSERT(x.coarsening == y.coarsening && x.assumed == y.assumed && x.valid_until == y.valid_until);
        expect_equal(x.track, y.track);
    }
    RC_ASSERT(b.reports.size() == given.reports.size() && b.notices.size() == given.notices.size());
    const auto archived = [](const auto& noun) {
        base::Writer w;
        picture::put(w, noun);
        return w.take();
    };
    for (std::size_t i = 0; i < b.reports.size(); ++i) RC_ASSERT(archived(b.reports[i]) == archived(given.reports[i]));
    for (std::size_t i = 0; i < b.notices.size(); ++i) RC_ASSERT(archived(b.notices[i]) == archived(given.notices[i]));
    RC_ASSERT(b.handed == given.handed && b.heads == given.heads);
    RC_ASSERT(b.countersignatures == given.countersignatures && b.refusals == given.refusals);
    RC_ASSERT(*encode(b) == *bytes);  // the same bytes for the same batch
}

RC_GTEST_PROP(Batch, ChangedBytesGiveAnErrorOrWellFormedNouns, ()) {
    auto bytes = *encode(gen::batch());
    for (int i = *rc::gen::inRange(1, 6); i > 0; --i)
        bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = std::byte{*rc::gen::arbitrary<unsigned char>()};
    if (*rc::gen::arbitrary<bool>()) bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size()));
    const auto out = decode(bytes);
    if (out) RC_ASSERT(encode(out->batch).has_value());  // encode refuses whatever is not well formed
}

RC_GTEST_PROP(Batch, RandomBytesGiveAnErrorOrWellFormedNouns, ()) {
    const auto raw = *rc::gen::arbitrary<std::string>();
    const auto out = decode(base::as_bytes(raw));
    if (out) RC_ASSERT(encode(out->batch).has_value());
}

picture::Contribution a_contribution() {
    picture::Contribution c;
    c.originator = picture::State("KAZ");
    c.number = 7;
    c.track.lineage = {{picture::State("KAZ"), {3}, {10}, {20}, 2}};
    return c;
}

/// One broken value at a time: alone it is an error, among good ones it is left out and counted.
TEST(Batch, EachBrokenValueIsRefusedByTheEncoder) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    using C = picture::Contribution;
    const std::vector<std::pair<const char*, std::function<void(C&)>>> faults = {
        {"originator", [](C& c) { c.originator = picture::State("kaz"); }},
        {"originator empty", [](C& c) { c.originator = {}; }},
        {"via", [](C& c) { c.via = picture::State("K Z"); }},
        {"latitude", [](C& c) { c.track.kinematics.at.lat = 1.6; }},
        {"latitude NaN", [&](C& c) { c.track.kinematics.at.lat = nan; }},
        {"longitude", [](C& c) { c.track.kinematics.at.lon = 3.2; }},
        {"velocity", [&](C& c) { c.track.kinematics.velocity.x() = nan; }},
        {"velocity infinite", [](C& c) { c.track.kinematics.velocity.y() = std::numeric_limits<double>::infinity(); }},
        {"variance", [](C& c) { c.track.kinematics.covariance(2, 2) = -1; }},
        {"correlation", [](C& c) { c.track.kinematics.covariance(0, 1) = c.track.kinematics.covariance(1, 0) = 2; }},
        {"asymmetric", [](C& c) { c.track.kinematics.covariance(0, 1) = 0.5; }},
        {"not semidefinite",
         [](C& c) {
             auto& p = c.track.kinematics.covariance;
             p(0, 1) = p(1, 0) = p(0, 2) = p(2, 0) = 0.9;
             p(1, 2) = p(2, 1) = -0.9;
         }},
        {"covariance of nothing",
         [](C& c) {
             c.track.kinematics.covariance(0, 0) = 0;
             c.track.kinematics.covariance(0, 1) = c.track.kinematics.covariance(1, 0) = 1;
         }},
        {"time", [](C& c) { c.track.kinematics.time = base::Time::max(); }},
        {"time before 1970", [](C& c) { c.track.first_seen = {-1}; }},
        {"seen before first", [](C& c) { c.track.first_seen = {5}; }},
        {"valid until", [](C& c) { c.valid_until = base::Time::min(); }},
        {"existence", [](C& c) { c.track.existence = 1.1; }},
        {"height", [](C& c) { c.track.kinematics.pressure_altitude = geo::PressureAltitude{1e9}; }},
        {"sigma", [](C& c) { c.track.kinematics.sigma_geometric_height = -1; }},
        {"turn", [&](C& c) { c.track.kinematics.turn_rate = nan; }},
        {"address", [](C& c) { c.track.identity.address = 1u << 24; }},
        {"code", [](C& c) { c.track.identity.mode_3a = picture::Mode3A{010000}; }},
        {"callsign", [](C& c) { c.track.identity.callsign = "\x01"; }},
        {"callsign length", [](C& c) { c.track.identity.callsign = std::string(17, 'A'); }},
        {"recent codes",
         [](C& c) {
             c.track.recent_codes = {1, 2, 3, 4};
         }},
        {"lineage twice", [](C& c) { c.track.lineage.push_back(c.track.lineage[0]); }},
        {"lineage backwards", [](C& c) { c.track.lineage[0].last = {0}; }},
        {"lineage state", [](C& c) { c.track.lineage[0].state = {}; }},
        {"text", [](C& c) { c.assumed = {"\xC3\x28"}; }},
        {"long text", [](C& c) { c.assumed = {std::string(257, 'a')}; }},
        {"clauses", [](C& c) { c.clauses.resize(9); }},
        {"grid", [&](C& c) { c.coarsening.grid = nan; }},
        {"delay", [](C& c) { c.coarsening.delay = {-1}; }},
        {"mode", [](C& c) { c.track.mode_probabilities[0] = -0.1f; }},
    };
    Batch good;
    good.contributions = {a_contribution()};
    ASSERT_TRUE(encode(good)) << encode(good).error().text();
    for (const auto& [what, spoil] : faults) {
        Batch b;
        b.contributions = {a_contribution(), a_contribution(), a_contribution()};
        spoil(b.contributions[1]);
        const auto refused = encode(b);
        ASSERT_FALSE(refused) << what;
        EXPECT_EQ(refused.error().code, base::Errc::bad_value) << what;
        std::uint32_t left_out = 0;
        const auto bytes = encode(b, &left_out);
        ASSERT_TRUE(bytes) << what;
        EXPECT_EQ(left_out, 1u) << what;
        EXPECT_EQ(decode(*bytes)->batch.contributions.size(), 2u) << what;
    }
}

/// The generated code as a partner would use it, to write what our encoder never would.
base::Result<Received> decode_after(const std::function<void(v1::Batch&)>& change) {
    Batch b;
    b.contributions = {a_contribution(), a_contribution()};
    const auto bytes = *encode(b);
    v1::Batch message;
    EXPECT_TRUE(message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
    change(message);
    return decode(base::as_bytes(message.SerializeAsString()));
}

TEST(Batch, ABadRecordLosesThatRecordOnly) {
    const std::vector<std::pair<const char*, std::function<void(v1::Contribution&)>>> faults = {
        {"originator", [](auto& c) { c.set_originator("Kazakhstan"); }},
        {"via", [](auto& c) { c.set_via("x"); }},
        {"latitude", [](auto& c) { c.mutable_track()->mutable_kinematics()->set_latitude(std::nan("")); }},
        {"covariance", [](auto& c) { c.mutable_track()->mutable_kinematics()->mutable_covariance()->RemoveLast(); }},
        {"covariance infinite", [](auto& c) { c.mutable_track()->mutable_kinematics()->set_covariance(0, HUGE_VAL); }},
        {"no track", [](auto& c) { c.clear_track(); }},
        {"class", [](auto& c) { c.mutable_track()->set_flight_class(3); }},
        {"identity", [](auto& c) { c.mutable_track()->set_standard_identity(7); }},
        {"code", [](auto& c) { c.mutable_track()->mutable_identity()->set_mode_3a(65536 + 1); }},
        {"recent code", [](auto& c) { c.mutable_track()->add_recent_codes(65536 + 1); }},
        {"emergency", [](auto& c) { c.mutable_track()->mutable_identity()->set_emergency(256); }},
        {"digest", [](auto& c) { c.add_clauses()->set_digest("short"); }},
        {"modes", [](auto& c) { c.mutable_track()->add_mode_probabilities(1); }},
        {"time", [](auto& c) { c.mutable_track()->set_last_report(std::numeric_limits<std::int64_t>::max()); }},
    };
    for (const auto& [what, spoil] : faults) {
        const auto out = decode_after([&](v1::Batch& b) { spoil(*b.mutable_contributions(0)); });
        ASSERT_TRUE(out) << what << ": " << out.error().text();
        EXPECT_EQ(out->refused, 1u) << what;
        EXPECT_EQ(out->first_refusal.code, base::Errc::bad_value) << what;
        EXPECT_EQ(out->batch.contributions.size(), 1u) << what;
    }
}

TEST(Batch, VersionsAndTimesOfTheWholeMessage) {
    EXPECT_EQ(decode_after([](auto& b) { b.set_version(2); }).error().code, base::Errc::bad_value);
    EXPECT_EQ(decode_after([](auto& b) { b.set_version(0); }).error().code, base::Errc::bad_value);
    EXPECT_EQ(decode_after([](auto& b) { b.set_tick(-1); }).error().code, base::Errc::bad_value);
    EXPECT_EQ(decode({}).error().code, base::Errc::bad_value);
    EXPECT_EQ(decode(base::as_bytes("\xff\xff\xff")).error().code, base::Errc::syntax);
}

TEST(Batch, ALaterSchemasFieldsAreIgnored) {
    Batch b;
    b.contributions = {a_contribution()};
    const auto bytes = *encode(b);
    auto later = bytes;
    for (const char c : std::string_view("\x92\x06\x03new\x98\x06\x07", 9)) later.push_back(static_cast<std::byte>(c));
    const auto out = decode(later);
    ASSERT_TRUE(out) << out.error().text();
    EXPECT_EQ(encode(out->batch), bytes);
}

TEST(Batch, CountsAreBoundedBeforeMemoryIsTaken) {
    // Two bytes each on the wire, a hundred or more in memory: refused by counting.
    const auto repeated = [](std::string_view element, std::size_t count) {
        std::string out;
        for (std::size_t i = 0; i < count; ++i) out += element;
        return out;
    };
    const auto inside = [](char tag, const std::string& content) {
        std::string out{tag};
        for (auto n = content.size(); true; n >>= 7) {
            out.push_back(static_cast<char>((n & 0x7F) | (n > 0x7F ? 0x80 : 0)));
            if (n <= 0x7F) break;
        }
        return out + content;
    };
    const auto code = [](const std::string& s) { return decode(base::as_bytes(s)).error().code; };
    EXPECT_EQ(code(repeated(std::string_view("\x22\x05\x1D\0\0\0\0", 7), max_contributions + 1)), base::Errc::full);
    EXPECT_EQ(code(repeated(std::string_view("\x22\0", 2), 5)), base::Errc::syntax);
    EXPECT_EQ(code(inside('\x22', repeated(std::string_view("\x22\0", 2), max_clauses + 1))), base::Errc::full);
    EXPECT_EQ(code(inside('\x22', repeated(std::string_view("\x32\0", 2), max_assumed + 1))), base::Errc::full);
    EXPECT_EQ(code(inside('\x22', repeated(std::string_view("\x42\0", 2), 10))), base::Errc::full);
    EXPECT_EQ(code(inside('\x4A', repeated(std::string_view("\x6A\0", 2), 10))), base::Errc::syntax);
    EXPECT_EQ(code(std::string(max_bytes + 1, '\0')), base::Errc::full);

    Batch many;
    many.drops.resize(max_drops + 1, {picture::State("KAZ"), 1});
    EXPECT_EQ(encode(many).error().code, base::Errc::full);
}

TEST(Batch, OneMeridianBothEndsOfTheLongitudes) {
    auto c = a_contribution();
    c.track.kinematics.at.lon = -std::numbers::pi;
    Batch b;
    b.contributions = {c};
    const auto out = decode(*encode(b));
    EXPECT_EQ(out->batch.contributions[0].track.kinematics.at.lon, std::numbers::pi);
}

TEST(Batch, TenThousandTracksFitInOneMessage) {
    Batch b;
    auto c = a_contribution();
    c.clauses = {{"KGZ-RUS-2022", "strip", 1, base::digest("text")}};
    b.contributions.assign(7'000, c);
    const auto bytes = encode(b);
    ASSERT_TRUE(bytes) << bytes.error().text();
    EXPECT_EQ(decode(*bytes)->batch.contributions.size(), 7'000u);
    RecordProperty("bytes_per_contribution", static_cast<int>(bytes->size() / 7'000));
}

}  // namespace
}  // namespace asman::wire
