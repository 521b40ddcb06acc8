#include "access.hpp"
#include "site.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace asman::serve {
namespace {

TEST(Access, LoopbackAddresses) {
    for (const auto* ours : {"127.0.0.1", "127.1.2.3", "::1"}) EXPECT_TRUE(is_loopback_address(ours)) << ours;
    for (const auto* other : {"", "0.0.0.0", "127.0.0", "127.0.0.1.2", "127.0.0.256", "127.0.0.1 ", "::", "10.0.0.1",
                              "127.evil.example", "127...1"})
        EXPECT_FALSE(is_loopback_address(other)) << other;
}

TEST(Access, HostNamesThisMachine) {
    for (const auto* ours : {"localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:8080", "[::1]"})
        EXPECT_TRUE(host_is_ours(ours)) << ours;
    for (const auto* other : {"", ":8080", "evil.example", "evil.example:8080", "localhost.evil.example",
                              "localhost:", "localhost:http", "localhost:99999", "192.168.1.5:8080", "localhost:80:80"})
        EXPECT_FALSE(host_is_ours(other)) << other;
}

TEST(Access, OriginIsThePageItself) {
    EXPECT_TRUE(origin_is_ours("", "localhost:8080"));
    EXPECT_TRUE(origin_is_ours("http://localhost:8080", "localhost:8080"));
    for (const auto* other : {"null", "http://localhost:3000", "https://localhost:8080", "http://evil.example",
                              "http://127.0.0.1:8080", "http://localhost:8080.evil.example"})
        EXPECT_FALSE(origin_is_ours(other, "localhost:8080")) << other;
}

class SiteTest : public testing::Test {
  protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("asman_site_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_ / "site" / "assets");
        write("secret.txt", "secret");
        write("site/index.html", "<p>page");
        write("site/assets/a.js", "1");
        std::filesystem::create_symlink("../secret.txt", folder_ / "site" / "link.txt");
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    void write(const std::string& name, std::string_view text) { std::ofstream(folder_ / name) << text; }
    std::filesystem::path folder_;
};

TEST_F(SiteTest, ServesWhatIsInItAndNothingElse) {
    const auto site = Site::load(folder_ / "site");
    ASSERT_TRUE(site);
    EXPECT_EQ(site->size(), 2U);
    ASSERT_NE(site->find("/"), nullptr);
    EXPECT_EQ(site->find("/")->bytes, "<p>page");
    EXPECT_FALSE(site->find("/?x=1")->immutable);
    ASSERT_NE(site->find("/assets/a.js?v=2"), nullptr);
    EXPECT_TRUE(site->find("/assets/a.js")->immutable);
    EXPECT_EQ(site->find("/assets/a.js")->content_type, "text/javascript; charset=utf-8");
    for (const auto* path : {"", "/secret.txt", "/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt",
                             "/assets", "/link.txt", "//index.html"})
        EXPECT_EQ(site->find(path), nullptr) << path;
}

TEST_F(SiteTest, WithoutABuiltDisplaySaysHowToBuildIt) {
    const auto site = Site::load(folder_ / "nowhere");
    ASSERT_TRUE(site);
    ASSERT_NE(site->find("/"), nullptr);
    EXPECT_NE(site->find("/")->bytes.find("npm run build"), std::string::npos);
}

}  // namespace
}  // namespace asman::serve
