#include <asman/accord/act.hpp>
#include <asman/accord/text.hpp>

#include "names.hpp"
#include "read.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {
namespace {

using base::Errc;
using base::Section;

template <class T>
std::optional<T> read_hex(const Section& s, std::string_view key) {
    const auto hex = s.string_opt(key);
    if (!hex) return std::nullopt;
    auto v = T::from_hex(*hex);
    if (v) return *v;
    s.reject(key, Errc::bad_value, v.error().reason);
    return std::nullopt;
}

std::string list(const std::vector<std::string>& values) {
    std::string out;
    for (const auto& v : values) out += (out.empty() ? "" : ", ") + toml_quoted(v);
    return "[" + out + "]";
}

/// Each node stamps what arrives itself: what a sender says of our own record is not believed.
Time read_recorded(const Section& s, std::optional<Time> recorded_at) {
    if (!recorded_at) return s.time("recorded_at");
    if (s.has("recorded_at")) s.reject("recorded_at", Errc::refused, "what arrives does not say when it was recorded");
    return *recorded_at;
}

base::PublicKey read_public_key(const Section& s) {
    const auto hex = s.string("key");
    const auto key = base::PublicKey::from_hex(hex);
    if (key) return *key;
    if (s.has("key")) s.reject("key", Errc::bad_value, key.error().reason);
    return {};
}

base::Signature read_signature(const Section& s) {
    if (!s.has("signature")) s.string("signature");
    return read_hex<base::Signature>(s, "signature").value_or(base::Signature{});
}

Certificate read_certificate(const Section& s) {
    Certificate c;
    c.place = s.place("key");
    c.state = read_state(s, "state", {});
    if (!s.has("state")) s.string("state");
    c.use = static_cast<KeyUse>(s.one_of("use", key_use_names()));
    c.key = read_public_key(s);
    c.from = s.time("from");
    c.until = s.time_opt("until").value_or(Time::max());
    if (c.until <= c.from) s.reject("until", Errc::bad_value, "the certificate ends before it begins");
    c.signature = read_signature(s);
    return c;
}

Revocation read_revocation(const Section& s, std::optional<Time> recorded_at) {
    Revocation r;
    r.place = s.place("key");
    r.state = read_state(s, "state", {});
    if (!s.has("state")) s.string("state");
    r.key = read_public_key(s);
    r.compromised_since = s.time("compromised_since");
    r.signature = read_signature(s);
    r.recorded_at = read_recorded(s, recorded_at);
    return r;
}

Act read_act(const Section& s, std::optional<Time> recorded_at) {
    const Names names;
    Act a;
    a.place = s.place("kind");
    a.accord = read_id(s, "accord");
    a.version = read_count(s, "version", 1, 10'000);
    a.text = read_hex<base::Digest>(s, "text");
    a.previous = read_hex<base::Digest>(s, "previous");
    a.kind = static_cast<ActKind>(s.one_of("kind", act_names()));
    a.by = read_state(s, "by", names);
    a.signed_by = s.has("signed_by") ? read_state(s, "signed_by", names) : a.by;
    a.effective_at = s.time("effective_at");
    a.towards = read_states(s, "towards", names);
    a.clauses = s.strings("clauses");
    std::ranges::sort(a.clauses);
    a.assumed = read_certainty(s);
    a.source = s.string("source");
    a.signature = read_hex<base::Signature>(s, "signature");
    a.recorded_at = read_recorded(s, recorded_at);
    a.live = recorded_at.has_value();
    const bool needs_target =
        a.kind == ActKind::accept_newcomer || a.kind == ActKind::succession || a.kind == ActKind::objection;
    if (needs_target && a.towards.empty()) {
        s.reject("towards", Errc::missing,
                 fmt::format("an act of {} names whom it concerns in 'towards'", name(a.kind)));
    }
    if (a.kind == ActKind::adoption && a.version < 2) {
        s.reject("kind", Errc::conflict, "adoption is of an amendment: 'version' is 2 or a later one");
    }
    if (a.kind == ActKind::reservation && a.clauses.empty()) {
        s.reject("clauses", Errc::missing, "a reservation names the clauses that it excludes");
    }
    return a;
}

}  // namespace

bool narrows(ActKind kind) {
    switch (kind) {
        case ActKind::reservation:
        case ActKind::objection:
        case ActKind::suspension:
        case ActKind::notice:
        case ActKind::withdrawal:
            return true;
        default:
            return false;
    }
}

std::string Act::canonical() const {
    std::vector<std::string> names;
    for (const auto& s : towards) names.emplace_back(s.text());
    std::string out = "[[act]]\n";
    out += fmt::format("accord = {}\nversion = {}\n", toml_quoted(accord), version);
    if (text) out += fmt::format("text = \"{}\"\n", text->hex());
    if (previous) out += fmt::format("previous = \"{}\"\n", previous->hex());
    out += fmt::format("kind = \"{}\"\nby = \"{}\"\nsigned_by = \"{}\"\neffective_at = {}\n", name(kind), by.text(),
                       signed_by.text(), exact(effective_at));
    out += fmt::format("towards = {}\nclauses = {}\ncertainty = \"{}\"\nsource = {}\n", list(names), list(clauses),
                       assumed ? "assumed" : "public", toml_quoted(source));
    return out;
}

base::Digest Act::digest() const {
    return base::digest(canonical());
}

std::string Act::words() const {
    std::string out(name(kind));
    std::ranges::replace(out, '_', ' ');
    out += " by " + std::string(by.text());
    if (!towards.empty()) out += " towards " + joined(towards);
    return out;
}

std::string print_act(const Act& act) {
    auto out = act.canonical();
    if (act.signature) out += fmt::format("signature = \"{}\"\n", act.signature->hex());
    out += fmt::format("recorded_at = {}\n", exact(act.recorded_at));
    return out;
}

namespace {

base::Result<Filing> read_filing(const base::Config& config, std::optional<Time> recorded_at) {
    const auto root = config.root();
    require_format(root);
    Filing out;
    for (const auto& s : root.tables("certificate")) out.certificates.push_back(read_certificate(s));
    for (const auto& s : root.tables("revocation")) out.revocations.push_back(read_revocation(s, recorded_at));
    for (const auto& s : root.tables("act")) out.acts.push_back(read_act(s, recorded_at));
    ASMAN_CHECK(config.finish());
    return out;
}

}  // namespace

base::Result<Filing> parse_filing(std::string_view toml, const std::string& file, std::optional<Time> recorded_at) {
    ASMAN_TRY(const auto config, base::Config::parse(toml, file));
    return read_filing(config, recorded_at);
}

base::Result<KeyList> keys_of_filing(std::string_view toml, const std::string& file) {
    ASMAN_TRY(const auto config, base::Config::parse(toml, file));
    (void)read_filing(config, std::nullopt);
    return config.asked();
}

}  // namespace asman::accord
