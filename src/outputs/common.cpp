#include "common.hpp"

#include <fmt/format.h>

#include <cmath>

namespace asman::outputs {

double rounded(double value, int decimals) {
    const double scale = std::pow(10.0, decimals);
    const double out = std::round(value * scale) / scale;
    return out == 0 ? 0.0 : out;  // no "-0.0"
}

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double ground_speed(const picture::Kinematics& k) {
    return k.velocity.norm();
}

double course(const picture::Kinematics& k) {
    return geo::wrap_2pi(std::atan2(k.velocity.x(), k.velocity.y())) / geo::deg;
}

double position_sigma(const picture::Kinematics& k) {
    return std::sqrt((k.covariance(0, 0) + k.covariance(1, 1)) / 2);
}

std::string octal(picture::Mode3A code) {
    return fmt::format("{:04o}", code & 07777);
}

std::string hex_address(std::uint32_t address) {
    return fmt::format("{:06x}", address & 0xFFFFFF);
}

}  // namespace asman::outputs
