#include "names.hpp"

#include <asman/accord/decide.hpp>
#include <asman/accord/law.hpp>
#include <asman/base/config.hpp>

#include <fmt/core.h>

namespace asman::accord {
namespace {

using Words = std::vector<std::string>;

template <class E>
std::string_view pick(const Words& names, E value) {
    const auto i = static_cast<std::size_t>(value);
    return i < names.size() ? std::string_view(names[i]) : std::string_view("?");
}

}  // namespace

const Words& product_names() {
    static const Words n{"target_reports", "tracks", "alerts", "identity", "incidents", "sensor_status", "coverage"};
    return n;
}
const Words& field_names() {
    static const Words n{"velocity",          "height",    "mode_3a",  "address",        "callsign", "flight_class",
                         "standard_identity", "emergency", "accuracy", "sensor_position"};
    return n;
}
const Words& height_kind_names() {
    static const Words n{"flight_level", "msl", "ellipsoid"};
    return n;
}
const Words& entry_names() {
    static const Words n{"on_signature", "fixed_date", "after_deposits", "after_parties"};
    return n;
}
const Words& consent_names() {
    static const Words n{"signature", "ratification", "acceptance", "deposit", "adoption"};
    return n;
}
const Words& parent_effect_names() {
    static const Words n{"none", "suspends", "ends"};
    return n;
}
const Words& accession_names() {
    static const Words n{"closed", "open", "extends"};
    return n;
}
const Words& suspended_by_names() {
    static const Words n{"any_party", "named", "nobody"};
    return n;
}
const Words& act_names() {
    static const Words n{"signature",   "ratification", "acceptance",
                         "deposit",     "accession",    "accept_newcomer",
                         "reservation", "objection",    "provisional_application",
                         "notice",      "withdrawal",   "suspension",
                         "resumption",  "succession",   "adoption"};
    return n;
}
const Words& form_names() {
    static const Words n{"geodetic", "polar"};
    return n;
}
const Words& certainty_names() {
    static const Words n{"public", "assumed"};
    return n;
}
const Words& class_names() {
    static const Words n{"civil", "state"};
    return n;
}
const Words& key_use_names() {
    static const Words n{"law", "message"};
    return n;
}
const Words& signature_mode_names() {
    static const Words n{"none", "required"};
    return n;
}
const Words& geoid_names() {
    static const Words n{"EGM96"};
    return n;
}
const Words& sign_names() {
    static const Words n{"no_transponder", "no_identity", "emergency"};
    return n;
}
const Words& when_stopped_names() {
    static const Words n{"drop", "keep"};
    return n;
}
const Words& unknown_names() {
    static const Words n{"release", "withhold"};
    return n;
}
const Words& renewal_names() {
    static const Words n{"none", "automatic"};
    return n;
}
const Words& scope_names() {
    static const Words n{"own_pairs", "accord"};
    return n;
}
const Words& role_names() {
    static const Words n{"owner_of_airspace", "coordinator", "lead"};
    return n;
}
const Words& region_kind_names() {
    static const Words n{"everywhere", "land",         "border",     "polygon", "circle",
                         "union",      "intersection", "difference", "geojson"};
    return n;
}
const Words& identity_names() {
    static const Words n{"assumed_friend", "friend", "neutral", "suspect", "hostile"};
    return n;
}

std::string_view name(Product product) {
    return pick(product_names(), product);
}
std::string_view name(HeightKind kind) {
    return pick(height_kind_names(), kind);
}
std::string_view name(ActKind kind) {
    return pick(act_names(), kind);
}

std::string_view name(AccordState state) {
    static const Words n{"unsigned", "signed", "provisional", "operative", "suspended", "ended", "sealed"};
    return pick(n, state);
}

std::string_view name(Reason reason) {
    static const Words n{"released",
                         "no clause",
                         "clause not operative",
                         "measured before the clause held",
                         "clock not synchronised",
                         "outside the area",
                         "coarsened cell not wholly inside the area",
                         "outside the height band",
                         "height unknown",
                         "class not granted",
                         "class unknown",
                         "nationality not granted",
                         "nationality unknown",
                         "identity not granted",
                         "identity unknown",
                         "not among those listed",
                         "meets none of the criteria",
                         "criteria cannot be judged",
                         "a sensor behind it is not covered",
                         "belongs to no track",
                         "in the gate of an excluded track",
                         "excluded",
                         "delay not passed",
                         "not the sample of its rate slot",
                         "validity passed",
                         "clause hands over own data only",
                         "originator's consent does not name the receiver",
                         "one hop more than the originator consented to",
                         "the clause under which it is held does not hold"};
    return pick(n, reason);
}

std::optional<Product> product_of(std::string_view name) {
    const auto& names = product_names();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<Product>(i);
    }
    return std::nullopt;
}

std::string field_list(std::uint16_t fields) {
    std::string out;
    for (std::size_t i = 0; i < field_names().size(); ++i) {
        if (fields >> i & 1) out += (out.empty() ? "" : ", ") + field_names()[i];
    }
    return out.empty() ? "position only" : out;
}

std::string near(std::string_view wrong, const Words& known) {
    const auto found = base::nearest_name(wrong, known);
    return found.empty() ? std::string() : "; did you mean '" + found + "'?";
}

std::string joined(const std::vector<State>& states, std::string_view between) {
    std::string out;
    for (const auto& s : states) {
        if (!out.empty()) out += between;
        out += s.text();
    }
    return out;
}

std::string exact(Time t) {
    return base::format_time(t, t.ns % 1'000'000'000 ? 9 : 0);
}

std::string day(Time t) {
    const auto text = base::format_time(t);
    return text.ends_with("T00:00:00Z") ? text.substr(0, 10) : text;
}

std::string toml_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace asman::accord
