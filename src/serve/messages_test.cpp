#include "messages.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <nlohmann/json.hpp>

namespace asman::serve {
namespace {

using picture::State;

template <class T>
void expect_message(std::string_view text, const T& expected) {
    const auto message = parse_message(text);
    ASSERT_TRUE(message) << text << ": " << message.error().reason;
    ASSERT_TRUE(std::holds_alternative<T>(*message)) << text;
    EXPECT_EQ(std::get<T>(*message), expected);
}

TEST(Messages, AreUnderstood) {
    expect_message(R"({"as":"KGZ"})", LookAs{State("KGZ")});
    expect_message(R"({"law":"2026-06-30"})", SetLawDate{{2026, 6, 30}});
    expect_message(R"({"pause":true})", SetPaused{true});
    expect_message(R"({"speed":0})", SetSpeed{0});
    expect_message(R"({"speed":12.5})", SetSpeed{12.5});
    expect_message(R"({"explain":{"request":7,"state":"KAZ","track":12}})", Explain{7, State("KAZ"), 12, {}});
    expect_message(R"({"explain":{"request":7,"state":"KAZ","track":12,"to":"RUS"}})",
                   Explain{7, State("KAZ"), 12, State("RUS")});
    expect_message(R"({"section":{"request":8,"state":"KGZ","from":[41,-72.5],"to":[43,74],"target":"intruder"}})",
                   AskSection{8, State("KGZ"), geo::Point::degrees(41, -72.5), geo::Point::degrees(43, 74), true});
}

TEST(Messages, OthersAreRefusedWithAReason) {
    for (const std::string_view text :
         {"",
          "{",
          "[]",
          "{}",
          R"({"as":"kgz"})",
          R"({"as":5})",
          R"({"as":"KGZ","pause":true})",
          R"({"law":"2026-02-30"})",
          R"({"law":"2026-06-30T00:00:00Z"})",
          R"({"law":"9999-01-01"})",
          R"({"law":20260630})",
          R"({"pause":1})",
          R"({"speed":-1})",
          R"({"speed":0.01})",
          R"({"speed":1e9})",
          R"({"speed":"fast"})",
          R"({"quit":true})",
          R"({"section":{"request":8,"state":"KGZ","from":[41,72],"to":[43,74]}})",
          R"({"section":{"request":8,"state":"KGZ","from":[91,72],"to":[43,74],"target":"intruder"}})",
          R"({"section":{"request":8,"state":"KGZ","from":"x","to":[43,74],"target":"intruder"}})",
          R"({"section":{"request":8,"state":"KGZ","from":[1,2],"to":[43,74],"target":"bird"}})",
          R"({"section":{"request":8,"state":"KGZ","from":[43,74],"to":[43,74.0001],"target":"intruder"}})",
          R"({"section":{"request":8,"state":"KGZ","from":[0,0],"to":[0,179],"target":"intruder"}})",
          R"({"explain":{"state":"KAZ","track":12}})",
          R"({"explain":{"request":-1,"state":"KAZ","track":12}})",
          R"({"explain":{"request":1,"state":"KAZ","track":9007199254740992}})"}) {
        const auto message = parse_message(text);
        ASSERT_FALSE(message) << text;
        EXPECT_FALSE(message.error().reason.empty()) << text;
    }
}

RC_GTEST_PROP(MessagesProperty, AnyBytesAreRefusedNotFatal, (const std::string& text)) {
    RC_ASSERT(!parse_message(text).has_value());
}

TEST(ErrorMessage, IsJson) {
    EXPECT_EQ(nlohmann::json::parse(error_json("no \"such\" state"))["reason"], "no \"such\" state");
}

}  // namespace
}  // namespace asman::serve
