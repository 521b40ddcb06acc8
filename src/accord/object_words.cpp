#include <asman/accord/cases.hpp>

#include "names.hpp"
#include "words.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace asman::accord {
namespace {

using base::Errc;

std::optional<Product> product_in_words(std::string_view w) {
    static const std::vector<std::pair<std::string_view, Product>> names{
        {"track", Product::tracks},      {"report", Product::target_reports}, {"alert", Product::alerts},
        {"identity", Product::identity}, {"incident", Product::incidents},    {"status", Product::sensor_status},
        {"coverage", Product::coverage}};
    for (const auto& [name, product] : names) {
        if (name == w) return product;
    }
    return std::nullopt;
}

}  // namespace

base::Result<ObjectInWords> ObjectInWords::parse(std::string_view words, const base::Place& place) {
    ObjectInWords out;
    auto& o = out.object_;
    const auto bad = [&](const std::string& why) { return base::fail(Errc::syntax, place, why); };
    const auto parts = split(words, ',');
    auto first = split(parts.empty() ? "" : parts[0], ' ');
    const auto product = first.empty() ? std::nullopt : product_in_words(first[0]);
    const auto lat = first.size() == 4 ? number_in(first[2]) : std::nullopt;
    const auto lon = first.size() == 4 ? number_in(first[3]) : std::nullopt;
    if (!product || first.size() != 4 || first[1] != "at" || !lat || !lon) {
        return bad("an object begins as 'track at LAT LON' (or report, alert, identity, incident, status, coverage)");
    }
    o.product = *product;
    o.at = geo::Point::degrees(*lat, *lon);
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const auto w = split(parts[i], ' ');
        if (w.empty()) continue;
        const auto& key = w[0];
        const double number = (w.size() > 1 ? number_in(w[1]) : std::nullopt).value_or(std::nan(""));
        const bool numeric = !std::isnan(number);
        if (key == "civil" || key == "state") {
            o.flight_class = *picture::flight_class_of(key);
        } else if (key == "unassociated") {
            o.associated = false;
        } else if (key == "near" && w.size() == 2 && w[1] == "excluded") {
            o.near_excluded = true;
        } else if (key == "primary" && w.size() == 1) {
            o.transponder = false;
        } else if (key == "transponder" && w.size() == 1) {
            o.transponder = true;
        } else if (key == "code" && w.size() == 2 && w[1].size() == 4 &&
                   w[1].find_first_not_of("01234567") == std::string_view::npos) {
            o.mode_3a = static_cast<std::uint16_t>(std::stoul(std::string(w[1]), nullptr, 8));
            o.transponder = true;
        } else if (key == "emergency" && numeric && number >= 0 && number <= 255) {
            o.emergency = static_cast<std::uint8_t>(number);
        } else if (key == "level" && numeric) {
            o.pressure_altitude = geo::PressureAltitude::from_flight_level(number);
        } else if (key == "msl" && numeric) {
            o.msl = geo::MslAltitude{number};
        } else if (key == "ellipsoid" && numeric) {
            o.ellipsoidal = geo::EllipsoidalHeight{number};
        } else if (key == "sigma" && numeric) {
            o.sigma = number;
        } else if (key == "height-sigma" && numeric) {
            o.sigma_height = o.sigma_pressure_altitude = number;
        } else if (key == "grid" && numeric) {
            o.coarsening.grid = number * 1000;
        } else if (key == "nationality" && w.size() == 2 && State::well_formed(w[1])) {
            o.nationality = State(w[1]);
        } else if (key == "identity" && w.size() == 2 && picture::identity_of(w[1])) {
            o.identity = *picture::identity_of(w[1]);
        } else if (key == "address" && w.size() == 2) {
            o.address = static_cast<std::uint32_t>(std::strtoul(std::string(w[1]).c_str(), nullptr, 16));
        } else if (key == "callsign" && w.size() == 2) {
            out.callsign_ = std::string(w[1]);
        } else if ((key == "measured" || key == "previous" || key == "until") && w.size() == 2) {
            ASMAN_TRY(const auto t, base::parse_time(w[1]));
            if (key == "measured") {
                o.time = t;
                out.measured_ = true;
            } else if (key == "previous") {
                o.previous = t;
            } else {
                o.valid_until = t;
            }
        } else if (key == "sensor" && (w.size() == 4 || w.size() == 6) && w[2] == "of") {
            out.sensors_.push_back({State(w[3]), w.size() == 6 ? std::string(w[5]) : "", std::string(w[1])});
        } else if (key == "held" && w.size() == 5 && w[1] == "from" && w[3] == "under") {
            out.held_.push_back({State(w[2]), std::string(w[4])});
        } else {
            return bad(fmt::format("'{}' is not said of an object", parts[i]));
        }
    }
    return out;
}

Object ObjectInWords::object(const LawView& view, State grantor, Time when) {
    auto o = object_;
    if (!measured_) o.time = when;
    o.callsign = callsign_;
    sources_.clear();
    for (const auto& s : sensors_) sources_.push_back({s.owner, s.accord, s.name});
    o.sources = sources_;
    if (held_.empty()) return o;
    clauses_.clear();
    hops_.clear();
    for (std::size_t i = 0; i < held_.size(); ++i) {
        const auto next = i + 1 < held_.size() ? held_[i + 1].from : grantor;
        picture::ClauseRef ref{held_[i].clause.substr(0, held_[i].clause.find('/')),
                               held_[i].clause.substr(held_[i].clause.find('/') + 1),
                               0,
                               {}};
        for (const auto& g : view.grants(held_[i].from, next)) {
            if (g.reference().text() == held_[i].clause) ref = g.reference();
        }
        clauses_.push_back(ref);
        hops_.push_back(held_[i].from);
    }
    hops_.push_back(grantor);
    o.originator = held_.front().from;
    o.clauses = clauses_;
    o.hops = hops_;
    return o;
}

}  // namespace asman::accord
