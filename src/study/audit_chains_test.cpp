// The audit over whole nodes (accords.md rule 21): both ends of a pair chain agree, countersign, and name what is
// missing; and nothing of a third state's data shows in them.
#include "federation_for_tests.hpp"

#include <asman/accord/audit.hpp>
#include <asman/base/config.hpp>
#include <asman/wire/batch.hpp>
#include <asman/wire/envelope.hpp>

#include <unistd.h>

#include <filesystem>

namespace asman::study {
namespace {

using namespace testing_world;
namespace fs = std::filesystem;

struct Folder {
    fs::path path;
    explicit Folder(const std::string& name)
        : path(fs::temp_directory_path() / ("asman-audit-" + name + "-" + std::to_string(::getpid()))) {
        fs::remove_all(path);
        fs::create_directories(path);
    }
    ~Folder() { fs::remove_all(path); }
    std::string text(const std::string& file) const { return base::read_file((path / file).string()).value_or(""); }
    accord::ChainFile chain(const std::string& file) const {
        const auto parsed = accord::parse_chain(text(file), file);
        EXPECT_TRUE(parsed) << file << ": " << parsed.error().text();
        return parsed.value_or(accord::ChainFile{});
    }
    std::vector<accord::SignedHead> heads(const std::string& file) const {
        return accord::parse_signed_heads(text(file), file).value_or(std::vector<accord::SignedHead>{});
    }
};

Setting audited(const Folder& folder, bool consent = false) {
    Setting o;
    o.consent = consent;
    o.audit = folder.path.string();
    o.configure = [](core::NodeConfig& c) { c.audit_interval = base::seconds(20); };
    return o;
}

void finish(Nodes& nodes) {
    ASSERT_TRUE(nodes.federation.sync());
    for (std::size_t i = 0; i < 3; ++i)
        for (const auto& e : nodes.federation.take_events(i)) ADD_FAILURE() << e.kind << ": " << e.text;
}

TEST(AuditChains, BothEndsAgreeAndHaveSigned) {
    const Folder folder("agree");
    {
        auto nodes = Nodes::make(audited(folder, true));
        nodes.run(130);
        finish(nodes);
    }
    for (const auto& [exporter, importer, id] : {std::tuple("AAA", "BBB", "A-B"), std::tuple("BBB", "AAA", "A-B"),
                                                 std::tuple("BBB", "CCC", "B-C"), std::tuple("CCC", "BBB", "B-C")}) {
        const auto file = std::string(exporter) + "-" + importer + "-" + id;
        const auto mine = folder.chain(std::string(exporter) + "/" + file + ".chain");
        const auto theirs = folder.chain(std::string(importer) + "/" + file + ".chain");
        EXPECT_TRUE(accord::verify_chain(mine).empty());
        EXPECT_TRUE(accord::verify_chain(theirs).empty());
        // The importer has it up to the last head that has come.
        ASSERT_GT(theirs.entries.size(), 4u) << file;
        ASSERT_LE(theirs.entries.size(), mine.entries.size());
        for (std::size_t i = 0; i < theirs.entries.size(); ++i) EXPECT_EQ(theirs.entries[i], mine.entries[i]);
        // Heads come at fixed instants, whether anything moved (A to B, B to C) or not (the other ways).
        std::vector<base::Time> at;
        for (const auto& e : mine.entries)
            if (e.kind == "head") at.push_back(e.at);
        ASSERT_GE(at.size(), 5u);
        for (std::size_t i = 1; i < at.size(); ++i) EXPECT_EQ(at[i] - at[i - 1], base::seconds(20));
        const auto signed_heads = folder.heads(std::string(exporter) + "/" + file + ".signed");
        ASSERT_GE(signed_heads.size(), 4u);
        EXPECT_TRUE(accord::check_heads(mine, signed_heads).empty());
        for (const auto& h : signed_heads) {
            EXPECT_EQ(h.remarks, "") << file;
            const auto envelope = wire::decode_envelope(h.envelope);
            ASSERT_TRUE(envelope);
            EXPECT_TRUE(wire::verify(*envelope, key(State(importer)).public_key));
            const auto batch = wire::decode(envelope->payload);
            ASSERT_TRUE(batch);
            EXPECT_TRUE(std::ranges::any_of(batch->batch.countersignatures, [&](const auto& c) {
                return c.accord == id && c.number == h.number && c.link == h.link;
            }));
        }
    }
    const auto handed = folder.chain("BBB/BBB-CCC-B-C.chain");
    EXPECT_GT(std::ranges::count(handed.entries, std::string("handed"), &accord::AuditEntry::kind), 20);
    const auto national = folder.chain("BBB/national.chain");
    EXPECT_TRUE(accord::verify_chain(national).empty());
    EXPECT_TRUE(std::ranges::any_of(national.entries, [](const auto& e) {
        return e.kind == "decision" && e.text.find("to CCC: own track") == 0 &&
               e.text.find("released under B-C/tracks") != std::string::npos;
    }));
}

TEST(AuditChains, WhatWasLostOnTheWayIsNamedByItsRange) {
    const Folder folder("lost");
    auto nodes = Nodes::make(audited(folder));
    nodes.run(60);
    nodes.federation.exchange().cut(State("BBB"), State("CCC"));
    nodes.run(90);  // the state class keeps the newest 64: the others are gone; heads wait
    nodes.federation.exchange().restore(State("BBB"), State("CCC"));
    nodes.run(30);
    ASSERT_TRUE(nodes.federation.sync());
    const auto heads = folder.heads("BBB/BBB-CCC-B-C.signed");
    std::string remarks;
    for (const auto& h : heads) remarks += h.remarks + "\n";
    EXPECT_NE(remarks.find(" to "), std::string::npos) << remarks;
    EXPECT_NE(remarks.find("not received"), std::string::npos) << remarks;
    EXPECT_EQ(remarks.find("otherwise"), std::string::npos) << remarks;
    EXPECT_TRUE(
        accord::compare_chains(folder.chain("BBB/BBB-CCC-B-C.chain"), folder.chain("CCC/BBB-CCC-B-C.chain")).size() <=
        1);
}

TEST(AuditChains, NothingOfAThirdStatesDataShowsInThem) {
    std::vector<std::string> seen;
    for (const auto alter : {Alter::nothing, Alter::absent, Alter::repeated, Alter::garbled}) {
        const Folder folder("third");
        auto nodes = Nodes::make(audited(folder));
        nodes.run(90, alter);
        ASSERT_TRUE(nodes.federation.sync());
        std::string all;
        for (const char* file : {"BBB/BBB-CCC-B-C.chain", "BBB/BBB-CCC-B-C.signed", "CCC/BBB-CCC-B-C.chain",
                                 "CCC/BBB-CCC-B-C.signed", "CCC/national.chain"})
            all += folder.text(file) + "\n";
        // And what C is told when it asks why it sees each track, and tracks that do not exist.
        for (std::uint64_t n = 0; n < 60; ++n)
            for (const auto& line : nodes.federation.engine(2).explain_joint(n)) all += line + "\n";
        seen.push_back(std::move(all));
    }
    for (const auto& s : seen) EXPECT_EQ(s, seen.front());
    EXPECT_GT(seen.front().size(), 10'000u);
}

TEST(AuditChains, ARestartGoesOnInTheSameChains) {
    const Folder folder("restart");
    for (int i = 0; i < 2; ++i) {
        auto nodes = Nodes::make(audited(folder));
        nodes.run(50);
        ASSERT_TRUE(nodes.federation.sync());
    }
    for (const char* file : {"BBB/national.chain", "BBB/BBB-CCC-B-C.chain", "AAA/national.chain"}) {
        const auto chain = folder.chain(file);
        EXPECT_TRUE(accord::verify_chain(chain).empty()) << file;
        EXPECT_GT(chain.entries.size(), 4u);
        for (std::size_t i = 1; i < chain.entries.size(); ++i) EXPECT_LE(chain.entries[i - 1].at, chain.entries[i].at);
    }
    EXPECT_EQ(
        std::ranges::count(folder.chain("BBB/national.chain").entries, std::string("start"), &accord::AuditEntry::kind),
        2);
    // Somebody wrote in it: the node does not go on as if nothing were.
    auto text = folder.text("BBB/national.chain");
    text.replace(text.find("decision"), 8, "decisiom");
    ASSERT_TRUE(base::write_file((folder.path / "BBB/national.chain").string(), text));
    EXPECT_FALSE(node::AuditStore::open((folder.path / "BBB").string()));
}

}  // namespace
}  // namespace asman::study
