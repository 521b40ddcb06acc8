// A vertical cut through what one state sees under the law of a day: by own sensors, and by what others release.
#pragma once

#include <asman/accord/law.hpp>
#include <asman/coverage/output.hpp>

#include <memory>
#include <string>
#include <vector>

namespace asman::study {

struct SightSection {
    coverage::Section joint;        ///< sensors of all whose tracks reach the state, cut to where they do
    coverage::Section own;          ///< its own sensors alone
    std::vector<std::string> ways;  ///< "KAZ by RUS-KAZ-2013/onward-kgz > RUS-KGZ-2022/tracks-rus"
};

/// Cuts sections, keeping each sensor's sweep from one to the next. One thread at a time.
class SectionMaker {
  public:
    /// The law must know all of `states`; instruments whose owner is not among them are left out.
    SectionMaker(geo::TerrainStore terrain, geo::Geoid geoid, std::vector<coverage::Instrument> instruments,
                 accord::Law law, std::vector<picture::State> states);
    ~SectionMaker();
    SectionMaker(SectionMaker&&) noexcept;
    SectionMaker& operator=(SectionMaker&&) noexcept;

    base::Result<SightSection> cut(picture::State state, base::Time law_time, const coverage::Target& target,
                                   geo::Point from, geo::Point to, const coverage::SectionOptions& options = {});

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::study
