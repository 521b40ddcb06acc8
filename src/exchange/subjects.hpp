// Names on NATS, shared by the exchange and the permissions.
#pragma once

#include <asman/exchange/exchange.hpp>

#include <string>

namespace asman::exchange {

inline std::string stream_name(picture::State from, picture::State to, Delivery delivery) {
    return "ASMAN_" + std::string(from.text()) + "_" + std::string(to.text()) + "_" + std::string(wire::name(delivery));
}
inline std::string subject_name(picture::State from, picture::State to, Delivery delivery) {
    return "asman." + std::string(from.text()) + "." + std::string(to.text()) + "." + std::string(wire::name(delivery));
}
/// Replies go to inboxes that only their owner may read.
inline std::string inbox_prefix(picture::State self) {
    return "_INBOX_" + std::string(self.text());
}

}  // namespace asman::exchange
