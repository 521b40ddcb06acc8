// Signed law: who signs, with which key, and what a compromised key takes with it (rules 1, 22); reading law again (9).
#include <asman/accord/law.hpp>

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace asman::accord {
namespace {

const State A("AAA"), B("BBB");

base::KeyPair key(const std::string& name) {
    return base::KeyPair::from_seed("keys test " + name);
}

Time day(const char* text) {
    return *base::parse_time(text);
}

std::string law_toml() {
    return fmt::format(
        "format = 1\nsignatures = \"required\"\n[[state]]\ncode = \"AAA\"\nroot_key = \"{}\"\n[[state]]\ncode = "
        "\"BBB\"\n"
        "root_key = \"{}\"\n",
        key("root AAA").public_key.hex(), key("root BBB").public_key.hex());
}

const std::string text_toml =
    "format = 1\nid = \"AB\"\nparties = [\"AAA\", \"BBB\"]\n[signed]\non = 2030-01-01\ncertainty = \"public\"\nsource "
    "= "
    "\"\"\n[entry]\nconsent = \"signature\"\nrule = \"on_signature\"\n[[region]]\nname = \"world\"\neverywhere = "
    "true\n[[clause]]\nid = \"c\"\ncertainty = \"public\"\nsource = \"\"\nfrom = [\"AAA\"]\nto = [\"BBB\"]\nproduct = "
    "\"tracks\"\narea = \"world\"\nfields = [\"velocity\"]\nvalidity_s = 60\n";

std::string certificate(const std::string& state, KeyUse use, const std::string& name, const char* from,
                        const std::string& root) {
    Certificate c;
    c.state = State(state);
    c.use = use;
    c.key = key(name).public_key;
    c.from = day(from);
    c.signature = base::sign(key(root), base::as_bytes(c.canonical()));
    return print_certificate(c);
}

Revocation revocation(const std::string& state, const std::string& name, const char* since, const char* recorded,
                      const std::string& root) {
    Revocation r;
    r.state = State(state);
    r.key = key(name).public_key;
    r.compromised_since = day(since);
    r.signature = base::sign(key(root), base::as_bytes(r.canonical()));
    r.recorded_at = day(recorded);
    return r;
}

std::string act(ActKind kind, State by, const char* on, const std::string& key_name, const Act* previous = nullptr,
                Act* out = nullptr, const char* recorded = nullptr) {
    Act a;
    a.accord = "AB";
    a.kind = kind;
    a.by = a.signed_by = by;
    a.text = parse_text(text_toml, "AB.toml", {})->digest;
    if (previous) a.previous = previous->digest();
    a.effective_at = day(on);
    a.recorded_at = day(recorded ? recorded : on);
    if (!key_name.empty()) a.signature = base::sign(key(key_name), base::as_bytes(a.canonical()));
    if (out) *out = a;
    return print_act(a);
}

struct Signed {
    Files files;
    Act of_a, of_b;
    Signed() {
        files["law.toml"] = law_toml();
        files["AB.toml"] = text_toml;
        files["keys/all.toml"] = "format = 1\n" + certificate("AAA", KeyUse::law, "law AAA", "2029-01-01", "root AAA") +
                                 certificate("BBB", KeyUse::law, "law BBB", "2029-01-01", "root BBB") +
                                 certificate("AAA", KeyUse::message, "message AAA", "2029-01-01", "root AAA");
        files["acts/1.toml"] = "format = 1\n" + act(ActKind::signature, A, "2030-02-01", "law AAA", nullptr, &of_a) +
                               act(ActKind::signature, B, "2030-02-01", "law BBB", nullptr, &of_b);
    }
};

bool released(const Law& law, const char* at) {
    Object o;
    o.time = day(at);
    o.at = geo::Point::degrees(40, 70);
    return law.at(o.time).decide(o, A, B, o.time).released();
}

std::string alarms(const Law& law) {
    std::string out;
    for (const auto& a : law.alarms()) out += a.text() + "\n";
    return out;
}

TEST(SignedLaw, BindsByActsAloneNotByWhatTheTextSays) {
    Signed s;
    const auto law = Law::load(s.files, {});
    EXPECT_EQ(alarms(law), "");
    EXPECT_FALSE(released(law, "2030-01-15"));  // the text says that it was signed by then
    EXPECT_TRUE(released(law, "2030-02-01"));
    s.files["acts/1.toml"] = "format = 1\n" + act(ActKind::signature, A, "2030-02-01", "law AAA");
    EXPECT_FALSE(released(Law::load(s.files, {}), "2030-06-01"));
}

TEST(SignedLaw, RefusesWhatIsNotSignedByTheRightKey) {
    for (const auto& [name, why] : std::vector<std::pair<std::string, std::string>>{
             {"", "it is not signed by AAA"},
             {"law BBB", "the signature is not AAA's"},
             {"message AAA", "the signature is not AAA's"},  // a message key signs no law
             {"root AAA", "the signature is not AAA's"}}) {
        Signed s;
        s.files["acts/1.toml"] = "format = 1\n" + act(ActKind::signature, A, "2030-02-01", name) +
                                 act(ActKind::signature, B, "2030-02-01", "law BBB");
        const auto law = Law::load(s.files, {});
        EXPECT_FALSE(released(law, "2030-06-01")) << name;
        EXPECT_NE(alarms(law).find(why), std::string::npos) << alarms(law);
    }
}

TEST(SignedLaw, ACertificateIsItsOwnRootsAndCoversItsTimeOnly) {
    Signed s;
    s.files["keys/all.toml"] = "format = 1\n" + certificate("AAA", KeyUse::law, "law AAA", "2029-01-01", "root BBB") +
                               certificate("BBB", KeyUse::law, "law BBB", "2029-01-01", "root BBB");
    const auto law = Law::load(s.files, {});
    EXPECT_NE(alarms(law).find("not of AAA's root"), std::string::npos) << alarms(law);
    EXPECT_FALSE(released(law, "2030-06-01"));
    Signed late;
    late.files["keys/all.toml"] = "format = 1\n" +
                                  certificate("AAA", KeyUse::law, "law AAA", "2030-02-02", "root AAA") +
                                  certificate("BBB", KeyUse::law, "law BBB", "2029-01-01", "root BBB");
    EXPECT_NE(alarms(Law::load(late.files, {})).find("no law key of AAA is certified"), std::string::npos);
    Signed twice;
    twice.files["keys/more.toml"] =
        "format = 1\n" + certificate("AAA", KeyUse::message, "law AAA", "2029-01-01", "root AAA");
    EXPECT_NE(alarms(Law::load(twice.files, {})).find("are apart"), std::string::npos);
}

TEST(SignedLaw, WhatACompromisedKeySignedWidensNoMoreOnceThatIsKnown) {
    // Signed on 1 February; the key is found on 1 May to have been in other hands since 15 January.
    Signed s;
    s.files["keys/z.toml"] =
        "format = 1\n" + print_revocation(revocation("AAA", "law AAA", "2030-01-15", "2030-05-01", "root AAA"));
    const auto law = Law::load(s.files, {});
    EXPECT_EQ(alarms(law), "");
    EXPECT_TRUE(released(law, "2030-04-30"));
    EXPECT_FALSE(released(law, "2030-05-01"));
    EXPECT_TRUE(released(law.as_of(day("2030-04-30")), "2030-06-01"));
    EXPECT_FALSE(released(law.hindsight(), "2030-04-30"));
    // Compromised only later: what it signed before stands.
    s.files["keys/z.toml"] =
        "format = 1\n" + print_revocation(revocation("AAA", "law AAA", "2030-03-01", "2030-05-01", "root AAA"));
    EXPECT_TRUE(released(Law::load(s.files, {}), "2030-06-01"));
}

TEST(SignedLaw, ASuspensionWithACompromisedKeyStillStops) {
    Signed s;
    s.files["acts/2.toml"] = "format = 1\n" + act(ActKind::suspension, A, "2030-03-01", "law AAA", &s.of_a);
    s.files["keys/z.toml"] =
        "format = 1\n" + print_revocation(revocation("AAA", "law AAA", "2030-02-15", "2030-05-01", "root AAA"));
    EXPECT_FALSE(released(Law::load(s.files, {}), "2030-06-01"));
}

TEST(SignedLaw, ARevocationArrivesLikeAnAct) {
    Signed s;
    const auto law = Law::load(s.files, {});
    const auto text = "format = 1\n" + revocation("AAA", "law AAA", "2030-01-15", "2030-05-01", "root AAA").canonical();
    const auto sign = [](const std::string& root) {
        return "signature = \"" + revocation("AAA", "law AAA", "2030-01-15", "2030-05-01", root).signature.hex() +
               "\"\n";
    };
    EXPECT_FALSE(law.with_acts(text + sign("root BBB"), "live", day("2030-05-01")));
    const auto after = law.with_acts(text + sign("root AAA"), "live", day("2030-05-01"));
    ASSERT_TRUE(after) << after.error().text();
    EXPECT_TRUE(released(*after, "2030-04-30"));
    EXPECT_FALSE(released(*after, "2030-05-01"));
    // And a widening act that comes afterwards with that key is refused at the door.
    const auto more = act(ActKind::ratification, A, "2030-06-01", "law AAA", &s.of_a);
    const auto refused =
        after->with_acts("format = 1\n" + more.substr(0, more.find("recorded_at")), "live", day("2030-06-01"));
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text().find("its key is revoked"), std::string::npos) << refused.error().text();
}

TEST(SignedLaw, AnActFollowsItsDoersPreviousOne) {
    Signed s;
    s.files["acts/2.toml"] = "format = 1\n" + act(ActKind::suspension, A, "2030-03-01", "law AAA", &s.of_b);
    EXPECT_NE(alarms(Law::load(s.files, {})).find("does not follow AAA's previous act"), std::string::npos);
}

TEST(Reload, KeepsWhatNarrowsAndSealsWhatChanged) {
    Signed s;
    s.files["acts/2.toml"] = "format = 1\n" + act(ActKind::suspension, A, "2030-03-01", "law AAA", &s.of_a);
    const auto law = Law::load(s.files, {});
    EXPECT_FALSE(released(law, "2030-06-01"));
    auto without = s.files;
    without.erase("acts/2.toml");
    const auto kept = law.reload(without, {});
    EXPECT_FALSE(released(kept, "2030-06-01"));
    EXPECT_NE(alarms(kept).find("its file is gone; it is kept"), std::string::npos) << alarms(kept);
    EXPECT_EQ(kept.acts().size(), 3u);

    Signed t;
    const auto before = Law::load(t.files, {});
    EXPECT_TRUE(released(before, "2030-06-01"));
    EXPECT_TRUE(released(before.reload(t.files, {}), "2030-06-01"));
    auto changed = t.files;
    auto& text = changed["AB.toml"];
    text.replace(text.find("validity_s = 60"), 15, "validity_s = 90");
    EXPECT_NE(alarms(before.reload(changed, {})).find("a text is immutable"), std::string::npos);
    EXPECT_FALSE(released(before.reload(changed, {}), "2030-06-01"));
    auto broken = t.files;
    broken["AB.toml"] += "oops";
    const auto sealed = before.reload(broken, {});
    EXPECT_FALSE(released(sealed, "2030-06-01"));
    ASSERT_FALSE(sealed.alarms().empty());
    EXPECT_EQ(sealed.alarms()[0].kind, Alarm::Kind::sealed);
}

TEST(Reload, ARestrictionWhoseFileIsGoneIsObeyedUntilItIsWithdrawn) {
    Files f;
    f["law.toml"] = "format = 1\nsignatures = \"none\"\n";
    f["AB.toml"] = text_toml;
    f["R.toml"] = "format = 1\nid = \"R\"\nnational_restriction_of = \"AAA\"\n[[exclusion]]\nid = \"all\"\n";
    const auto law = Law::load(f, {});
    EXPECT_FALSE(released(law, "2030-06-01"));
    f.erase("R.toml");
    const auto again = law.reload(f, {});
    EXPECT_FALSE(released(again, "2030-06-01"));
    EXPECT_NE(alarms(again).find("vanished"), std::string::npos);
    const auto ended = again.with_acts(
        "format = 1\n[[act]]\naccord = \"R\"\nkind = \"withdrawal\"\nby = \"AAA\"\n"
        "effective_at = 2030-05-01\ncertainty = \"public\"\nsource = \"\"\n",
        "live", day("2030-05-01"));
    ASSERT_TRUE(ended) << ended.error().text();
    EXPECT_TRUE(released(*ended, "2030-06-01"));
}

}  // namespace
}  // namespace asman::accord
