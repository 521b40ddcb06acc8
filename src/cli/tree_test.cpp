#include "tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace asman::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Tree : public ::testing::Test {
  protected:
    Tree() {
        app.name("asman");
        auto* accord = app.add_subcommand("accord", "the law");
        accord->require_subcommand(1);
        auto* status = accord->add_subcommand("status", "which accords bind\nat a time");
        status->add_option("--at", at, "a state's day")->required();
        status->add_flag("--json", json, "as JSON");
        status->footer("Examples:\n  asman accord status --at 2024-06-01");
        auto* replay = app.add_subcommand("replay", "run a log");
        replay->add_option("log", log, "input log")->required();
    }
    CLI::App app;
    std::string at, log;
    bool json = false;
};

TEST_F(Tree, HasEveryCommandWithItsOptions) {
    const auto tree = command_tree(app);
    ASSERT_EQ(tree.size(), 4u);
    EXPECT_EQ(tree[0].path, "asman");
    EXPECT_THAT(tree[0].subcommands, ElementsAre("accord", "replay"));
    EXPECT_EQ(tree[2].path, "asman accord status");
    ASSERT_EQ(tree[2].options.size(), 3u);  // --help, --at, --json
    EXPECT_THAT(tree[2].options[1].words, ElementsAre("--at"));
    EXPECT_EQ(tree[2].options[1].value, "TEXT");
    EXPECT_TRUE(tree[2].options[1].required);
    EXPECT_EQ(tree[2].options[2].value, "");
    EXPECT_TRUE(tree[3].options[1].words.empty());
    EXPECT_EQ(tree[3].options[1].names, "log");
}

TEST_F(Tree, CompletionOffersWhatEachCommandTakes) {
    const auto text = completion(command_tree(app), "bash");
    EXPECT_THAT(text, HasSubstr("'asman accord status') path='asman accord status'"));
    EXPECT_THAT(text, HasSubstr("'asman accord status') words='-h --help --at --json'"));
    EXPECT_THAT(completion(command_tree(app), "zsh"), HasSubstr("bashcompinit"));
    const auto fish = completion(command_tree(app), "fish");
    EXPECT_THAT(fish, HasSubstr("'__fish_seen_subcommand_from accord; and __fish_seen_subcommand_from status' -l at -r "
                                "-d 'a state\\'s day'"));
    EXPECT_THAT(fish, HasSubstr("-a status -d 'which accords bind'"));
}

TEST_F(Tree, ManualEscapesWhatRoffWouldRead) {
    app.get_subcommand("replay")->description(".TH is no request here, nor is \\fB");
    const auto text = manual(command_tree(app), "1.2.3");
    EXPECT_THAT(text, HasSubstr("\\&.TH is no request here, nor is \\efB"));
    EXPECT_THAT(text, HasSubstr(".SS asman accord status\n"));
    EXPECT_THAT(text, HasSubstr("\\fB\\-\\-at\\fR \\fITEXT\\fR (required)"));
    EXPECT_THAT(text, HasSubstr("asman accord status \\-\\-at 2024\\-06\\-01"));
    EXPECT_THAT(text, Not(HasSubstr("\n.TH is")));
}

}  // namespace
}  // namespace asman::cli
