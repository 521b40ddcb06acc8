#include <asman/accord/audit.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace asman::accord {
namespace {

const picture::State aaa("AAA"), bbb("BBB");

ChainFile made(int entries) {
    ChainFile out{pair_chain(aaa, bbb, "AB"), {}};
    Chain c(out.chain);
    for (int i = 0; i < entries; ++i)
        out.entries.push_back(
            c.append(base::Time{i * 1'000'000'007LL}, i % 5 ? "handed" : "head", "n" + std::to_string(i)));
    return out;
}

std::string print(const ChainFile& c) {
    auto out = print_chain_header(c.chain);
    for (const auto& e : c.entries) out += print_entry(e);
    return out;
}

TEST(Audit, FilesAreReadAsTheyWereWritten) {
    auto c = made(7);
    c.entries[2].text = "quotes \" and \\ and \n";
    const auto read = parse_chain(print(c), "x.chain");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->chain, c.chain);
    EXPECT_EQ(read->entries, c.entries);
    EXPECT_EQ(chain_file(c.chain), "AAA-BBB-AB.chain");
    EXPECT_EQ(chain_file(national_chain(aaa)), "national.chain");
    bool unfinished = false;
    const auto text = print(made(3));
    const auto cut = parse_chain(text.substr(0, text.size() - 20), "x.chain", &unfinished);
    ASSERT_TRUE(cut);
    EXPECT_TRUE(unfinished);
    EXPECT_EQ(cut->entries.size(), 2u);
    const auto bad = parse_chain(text + "{\"number\":4}\n", "x.chain");
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().place.line, 5u);
}

TEST(Audit, AChainGoesOnWhereItEnded) {
    const auto whole = made(9);
    Chain c(whole.chain, 5, whole.entries[4].link);
    const auto next = c.append(whole.entries[5].at, whole.entries[5].kind, whole.entries[5].text);
    EXPECT_EQ(next, whole.entries[5]);
}

RC_GTEST_PROP(Audit, WhateverIsChangedLeftOutOrPutInIsNamedByItsRange, ()) {
    const int n = *rc::gen::inRange(3, 40);
    auto c = made(n);
    RC_ASSERT(verify_chain(c).empty());
    const auto honest = c;
    const auto at = *rc::gen::inRange<std::size_t>(0, static_cast<std::size_t>(n) - 1);
    const auto number = c.entries[at].number;
    switch (*rc::gen::inRange(0, 5)) {
        case 0:
            c.entries[at].text += "x";
            break;
        case 1:
            c.entries[at].at.ns += 1;
            break;
        case 2:
            c.entries[at].kind = "act";
            break;
        case 3:
            c.entries.erase(c.entries.begin() + static_cast<long>(at));
            break;
        default:
            c.entries.insert(c.entries.begin() + static_cast<long>(at), c.entries[at]);
            break;
    }
    const auto faults = verify_chain(c);
    RC_ASSERT(!faults.empty());
    RC_ASSERT(faults.front().first <= number && number <= faults.front().last);
    // The partner's copy shows it too.
    const auto differences = compare_chains(c, honest);
    RC_ASSERT(!differences.empty());
}

RC_GTEST_PROP(Audit, ARewrittenChainFitsItselfAndNeitherThePartnersNorTheSignedHeads, ()) {
    const int n = *rc::gen::inRange(3, 40);
    const auto honest = made(n);
    const auto at = *rc::gen::inRange<std::size_t>(0, static_cast<std::size_t>(n));
    // All is written anew from one entry on: every link fits.
    ChainFile forged{honest.chain, {}};
    Chain c(honest.chain);
    for (std::size_t i = 0; i < honest.entries.size(); ++i) {
        const auto& e = honest.entries[i];
        forged.entries.push_back(c.append(e.at, e.kind, i == at ? "other" : e.text));
    }
    RC_ASSERT(verify_chain(forged).empty());
    const auto differences = compare_chains(forged, honest);
    RC_ASSERT(differences.size() == 1u);
    RC_ASSERT(differences[0].first == at + 1 && differences[0].last == static_cast<std::uint64_t>(n));
    std::vector<SignedHead> heads;
    for (std::size_t i = 0; i < honest.entries.size(); i += 3)
        heads.push_back({honest.entries[i].number, honest.entries[i].link, bbb, {}, {}});
    RC_ASSERT(check_heads(honest, heads).empty());
    const bool after = heads.back().number > at;
    RC_ASSERT(check_heads(forged, heads).empty() == !after);
}

TEST(Audit, ASaltHidesWhatWasHandedOver) {
    const std::vector<std::uint8_t> one(16, 1), two(16, 2);
    EXPECT_NE(salted(one, base::as_bytes("track")), salted(two, base::as_bytes("track")));
    EXPECT_EQ(salted(one, base::as_bytes("track")), salted(one, base::as_bytes("track")));
}

TEST(Audit, SignedHeadsAreReadAsTheyWereWritten) {
    const SignedHead h{7, base::digest("x"), bbb, "entries 3 to 4 not received", {std::byte{1}, std::byte{255}}};
    const auto read = parse_signed_heads(print_signed_head(h), "x.signed");
    ASSERT_TRUE(read) << read.error().text();
    ASSERT_EQ(read->size(), 1u);
    EXPECT_EQ((*read)[0].envelope, h.envelope);
    EXPECT_EQ((*read)[0].remarks, h.remarks);
    EXPECT_EQ((*read)[0].link, h.link);
}

}  // namespace
}  // namespace asman::accord
