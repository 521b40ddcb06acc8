// The lines of `asman decode`: what they promise beside the values (docs/asterix.md, JSON).
#include <asman/asterix/bds.hpp>
#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/cat062.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/asterix/json.hpp>

#include <gtest/gtest.h>

#include <algorithm>

namespace asman::asterix {
namespace {

template <class Fields>
std::vector<std::byte> record_of(const Fields& f) {
    std::vector<std::byte> out;
    Problem problem;
    EXPECT_TRUE(encode(f, *find_edition(Fields::category), out, problem)) << problem.text();
    return out;
}

Record indexed(Bytes bytes, std::uint8_t category, const Edition* expansion = nullptr) {
    Record r;
    r.expansion = expansion;
    Problem problem;
    EXPECT_TRUE(index_record(*find_edition(category), bytes, r, problem)) << problem.text();
    return r;
}

std::string line_of(const Record& r, const JsonOptions& options = {}) {
    std::string out;
    to_json(r, 7, out, options);
    return out;
}

TEST(Json, AnOpaqueBlockIsALineAndComesBack) {
    const std::vector<std::byte> payload{std::byte{0xFF}, std::byte{0x01}, std::byte{0x00}};
    std::string line, reason;
    opaque_to_json(30, payload, 5, line);
    EXPECT_EQ(line, R"({"datagram":5,"category":30,"bytes":"ff0100"})");
    FromJson back;
    ASSERT_TRUE(from_json(line, back, reason)) << reason;
    EXPECT_EQ(back.bytes, payload);
    EXPECT_EQ(back.edition, nullptr);
    EXPECT_EQ(back.category, 30);
    EXPECT_EQ(back.datagram, 5u);
    EXPECT_FALSE(from_json(R"({"category":30,"bytes":"f"})", back, reason));
    EXPECT_FALSE(from_json(R"({"category":30})", back, reason));
    EXPECT_NE(reason, "");
}

TEST(Json, AnOlderExpansionIsNamedSoThatItsLineComesBack) {
    const Edition *old = find_edition(48, "1.11", true), *now = find_edition(48, {}, true);
    ASSERT_TRUE(old && now && old != now);
    cat048::Fields f;
    f.i010 = {.sac = 1, .sic = 2};
    f.ire = {std::byte{0x08}, std::byte{1}, std::byte{1}, std::byte{0}};
    const auto bytes = record_of(f);
    for (const Edition* expansion : {old, now}) {
        const auto line = line_of(indexed(bytes, 48, expansion));
        EXPECT_EQ(line.find(R"("expansion":"1.11")") != line.npos, expansion == old) << line;
        EXPECT_NE(line.find(R"("RE":{"ERR")"), line.npos) << line;
        FromJson back;
        std::string reason;
        ASSERT_TRUE(from_json(line, back, reason)) << reason << line;
        EXPECT_TRUE(std::ranges::equal(back.bytes, bytes)) << line;
    }
}

TEST(Json, MembersComeInAnyOrderAndOnce) {
    const auto encoded = [](const std::string& items) {
        FromJson out;
        std::string reason;
        const bool ok = from_json("{\"category\":48,\"items\":" + items + "}", out, reason);
        return ok ? std::to_string(out.bytes.size()) : reason;
    };
    EXPECT_EQ(encoded(R"({"010":{"SAC":1,"SIC":2},"140":1.5,"130":{"SAM":-5,"SRL":1.1}})"), "9");
    EXPECT_EQ(encoded(R"({"130":{"SRL":1.1,"SAM":-5},"140":1.5,"010":{"SIC":2,"SAC":1}})"), "9");
    EXPECT_EQ(encoded(R"({"010":{"SAC":1,"SIC":2},"010":{"SAC":1,"SIC":2}})"),
              "item 010: no item of this edition, or given twice");
    EXPECT_EQ(encoded(R"({"999":1})"), "item 999: no item of this edition, or given twice");
    EXPECT_EQ(encoded(R"({"010":{"SAC":1,"SAC":2}})"), "item 010/SAC: is given twice");
    EXPECT_EQ(encoded(R"({"010":{"SAC":1,"SIX":2}})"), "item 010/SIX: has no member of this name");
    EXPECT_EQ(encoded(R"({"020":{"TYP":1,"TST":0,"TYP":1}})"), "item 020/TYP: is given twice");
    EXPECT_EQ(encoded(R"({"130":{"SRL":1.1,"NO":1}})"), "item 130/NO: has no member of this name, or twice");
}

TEST(Json, RegistersAreDecodedWhereAskedFor) {
    cat048::Fields f;
    f.i010 = {.sac = 1, .sic = 2};
    f.i250.emplace();
    f.i250->push_back({.mbdata = 0x85E42F31300000, .bds1 = 4, .bds2 = 0});
    f.i250->push_back({.mbdata = 1, .bds1 = 0, .bds2 = 5});
    const auto bytes = record_of(f);
    const auto record = indexed(bytes, 48);
    EXPECT_EQ(line_of(record).find("registers"), std::string::npos);
    const auto line = line_of(record, {.registers = true});
    EXPECT_NE(line.find(R"(,"registers":[{"item":"250","bds":"4,0","values":{"mcp_altitude_ft":3008,)"
                        R"("fms_altitude_ft":3008,"barometric_setting_mb":1020}}]})"),
              line.npos)
        << line;
    FromJson back;
    std::string reason;
    ASSERT_TRUE(from_json(line, back, reason)) << reason;
    EXPECT_TRUE(std::ranges::equal(back.bytes, bytes));
}

TEST(Registers, OfEveryCategoryThatCarriesThem) {
    cat062::Fields track;
    track.i010 = {.sac = 1, .sic = 2};
    track.i380.emplace();
    track.i380->bdsdata.emplace();
    track.i380->bdsdata->push_back(0x202CC371C31DE020);
    track.i380->acs = 0x30000000000000;
    const auto of_track = record_of(track);
    auto found = registers(indexed(of_track, 62));
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].bds, 0x30);
    EXPECT_EQ(found[1].bds, 0x20);
    EXPECT_EQ(found[1].item, "380");
    EXPECT_EQ(std::get<Bds20>(decode_bds(found[1].bds, found[1].bits)).identification.view(), "KLM1017");

    cat021::Fields report;
    report.i010 = {.sac = 1, .sic = 2};
    report.i260 = {.typ = 28, .styp = 2, .ara = 0x2A00, .rac = 1, .rat = true, .mte = false, .tti = 1, .tid = 0x1234};
    const auto of_report = record_of(report);
    found = registers(indexed(of_report, 21));
    ASSERT_EQ(found.size(), 1u);
    const auto advisory = std::get<Bds30>(decode_bds(found[0].bds, found[0].bits));
    EXPECT_EQ(advisory.advisories, 0x2A00);
    EXPECT_EQ(advisory.complements, 1);
    EXPECT_TRUE(advisory.terminated);
    EXPECT_EQ(advisory.threat_type, 1);
    EXPECT_EQ(advisory.threat, 0x1234u);
}

}  // namespace
}  // namespace asman::asterix
