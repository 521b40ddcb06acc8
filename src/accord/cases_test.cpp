// Every case of tests/accords.
#include <asman/accord/cases.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <filesystem>
#include <set>

namespace asman::accord {
namespace {

TEST(Cases, OfTheFolder) {
    std::optional<geo::Borders> borders;
    for (const char* p : {"/data/borders.geojson", "/../tools/data/borders.geojson"}) {
        if (borders) break;
        if (auto b = geo::Borders::load(std::string(ASMAN_BINARY_DIR) + p)) borders = std::move(*b);
    }
    if (!borders && test::data_required()) FAIL() << "borders.geojson is absent: run tools/borders";
    const std::string folder = ASMAN_SOURCE_DIR "/tests/accords";
    const CaseWorld world{folder + "/law", ASMAN_SOURCE_DIR "/data/accords", borders ? &*borders : nullptr};
    std::set<std::string> files;
    for (const auto& e : std::filesystem::directory_iterator(folder)) {
        if (e.path().extension() == ".accord-test") files.insert(e.path().string());
    }
    std::size_t cases = 0, checks = 0;
    for (const auto& f : files) {
        const auto text = base::read_file(f);
        ASSERT_TRUE(text);
        const auto results = run_cases(*text, std::filesystem::path(f).filename().string(), world);
        ASSERT_TRUE(results) << results.error().text();
        for (const auto& r : *results) {
            ++cases;
            checks += r.checks;
            for (const auto& failure : r.failures) ADD_FAILURE() << r.title << "\n" << failure;
            if (borders) {
                EXPECT_GT(r.checks, 0u) << f << ": " << r.title << " checks nothing";
            }
        }
    }
    std::printf("%zu cases, %zu checks\n", cases, checks);
    EXPECT_GE(cases, 12u);
}

TEST(Cases, AWrongExpectationFails) {
    const std::string text =
        "case: nothing holds\nfile law.toml\n| format = 1\n| signatures = \"none\"\n"
        "track at 40 70\nfrom AAA to BBB at 2030-01-01: released\n";
    const auto r = run_cases(text, "x", {});
    ASSERT_TRUE(r) << r.error().text();
    ASSERT_EQ(r->size(), 1u);
    EXPECT_EQ((*r)[0].failures.size(), 1u);
}

}  // namespace
}  // namespace asman::accord
