#include "numbers.hpp"

#include <asman/base/config.hpp>
#include <asman/node/member.hpp>
#include <asman/wire/batch.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace asman::node {
namespace {

namespace fs = std::filesystem;
using picture::State;

class NumbersFile : public testing::Test {
  protected:
    NumbersFile() : folder(fs::temp_directory_path() / ("asman-numbers-" + std::to_string(::getpid()))) {
        fs::remove_all(folder);
        fs::create_directories(folder);
        path = (folder / "node.key.numbers").string();
    }
    ~NumbersFile() override { fs::remove_all(folder); }

    fs::path folder;
    std::string path;
};

std::vector<std::byte> bytes(std::string_view text) {
    const auto b = base::as_bytes(text);
    return {b.begin(), b.end()};
}

TEST_F(NumbersFile, is_what_was_written) {
    const auto none = read_numbers(path);
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->has_value()) << "the first run has none";
    for (const bool ended : {false, true}) {
        const Numbers n{ended, bytes("sent"), bytes("")};
        ASSERT_TRUE(write_numbers(path, n));
        const auto again = read_numbers(path);
        ASSERT_TRUE(again && *again);
        EXPECT_EQ(**again, n);
    }
    EXPECT_FALSE(fs::exists(path + ".new"));
}

TEST_F(NumbersFile, of_which_any_byte_is_wrong_is_refused_with_its_name) {
    ASSERT_TRUE(write_numbers(path, {true, bytes("sent"), bytes("received")}));
    const auto whole = *base::read_file(path);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        auto text = whole;
        text[i] = static_cast<char>(text[i] ^ 1);
        ASSERT_TRUE(base::write_file(path, text));
        const auto read = read_numbers(path);
        ASSERT_FALSE(read) << i;
        EXPECT_EQ(read.error().place.source, path);
        ASSERT_TRUE(base::write_file(path, whole.substr(0, i)));
        EXPECT_FALSE(read_numbers(path)) << i;
    }
}

MemberOptions options(const std::string& numbers) {
    MemberOptions o;
    core::NodeConfig c;
    c.state = State("KGZ");
    c.mode = core::Mode::simulated;
    c.partners.push_back({State("RUS"), base::KeyPair::from_seed("RUS").public_key});
    o.bundle.files["node.toml"] = core::print_node_config(c);
    o.key = base::KeyPair::from_seed("KGZ");
    o.numbers = numbers;
    return o;
}

std::string refusal_of(Member& member, const std::vector<std::byte>& envelope, base::Time at) {
    EXPECT_TRUE(member.give(core::PartnerMessage{envelope}, at));
    for (const auto& e : member.take_events())
        if (e.kind == "partner.refused") return e.text;
    return {};
}

TEST_F(NumbersFile, lets_no_old_envelope_in_after_a_restart) {
    const base::Time t{1'700'000'000'000'000'000};
    wire::Sealer russia(State("RUS"), base::KeyPair::from_seed("RUS"));
    const auto payload = wire::encode(wire::Batch{});
    ASSERT_TRUE(payload);
    const auto old = russia.seal(State("KGZ"), wire::Delivery::state, t, *payload);
    const auto next = russia.seal(State("KGZ"), wire::Delivery::state, t, *payload);
    {
        auto first = Member::start(options(path), t);
        ASSERT_TRUE(first) << first.error().text();
        EXPECT_EQ(refusal_of(*first, *old, t), "");
        ASSERT_TRUE(first->sync());
    }
    auto second = Member::start(options(path), t);
    ASSERT_TRUE(second) << second.error().text();
    EXPECT_NE(refusal_of(*second, *old, t).find("already taken"), std::string::npos);
    EXPECT_EQ(refusal_of(*second, *next, t), "");
    // Without the file it would be taken again: the file is what keeps it out.
    auto forgetful = Member::start(options({}), t);
    ASSERT_TRUE(forgetful);
    EXPECT_EQ(refusal_of(*forgetful, *old, t), "");
}

}  // namespace
}  // namespace asman::node
