#include <asman/coverage/siting.hpp>

namespace asman::coverage {

std::vector<Approach> border_approaches(const geo::StateArea& state, const geo::Borders& borders, double distance,
                                        double border_step, double spacing) {
    constexpr double quarter_turn = std::numbers::pi / 2, shortest = 300e3;
    std::vector<Approach> out;
    if (!(distance > 0 && border_step > 0 && spacing > 0)) return out;
    for (const auto& line : state.land.outline()) {
        double walked = 0, length = 0;
        for (std::size_t i = 1; i < line.size(); ++i) length += geo::distance(line[i - 1], line[i]);
        if (length < shortest) continue;
        double next = border_step / 2;
        for (std::size_t i = 1; i < line.size(); ++i) {
            const auto edge = geo::inverse(line[i - 1], line[i]);
            for (; next < walked + edge.distance; next += border_step) {
                const auto p = geo::direct(line[i - 1], edge.azimuth_at_a, next - walked);
                for (const double side : {quarter_turn, -quarter_turn}) {
                    const double away = edge.azimuth_at_a + side;
                    if (state.land.contains(geo::direct(p, away, 3e3))) continue;
                    const auto* neighbour = borders.state_at(geo::direct(p, away, 6e3));
                    if (neighbour == &state) continue;
                    Approach a;
                    a.spacing = spacing;
                    a.neighbour = neighbour ? neighbour->iso3 : "sea";
                    for (double d = distance; d > 0; d -= spacing) a.places.push_back(geo::direct(p, away, d));
                    out.push_back(std::move(a));
                    break;
                }
            }
            walked += edge.distance;
        }
    }
    return out;
}

}  // namespace asman::coverage
