// Recordings: a file's frames with their times, whatever its framing.
#pragma once

#include <asman/base/result.hpp>
#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>

#include <optional>
#include <string>
#include <vector>

namespace asman::sources {

struct FileFrame {
    base::Time time;  ///< of receipt; where the file has none, from the records' own times of day
    std::vector<std::byte> bytes;
};

struct Recording {
    std::string framing;         ///< "pcap", "raw", "ff", "gps", …
    bool times_of_file = false;  ///< the file itself says when each frame was received
    bool day_known = false;      ///< false: the day was neither in the file nor given; 1970-01-01 stands for it
    /// Radars whose position the recording itself says (034/120), by SAC and SIC; id, owner and feed are not set.
    std::vector<picture::Sensor> told;
    std::vector<FileFrame> frames;  ///< by time
};

/// Reads a recording of ASTERIX. `date` is the day on which it begins, for files that do not say; times of day that
/// pass midnight go on to the next day. Fails with `io` or `syntax` (no framing fits).
base::Result<Recording> read_recording(const std::string& path, std::optional<base::Date> date = {});

}  // namespace asman::sources
