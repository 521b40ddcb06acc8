#include <asman/base/config.hpp>
#include <asman/base/digest.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

namespace asman::base {
namespace {

TEST(KeyFile, ReadsWhatItWroteAndKeepsItFromOthers) {
    const auto path = (std::filesystem::temp_directory_path() / ("asman-key-" + std::to_string(::getpid()))).string();
    const auto key = KeyPair::generate();
    ASSERT_TRUE(create_key(path, key));
    const auto again = read_key(path);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->public_key, key.public_key);
    EXPECT_TRUE(verify(key.public_key, as_bytes("x"), sign(*again, as_bytes("x"))));
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_EQ(create_key(path, key).error().code, Errc::refused);
    // One digit of the public half changed: two halves that do not belong together.
    auto text = *read_file(path);
    text[100] = text[100] == '0' ? '1' : '0';
    ASSERT_TRUE(write_file(path, text));
    EXPECT_EQ(read_key(path).error().code, Errc::bad_value);
    ASSERT_TRUE(write_file(path, "not hexadecimal"));
    EXPECT_EQ(read_key(path).error().code, Errc::syntax);
    std::filesystem::remove(path);
    EXPECT_EQ(read_key(path).error().code, Errc::io);
}

}  // namespace
}  // namespace asman::base
