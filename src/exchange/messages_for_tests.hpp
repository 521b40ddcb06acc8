// States that exchange words.
#pragma once

#include <asman/exchange/exchange.hpp>

#include <string_view>

namespace asman::exchange {

inline const picture::State arm("ARM"), kaz("KAZ"), kgz("KGZ"), rus("RUS");

inline Bytes message(std::string_view s) {
    const auto b = base::as_bytes(s);
    return {b.begin(), b.end()};
}

}  // namespace asman::exchange
