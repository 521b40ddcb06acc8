// Names of values as the format writes them.
#pragma once

#include <asman/accord/act.hpp>
#include <asman/accord/text.hpp>

#include <string>
#include <vector>

namespace asman::accord {

const std::vector<std::string>& height_kind_names();
const std::vector<std::string>& entry_names();
const std::vector<std::string>& consent_names();
const std::vector<std::string>& parent_effect_names();
const std::vector<std::string>& accession_names();
const std::vector<std::string>& suspended_by_names();
const std::vector<std::string>& act_names();
const std::vector<std::string>& form_names();
const std::vector<std::string>& certainty_names();
const std::vector<std::string>& class_names();
const std::vector<std::string>& sign_names();
const std::vector<std::string>& geoid_names();
const std::vector<std::string>& key_use_names();
const std::vector<std::string>& signature_mode_names();  ///< none, required
const std::vector<std::string>& when_stopped_names();
const std::vector<std::string>& unknown_names();  ///< release, withhold
const std::vector<std::string>& renewal_names();
const std::vector<std::string>& scope_names();
const std::vector<std::string>& role_names();
/// The forms that a region can have, each a key of its own.
const std::vector<std::string>& region_kind_names();
const std::vector<std::string>& identity_names();

/// "; did you mean 'X'?" or nothing.
std::string near(std::string_view wrong, const std::vector<std::string>& known);
std::string joined(const std::vector<State>& states, std::string_view between = ", ");
/// To the second, or to the nanosecond where it is not whole.
std::string exact(Time t);
/// A date where it is midnight, else to the second.
std::string day(Time t);
/// A TOML basic string.
std::string toml_quoted(std::string_view text);

}  // namespace asman::accord
