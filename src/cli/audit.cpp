// asman audit show, verify: a node's chains, whether they hold, and whether a partner's copy says the same.
#include "commands.hpp"

#include <asman/accord/audit.hpp>
#include <asman/base/config.hpp>
#include <asman/core/config.hpp>
#include <asman/wire/batch.hpp>
#include <asman/wire/envelope.hpp>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

namespace asman::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Chains {
    std::map<std::string, accord::ChainFile> chains;  ///< by file name
    std::map<std::string, std::vector<accord::SignedHead>> heads;
};

/// A folder of chains, or one file.
base::Result<Chains> load(const std::string& path) {
    Chains out;
    std::vector<fs::path> files;
    std::error_code error;
    if (fs::is_directory(path, error)) {
        for (const auto& e : fs::directory_iterator(path, error)) files.push_back(e.path());
    } else {
        files.push_back(path);
    }
    std::ranges::sort(files);
    for (const auto& f : files) {
        const bool chain = f.extension() == ".chain", heads = f.extension() == ".signed";
        if (!chain && !heads) continue;
        ASMAN_TRY(const auto text, base::read_file(f.string()));
        bool unfinished = false;
        if (chain) {
            ASMAN_TRY(out.chains[f.filename().string()], accord::parse_chain(text, f.string(), &unfinished));
            if (unfinished) fmt::print(stderr, "asman: {}: the last line is cut off\n", f.string());
        } else {
            ASMAN_TRY(out.heads[f.stem().string() + ".chain"], accord::parse_signed_heads(text, f.string()));
        }
    }
    if (out.chains.empty())
        return base::fail(base::Errc::missing, {path, 0, 0, {}}, "no chain here: *.chain is expected");
    return out;
}

struct AuditOptions {
    std::string mine, theirs, config, kind, text, from, to;
    std::vector<std::string> keys;
    bool json = false;
    std::size_t last = 0;
};

using Keys = std::map<picture::State, base::PublicKey>;

base::Result<Keys> keys_of(const AuditOptions& o) {
    Keys out;
    if (!o.config.empty()) {
        ASMAN_TRY(const auto text, base::read_file(o.config));
        ASMAN_TRY(const auto config, core::parse_node_config(text, o.config));
        for (const auto& p : config.partners) out[p.state] = p.key;
    }
    for (const auto& k : o.keys) {
        const auto at = k.find('=');
        if (at != 3 || !picture::State::well_formed(k.substr(0, 3)))
            return base::fail(base::Errc::bad_value, {"--key " + k, 0, 0, {}},
                              "STATE=HEX is expected, as in KGZ=3b6a…");
        ASMAN_TRY(out[picture::State(k.substr(0, 3))], base::PublicKey::from_hex(k.substr(4)));
    }
    return out;
}

/// What is wrong with the signature of a head; empty: nothing. `checked` counts those that a key was there for.
std::string judge(const accord::SignedHead& h, const std::string& chain, const Keys& keys, std::size_t& checked) {
    const auto envelope = wire::decode_envelope(h.envelope);
    if (!envelope) return "its envelope cannot be read: " + envelope.error().reason;
    if (envelope->from != h.by) return "its envelope is of " + std::string(envelope->from.text());
    const auto batch = wire::decode(envelope->payload);
    if (!batch) return "its message cannot be read: " + batch.error().reason;
    const auto accord = chain.substr(chain.rfind(' ') + 1);
    const auto head = [&](const wire::AuditHead& x) {
        return x.accord == accord && x.link == h.link && x.first + x.entries.size() == h.number + 1;
    };
    const auto countersigned = [&](const wire::Countersignature& c) {
        return c.accord == accord && c.number == h.number && c.link == h.link;
    };
    if (std::ranges::none_of(batch->batch.heads, head) &&
        std::ranges::none_of(batch->batch.countersignatures, countersigned))
        return "its message says nothing of it";
    const auto key = keys.find(h.by);
    if (key == keys.end()) return {};
    ++checked;
    return wire::verify(*envelope, key->second) ? "" : "the signature is not " + std::string(h.by.text()) + "'s";
}

struct Verdict {
    std::string chain;
    std::size_t entries = 0, heads = 0, signatures = 0;
    std::uint64_t signed_up_to = 0;
    std::vector<std::string> faults, remarks;
};

Verdict verify_one(const accord::ChainFile& c, std::span<const accord::SignedHead> heads, const Keys& keys) {
    Verdict v{c.chain, c.entries.size(), heads.size(), 0, 0, {}, {}};
    for (const auto& f : accord::verify_chain(c)) v.faults.push_back(f.text());
    for (const auto& f : accord::check_heads(c, heads)) v.faults.push_back(f.text());
    for (const auto& h : heads) {
        if (auto wrong = judge(h, c.chain, keys, v.signatures); !wrong.empty())
            v.faults.push_back(fmt::format("head {}: {}", h.number, wrong));
        else
            v.signed_up_to = std::max(v.signed_up_to, h.number);
        if (!h.remarks.empty()) v.remarks.push_back(fmt::format("{} at head {}: {}", h.by.text(), h.number, h.remarks));
    }
    return v;
}

/// The partner's copy ends at the last head that it has got: what is missing at its end is no fault.
std::vector<std::string> against(const accord::ChainFile& mine, const accord::ChainFile& theirs) {
    std::vector<std::string> out;
    const auto end = [](const accord::ChainFile& c) { return c.entries.empty() ? 0 : c.entries.back().number; };
    for (const auto& f : accord::compare_chains(mine, theirs)) {
        const bool tail = f.what.starts_with("gap") && f.first > std::min(end(mine), end(theirs));
        if (!tail) out.push_back("against the other copy: " + f.text());
    }
    return out;
}

