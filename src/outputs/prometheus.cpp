// Prometheus text format 0.0.4. Source: prometheus.io, "Exposition formats".
#include <asman/outputs/outputs.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace asman::outputs {
namespace {

bool good_name(std::string_view name, bool colons) {
    const auto letter = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
    };
    return !name.empty() && letter(name[0]) &&
           std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quotes)
            out += "\\\"";
        else
            out += c;
    }
    return out;
}

std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

std::string sample(const Metric& m) {
    std::string out = m.name;
    std::string labels;
    for (const auto& [key, value] : m.labels)
        if (good_name(key, false))
            labels += fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ",", key, escaped(value, true));
    if (!labels.empty()) out += "{" + labels + "}";
    return out + " " + number(m.value) + "\n";
}

}  // namespace

std::string prometheus(std::span<const Metric> metrics) {
    std::string out;
    std::vector<bool> written(metrics.size());
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        const auto& first = metrics[i];
        if (written[i] || !good_name(first.name, true)) continue;
        if (!first.help.empty()) out += fmt::format("# HELP {} {}\n", first.name, escaped(first.help, false));
        out += fmt::format("# TYPE {} {}\n", first.name, first.name.ends_with("_total") ? "counter" : "gauge");
        for (std::size_t k = i; k < metrics.size(); ++k)
            if (metrics[k].name == first.name) {
                out += sample(metrics[k]);
                written[k] = true;
            }
    }
    return out;
}

}  // namespace asman::outputs
