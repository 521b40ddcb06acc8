// The unit vectors beside the project, each in the edition that its name says, with the values that its bytes were made
// from; and what is found of them without being told.
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/json.hpp>
#include <asman/asterix/probe.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace asman::asterix {
namespace {

const std::string vector_files = ASMAN_SOURCE_DIR "/../shared/data/asterix/jasterix_tests/";

std::vector<std::byte> contents(const std::string& file) {
    std::ifstream in(vector_files + file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::vector<std::byte> out(text.size());
    std::ranges::transform(text, out.begin(), [](char c) { return static_cast<std::byte>(c); });
    return out;
}

struct Vector {
    const char* file;
    std::uint8_t category;
    const char* named;    ///< the edition in its name
    const char* edition;  ///< the table it is read by
    const char* items;    ///< of its one record
};

// 001 1.1 is the edition before the first for which there is a table (August 2002, layout of 1.2).
const Vector vectors[] = {
    {"cat001ed1.1.bin", 1, "1.1", "1.2",
     R"({"010":{"SAC":0,"SIC":1},"020":{"TYP":0,"SIM":0,"SSRPSR":2,"ANT":0,"SPI":0,"RAB":0},)"
     R"("040":{"RHO":127.4375,"THETA":256.6187},"070":{"V":0,"G":0,"L":0,"MODE3A":"5543"},)"
     R"("090":{"V":0,"G":0,"HGT":380},"130":[96,60,96],"141":221.4296875})"},
    {"cat002ed1.0.bin", 2, "1.0", "1.0", R"({"010":{"SAC":0,"SIC":1},"000":1,"030":33501.4140625,"050":[73,1]})"},
    {"cat021ed0.26.bin", 21, "0.26", "0.26",
     R"({"010":{"SAC":0,"SIC":5},"040":{"DCR":0,"GBS":1,"SIM":0,"TST":0,"RAB":0,"SAA":0,"SPI":0,"ATP":1,"ARC":2},)"
     R"("030":14418.484375,"130":{"LAT":38.7773234,"LON":-9.1312373},"080":4811822,)"
     R"("090":{"AC":0,"MN":0,"DC":0,"PA":-8},"210":{"DTI":0,"MDS":1,"UAT":0,"VDL":0,"OTR":0},"170":"FM012","200":0,)"
     R"("020":21})"},
    {"cat048ed1.15.bin", 48, "1.15", "1.15",
     R"({"010":{"SAC":0,"SIC":1},"140":33499.8359375,"020":{"TYP":5,"SIM":0,"RDP":1,"SPI":0,"RAB":0},)"
     R"("040":{"RHO":73.921875,"THETA":89.6704},"070":{"V":0,"G":0,"L":1,"MODE3A":"0470"},)"
     R"("090":{"V":0,"G":0,"FL":370},"130":{"SAM":-63},"220":11226301,"240":"RYR5XW",)"
     R"("250":[{"MBDATA":"8bd9eb2fbfe400","BDS1":6,"BDS2":0},{"MBDATA":"80919f39a004dd","BDS1":5,"BDS2":0},)"
     R"({"MBDATA":"c8480030a80000","BDS1":4,"BDS2":0}],"161":{"TRN":919},"200":{"GSP":0.128662,"HDG":32.6074},)"
     R"("170":{"CNF":0,"RAD":2,"DOU":0,"MAH":0,"CDM":0},)"
     R"("230":{"COM":1,"STAT":0,"MSSC":1,"ARC":1,"AIC":1,"B1A":1,"B1B":13}})"},
    {"cat062ed1.12.bin", 62, "1.12", "1.12",
     R"({"010":{"SAC":0,"SIC":4},"015":225,"070":33502.5,"105":{"LAT":45.4652238,"LON":17.332499},)"
     R"("100":{"X":260661,"Y":-220711.5},"185":{"VX":207.5,"VY":-120.5},"210":{"AX":0,"AY":0},)"
     R"("060":{"CH":0,"MODE3A":"7621"},"380":{"ADR":6700198,"ID":"DLH9CK","MHG":119.8828,)"
     R"("FSS":{"MV":0,"AH":0,"AM":0,"ALT":35000},"BVR":-31.25,"IAR":266,"MAC":0.784},"040":5086,)"
     R"("080":{"MON":0,"SPI":0,"MRH":0,"SRC":3,"CNF":0,"SIM":0,"TSE":0,"TSB":0,"FPC":1,"AFF":0,"STP":0,"KOS":1,)"
     R"("AMA":0,"MD4":0,"ME":0,"MI":0,"MD5":0,"CST":0,"PSR":1,"SSR":0,"MDS":0,"ADS":1,"SUC":0,"AAC":0},)"
     R"("290":{"PSR":63.75,"SSR":2,"MDS":2,"ES":63.75,"MLT":63.75},"200":{"TRANS":0,"LONG":0,"VERT":0,"ADF":0},)"
     R"("295":{"MFL":2,"MDA":2,"MHG":2,"FSS":2,"BVR":2,"IAR":2,"MAC":2},"136":349.75,"135":{"QNH":0,"CTB":349.75},)"
     R"("220":0,"390":{"TAG":{"SAC":0,"SIC":0},"CS":"DLH9CK","IFI":{"TYP":1,"NBR":63256965},)"
     R"("FCT":{"GATOAT":1,"FR1FR2":0,"RVSM":1,"HPR":0},"TAC":"A320","WTC":"M","DEP":"EDDF","DST":"LBSF","CFL":350},)"
     R"("500":{"APC":{"X":40,"Y":63},"APW":{"LAT":0.0005633,"LON":0.0005096},"AGA":1593.75,"ABA":0.25,)"
     R"("ATV":{"X":2.75,"Y":4.75},"AA":{"X":0.5,"Y":0.75},"ARC":100},"340":{"SID":{"SAC":0,"SIC":1},)"
     R"("POS":{"RHO":126.45703125,"THETA":128.0072},"MDC":{"V":0,"G":0,"LMC":349.75},)"
     R"("MDA":{"V":0,"G":0,"L":1,"MODE3A":"7621"},"TYP":{"TYP":5,"SIM":0,"RAB":0,"TST":0}}})"},
    {"cat063ed1.0.bin", 63, "1.0", "1.0",
     R"({"010":{"SAC":0,"SIC":5},"015":193,"030":33509.796875,"050":{"SAC":0,"SIC":1},)"
     R"("060":{"CON":0,"PSR":0,"SSR":0,"MDS":0,"ADS":0,"MLT":0},"070":-53,"080":{"SRG":0.00011,"SRB":0},"081":-0.0055,)"
     R"("090":{"PRG":0.00001,"PRB":0.0078125},"091":-0.011,"092":0})"},
    {"cat247ed1.2.bin", 247, "1.2", "1.2",
     R"({"010":{"SAC":0,"SIC":1},"015":1,"140":14431.4609375,"550":[{"CAT":21,"MAIN":2,"SUB":1},)"
     R"({"CAT":23,"MAIN":1,"SUB":2},{"CAT":247,"MAIN":1,"SUB":2}]})"},
};

TEST(Vectors, EachIsReadExactlyInTheEditionOfItsName) {
    ASMAN_NEED(std::filesystem::exists(vector_files), vector_files);
    for (const auto& v : vectors) {
        const auto datagram = contents(v.file);
        Editions editions;
        ASSERT_TRUE(editions.set(v.category, v.edition)) << v.file;
        DatagramReader reader(datagram, editions);
        const Event* e = reader.next();
        ASSERT_TRUE(e && e->what == What::record) << v.file;
        EXPECT_EQ(e->record.edition->number, v.edition);
        EXPECT_EQ(e->record.bytes.size(), datagram.size() - 3) << v.file;
        EXPECT_EQ(implausible(e->record), 0u) << v.file;
        EXPECT_EQ(irregularity(e->record).what, Irregular::none) << v.file;
        std::string items;
        items_to_json(e->record, items);
        EXPECT_EQ(items, v.items) << v.file;
        EXPECT_EQ(reader.next(), nullptr) << v.file;
    }
}

TEST(Vectors, TheEditionOfTheirNameIsFoundOrSaidToFitAsWell) {
    ASMAN_NEED(std::filesystem::exists(vector_files), vector_files);
    for (const auto& v : vectors) {
        EditionProbe probe;
        probe.add(contents(v.file));
        const auto guesses = probe.guesses();
        ASSERT_EQ(guesses.size(), 1u) << v.file;
        const auto& g = guesses[0];
        ASSERT_NE(g.edition, nullptr) << g.text();
        EXPECT_TRUE(g.edition->number == v.edition ||
                    std::ranges::any_of(g.alike, [&](const Edition* e) { return e->number == v.edition; }))
            << g.text();
        EXPECT_FALSE(g.doubtful()) << g.text();
    }
}

TEST(Vectors, WhatNoTableReadsIsNamedAndCounted) {
    ASMAN_NEED(std::filesystem::exists(vector_files), vector_files);
    for (const auto& [file, category] : {std::pair{"cat010ed0.24_sensis.bin", 10}, std::pair{"cat030ed7.0.bin", 30}}) {
        const auto datagram = contents(file);
        EditionProbe probe;
        probe.add(datagram);
        const auto editions = probe.apply({});
        DatagramReader reader(datagram, editions);
        const Event* e = reader.next();
        ASSERT_TRUE(e && e->what == What::opaque) << file;
        EXPECT_EQ(e->category, category);
        EXPECT_EQ(e->bytes.size(), datagram.size() - 3) << "every octet is there";
        EXPECT_FALSE(category_name(e->category).empty());
        EXPECT_EQ(reader.next(), nullptr);
    }
}

TEST(Vectors, AWrongEditionIsRefutedNotDecoded) {
    ASMAN_NEED(std::filesystem::exists(vector_files), vector_files);
    // Read as 2.6, the one record of edition 0.26 would be two wrong ones without a fault.
    const auto datagram = contents("cat021ed0.26.bin");
    EditionProbe probe;
    probe.add(datagram);
    for (const char* wrong : {"2.1", "2.4", "2.6", "2.7"}) {
        Editions told;
        ASSERT_TRUE(told.set(21, wrong));
        const auto refuted = probe.refuted(told);
        ASSERT_EQ(refuted.size(), 1u) << wrong;
        EXPECT_TRUE(refuted[0].guess.edition->number.starts_with("0.2")) << refuted[0].text();
    }
    Editions told;
    ASSERT_TRUE(told.set(21, "0.26"));
    EXPECT_TRUE(probe.refuted(told).empty());
}

}  // namespace
}  // namespace asman::asterix
