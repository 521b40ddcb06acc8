#include <asman/accord/text.hpp>

#include "names.hpp"
#include "read.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {
namespace {

using base::Errc;
using base::Section;

Sourced read_date(const Section& s, std::string_view key) {
    Sourced out;
    out.at = s.time(key);
    out.assumed = read_certainty(s);
    out.source = s.string("source");
    return out;
}

void read_parties_of(const Section& root, Text& t, Names& names) {
    t.parties = read_states(root, "parties", names);
    if (!root.has("parties")) root.string("parties");
    if (root.has("parties") && t.parties.size() < 2) {
        root.reject("parties", Errc::bad_value, "an accord has at least two parties");
    }
    for (const auto& p : t.parties) names.parties.emplace_back(p.text());
    if (root.has("depositary")) t.depositary = read_state(root, "depositary", names);
    t.parent = root.string_or("parent", "");
    t.parent_place = root.place("parent");
    if (!t.parent.empty()) {
        t.parent_effect = static_cast<ParentEffect>(root.one_of("parent_effect", parent_effect_names()));
    } else if (root.has("parent_effect")) {
        root.reject("parent_effect", Errc::conflict, "'parent_effect' stands without 'parent'");
    }
    t.accession = static_cast<Accession>(root.one_of_or("accession", accession_names(), 0));
    t.geoid = root.string_or("geoid", "");
}

void read_entry(const Section& root, Text& t, const Names& names) {
    const auto s = root.table("entry");
    if (!root.has("entry")) root.string("entry");
    t.consent = static_cast<ConsentBy>(s.one_of("consent", consent_names()));
    t.entry = static_cast<Entry>(s.one_of("rule", entry_names()));
    const auto only_with = [&](std::string_view key, bool wanted) {
        if (s.has(key) && !wanted) {
            s.reject(key, Errc::conflict, fmt::format("'{}' has no meaning with this rule of entry", key));
        }
    };
    only_with("date", t.entry == Entry::fixed_date);
    only_with("count", t.entry == Entry::after_deposits);
    only_with("parties", t.entry == Entry::after_parties);
    only_with("days", t.entry == Entry::after_deposits || t.entry == Entry::after_parties);
    if (t.entry == Entry::fixed_date) {
        t.entry_date = s.time("date");
        t.entry_date_assumed = read_certainty(s);
        t.entry_source = s.string_or("source", "");
    }
    t.entry_count = read_count(s, "count", 0, 200);
    if (t.entry_count > t.parties.size()) {
        s.reject("count", Errc::bad_value,
                 fmt::format("{} consents are asked for, and there are {} parties", t.entry_count, t.parties.size()));
    }
    t.entry_days = read_count(s, "days", 0, 36'500);
    if (t.entry == Entry::after_parties) {
        t.entry_parties = read_parties(s, "parties", names);
        if (t.entry_parties.empty())
            s.reject("parties", Errc::missing, "'parties' must name those whose consent counts");
    }
}

void read_term(const Section& root, Text& t) {
    const auto s = root.table("term");
    t.term_months = read_count(s, "months", 0, 12'000);
    if (t.term_months > 0) {
        t.renews = s.one_of("renewal", renewal_names()) == 1;
        if (t.renews) {
            s.integer("notice_months");
            t.notice_months = read_count(s, "notice_months", 0, 1200);
        }
    } else if (s.has("months")) {
        s.reject("months", Errc::bad_value, "a term has at least one month");
    }
    const auto last = s.time_opt("last_day");
    t.ends_at = s.time_opt("ends_at");
    if (last) {
        if (t.ends_at)
            s.reject("last_day", Errc::conflict, "both 'ends_at' (exclusive) and 'last_day' (inclusive) stand");
        if (base::start_of(base::date_of(*last)) != *last)
            s.reject("last_day", Errc::bad_value, "'last_day' is a day (2030-12-31): 'ends_at' takes an instant");
        t.ends_at = *last + base::seconds(86'400);
    }
    if (t.ends_at && t.term_months > 0) {
        s.reject("months", Errc::conflict, "a term has either a length in months or a date at which it ends");
    }
    const auto w = root.table("withdrawal");
    t.withdrawal_allowed = root.has("withdrawal");
    if (t.withdrawal_allowed) {
        w.integer("months");
        t.withdrawal_months = read_count(w, "months", 0, 1200);
    }
}

void read_suspension(const Section& root, Text& t, const Names& names) {
    const auto s = root.table("suspension");
    t.suspension = static_cast<SuspendedBy>(s.one_of_or("by", suspended_by_names(), 0));
    t.suspension_by = read_parties(s, "parties", names);
    if ((t.suspension == SuspendedBy::named) != s.has("parties")) {
        s.reject("parties", Errc::conflict, "'parties' names the suspenders where by = \"named\", and only there");
    }
    t.suspension_of_all = s.one_of_or("scope", scope_names(), 0) == 1;
    t.suspension_days = read_count(s, "days", 0, 36'500);
}

void read_sites(const Section& root, Text& t, const Names& names) {
    for (const auto& s : root.tables("site")) {
        Site site;
        site.id = read_id(s, "id");
        site.place = s.place("id");
        site.host = read_state(s, "host", names);
        site.owner = read_state(s, "owner", names);
        for (const auto& [key, state] : {std::pair{"host", site.host}, std::pair{"owner", site.owner}}) {
            if (!state.empty() && !t.has_party(state)) {
                s.reject(key, Errc::unknown_name,
                         fmt::format("'{}' is not a party{}", state.text(), near(state.text(), names.parties)));
            }
        }
        site.sensors = s.strings("sensors");
        if (site.sensors.empty()) s.reject("sensors", Errc::missing, "'sensors' must name the sensors on the site");
        std::ranges::sort(site.sensors);
        if (t.site(site.id)) s.reject("id", Errc::duplicate, fmt::format("site '{}' stands twice", site.id));
        t.sites.push_back(std::move(site));
    }
}

void read_rest(const Section& root, Text& t, const Names& names) {
    for (const auto& s : root.tables("role")) {
        Role r;
        r.name = role_names()[s.one_of("role", role_names())];
        r.state = read_state(s, "state", names);
        r.area = s.string_or("area", "");
        const auto named = [&](const RegionSpec& spec) { return spec.name == r.area; };
        if (!r.area.empty() && std::ranges::none_of(t.regions, named)) {
            s.reject("area", Errc::unknown_name, fmt::format("no region '{}' in this text", r.area));
        }
        t.roles.push_back(std::move(r));
    }
    for (const auto& s : root.tables("annotation")) {
        t.annotations.push_back({read_date(s, "on"), s.string("what")});
    }
}

void read_annexes(const Section& root, Text& t) {
    for (const auto& s : root.tables("annex")) {
        Annex a{read_id(s, "id"), s.string("title"), s.strings("paragraphs")};
        if (std::ranges::find(t.annexes, a.id, &Annex::id) != t.annexes.end())
            s.reject("id", Errc::duplicate, fmt::format("annex '{}' stands twice", a.id));
        t.annexes.push_back(std::move(a));
    }
    std::vector<std::string> known;
    for (const auto& a : t.annexes) known.push_back(a.id);
    for (const auto& s : root.tables("criterion")) {
        Criterion c;
        c.id = read_id(s, "id");
        c.place = s.place("id");
        c.sign = static_cast<Sign>(s.one_of("sign", sign_names()));
        c.codes = read_codes(s, "codes");
        c.annex = s.string_or("annex", "");
        if (s.has("codes") && c.sign != Sign::emergency)
            s.reject("codes", Errc::conflict, "'codes' belongs to the sign \"emergency\"");
        refuse_empty(s, "codes", c.codes.empty());
        if (s.has("annex") && std::ranges::find(known, c.annex) == known.end())
            s.reject("annex", Errc::unknown_name,
                     fmt::format("no annex '{}' in this text{}", c.annex, near(c.annex, known)));
        if (std::ranges::find(t.criteria, c.id, &Criterion::id) != t.criteria.end())
            s.reject("id", Errc::duplicate, fmt::format("criterion '{}' stands twice", c.id));
        t.criteria.push_back(std::move(c));
    }
}

void read_groups(const Section& root, Text& t, const Names& names) {
    for (const auto& s : root.tables("group")) {
        Group g{read_id(s, "id"), s.time("on"), read_states(s, "states", names)};
        if (g.states.empty()) s.reject("states", Errc::missing, "'states' must name who is in the group");
        if (t.group(g.id)) s.reject("id", Errc::duplicate, fmt::format("group '{}' stands twice", g.id));
        if (const auto hex = s.string_opt("digest"); hex && *hex != g.digest().hex()) {
            s.reject("digest", Errc::conflict,
                     fmt::format("group '{}' is another than the text was written for: digest is {}", g.id,
                                 g.digest().hex()));
        }
        t.groups.push_back(std::move(g));
    }
}

bool needs_geoid(const Text& t) {
    const auto msl = [](const Match& m) { return m.band && m.band->kind == HeightKind::msl; };
    const auto any = [&](const std::vector<Exclusion>& xs) {
        return std::ranges::any_of(xs, [&](const Exclusion& x) { return msl(x.match); });
    };
    return any(t.exclusions) ||
           std::ranges::any_of(t.clauses, [&](const Clause& c) { return msl(c.match) || any(c.exclusions); });
}

std::uint64_t view_of(const Text& t, const Clause& c) {
    base::Hasher h;
    h.add("asman view 1");
    h.add(static_cast<std::int64_t>(c.own_sensors));
    if (!c.sites.empty()) h.add(t.id);
    for (const auto& id : c.sites) {
        h.add(id);
        if (const auto* s = t.site(id)) {
            for (const auto& sensor : s->sensors) h.add(sensor);
        }
    }
    const auto d = h.finish();
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < sizeof out; ++i) out = out << 8 | d.value[i];
    return out;
}

std::vector<std::string> known_states(const World& world) {
    if (!world.states.empty()) return world.states;
    std::vector<std::string> out;
    if (world.borders) {
        for (const auto& s : world.borders->states()) out.push_back(s.iso3);
    }
    std::ranges::sort(out);
    return out;
}

}  // namespace

const Clause* Text::clause(std::string_view clause_id) const {
    const auto it = std::ranges::find(clauses, clause_id, &Clause::id);
    return it == clauses.end() ? nullptr : &*it;
}
const Site* Text::site(std::string_view site_id) const {
    const auto it = std::ranges::find(sites, site_id, &Site::id);
    return it == sites.end() ? nullptr : &*it;
}
const Group* Text::group(std::string_view group_id) const {
    const auto it = std::ranges::find(groups, group_id, &Group::id);
    return it == groups.end() ? nullptr : &*it;
}
base::Digest Group::digest() const {
    base::Hasher h;
    h.add("asman group 1");
    h.add(on.ns);
    for (const auto& s : states) h.add(s.text());
    return h.finish();
}
bool Text::has_party(State s) const {
    return std::ranges::binary_search(parties, s);
}

bool Text::covers(const Clause& c, std::string_view site_accord, std::string_view sensor) const {
    if (site_accord.empty()) return c.own_sensors;
    return site_accord == id && std::ranges::any_of(c.sites, [&](const std::string& name) {
               const auto* s = site(name);
               return s && std::ranges::binary_search(s->sensors, sensor, std::less<>());
           });
}

namespace {

base::Result<Text> read_text(const base::Config& config, const std::string& file, const World& world) {
    const auto root = config.root();
    Text t;
    t.file = file;
    Names names{known_states(world), {}, &world, &t.regions, &t.criteria, &t.groups};
    require_format(root);
    t.id = read_id(root, "id");
    t.title = root.string_or("title", "");
    t.version = read_count(root, "version", 1, 10'000);
    t.version_place = root.place("version");
    if (t.version == 0) root.reject("version", Errc::bad_value, "versions are counted from 1");
    t.restriction = root.has("national_restriction_of");
    if (t.restriction) {
        // Signed by one state alone: it has exclusions and nothing else.
        t.parties = {read_state(root, "national_restriction_of", names)};
        names.parties.emplace_back(t.parties[0].text());
        t.entry = Entry::on_signature;
        t.consent = ConsentBy::signature;
        t.geoid = root.string_or("geoid", "");
    } else {
        read_parties_of(root, t, names);
    }
    if (root.has("signed")) t.signed_on = read_date(root.table("signed"), "on");
    if (!t.restriction) {
        read_entry(root, t, names);
        read_term(root, t);
        read_suspension(root, t, names);
        read_sites(root, t, names);
    }
    read_annexes(root, t);
    read_groups(root, t, names);
    read_regions(root, names);
    t.exclusions = read_exclusions(root, names);
    if (!t.restriction) {
        t.clauses = read_clauses(root, names, t.sites);
        read_rest(root, t, names);
    }
    if (!t.geoid.empty() && std::ranges::find(geoid_names(), t.geoid) == geoid_names().end()) {
        root.reject("geoid", Errc::unknown_name,
                    fmt::format("unknown geoid '{}': expected EGM96{}", t.geoid, near(t.geoid, geoid_names())));
    }
    if (needs_geoid(t) && t.geoid.empty()) {
        root.reject("geoid", Errc::missing,
                    "a band above mean sea level stands on a geoid: 'geoid' must name its source");
    }
    ASMAN_CHECK(config.finish());
    for (auto& c : t.clauses) c.view = view_of(t, c);
    t.digest = base::digest(canonical(t));
    return t;
}

}  // namespace

base::Result<Text> parse_text(std::string_view toml, const std::string& file, const World& world) {
    ASMAN_TRY(const auto config, base::Config::parse(toml, file));
    return read_text(config, file, world);
}

base::Result<KeysOf> keys_of(std::string_view toml, const std::string& file, const World& world) {
    ASMAN_TRY(const auto config, base::Config::parse(toml, file));
    (void)read_text(config, file, world);
    return KeysOf{config.asked(), config.present()};
}

}  // namespace asman::accord
