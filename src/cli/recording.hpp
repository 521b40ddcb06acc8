// What decode, encode, filter and asterix share: a recording opened with its editions.
#pragma once

#include "commands.hpp"

#include <asman/asterix/decode.hpp>
#include <asman/asterix/frames.hpp>

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace asman::cli {

struct RecordingOptions {
    std::string framing = "automatic";
    std::vector<std::string> editions;  ///< "auto", "062=1.18", "048@25/13=1.21"
};
void add_recording_options(CLI::App& sub, RecordingOptions& options);

struct OpenRecording {
    asterix::FrameReader frames;
    asterix::Editions editions;
};
/// Opens the file; where editions are to be found by themselves, says on standard error which were taken that are not
/// the newest.
base::Result<OpenRecording> open_recording(const std::string& path, const RecordingOptions& options);

/// Category to edition ("062" to "0.17") where the newest does not fit what the recording holds; said on standard
/// error. Nothing where the file cannot be read: opening it will say so.
std::map<std::string, std::string> guess_editions(const std::string& path);

/// "25/13".
std::optional<asterix::Source> source_from(std::string_view text);
/// Says on standard error what the framing left out, if anything.
void report_frames(const std::string& path, const asterix::FrameCounters& counters);

}  // namespace asman::cli
