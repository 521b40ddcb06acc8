#include "chain.hpp"

namespace asman::release {
namespace {

constexpr std::size_t most_clauses = 4;

bool follow(const picture::Contribution& c, picture::State holder, const accord::LawView& view,
            std::vector<picture::State>& path) {
    const auto i = path.size() - 1;  // the clause that leaves path.back()
    if (i + 1 == c.clauses.size()) {
        if (path.back() != c.via || !view.find(c.clauses[i], path.back(), holder)) return false;
        path.push_back(holder);
        return true;
    }
    for (const auto& next : view.receivers(path.back())) {
        if (!view.find(c.clauses[i], path.back(), next)) continue;
        path.push_back(next);
        if (follow(c, holder, view, path)) return true;
        path.pop_back();
    }
    return false;
}

}  // namespace

std::vector<picture::State> holders(const picture::Contribution& c, picture::State holder,
                                    const accord::LawView& view) {
    std::vector<picture::State> path{c.originator};
    if (c.clauses.empty() || c.clauses.size() > most_clauses || !follow(c, holder, view, path)) return {};
    return path;
}

}  // namespace asman::release
