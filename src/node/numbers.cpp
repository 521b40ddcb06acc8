#include "numbers.hpp"

#include <asman/base/config.hpp>

#include <filesystem>

namespace asman::node {
namespace {

constexpr std::string_view magic = "asman envelope numbers 1";

}  // namespace

base::Result<std::optional<Numbers>> read_numbers(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return std::optional<Numbers>();
    ASMAN_TRY(const auto text, base::read_file(path));
    const std::vector<std::byte> bytes(base::as_bytes(text).begin(), base::as_bytes(text).end());
    const auto bad = [&] {
        return base::fail(base::Errc::syntax, {.source = path},
                          "not the envelope numbers of a node. Without them partners may refuse what this node sends: "
                          "restore the file, or move it away and tell the partners to restart");
    };
    base::Reader in(bytes);
    if (in.text() != magic) return bad();
    Numbers n;
    n.ended = in.get<std::uint8_t>() != 0;
    const auto sent = in.block(), received = in.block();
    n.sent.assign(sent.begin(), sent.end());
    n.received.assign(received.begin(), received.end());
    const auto body = base::Bytes(bytes).first(bytes.size() - in.left());
    const auto digest = in.text();
    if (!in.ok() || !in.empty() || digest != base::digest(body).hex()) return bad();
    return n;
}

base::Result<void> write_numbers(const std::string& path, const Numbers& numbers) {
    base::Writer out;
    out.text(magic);
    out.put(static_cast<std::uint8_t>(numbers.ended));
    out.block(numbers.sent);
    out.block(numbers.received);
    out.text(base::digest(out.bytes()).hex());
    const auto next = path + ".new";
    ASMAN_CHECK(base::write_file(next, {reinterpret_cast<const char*>(out.bytes().data()), out.bytes().size()}));
    std::error_code error;
    std::filesystem::rename(next, path, error);
    if (error) return base::fail(base::Errc::io, {.source = path}, error.message());
    return {};
}

}  // namespace asman::node