int verify(const AuditOptions& o) {
    const auto mine = load(o.mine);
    if (!mine) return report(mine.error());
    const auto keys = keys_of(o);
    if (!keys) return report(keys.error());
    Chains theirs;
    if (!o.theirs.empty()) {
        auto other = load(o.theirs);
        if (!other) return report(other.error());
        theirs = std::move(*other);
    }
    std::size_t faults = 0, compared = 0;
    ordered_json all = ordered_json::array();
    for (const auto& [name, chain] : mine->chains) {
        const auto heads = mine->heads.find(name);
        auto v = verify_one(chain, heads == mine->heads.end() ? std::span<const accord::SignedHead>() : heads->second,
                            *keys);
        const bool pair = chain.chain.starts_with("pair ");
        if (const auto it = theirs.chains.find(name); pair && it != theirs.chains.end()) {
            ++compared;
            for (auto& f : against(chain, it->second)) v.faults.push_back(std::move(f));
        }
        faults += v.faults.size();
        if (o.json) {
            all.push_back({{"chain", v.chain},
                           {"entries", v.entries},
                           {"signed_heads", v.heads},
                           {"signatures_checked", v.signatures},
                           {"signed_up_to", v.signed_up_to},
                           {"faults", v.faults},
                           {"remarks", v.remarks}});
            continue;
        }
        fmt::print(
            "{:<34} {:>7} entries{}  {}\n", v.chain, v.entries,
            pair ? fmt::format(", {} heads signed, up to entry {}{}", v.heads, v.signed_up_to,
                               v.signatures < v.heads ? fmt::format(" ({} signatures checked)", v.signatures) : "")
                 : std::string(),
            v.faults.empty() ? "holds" : "BROKEN");
        for (const auto& f : v.faults) fmt::print("    {}\n", f);
        for (const auto& r : v.remarks) fmt::print("    remark of {}\n", r);
    }
    if (!o.theirs.empty() && compared == 0) {
        ++faults;
        fmt::print(stderr, "asman: {} and {} have no pair chain in common\n", o.mine, o.theirs);
    }
    if (o.json) fmt::print("{}\n", all.dump(2));
    return faults ? Exit::failed : Exit::ok;
}

int show(const AuditOptions& o) {
    const auto loaded = load(o.mine);
    if (!loaded) return report(loaded.error());
    base::Time from = base::Time::min(), to = base::Time::max();
    for (const auto& [text, time] : {std::pair(&o.from, &from), std::pair(&o.to, &to)}) {
        if (text->empty()) continue;
        const auto t = base::parse_time(*text);
        if (!t) return report(t.error());
        *time = *t;
    }
    for (const auto& [name, chain] : loaded->chains) {
        std::vector<const accord::AuditEntry*> shown;
        for (const auto& e : chain.entries) {
            const bool wanted = from <= e.at && e.at < to && (o.kind.empty() || e.kind == o.kind) &&
                                (o.text.empty() || e.text.find(o.text) != std::string::npos);
            if (wanted) shown.push_back(&e);
        }
        if (o.last > 0 && shown.size() > o.last) shown.erase(shown.begin(), shown.end() - static_cast<long>(o.last));
        if (shown.empty()) continue;
        if (!o.json) fmt::print("{}\n", chain.chain);
        for (const auto* e : shown) {
            if (o.json)
                fmt::print("{}", accord::print_entry(*e));
            else
                fmt::print("  {:>7}  {}  {:<9} {}\n", e->number, base::format_time(e->at, 1), e->kind, e->text);
        }
    }
    return Exit::ok;
}

}  // namespace

void add_audit(CLI::App& app, Outcome& outcome) {
    CLI::App* sub =
        app.add_subcommand("audit", "A node's record of what it decided and handed over: show it, verify it");
    sub->require_subcommand(1);
    sub->footer(
        "Examples:\n"
        "  asman demo --headless --for 300 --speed max --audit audit\n"
        "  asman audit verify audit/RUS audit/KGZ\n"
        "  asman audit show audit/RUS/national.chain --kind decision --last 20");

    auto v = std::make_shared<AuditOptions>();
    CLI::App* y =
        sub->add_subcommand("verify", "Check every chain, the signed heads, and a partner's copies against one's own");
    y->add_option("mine", v->mine, "folder of a node's audit, or one *.chain")->required();
    y->add_option("theirs", v->theirs, "the same of a partner: pair chains that both have are compared");
    y->add_option("--key", v->keys, "a state's message key, STATE=HEX, to check its signatures; may be repeated");
    y->add_option("--config", v->config, "take the partners' keys from this node.toml");
    y->add_flag("--json", v->json, "JSON on standard output");
    y->footer("Examples:\n  asman audit verify audit/RUS\n  asman audit verify audit/RUS audit/KGZ --config rus.toml");
    y->callback([v, &outcome] { outcome.code = verify(*v); });

    auto s = std::make_shared<AuditOptions>();
    CLI::App* w = sub->add_subcommand("show", "Print entries");
    w->add_option("chain", s->mine, "folder of a node's audit, or one *.chain")->required();
    w->add_option("--from", s->from, "from this instant on");
    w->add_option("--to", s->to, "before this instant");
    w->add_option("--kind", s->kind, "decision, act, law, handed, head, …");
    w->add_option("--text", s->text, "entries whose text has this");
    w->add_option("--last", s->last, "of each chain only so many");
    w->add_flag("--json", s->json, "the lines as they stand");
    w->footer("Example:\n  asman audit show audit/RUS/national.chain --kind decision --text 'to KGZ' --last 20");
    w->callback([s, &outcome] { outcome.code = show(*s); });
}

}  // namespace asman::cli
