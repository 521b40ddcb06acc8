#include <asman/base/result.hpp>

namespace asman::base {

std::string_view name(Errc code) {
    switch (code) {
        case Errc::io:
            return "input/output";
        case Errc::syntax:
            return "syntax";
        case Errc::unknown_key:
            return "unknown key";
        case Errc::unknown_name:
            return "unknown name";
        case Errc::missing:
            return "missing";
        case Errc::bad_value:
            return "bad value";
        case Errc::duplicate:
            return "duplicate";
        case Errc::conflict:
            return "conflict";
        case Errc::bad_signature:
            return "bad signature";
        case Errc::refused:
            return "refused";
        case Errc::full:
            return "full";
    }
    return "unnamed error";
}

std::string Error::text() const {
    std::string out = place.source;
    if (place.line != 0) {
        out += ':' + std::to_string(place.line);
        if (place.column != 0) out += ':' + std::to_string(place.column);
    }
    if (!out.empty()) out += ": ";
    // A reason is a whole sentence; without one the kind has to do.
    if (reason.empty()) {
        out += name(code);
    } else {
        out += reason;
    }
    if (!place.item.empty()) out += " (at " + place.item + ")";
    return out;
}

}  // namespace asman::base
