#include <asman/node/editions.hpp>

#include <nlohmann/json.hpp>

namespace asman::node {

nlohmann::ordered_json editions_json(const core::Engine& engine) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& e : engine.editions()) {
        auto& line = out.emplace_back();
        line["feed"] = e.feed;
        line["category"] = e.category;
        if (e.source) line["source"] = std::to_string(e.source->first) + "/" + std::to_string(e.source->second);
        line["edition"] = e.edition.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(e.edition);
        line["certainty"] = e.certainty;
        line["records"] = e.records;
        line["told"] = e.told;
        line["odd"] = e.odd;
        line["text"] = e.text;
    }
    return out;
}

}  // namespace asman::node
