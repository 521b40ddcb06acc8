#include <asman/wire/envelope.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace asman::wire {
namespace {

const picture::State kaz("KAZ"), kgz("KGZ"), rus("RUS");

struct Pair {
    base::KeyPair key = base::KeyPair::from_seed("KAZ");
    Sealer sealer{kaz, key};
    Opener opener{kgz};
    Pair() { opener.set_key(kaz, key.public_key); }
    std::vector<std::byte> seal(std::string_view text, Delivery d = Delivery::state) {
        return *sealer.seal(kgz, d, {123}, base::as_bytes(text));
    }
};

RC_GTEST_PROP(Envelope, WhatIsSealedOpens, (const std::string& text, bool log)) {
    Pair p;
    const auto e = p.opener.open(p.seal(text, log ? Delivery::log : Delivery::state));
    RC_ASSERT(e.has_value());
    RC_ASSERT(e->from == kaz && e->to == kgz && e->sequence == 1u && e->sent_at.ns == 123);
    RC_ASSERT(e->delivery == (log ? Delivery::log : Delivery::state));
    RC_ASSERT(std::ranges::equal(e->payload, base::as_bytes(text)));
    RC_ASSERT(*decode_envelope(encode(*e)) == *e);
}

TEST(Envelope, EveryChangedByteIsRefused) {
    const auto bytes = Pair().seal("payload");
    for (std::size_t at = 0; at < bytes.size(); ++at)
        for (const auto flip : {std::byte{1}, std::byte{0x80}}) {
            Pair p;
            auto changed = bytes;
            changed[at] ^= flip;
            EXPECT_FALSE(p.opener.open(changed)) << at;
            EXPECT_EQ(p.opener.last(kaz, Delivery::state), 0u);
            EXPECT_TRUE(p.opener.open(bytes)) << "the true one still opens";
        }
}

TEST(Envelope, CutOrLengthenedIsRefused) {
    const auto bytes = Pair().seal("payload");
    Pair p;
    for (std::size_t n = 0; n < bytes.size(); ++n)
        EXPECT_EQ(p.opener.open(base::Bytes(bytes).first(n)).error().code, base::Errc::syntax) << n;
    auto longer = bytes;
    longer.push_back({});
    EXPECT_EQ(p.opener.open(longer).error().code, base::Errc::syntax);
    EXPECT_EQ(p.opener.malformed(), bytes.size() + 1);
}

TEST(Envelope, EachRefusalHasItsReasonAndItsCounter) {
    Pair p;
    const auto first = p.seal("1"), second = p.seal("2"), third = p.seal("3");
    ASSERT_TRUE(p.opener.open(first));
    EXPECT_EQ(p.opener.open(first).error().code, base::Errc::duplicate);
    ASSERT_TRUE(p.opener.open(third));
    EXPECT_EQ(p.opener.open(second).error().code, base::Errc::duplicate) << "late ones are not taken either";
    const auto& counters = p.opener.counters().at(kaz);
    EXPECT_EQ(counters.accepted, 2u);
    EXPECT_EQ(counters.replayed, 2u);
    EXPECT_EQ(counters.missing, 1u);

    Sealer stranger(rus, base::KeyPair::from_seed("RUS"));
    EXPECT_EQ(p.opener.open(*stranger.seal(kgz, Delivery::state, {}, {})).error().code, base::Errc::unknown_name);
    EXPECT_EQ(p.opener.unknown_sender(), 1u);
    EXPECT_EQ(p.opener.counters().size(), 1u) << "strangers do not grow it";

    Sealer impostor(kaz, base::KeyPair::from_seed("RUS"));
    EXPECT_EQ(p.opener.open(*impostor.seal(kgz, Delivery::log, {}, {})).error().code, base::Errc::bad_signature);
    EXPECT_EQ(counters.forged, 1u);
    EXPECT_EQ(p.opener.last(kaz, Delivery::log), 0u) << "a forged number is not taken";

    EXPECT_EQ(p.opener.open(*p.sealer.seal(rus, Delivery::state, {}, {})).error().code, base::Errc::refused);
    Sealer self(kgz, base::KeyPair::from_seed("KGZ"));
    EXPECT_EQ(p.opener.open(*self.seal(kgz, Delivery::state, {}, {})).error().code, base::Errc::refused);
    EXPECT_EQ(p.opener.misdirected(), 2u);

    p.opener.remove_key(kaz);
    EXPECT_EQ(p.opener.open(p.seal("4")).error().code, base::Errc::unknown_name);
    p.opener.set_key(kaz, p.key.public_key);
    EXPECT_EQ(p.opener.open(third).error().code, base::Errc::duplicate) << "numbers outlive the key";
}

TEST(Envelope, NumbersSurviveARestart) {
    Pair p;
    const auto old = p.seal("1", Delivery::log);
    ASSERT_TRUE(p.opener.open(old));
    base::Writer out;
    p.sealer.save(out);
    p.opener.save(out);

    Pair restarted;
    base::Reader in(out.bytes());
    ASSERT_TRUE(restarted.sealer.restore(in));
    ASSERT_TRUE(restarted.opener.restore(in));
    EXPECT_TRUE(in.empty());
    EXPECT_EQ(restarted.opener.open(old).error().code, base::Errc::duplicate);
    const auto next = restarted.opener.open(restarted.seal("2", Delivery::log));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->sequence, 2u);

    for (std::size_t n = 0; n < 10; ++n) {
        base::Reader cut(base::Bytes(out.bytes()).first(n));
        EXPECT_FALSE(restarted.sealer.restore(cut)) << n;
    }
}

TEST(Envelope, SkippedNumbersAreNeverUsed) {
    Sealer s(kaz, base::KeyPair::from_seed("KAZ"));
    const auto number = [&] { return decode_envelope(*s.seal(kgz, Delivery::log, {}, {}))->sequence; };
    EXPECT_EQ(number(), 1u);
    s.skip(1000);
    EXPECT_EQ(number(), 1002u);
}

TEST(Envelope, ClassesAndReceiversCountApart) {
    Sealer s(kaz, base::KeyPair::from_seed("KAZ"));
    const auto number = [&](picture::State to, Delivery d) {
        return decode_envelope(*s.seal(to, d, {}, {}))->sequence;
    };
    EXPECT_EQ(number(kgz, Delivery::state), 1u);
    EXPECT_EQ(number(rus, Delivery::state), 1u);
    EXPECT_EQ(number(kgz, Delivery::log), 1u);
    EXPECT_EQ(number(kgz, Delivery::state), 2u);
}

}  // namespace
}  // namespace asman::wire
