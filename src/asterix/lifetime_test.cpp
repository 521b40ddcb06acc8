// What would outlive its bytes does not compile: proved here, for a mistake that compiles is found by nobody.
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/cat062.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/frames.hpp>

#include <gtest/gtest.h>

#include <type_traits>

namespace asman::asterix {
namespace {

using Owned = std::vector<std::byte>;

// A reader keeps a pointer to its editions, and looks at bytes that others own.
static_assert(std::is_constructible_v<DatagramReader, Bytes, const Editions&>);
static_assert(std::is_constructible_v<DatagramReader, const Owned&, const Editions&>);
static_assert(!std::is_constructible_v<DatagramReader, Bytes, Editions>, "editions that end with the statement");
static_assert(!std::is_constructible_v<DatagramReader, Owned, const Editions&>, "bytes that end with the statement");

// Values, and those within values, are made in place: clang cannot where a class stands within another.
static_assert(std::is_default_constructible_v<cat048::I130::Value>);
static_assert(std::is_default_constructible_v<cat062::I380::Com::Value>);
static_assert(std::is_default_constructible_v<cat062::I510::Element::Value>);

// A view keeps a pointer to its record.
static_assert(std::is_constructible_v<cat048::View, const Record&>);
static_assert(!std::is_constructible_v<cat048::View, Record>, "a record that ends with the statement");

// A record is no view of another category, and views do not become each other.
static_assert(!std::is_convertible_v<Record, cat048::View>);
static_assert(!std::is_convertible_v<const Record&, cat048::View>, "which category it is has been looked at");

template <class T>
concept read_over = requires(T bytes, std::string problem) { FrameReader::over(std::forward<T>(bytes), problem); };
static_assert(read_over<const Owned&> && read_over<Bytes>);
static_assert(!read_over<Owned>, "a file in memory that ends with the statement");

// Frames come one at a time: a reader is moved, not copied.
static_assert(!std::is_copy_constructible_v<FrameReader> && std::is_nothrow_move_constructible_v<FrameReader>);

// Tables point into their set.
static_assert(!std::is_copy_constructible_v<SpecSet> && !std::is_copy_assignable_v<SpecSet>);

TEST(Lifetime, ARecordOutlivesItsReaderButNotItsBytes) {
    Owned bytes{std::byte{48}, std::byte{0}, std::byte{6}, std::byte{0x80}, std::byte{25}, std::byte{13}};
    const Editions editions;
    Record kept;
    {
        DatagramReader reader(bytes, editions);
        kept = reader.next()->record;
    }
    EXPECT_EQ(cat048::View(kept).i010()->sac(), 25);
    EXPECT_EQ(kept.bytes.data(), bytes.data() + 3) << "nothing was copied";
}

}  // namespace
}  // namespace asman::asterix
