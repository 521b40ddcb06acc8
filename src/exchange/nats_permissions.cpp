#include <asman/exchange/nats.hpp>

#include "subjects.hpp"

namespace asman::exchange {
namespace {

using picture::State;

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

/// What a user may publish: its own subjects, the upkeep of its own outboxes, the reading of others' outboxes to it.
std::vector<std::string> may_publish(State self, const Pairs& pairs) {
    std::vector<std::string> out{"$JS.API.INFO"};
    const std::string me(self.text());
    for (const auto& [from, to] : pairs) {
        if (from == to || (from != self && to != self)) continue;
        for (const Delivery d : {Delivery::state, Delivery::log}) {
            const auto stream = stream_name(from, to, d);
            if (from == self) {
                out.push_back(subject_name(from, to, d));
                for (const char* what : {"CREATE", "UPDATE", "INFO", "PURGE"})
                    out.push_back("$JS.API.STREAM." + std::string(what) + "." + stream);
            } else {
                const std::string reader = stream + "." + me;
                for (const char* what : {"INFO", "DURABLE.CREATE", "CREATE", "MSG.NEXT"})
                    out.push_back("$JS.API.CONSUMER." + std::string(what) + "." + reader);
                out.push_back("$JS.ACK." + reader + ".>");
            }
        }
    }
    return out;
}

std::string list(const std::vector<std::string>& subjects) {
    std::string out = "[";
    for (const auto& s : subjects) out += (out.size() > 1 ? ", " : "") + quoted(s);
    return out + "]";
}

}  // namespace

std::string nats_server_config(const NatsServer& server, const Pairs& pairs) {
    std::string out;
    out += "listen: " + quoted(server.host + ":" + std::to_string(server.port)) + "\n";
    out += "max_payload: " + std::to_string(8u << 20) + "\n";
    out += "jetstream { store_dir: " + quoted(server.store_dir) + " }\n";
    out += "accounts {\n  ASMAN {\n    jetstream: enabled\n    users: [\n";
    for (const auto& [state, password] : server.passwords) {
        out += "      { user: " + quoted(state.text()) + ", password: " + quoted(password) + ", permissions: {\n";
        out += "          publish: { allow: " + list(may_publish(state, pairs)) + " }\n";
        out += "          subscribe: { allow: " + list({inbox_prefix(state) + ".>"}) + " } } }\n";
    }
    return out + "    ]\n  }\n}\n";
}

}  // namespace asman::exchange
