// Where a record's target is: for asking whether that is within an area.
#pragma once

#include <asman/asterix/record.hpp>
#include <asman/base/result.hpp>
#include <asman/geo/point.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace asman::cli {

struct Area {
    double south = 0, west = 0, north = 0, east = 0;  ///< degrees
    /// "39", "69", "43", "80". West may be greater than east: over 180°.
    static base::Result<Area> from(const std::vector<std::string>& corners);
    bool contains(const geo::Point& at) const;
};

/// Places of sensors: of those whose records say range and azimuth, or metres from them.
class Sites {
  public:
    /// "25/13=41.5,74.9": from the command line; data do not change it.
    base::Result<void> add(const std::string& text);
    /// What 034/120 and 019/600 say of their senders.
    void hear(const asterix::Record& record, asterix::Source source);
    /// Latitude and longitude from items 041, 105, 130, 131; from 040 of 001 and 048 (slant range, with the height in
    /// 090 where there is one) and 042 of 010 and 020 where the place of the sensor is known.
    std::optional<geo::Point> position(const asterix::Record& record, std::optional<asterix::Source> source) const;

  private:
    struct Site {
        geo::LocalFrame frame;
        bool told = false;
    };
    std::map<asterix::Source, Site> sites_;
};

}  // namespace asman::cli
