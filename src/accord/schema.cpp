// JSON Schemas of the formats, for editors that check TOML as one types (taplo and others).
#include <asman/accord/text.hpp>

#include "names.hpp"

#include <nlohmann/json.hpp>

namespace asman::accord {
namespace {

using json = nlohmann::ordered_json;

json text(const char* what) {
    return {{"type", "string"}, {"description", what}};
}
json one_of(const std::vector<std::string>& names, const char* what) {
    return {{"enum", names}, {"description", what}};
}
json number(double least, double most, const char* what) {
    return {{"type", "number"}, {"minimum", least}, {"maximum", most}, {"description", what}};
}
json whole(int least, int most, const char* what) {
    return {{"type", "integer"}, {"minimum", least}, {"maximum", most}, {"description", what}};
}
json truth(const char* what) {
    return {{"type", "boolean"}, {"description", what}};
}
/// TOML has dates and date-times of its own; readers hand them to a schema as strings.
json time(const char* what) {
    return {{"type", "string"},
            {"pattern", "^\\d{4}-\\d{2}-\\d{2}([Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2}))?$"},
            {"description", what}};
}
json list(json items, const char* what, int least = 0) {
    json out{{"type", "array"}, {"items", std::move(items)}, {"description", what}};
    if (least > 0) out["minItems"] = least;
    return out;
}
json state(const char* what) {
    return {{"type", "string"}, {"pattern", "^[A-Z]{3}$"}, {"description", what}};
}
json states(const char* what, int least = 0) {
    return list({{"type", "string"}, {"pattern", "^[A-Z]{3}$"}}, what, least);
}
json id(const char* what) {
    return {{"type", "string"}, {"pattern", "^[A-Za-z0-9._-]{1,64}$"}, {"description", what}};
}
json hex(int digits, const char* what) {
    return {{"type", "string"}, {"pattern", "^[0-9a-f]{" + std::to_string(digits) + "}$"}, {"description", what}};
}
json table(json properties, const std::vector<std::string>& required, const char* what) {
    json out{{"type", "object"}, {"additionalProperties", false}, {"description", what}};
    if (!required.empty()) out["required"] = required;
    out["properties"] = std::move(properties);
    return out;
}
json tables(json item, const char* what) {
    return {{"type", "array"}, {"items", std::move(item)}, {"description", what}};
}
void add(json& to, const json& more) {
    for (const auto& [key, value] : more.items()) to[key] = value;
}
json schema(const char* title, json root) {
    json out{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
    add(out, root);
    return out;
}
std::string printed(const json& j) {
    return j.dump(2) + "\n";
}

json certainty() {
    return one_of(certainty_names(), "whether it is public, or assumed: every answer that rests on it then says so");
}

json match() {
    const auto unknown = [](const char* what) { return one_of(unknown_names(), what); };
    const char* beside = "what becomes of an object whose value is unknown; stands beside its term, always";
    return {{"area", id("name of a region")},
            {"band", table({{"kind", one_of(height_kind_names(), "the reference that the limits stand on")},
                            {"from", {{"type", "number"}, {"description", "inclusive; metres, or flight levels"}}},
                            {"to", {{"type", "number"}, {"description", "exclusive"}}}},
                           {"kind", "from", "to"}, "a band of heights, compared only like with like")},
            {"unknown_height", unknown(beside)},
            {"classes", list(one_of(class_names(), "civil or state"), "classes of flight", 1)},
            {"unknown_class", unknown(beside)},
            {"nationalities", states("states of registry", 1)},
            {"unknown_nationality", unknown(beside)},
            {"identities", list(one_of(identity_names(), "standard identity"), "standard identities", 1)},
            {"unknown_identity", unknown(beside)},
            {"addresses", list({{"type", "string"}, {"pattern", "^[0-9A-F]{6}$"}}, "24-bit addresses", 1)},
            {"unknown_address", unknown(beside)},
            {"callsigns", list({{"type", "string"}}, "callsigns; a * at the end stands for any ending", 1)},
            {"unknown_callsign", unknown(beside)},
            {"criteria", list(id("a criterion"), "at least one of these criteria is met", 1)},
            {"unknown_criteria", unknown(beside)}};
}

json exclusion() {
    json p{{"id", id("of the exclusion")}, {"towards", states("only towards these receivers")}};
    add(p, match());
    return table(std::move(p), {"id"}, "wins within its scope");
}

json onward() {
    return table({{"to", list({{"type", "string"}, {"pattern", "^([A-Z]{3}|group:[A-Za-z0-9._-]{1,64})$"}},
                              "the final receivers: states, and \"group:ID\"", 1)},
                  {"hops", whole(1, 8, "hand-overs after the first")},
                  {"grid_km", number(0, 500, "at least so coarse")},
                  {"delay_s", number(0, 2'592'000, "at least so late")},
                  {"fields", list(one_of(field_names(), "a field"), "no more than these")}},
                 {"to"}, "the originator's consent that its receiver passes it on");
}

json clause() {
    const json parties{{"anyOf", json::array({{{"const", "parties"}}, states("some parties", 1)})}};
    json p{{"id", id("of the clause")},
           {"title", text("in a few words")},
           {"certainty", certainty()},
           {"source", text("where its terms come from")},
           {"from", parties},
           {"to", parties},
           {"product", one_of(product_names(), "what it releases")}};
    add(p, match());
    add(p, {{"exclusion", tables(exclusion(), "what this clause does not release")},
            {"fields", list(one_of(field_names(), "a field"), "beside position and time")},
            {"grid_km", number(0, 500, "side of the cells that positions are coarsened to; 0: exact")},
            {"delay_s", number(0, 2'592'000, "so long after its time of applicability")},
            {"rate_s", number(0, 2'592'000, "one sample in a slot of this length; 0: every sample")},
            {"validity_s", number(0, 2'592'000, "how long a receiver may keep one object")},
            {"onward", onward()},
            {"includes_onward", truth("hands over what others consented to pass on, too")},
            {"sensors", list({{"type", "string"}, {"pattern", "^(own|site:[A-Za-z0-9._-]{1,64})$"}},
                             "\"own\" and \"site:ID\"; left out: own")},
            {"unassociated", one_of(unknown_names(), "target reports that belong to no track")},
            {"form", one_of(form_names(), "of target reports")},
            {"reciprocity", text("name of a group: its clauses hold together or not at all")},
            {"provisional", truth("may be applied provisionally")},
            {"when_stopped", one_of(when_stopped_names(), "what becomes of what a receiver holds")}});
    return table(std::move(p), {"id", "certainty", "from", "to", "product", "area", "fields", "validity_s"},
                 "one grant, evaluated whole");
}

json region() {
    json p{{"name", id("of the region")},
           {"everywhere", {{"const", true}}},
           {"land", state("a state's land")},
           {"border", states("two states whose common border it runs along", 2)},
           {"km", number(0.01, 5000, "of the border's strip, on each side")},
           {"side", {{"type", "string"}, {"pattern", "^([A-Z]{3}|both)$"}, {"description", "both, or one of the two"}}},
           {"polygon", list(list({{"type", "number"}}, "[latitude, longitude]", 2), "corners, degrees", 3)},
           {"circle", list({{"type", "number"}}, "its centre, [latitude, longitude], degrees", 2)},
           {"radius_km", number(0.01, 5000, "of the circle")},
           {"union", list(id("a region"), "regions together", 2)},
           {"intersection", list(id("a region"), "where all of them are", 2)},
           {"difference", list(id("a region"), "the first without the others", 2)},
           {"geojson", text("a file of the folder: \"regions/x.geojson\"")},
           {"digest", hex(64, "of the vertices that it became: binds the text to them")}};
    json out = table(std::move(p), {"name"}, "a named region");
    out["oneOf"] = json::array();
    for (const auto& kind : region_kind_names()) out["oneOf"].push_back({{"required", {kind}}});
    return out;
}

json entry() {
    return table({{"consent", one_of(consent_names(), "the act that binds a party")},
                  {"rule", one_of(entry_names(), "when it is bound")},
                  {"date", time("with fixed_date")},
                  {"certainty", certainty()},
                  {"source", text("of the date")},
                  {"count", whole(0, 200, "with after_deposits: so many consents; 0: all")},
                  {"parties", states("with after_parties: whose consents", 1)},
                  {"days", whole(0, 36'500, "after the consents")}},
                 {"consent", "rule"}, "entry into force");
}

json dated(const char* what, json more = json::object(), std::vector<std::string> required = {}) {
    json p{{"on", time("the day")}, {"certainty", certainty()}, {"source", text("where the date comes from")}};
    add(p, more);
    required.insert(required.begin(), {"on", "certainty", "source"});
    return table(std::move(p), required, what);
}

}  // namespace

std::string schema_of_text() {
    json p{
        {"format", {{"const", 1}}},
        {"id", id("of the accord")},
        {"version", whole(1, 10'000, "a protocol is a new version")},
        {"title", text("of the accord")},
        {"parties", states("who may sign it", 2)},
        {"national_restriction_of", state("in place of parties: a state's own restriction on all that it releases")},
        {"depositary", state("to whom notices and deposits go")},
        {"parent", id("the accord that it stands under")},
        {"parent_effect", one_of(parent_effect_names(), "what happens here when the parent does not hold")},
        {"accession",
         one_of(accession_names(), "whether others may join; extends: grants to 'parties' reach them at once")},
        {"geoid", one_of(geoid_names(), "that bands above mean sea level stand on")},
        {"signed", dated("when its parties signed; where acts must be signed, a note")},
        {"entry", entry()},
        {"term", table({{"months", whole(1, 12'000, "of a term")},
                        {"renewal", one_of(renewal_names(), "at a term's end")},
                        {"notice_months", whole(0, 1200, "before a term's end, against renewal")},
                        {"ends_at", time("exclusive")},
                        {"last_day", time("inclusive; a day")}},
                       {}, "left out: without end")},
        {"withdrawal", table({{"months", whole(0, 1200, "from receipt")}}, {"months"}, "left out: nobody withdraws")},
        {"suspension", table({{"by", one_of(suspended_by_names(), "who may")},
                              {"parties", states("with named: who", 1)},
                              {"scope", one_of(scope_names(), "the suspender's own pairs, or all")},
                              {"days", whole(0, 36'500, "how long; 0: until it resumes")}},
                             {}, "left out: any party, its own pairs, until it resumes")},
        {"site", tables(table({{"id", id("of the site")},
                               {"host", state("on whose ground")},
                               {"owner", state("whose sensors")},
                               {"sensors", list({{"type", "string"}}, "their names", 1)}},
                              {"id", "host", "owner", "sensors"}, "ceded ground"),
                        "their sensors feed no view while the accord does not hold")},
        {"region", tables(region(), "named before they are used")},
        {"exclusion", tables(exclusion(), "what no clause of this accord, nor of its children, releases")},
        {"clause", tables(clause(), "what it grants")},
        {"role", tables(table({{"role", one_of(role_names(), "which role")},
                               {"state", state("who has it")},
                               {"area", id("where; left out: everywhere")}},
                              {"role", "state"}, "who leads where"),
                        "roles decide no release")},
        {"annotation", tables(dated("a date that decides nothing", {{"what", text("what happened")}}, {"what"}),
                              "a parliament's vote, a president's signature")},
        {"annex", tables(table({{"id", id("of the annex")},
                                {"title", text("of the annex")},
                                {"paragraphs", list({{"type", "string"}}, "what it says")}},
                               {"id", "title"}, "a part that people read"),
                         "bound by the digest like all else")},
        {"criterion",
         tables(table({{"id", id("of the criterion")},
                       {"sign", one_of(sign_names(), "the sign of suspicion")},
                       {"codes", list({{"type", "string"}, {"pattern", "^[0-7]{4}$"}}, "of an emergency", 1)},
                       {"annex", id("the annex that it is of")}},
                      {"id", "sign"}, "one sign of suspicion"),
                "criteria as data")},
        {"group", tables(table({{"id", id("of the group")},
                                {"on", time("the day that it is of")},
                                {"states", states("who was in it", 1)},
                                {"digest", hex(64, "of day and states")}},
                               {"id", "on", "states"}, "states as they stood on a day"),
                         "receivers of onward release")}};
    json root = table(std::move(p), {"format", "id"}, "the text of an accord, or of a national restriction");
    root["oneOf"] = json::array({{{"required", {"parties", "entry"}}}, {{"required", {"national_restriction_of"}}}});
    return printed(schema("asman accord, format 1", root));
}

std::string schema_of_filing() {
    json act = table({{"accord", id("that it is about")},
                      {"version", whole(1, 10'000, "of the text")},
                      {"text", hex(64, "digest of the text; required where acts are signed")},
                      {"previous", hex(64, "digest of this party's act before under this accord")},
                      {"kind", one_of(act_names(), "what is done")},
                      {"by", state("whose act it is")},
                      {"signed_by", state("itself, or the depositary")},
                      {"effective_at", time("of a notice or withdrawal: when it was received")},
                      {"towards", states("only these other parties")},
                      {"clauses", list(id("a clause"), "only these clauses")},
                      {"certainty", certainty()},
                      {"source", text("what it rests on")},
                      {"signature", hex(128, "by a certified law key of signed_by")},
                      {"recorded_at", time("when this node learnt it")}},
                     {"accord", "kind", "by", "effective_at", "certainty", "source", "recorded_at"}, "one act");
    json certificate = table({{"state", state("whose key")},
                              {"use", one_of(key_use_names(), "law keys and message keys are apart")},
                              {"key", hex(64, "the public key")},
                              {"from", time("from when on")},
                              {"until", time("until when, exclusive")},
                              {"signature", hex(128, "by the state's root")}},
                             {"state", "use", "key", "from", "signature"}, "one key");
    json revocation = table({{"state", state("whose key")},
                             {"key", hex(64, "the public key")},
                             {"compromised_since", time("from when on it is not to be believed")},
                             {"signature", hex(128, "by the state's root")},
                             {"recorded_at", time("when this node learnt it")}},
                            {"state", "key", "compromised_since", "signature", "recorded_at"}, "one key");
    return printed(schema("asman acts and keys, format 1",
                          table({{"format", {{"const", 1}}},
                                 {"act", tables(act, "what parties did")},
                                 {"certificate", tables(certificate, "keys that a root has certified")},
                                 {"revocation", tables(revocation, "keys that a root has revoked")}},
                                {"format"}, "a file of acts/ or keys/")));
}

std::string schema_of_law() {
    json one = table({{"code", state("ISO 3166-1 alpha-3")},
                      {"name", text("for people")},
                      {"root_key", hex(64, "public key of the state's root; required where acts are signed")}},
                     {"code"}, "a state");
    return printed(schema("asman law.toml, format 1",
                          table({{"format", {{"const", 1}}},
                                 {"signatures", one_of(signature_mode_names(), "whether acts must be signed")},
                                 {"state", tables(one, "who may act")}},
                                {"format", "signatures"}, "who may act, and whether acts are signed")));
}

}  // namespace asman::accord
