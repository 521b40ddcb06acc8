#include <asman/accord/audit.hpp>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace asman::accord {
namespace {

using base::Errc;
using nlohmann::ordered_json;

constexpr std::string_view format = "asman chain 1";

std::string line(const ordered_json& j) {
    return j.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string hex(std::span<const std::byte> bytes) {
    std::string out;
    for (const auto b : bytes) out += fmt::format("{:02x}", std::to_integer<unsigned>(b));
    return out;
}

bool unhex(std::string_view text, std::vector<std::byte>& out) {
    if (text.size() % 2 != 0) return false;
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0) return false;
        out.push_back(static_cast<std::byte>(high << 4 | low));
    }
    return true;
}

/// Strings and whole numbers of an object, or what is missing.
struct Fields {
    const ordered_json& j;
    std::string missing;
    std::string text(const char* key) {
        const auto it = j.find(key);
        if (it != j.end() && it->is_string()) return it->get<std::string>();
        missing = key;
        return {};
    }
    std::uint64_t number(const char* key) {
        const auto it = j.find(key);
        if (it != j.end() && it->is_number_unsigned()) return it->get<std::uint64_t>();
        missing = key;
        return 0;
    }
};

/// Lines of a file after its header; `each` returns what is wrong with a line, or nothing.
base::Result<void> lines_of(std::string_view text, const std::string& file, bool* unfinished,
                            const std::function<std::string(const ordered_json&, std::uint32_t)>& each) {
    std::uint32_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        const bool whole = end != std::string_view::npos;
        const auto l = text.substr(at, whole ? end - at : std::string_view::npos);
        at = whole ? end + 1 : text.size();
        ++number;
        if (l.empty()) continue;
        if (!whole && unfinished) {
            *unfinished = true;
            break;
        }
        const auto j = ordered_json::parse(l, nullptr, false);
        const base::Place place{file, number, 1, {}};
        if (j.is_discarded() || !j.is_object()) return base::fail(Errc::syntax, place, "not a JSON object");
        if (auto wrong = each(j, number); !wrong.empty()) return base::fail(Errc::bad_value, place, wrong);
    }
    return {};
}

}  // namespace

std::string national_chain(picture::State state) {
    return "national " + std::string(state.text());
}
std::string pair_chain(picture::State exporter, picture::State importer, std::string_view accord) {
    return fmt::format("pair {} {} {}", exporter.text(), importer.text(), accord);
}

std::string chain_file(std::string_view chain) {
    if (chain.starts_with("national ")) return "national.chain";
    auto out = std::string(chain.substr(chain.find(' ') + 1));
    std::ranges::replace(out, ' ', '-');
    return out + ".chain";
}

base::Digest chain_root(std::string_view chain) {
    base::Hasher h;
    h.add(format);
    h.add(chain);
    return h.finish();
}

base::Digest chain_link(const base::Digest& before, const AuditEntry& entry) {
    base::Hasher h;
    h.add(std::as_bytes(std::span(before.value)));
    h.add(static_cast<std::int64_t>(entry.number));
    h.add(entry.at.ns);
    h.add(entry.kind);
    h.add(entry.text);
    return h.finish();
}

AuditEntry Chain::append(base::Time at, std::string kind, std::string text) {
    AuditEntry out{++number_, at, std::move(kind), std::move(text), {}};
    out.link = link_ = chain_link(link_, out);
    return out;
}

base::Digest salted(std::span<const std::uint8_t> salt, base::Bytes object) {
    base::Hasher h;
    h.add("asman handed 1");
    h.add(std::as_bytes(salt));
    h.add(object);
    return h.finish();
}

base::Digest digest_of_handed(std::span<const base::Digest> objects) {
    base::Hasher h;
    h.add("asman handed 1");
    for (const auto& o : objects) h.add(std::as_bytes(std::span(o.value)));
    return h.finish();
}

std::string print_chain_header(std::string_view chain) {
    return line({{"format", format}, {"chain", chain}});
}

std::string print_entry(const AuditEntry& e) {
    return line({{"number", e.number},
                 {"at", base::format_time(e.at, 9)},
                 {"kind", e.kind},
                 {"text", e.text},
                 {"link", e.link.hex()}});
}

std::string print_signed_head(const SignedHead& h) {
    return line({{"number", h.number},
                 {"link", h.link.hex()},
                 {"by", std::string(h.by.text())},
                 {"remarks", h.remarks},
                 {"envelope", hex(h.envelope)}});
}

