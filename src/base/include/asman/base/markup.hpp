// Text for HTML and SVG.
#pragma once

#include <string>
#include <string_view>

namespace asman::base {

/// With the characters that mark up (< > & ") as entities: safe between tags and in attributes with double quotes.
std::string escaped_markup(std::string_view text);

}  // namespace asman::base
