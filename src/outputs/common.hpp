// What several formats need: rounding, units of the field, words.
#pragma once

#include <asman/outputs/outputs.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace asman::outputs {

using Json = nlohmann::ordered_json;

/// Rounded to so many decimals, so that a number prints as short as it is precise. Not finite stays so (JSON: null).
double rounded(double value, int decimals);

/// One line of JSON. Texts that are not UTF-8 are repaired: bytes from outside are hostile.
std::string dump(const Json& json);

/// Ground speed (m/s) and course (degrees clockwise from true north, 0 ≤ course < 360).
double ground_speed(const picture::Kinematics& k);
double course(const picture::Kinematics& k);
/// 1σ of the position: root of the mean of both variances, metres.
double position_sigma(const picture::Kinematics& k);

/// "7600"
std::string octal(picture::Mode3A code);
/// "3c6444"
std::string hex_address(std::uint32_t address);

}  // namespace asman::outputs
