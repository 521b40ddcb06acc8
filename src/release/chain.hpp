// Who held a contribution on its way: the states that its clauses lead through.
#pragma once

#include <asman/accord/law.hpp>
#include <asman/picture/nouns.hpp>

#include <vector>

namespace asman::release {

/// [originator, …, via, holder], one more than the clauses, each step a clause that holds; empty where there is none.
std::vector<picture::State> holders(const picture::Contribution& c, picture::State holder, const accord::LawView& view);

}  // namespace asman::release