base::Result<ChainFile> parse_chain(std::string_view text, const std::string& file, bool* unfinished) {
    ChainFile out;
    if (unfinished) *unfinished = false;
    ASMAN_CHECK(lines_of(text, file, unfinished, [&](const ordered_json& j, std::uint32_t number) -> std::string {
        Fields f{j, {}};
        if (number == 1) {
            if (f.text("format") != format) return "not a chain of this format: expected 'asman chain 1'";
            out.chain = f.text("chain");
            return f.missing.empty() ? "" : "'" + f.missing + "' is missing";
        }
        AuditEntry e{f.number("number"), {}, f.text("kind"), f.text("text"), {}};
        const auto at = base::parse_time(f.text("at"));
        const auto link = base::Digest::from_hex(f.text("link"));
        if (!f.missing.empty()) return "'" + f.missing + "' is missing or of another kind";
        if (!at) return at.error().reason;
        if (!link) return link.error().reason;
        e.at = *at;
        e.link = *link;
        out.entries.push_back(std::move(e));
        return {};
    }));
    if (out.chain.empty()) return base::fail(Errc::missing, {file, 1, 1, {}}, "the header is missing");
    return out;
}

base::Result<std::vector<SignedHead>> parse_signed_heads(std::string_view text, const std::string& file) {
    std::vector<SignedHead> out;
    bool unfinished = false;
    ASMAN_CHECK(lines_of(text, file, &unfinished, [&](const ordered_json& j, std::uint32_t) -> std::string {
        Fields f{j, {}};
        SignedHead h{f.number("number"), {}, {}, f.text("remarks"), {}};
        const auto by = f.text("by");
        const auto link = base::Digest::from_hex(f.text("link"));
        const auto envelope = f.text("envelope");
        if (!f.missing.empty()) return "'" + f.missing + "' is missing or of another kind";
        if (!picture::State::well_formed(by)) return "'by' is not a state";
        if (!link) return link.error().reason;
        if (!unhex(envelope, h.envelope)) return "'envelope' is not hexadecimal";
        h.by = picture::State(by);
        h.link = *link;
        out.push_back(std::move(h));
        return {};
    }));
    return out;
}

std::string ChainFault::text() const {
    return first == last ? fmt::format("entry {}: {}", first, what)
                         : fmt::format("entries {} to {}: {}", first, last, what);
}

std::vector<ChainFault> verify_chain(const ChainFile& chain) {
    std::vector<ChainFault> out;
    std::uint64_t expected = 1;
    auto before = chain_root(chain.chain);
    for (const auto& e : chain.entries) {
        const bool follows = e.number == expected;
        if (e.number > expected) out.push_back({expected, e.number - 1, "gap: they are missing"});
        if (e.number < expected) out.push_back({e.number, expected - 1, "fork: numbers stand again"});
        // After a gap the link cannot be judged; the next one can.
        if (follows && chain_link(before, e) != e.link) {
            if (!out.empty() && out.back().last + 1 == e.number && out.back().what.starts_with("changed")) {
                out.back().last = e.number;
            } else {
                out.push_back({e.number, e.number, "changed: it does not fit its link"});
            }
        }
        before = e.link;
        expected = e.number + 1;
    }
    return out;
}

std::vector<ChainFault> compare_chains(const ChainFile& mine, const ChainFile& theirs) {
    std::vector<ChainFault> out;
    const auto add = [&](std::uint64_t number, std::string_view what) {
        if (!out.empty() && out.back().last + 1 == number && out.back().what == what) {
            out.back().last = number;
        } else {
            out.push_back({number, number, std::string(what)});
        }
    };
    if (mine.chain != theirs.chain) {
        out.push_back({0, 0, fmt::format("other chains: '{}' and '{}'", mine.chain, theirs.chain)});
        return out;
    }
    auto a = mine.entries.begin(), b = theirs.entries.begin();
    while (a != mine.entries.end() || b != theirs.entries.end()) {
        if (b == theirs.entries.end() || (a != mine.entries.end() && a->number < b->number)) {
            add((a++)->number, "gap: only in the first");
        } else if (a == mine.entries.end() || b->number < a->number) {
            add((b++)->number, "gap: only in the second");
        } else {
            if (!(*a == *b)) add(a->number, "fork: the two differ");
            ++a;
            ++b;
        }
    }
    return out;
}

std::vector<ChainFault> check_heads(const ChainFile& chain, std::span<const SignedHead> heads) {
    std::vector<ChainFault> out;
    std::uint64_t agreed = 0;
    for (const auto& h : heads) {
        const auto it = std::ranges::find(chain.entries, h.number, &AuditEntry::number);
        if (it == chain.entries.end()) {
            out.push_back({agreed + 1, h.number,
                           fmt::format("gap: {} has signed a head that the chain does not reach", h.by.text())});
        } else if (it->link != h.link) {
            out.push_back({agreed + 1, h.number, fmt::format("fork: {} has signed another head", h.by.text())});
        } else {
            agreed = std::max(agreed, h.number);
        }
    }
    return out;
}

}  // namespace asman::accord
