#include <asman/picture/nouns.hpp>

namespace asman::picture {
namespace {

template <class E, std::size_t N>
std::optional<E> find_name(const std::array<std::string_view, N>& names, std::string_view wanted) {
    const auto it = std::ranges::find(names, wanted);
    if (it == names.end()) return std::nullopt;
    return static_cast<E>(it - names.begin());
}

constexpr std::array<std::string_view, 7> sensor_kinds{"primary",         "secondary", "mode_s", "combined",
                                                       "multilateration", "ads_b",     "tracker"};
constexpr std::array<std::string_view, 7> identities{"pending", "unknown", "assumed_friend", "friend",
                                                     "neutral", "suspect", "hostile"};
constexpr std::array<std::string_view, 3> flight_classes{"unknown", "civil", "state"};
constexpr std::array<std::string_view, 5> alert_kinds{"border_approach", "border_crossed", "emergency_code",
                                                      "zone_entry", "unidentified"};

}  // namespace

std::string_view name(SensorKind kind) {
    return sensor_kinds.at(static_cast<std::size_t>(kind));
}
std::optional<SensorKind> sensor_kind(std::string_view n) {
    return find_name<SensorKind>(sensor_kinds, n);
}
std::string_view name(Identity identity) {
    return identities.at(static_cast<std::size_t>(identity));
}
std::optional<Identity> identity_of(std::string_view n) {
    return find_name<Identity>(identities, n);
}
std::string_view name(FlightClass c) {
    return flight_classes.at(static_cast<std::size_t>(c));
}
std::optional<FlightClass> flight_class_of(std::string_view n) {
    return find_name<FlightClass>(flight_classes, n);
}
std::string_view name(AlertKind kind) {
    return alert_kinds.at(static_cast<std::size_t>(kind));
}

}  // namespace asman::picture
