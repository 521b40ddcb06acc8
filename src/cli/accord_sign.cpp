// asman accord keygen, print, act, sign, verify: keys of law, canonical texts, and acts that are signed and filed.
#include "accord.hpp"

#include <asman/accord/act.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace asman::cli {
namespace {

int keygen(const std::string& file) {
    const auto key = base::KeyPair::generate();
    if (const auto written = base::create_key(file, key); !written) return report(written.error());
    fmt::print("{}\n", key.public_key.hex());
    return Exit::ok;
}

struct ActOptions {
    LawOptions law;
    std::string kind, by, accord, at, key, source = "", file;
    std::uint32_t version = 1;
    std::vector<std::string> towards, clauses;
};

base::Result<std::string> make_act(const ActOptions& o, const accord::Law& law, base::Time now) {
    accord::Act a;
    const auto texts = law.texts();
    const auto text =
        std::ranges::find_if(texts, [&](const auto& t) { return t->id == o.accord && t->version == o.version; });
    if (text == texts.end()) {
        std::vector<std::string> known;
        for (const auto& t : texts) known.push_back(t->id);
        const auto near = base::nearest_name(o.accord, known);
        return base::fail(base::Errc::unknown_name, fmt::format("no accord '{}', version {}{}", o.accord, o.version,
                                                                near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    // Only names enter here; whether the act counts is asked of the law itself below.
    std::string toml = fmt::format(
        "format = 1\n[[act]]\naccord = {}\nversion = {}\ntext = \"{}\"\nkind = {}\nby = {}\neffective_at = {}\n"
        "certainty = \"public\"\nsource = {}\n",
        json_string(o.accord), o.version, (*text)->digest.hex(), json_string(o.kind), json_string(o.by),
        base::format_time(now), json_string(o.source));
    const auto list = [](const std::vector<std::string>& v) {
        std::string out;
        for (const auto& s : v) out += (out.empty() ? "" : ", ") + json_string(s);
        return "[" + out + "]";
    };
    if (!o.towards.empty()) toml += "towards = " + list(o.towards) + "\n";
    if (!o.clauses.empty()) toml += "clauses = " + list(o.clauses) + "\n";
    for (auto it = law.acts().rbegin(); it != law.acts().rend(); ++it) {
        if (it->accord == o.accord && it->by.text() == o.by) {
            toml += fmt::format("previous = \"{}\"\n", it->digest().hex());
            break;
        }
    }
    ASMAN_TRY(auto filing, accord::parse_filing(toml, "the act", now));
    a = filing.acts.front();
    if (!o.key.empty()) {
        ASMAN_TRY(const auto key, base::read_key(o.key));
        a.signature = base::sign(key, base::as_bytes(a.canonical()));
        toml += fmt::format("signature = \"{}\"\n", a.signature->hex());
    }
    const auto judged = law.with_acts(toml, "the act", now);
    if (!judged) return std::unexpected(judged.error());
    return "format = 1\n\n" + accord::print_act(a);
}

int act(const ActOptions& o) {
    const auto now = base::parse_time(o.at);
    if (!now) return report(now.error());
    const auto loaded = load_law(o.law);
    if (!loaded) return report(loaded.error());
    const auto text = make_act(o, loaded->law, *now);
    if (!text) return report(text.error());
    auto file = o.file;
    if (file.empty()) {
        auto stamp = base::format_time(*now);
        std::erase(stamp, ':');
        file = fmt::format("{}/acts/{}-{}-{}-{}.toml", o.law.accords, o.accord, stamp, o.by, o.kind);
    }
    if (std::filesystem::exists(file))
        return report({base::Errc::duplicate, {file, 0, 0, {}}, "exists already; acts are only added"});
    const auto written = base::write_file(file, *text);
    if (!written) return report(written.error());
    fmt::print("filed {}\n", file);
    return Exit::ok;
}

struct KeyOptions {
    std::string accords = shared_data("accords"), state, use = "law", key, root, from, until, since, at, file;
};

/// "…64 hexadecimal digits…", or a secret key file whose public half is meant.
base::Result<base::PublicKey> public_key(const std::string& text) {
    if (text.size() == 64 && !std::filesystem::exists(text)) return base::PublicKey::from_hex(text);
    ASMAN_TRY(const auto pair, base::read_key(text));
    return pair.public_key;
}

base::Result<void> file_new(const std::string& file, const std::string& text) {
    if (std::filesystem::exists(file))
        return base::fail(base::Errc::duplicate, {file, 0, 0, {}}, "exists already; what is filed is only added to");
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path(), error);
    ASMAN_CHECK(base::write_file(file, "format = 1\n\n" + text));
    fmt::print("filed {}\n", file);
    return {};
}

std::string stamp(base::Time t) {
    auto out = base::format_time(t);
    std::erase(out, ':');
    return out;
}

base::Result<void> state_and_keys(const KeyOptions& o, picture::State& state, base::PublicKey& key,
                                  base::KeyPair& root) {
    if (!picture::State::well_formed(o.state))
        return base::fail(base::Errc::bad_value, "'" + o.state + "' is not a state's code of three capitals");
    state = picture::State(o.state);
    ASMAN_TRY(key, public_key(o.key));
    ASMAN_TRY(root, base::read_key(o.root));
    return {};
}

base::Result<void> certify(const KeyOptions& o) {
    accord::Certificate c;
    base::KeyPair root;
    ASMAN_CHECK(state_and_keys(o, c.state, c.key, root));
    c.use = o.use == "message" ? accord::KeyUse::message : accord::KeyUse::law;
    ASMAN_TRY(c.from, base::parse_time(o.from));
    if (!o.until.empty()) {
        ASMAN_TRY(c.until, base::parse_time(o.until));
    }
    c.signature = base::sign(root, base::as_bytes(c.canonical()));
    const auto file =
        !o.file.empty() ? o.file : fmt::format("{}/keys/{}-{}-{}.toml", o.accords, o.state, o.use, stamp(c.from));
    return file_new(file, accord::print_certificate(c));
}

base::Result<void> revoke(const KeyOptions& o) {
    accord::Revocation r;
    base::KeyPair root;
    ASMAN_CHECK(state_and_keys(o, r.state, r.key, root));
    ASMAN_TRY(r.compromised_since, base::parse_time(o.since));
    ASMAN_TRY(r.recorded_at, base::parse_time(o.at));
    r.signature = base::sign(root, base::as_bytes(r.canonical()));
    const auto file = !o.file.empty()
                          ? o.file
                          : fmt::format("{}/keys/{}-revocation-{}.toml", o.accords, o.state, stamp(r.recorded_at));
    return file_new(file, accord::print_revocation(r));
}

/// The canonical form, or only its digest.
int print(const LawOptions& o, const std::string& id, bool digest_only) {
    const auto loaded = load_law(o);
    if (!loaded) return report(loaded.error());
    bool found = false;
    for (const auto& t : loaded->law.texts()) {
        if (!id.empty() && t->id != id) continue;
        found = true;
        if (digest_only) {
            fmt::print("{}  {} version {}\n", t->digest.hex(), t->id, t->version);
        } else {
            fmt::print("{}", accord::canonical(*t));
        }
    }
    if (!found) return report({base::Errc::unknown_name, {}, "no accord '" + id + "'"});
    return Exit::ok;
}

int verify(const LawOptions& o, const std::string& file) {
    const auto loaded = load_law(o);
    if (!loaded) return report(loaded.error());
    if (!file.empty()) {
        const auto text = base::read_file(file);
        if (!text) return report(text.error());
        auto acts = accord::parse_filing(*text, file);
        if (!acts) return report(acts.error());
    }
    using Kind = accord::Alarm::Kind;
    std::size_t signed_acts = 0, doubted = 0;
    for (const auto& a : loaded->law.acts()) {
        signed_acts += a.signature.has_value();
        doubted += a.void_from != base::Time::max();
    }
    const bool refused = std::ranges::any_of(loaded->law.alarms(), [](const accord::Alarm& a) {
        return a.kind == Kind::act_refused || a.kind == Kind::key_refused || a.kind == Kind::unsigned_restriction;
    });
    const auto& ring = loaded->law.keyring();
    fmt::print("{} certificates, {} revocations, {} acts accepted, {} of them signed{}{}\n", ring.certificates.size(),
               ring.revocations.size(), loaded->law.acts().size(), signed_acts,
               doubted ? fmt::format(", {} with a key that is revoked since", doubted) : std::string(),
               refused ? "; something was refused" : "");
    // Who has signed which text: a text that a party has not signed binds nobody towards that party.
    for (const auto& t : loaded->law.texts()) {
        if (!ring.required) break;
        for (const auto& p : t->parties) {
            const bool there = std::ranges::any_of(loaded->law.acts(), [&](const accord::Act& a) {
                const bool signs = a.kind == accord::ActKind::signature || a.kind == accord::ActKind::adoption;
                return signs && a.accord == t->id && a.version == t->version && a.by == p;
            });
            fmt::print("{} version {}: {} by {}\n", t->id, t->version, there ? "signed" : "NOT signed", p.text());
        }
    }
    return refused ? Exit::failed : Exit::ok;
}

}  // namespace

void add_accord_sign(CLI::App& accord, Outcome& outcome) {
    auto file = std::make_shared<std::string>();
    CLI::App* k = accord.add_subcommand("keygen", "Make a key (root, law or message); prints its public half");
    k->add_option("file", *file, "where the secret key goes")->required();
    k->footer("Example:\n  asman accord keygen kgz.law-key");
    k->callback([file, &outcome] { outcome.code = keygen(*file); });

    auto p = std::make_shared<LawOptions>();
    auto id = std::make_shared<std::string>();
    auto digest = std::make_shared<bool>(false);
    CLI::App* c = accord.add_subcommand("print", "Canonical form of texts: what is signed and digested");
    p->add(*c);
    c->add_option("id", *id, "of this accord only");
    c->add_flag("--digest", *digest, "digests only");
    c->footer("Example:\n  asman accord print RUS-KGZ-2022 --digest");
    c->callback([p, id, digest, &outcome] { outcome.code = print(*p, *id, *digest); });

    auto y1 = std::make_shared<KeyOptions>();
    CLI::App* cert = accord.add_subcommand("certify", "A state's root certifies a law key or a message key");
    cert->add_option("--accords", y1->accords, "folder of accords")->capture_default_str();
    cert->add_option("--state", y1->state, "whose key it is")->required();
    cert->add_option("--use", y1->use, "law or message")
        ->check(CLI::IsMember({"law", "message"}))
        ->capture_default_str();
    cert->add_option("--key", y1->key, "public key in hexadecimal, or its secret key file")->required();
    cert->add_option("--root", y1->root, "secret key of the state's root")->required();
    cert->add_option("--from", y1->from, "from when on it signs")->required();
    cert->add_option("--until", y1->until, "until when; default: no end");
    cert->add_option("--out", y1->file, "file to write; default: keys/ of the folder");
    cert->footer(
        "Example:\n  asman accord certify --state XCO --use law --key xco.law-key --root xco.root-key --from "
        "2030-01-01 "
        "--accords my-accords");
    const auto done = [&outcome](const base::Result<void>& r) {
        if (!r) outcome.code = report(r.error());
    };
    cert->callback([y1, done] { done(certify(*y1)); });

    auto y2 = std::make_shared<KeyOptions>();
    CLI::App* rev = accord.add_subcommand("revoke", "A state's root says since when a key is not to be believed");
    rev->add_option("--accords", y2->accords, "folder of accords")->capture_default_str();
    rev->add_option("--state", y2->state, "whose key it is")->required();
    rev->add_option("--key", y2->key, "public key in hexadecimal, or its secret key file")->required();
    rev->add_option("--root", y2->root, "secret key of the state's root")->required();
    rev->add_option("--since", y2->since, "compromised since")->required();
    rev->add_option("--at", y2->at, "when this node records it")->required();
    rev->add_option("--out", y2->file, "file to write; default: keys/ of the folder");
    rev->footer(
        "Example:\n  asman accord revoke --state XCO --key xco.law-key --root xco.root-key --since 2031-05-01 --at "
        "2031-06-01 --accords my-accords");
    rev->callback([y2, done] { done(revoke(*y2)); });

    auto o = std::make_shared<ActOptions>();
    CLI::App* a = accord.add_subcommand("act", "Make, sign and file an act; refused where the law refuses it");
    a->alias("sign");
    o->law.add(*a);
    a->add_option("kind", o->kind, "suspension, resumption, ratification, deposit, notice, withdrawal, …")->required();
    a->add_option("--by", o->by, "whose act it is")->required();
    a->add_option("--accord", o->accord, "id of the accord")->required();
    a->add_option("--version", o->version, "of the text");
    a->add_option("--at", o->at, "when it is done")->required();
    a->add_option("--towards", o->towards, "only these other parties");
    a->add_option("--clauses", o->clauses, "only these clauses");
    a->add_option("--source", o->source, "what it rests on");
    a->add_option("--key", o->key, "secret law key that signs it");
    a->add_option("--out", o->file, "file to write; default: acts/ of the folder");
    a->footer(
        "Example:\n  asman accord act suspension --by ARM --accord RUS-ARM-2015 --at 2024-05-01T10:00:00Z --accords "
        "my-accords --key arm.law-key");
    a->callback([o, &outcome] { outcome.code = act(*o); });

    auto v = std::make_shared<LawOptions>();
    auto act_file = std::make_shared<std::string>();
    CLI::App* y = accord.add_subcommand("verify", "Check the signatures and the order of all acts");
    v->add(*y);
    y->add_option("file", *act_file, "also check that this file of acts can be read");
    y->footer("Example:\n  asman accord verify --accords my-accords");
    y->callback([v, act_file, &outcome] { outcome.code = verify(*v, *act_file); });
}

}  // namespace asman::cli
