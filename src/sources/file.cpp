#include <asman/sources/file.hpp>

#include "clock.hpp"

#include <asman/asterix/cat034.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/frames.hpp>
#include <asman/asterix/probe.hpp>
#include <asman/base/digest.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace asman::sources {
namespace {

using base::Errc;

/// The item that holds a record's time of day, by category, in order of preference: 24 bits of 1/128 s.
struct TimeItem {
    std::uint8_t category;
    std::string_view item;
};
constexpr TimeItem time_items[] = {{2, "030"},  {10, "140"}, {19, "140"}, {20, "140"}, {21, "073"},
                                   {21, "071"}, {21, "030"}, {21, "077"}, {34, "030"}, {48, "140"},
                                   {62, "070"}, {63, "030"}, {65, "030"}};

std::optional<double> time_of_day(const asterix::Record& record) {
    for (const auto& [category, item] : time_items) {
        if (category != record.category()) continue;
        const auto raw = record.raw(item);
        if (raw.size() != 3) continue;
        const double t = static_cast<double>(asterix::get_bits(raw.data(), 0, 24)) / 128;
        if (t < 86'400) return t;
    }
    return std::nullopt;
}

/// The last time of day in a datagram; truncated ones (001) only when there is no other.
struct FrameTimes {
    std::optional<double> day, truncated;
};

/// A radar's own word of where it stands. Nought and nought is an item that nobody filled.
void hear_position(const asterix::Record& record, std::map<asterix::Source, geo::Position>& told) {
    const auto source = record.source();
    const auto p = record.category() == 34 ? asterix::cat034::View(record).i120() : std::nullopt;
    if (!source || !p || (p->lat() == 0 && p->lon() == 0) || std::abs(p->lat()) > 90) return;
    told[*source] = {geo::Point::degrees(p->lat(), p->lon() == -180 ? 180 : p->lon()), {p->hgt()}};
}

FrameTimes times_in(base::Bytes bytes, const asterix::Editions& editions,
                    std::map<asterix::Source, geo::Position>& told) {
    FrameTimes out;
    asterix::DatagramReader reader(bytes, editions);
    while (const auto* event = reader.next()) {
        if (event->what != asterix::What::record) continue;
        if (const auto t = time_of_day(event->record)) out.day = t;
        hear_position(event->record, told);
        if (event->category != 1) continue;
        if (const auto raw = event->record.raw("141"); raw.size() == 2)
            out.truncated = static_cast<double>(asterix::get_bits(raw.data(), 0, 16)) / 128;
    }
    return out;
}

/// One frame as read, before it is decided which clock to follow.
struct Raw {
    FileFrame frame;
    std::optional<base::Time> file_time;  ///< by the recorder
    FrameTimes record;
};

/// True when the records' own times of day agree with the recorder's clock: within half a minute, mostly.
bool clocks_agree(const std::vector<Raw>& raws) {
    std::size_t compared = 0, agree = 0;
    for (const auto& r : raws) {
        if (!r.file_time || !r.record.day) continue;
        ++compared;
        agree += std::abs((unwrap_day(*r.record.day, *r.file_time) - *r.file_time).seconds()) < 30;
    }
    return compared == 0 || agree * 2 > compared;
}

/// Frames' times from their records, each the one nearest to the frame before, over midnight too; then the frames in
/// their order: recordings are put together from pieces, of several sensors or of one, not always the earlier first.
void follow_records(std::vector<Raw>& raws, base::Time start_of_day) {
    std::optional<base::Time> now;
    for (auto& r : raws) {
        if (r.record.day)
            now = now ? unwrap_day(*r.record.day, *now) : start_of_day + base::seconds(*r.record.day);
        else if (r.record.truncated)
            now = unwrap_512(*r.record.truncated, now.value_or(start_of_day));
        r.frame.time = now.value_or(start_of_day);
    }
    // What comes before the first time is of that time.
    const auto first = std::ranges::find_if(raws, [](const Raw& r) { return r.record.day || r.record.truncated; });
    if (first != raws.end())
        for (auto it = raws.begin(); it != first; ++it) it->frame.time = first->frame.time;
    std::ranges::stable_sort(raws, {}, [](const Raw& r) { return r.frame.time; });
}

/// Frames' times as the recorder has them: with a date, or as a time of day on the day given.
void follow_file(std::vector<Raw>& raws) {
    base::Time now = base::Time::min();
    for (auto& r : raws) {
        if (r.file_time) now = std::max(now, *r.file_time);
        r.frame.time = now;
    }
    const auto first = std::ranges::find_if(raws, [](const Raw& r) { return r.file_time.has_value(); });
    for (auto it = raws.begin(); it != first; ++it) it->frame.time = first->frame.time;
}

}  // namespace

base::Result<Recording> read_recording(const std::string& path, std::optional<base::Date> date) {
    std::string problem;
    auto reader = asterix::FrameReader::open(path, problem);
    if (!reader) return base::fail(Errc::io, {path, 0, 0, {}}, problem);
    Recording out;
    out.framing = asterix::name(reader->framing());
    out.day_known = date.has_value();
    base::Time start_of_day = date ? base::start_of(*date) : base::Time{};
    // Times are read in the editions that the recording is written in.
    asterix::Editions editions;
    if (auto sample = asterix::FrameReader::open(path, problem)) editions = asterix::probe(*sample).apply({});
    std::vector<Raw> raws;
    std::map<asterix::Source, geo::Position> told;
    std::optional<base::Time> clock;
    bool dated = false;
    while (const auto* frame = reader->next()) {
        auto& r = raws.emplace_back();
        r.frame.bytes.assign(frame->payload.begin(), frame->payload.end());
        r.record = times_in(r.frame.bytes, editions, told);
        if (frame->received) {
            r.file_time = base::Time{*frame->received};
            dated = true;
        } else if (frame->clock) {
            // A recorder's clock without a date: a time of day that goes on over midnight.
            clock = clock ? unwrap_day(std::fmod(*frame->clock, 86'400), *clock)
                          : start_of_day + base::seconds(*frame->clock);
            r.file_time = clock;
        }
    }
    if (raws.empty()) return base::fail(Errc::syntax, {path, 0, 0, {}}, "no data in it");
    const bool any_file_time = std::ranges::any_of(raws, [](const Raw& r) { return r.file_time.has_value(); });
    out.times_of_file = any_file_time && clocks_agree(raws);
    if (out.times_of_file) {
        follow_file(raws);
        out.day_known |= dated;
    } else {
        // A capture that was replayed later has the day of the replay: better than none.
        if (!date && dated) {
            const auto it = std::ranges::find_if(raws, [](const Raw& r) { return r.file_time.has_value(); });
            start_of_day = base::start_of(base::date_of(*it->file_time));
            out.day_known = true;
        }
        follow_records(raws, start_of_day);
    }
    for (const auto& [source, position] : told) {
        auto& s = out.told.emplace_back();
        s.name = std::to_string(source.sac) + "/" + std::to_string(source.sic);
        s.sac = source.sac;
        s.sic = source.sic;
        s.position = position;
    }
    out.frames.reserve(raws.size());
    for (auto& r : raws) out.frames.push_back(std::move(r.frame));
    return out;
}

}  // namespace asman::sources
