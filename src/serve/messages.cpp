#include "messages.hpp"

#include "json.hpp"

#include <asman/geo/point.hpp>
#include <asman/serve/snapshot.hpp>

#include <nlohmann/json.hpp>

#include <cmath>
#include <optional>

namespace asman::serve {
namespace {

using base::Errc;
using base::fail;
using base::Result;
using nlohmann::json;

/// The largest integer that a page's JavaScript keeps exactly.
constexpr std::uint64_t max_number = (std::uint64_t{1} << 53) - 1;

Result<picture::State> state_from(const json& value) {
    const auto* text = value.get_ptr<const std::string*>();
    if (!text || !picture::State::well_formed(*text))
        return fail(Errc::bad_value, "a state is three capital letters (\"KGZ\")");
    return picture::State(*text);
}

/// "2026-06-30", a day between 1900 and 2200.
Result<base::Date> date_from(const json& value) {
    const auto* text = value.get_ptr<const std::string*>();
    const auto bad = fail(Errc::bad_value, "a law date is a day like \"2026-06-30\"");
    if (!text || text->size() != 10) return bad;
    const auto time = base::parse_time(*text);
    if (!time) return bad;
    const auto date = base::date_of(*time);
    if (date.year < 1900 || date.year > 2200) return bad;
    return date;
}

Result<std::uint64_t> number_from(const json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end() || !it->is_number_unsigned() || it->get<std::uint64_t>() > max_number)
        return fail(Errc::bad_value, std::string(key) + " must be a whole number");
    return it->get<std::uint64_t>();
}

Result<ClientMessage> explain_from(const json& value) {
    const std::size_t wanted = value.is_object() && value.contains("to") ? 4 : 3;
    if (!value.is_object() || value.size() != wanted || !value.contains("state"))
        return fail(Errc::bad_value, "explain needs request, state and track, and may have to");
    ASMAN_TRY(const auto request, number_from(value, "request"));
    ASMAN_TRY(const auto track, number_from(value, "track"));
    ASMAN_TRY(const auto state, state_from(value.at("state")));
    Explain out{request, state, track, {}};
    if (wanted == 4) {
        ASMAN_TRY(out.to, state_from(value.at("to")));
    }
    return out;
}

/// [latitude, longitude] in degrees.
Result<geo::Point> point_from(const json& object, const char* key) {
    const auto it = object.find(key);
    const auto bad = fail(Errc::bad_value, std::string(key) + " is [latitude, longitude] in degrees");
    if (it == object.end() || !it->is_array() || it->size() != 2 || !(*it)[0].is_number() || !(*it)[1].is_number())
        return bad;
    const double lat = (*it)[0].get<double>(), lon = (*it)[1].get<double>();
    if (!(std::abs(lat) <= 90 && std::abs(lon) <= 180)) return bad;
    return geo::Point::degrees(lat, lon);
}

Result<ClientMessage> section_from(const json& value) {
    if (!value.is_object() || !value.contains("state") || !value.contains("target"))
        return fail(Errc::bad_value, "section needs request, state, from, to and target");
    AskSection ask;
    ASMAN_TRY(ask.request, number_from(value, "request"));
    ASMAN_TRY(ask.state, state_from(value.at("state")));
    ASMAN_TRY(ask.from, point_from(value, "from"));
    ASMAN_TRY(ask.to, point_from(value, "to"));
    if (const double length = geo::distance(ask.from, ask.to); !(length >= 100 && length <= 15e6))
        return fail(Errc::bad_value, "a section is between 100 m and 15,000 km long");
    const auto& target = value.at("target");
    if (target != "intruder" && target != "airliner") return fail(Errc::bad_value, "target is intruder or airliner");
    ask.intruder = target == "intruder";
    return ask;
}

Result<ClientMessage> speed_from(const json& value) {
    const double speed = value.is_number() ? value.get<double>() : -1;
    if (!(speed == 0 || (speed >= 0.1 && speed <= 1000)))
        return fail(Errc::bad_value, "speed must be 0 (as fast as it goes) or between 0.1 and 1000");
    return SetSpeed{speed};
}

}  // namespace

Result<ClientMessage> parse_message(std::string_view text) {
    const auto j = json::parse(text, nullptr, false);
    if (j.is_discarded()) return fail(Errc::syntax, "not JSON");
    if (!j.is_object() || j.size() != 1) return fail(Errc::bad_value, "a message is an object with one key");
    const auto& key = j.begin().key();
    const auto& value = j.begin().value();
    if (key == "as") {
        ASMAN_TRY(const auto state, state_from(value));
        return LookAs{state};
    }
    if (key == "law") {
        ASMAN_TRY(const auto date, date_from(value));
        return SetLawDate{date};
    }
    if (key == "pause") {
        if (!value.is_boolean()) return fail(Errc::bad_value, "pause must be true or false");
        return SetPaused{value.get<bool>()};
    }
    if (key == "speed") return speed_from(value);
    if (key == "explain") return explain_from(value);
    if (key == "section") return section_from(value);
    return fail(Errc::unknown_key, "known keys are as, law, pause, speed, explain, section");
}

std::string error_message(std::string_view reason) {
    return error_json(reason);
}

std::string error_json(std::string_view reason) {
    JsonWriter out;
    out.open_object().field("v", protocol_version).field("type", "error").field("reason", reason).close_object();
    return out.text();
}

}  // namespace asman::serve
