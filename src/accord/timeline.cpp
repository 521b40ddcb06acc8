// The picture of lives: a row an accord (or a party), states as shades of one blue, what is assumed hatched.
#include <asman/accord/timeline.hpp>
#include <asman/base/markup.hpp>

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {
namespace {

constexpr double width = 1180, left = 248, right = 1156, top = 64, row_height = 54, bar_height = 15;
constexpr double letter = 5.3;  ///< width of a letter at the size of labels, from above

std::string_view style(AccordState s) {
    switch (s) {
        case AccordState::signed_:
            return "s";
        case AccordState::provisional:
            return "p";
        case AccordState::operative:
            return "o";
        case AccordState::suspended:
            return "u";
        default:
            return "e";
    }
}

std::string date(Time t) {
    return base::format_date(base::date_of(t));
}

/// At most so many bytes, at a word's end where there is one; UTF-8 is not cut.
std::string shortened(std::string_view text, std::size_t most) {
    if (text.size() <= most) return std::string(text);
    auto end = text.rfind(' ', most);
    if (end == std::string_view::npos || end < most / 2) {
        end = most;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    }
    return std::string(text.substr(0, end)) + " …";
}

struct Row {
    std::string name, title;
    std::vector<Span> spans;
    std::vector<Time> notches;
    std::vector<std::pair<Time, std::string>> labels;  ///< above the bar
    std::vector<const Annotation*> dots;
};

class Drawing {
  public:
    Drawing(std::string title, std::vector<Row> rows, Time from, Time to)
        : title_(std::move(title)), rows_(std::move(rows)), from_(from), to_(to) {}

    std::string draw() {
        const double height = top + row_height * static_cast<double>(rows_.size()) + 58;
        out_ = fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
            "font-family=\"Inter, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif\">\n"
            "<title>{2}</title>\n<defs><pattern id=\"h\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
            "patternTransform=\"rotate(45)\"><rect width=\"2.2\" height=\"6\" fill=\"#fff\" "
            "fill-opacity=\".55\"/></pattern>"
            "</defs>\n<style>.s{{fill:#c4d2df}}.p{{fill:#86aecd}}.o{{fill:#2a6496}}.u{{fill:#d9a441}}.e{{fill:#dfe3e7}}"
            ".y{{font-size:11px;fill:#66707a}}.n{{font-size:13px;font-weight:600;fill:#1d2731}}"
            ".t{{font-size:10.5px;fill:#66707a}}.l{{font-size:10px;fill:#3c4650}}.g{{stroke:#e6eaee}}</style>\n"
            "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"24\" y=\"30\" font-size=\"16\" "
            "font-weight=\"600\" fill=\"#1d2731\">{2}</text>\n",
            width, height, base::escaped_markup(title_));
        years(height - 46);
        for (std::size_t i = 0; i < rows_.size(); ++i) row(rows_[i], top + row_height * static_cast<double>(i));
        legend(height - 20);
        return out_ + "</svg>\n";
    }

  private:
    double x(Time t) const {
        const auto clamped = std::clamp(t, from_, to_);
        return left + (right - left) * (clamped - from_).seconds() / (to_ - from_).seconds();
    }

    void years(double bottom) {
        const int first = base::date_of(from_).year, last = base::date_of(to_).year;
        const int span = std::max(1, last - first);
        const int step = span > 60 ? 10 : span > 24 ? 5 : span > 12 ? 2 : 1;
        for (int y = first; y <= last; ++y) {
            if (y % step != 0) continue;
            const double at = x(base::start_of({y, 1, 1}));
            out_ += fmt::format(
                "<path class=\"g\" d=\"M{0:.1f} {1}V{2:.1f}\"/><text class=\"y\" x=\"{0:.1f}\" y=\"{3}\" "
                "text-anchor=\"middle\">{4}</text>\n",
                at, top - 6, bottom, top - 12, y);
        }
    }

    void row(const Row& r, double y) {
        const double bar = y + 22;
        out_ += fmt::format(
            "<text class=\"n\" x=\"24\" y=\"{:.1f}\">{}</text>\n<text class=\"t\" x=\"24\" y=\"{:.1f}\">{}"
            "</text>\n",
            bar + 5, base::escaped_markup(r.name), bar + 19, base::escaped_markup(shortened(r.title, 40)));
        for (const auto& s : r.spans) span(s, r, bar);
        for (const auto t : r.notches)
            out_ += fmt::format(
                "<path d=\"M{:.1f} {:.1f}v{}\" stroke=\"#fff\" stroke-width=\"1.5\"><title>term ends {}"
                "</title></path>\n",
                x(t), bar, bar_height, date(t));
        for (const auto* a : r.dots)
            out_ += fmt::format(
                "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.6\" fill=\"{}\" stroke=\"#66707a\"><title>{} {}"
                "</title></circle>\n",
                x(a->date.at), bar + bar_height + 7, a->date.assumed ? "#fff" : "#66707a", date(a->date.at),
                base::escaped_markup(a->what));
        labels(r, bar);
    }

    void span(const Span& s, const Row& r, double bar) {
        const double a = x(s.from), b = x(std::min(s.until, to_)), w = std::max(0.8, b - a);
        const bool thin = s.state == AccordState::ended;
        const double h = thin ? 3 : bar_height, y = thin ? bar + (bar_height - 3) / 2 : bar;
        out_ += fmt::format(
            "<g><title>{}: {}{}, {} to {}</title><rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
            "height=\"{}\"/>",
            base::escaped_markup(r.name), name(s.state), s.assumed ? " (rests on an assumed date)" : "", date(s.from),
            s.until == Time::max() ? "…" : date(s.until), style(s.state), a, y, w, h);
        if (s.assumed && !thin)
            out_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\" fill=\"url(#h)\"/>", a,
                                y, w, h);
        if (s.version > 1 && w > 40 && s.state == AccordState::operative)
            out_ += fmt::format(
                "<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"10\" fill=\"#fff\" stroke=\"#2a6496\" "
                "stroke-width=\"3\" paint-order=\"stroke\">version {}</text>",
                a + 6, y + 11, s.version);
        out_ += "</g>\n";
    }

    /// Above the bar in two lines, each where it happened; what would run into another is left to the tooltips.
    void labels(const Row& r, double bar) {
        double free[2] = {left - 4, left - 4};
        for (const auto& [t, text] : r.labels) {
            const double w = letter * static_cast<double>(text.size());
            double at = x(t);
            if (at + w > right + 20) at = right + 20 - w;
            const int line = at >= free[0] ? 0 : 1;
            if (at < free[line]) continue;
            const double up = line * 11;
            out_ += fmt::format(
                "<path d=\"M{0:.1f} {1:.1f}v{5:.1f}\" stroke=\"#8a949e\"/><text class=\"l\" x=\"{2:.1f}\" "
                "y=\"{3:.1f}\">{4}</text>\n",
                x(t), bar - 5 - up, at + 2 * line, bar - 7 - up, base::escaped_markup(text), 5 + up);
            free[line] = at + w + 8;
            // The line down from the upper one is not crossed by what stands below.
            if (line == 1) free[0] = std::max(free[0], x(t) + 6);
        }
    }

    void legend(double y) {
        double at = left;
        const std::pair<AccordState, const char*> items[]{{AccordState::signed_, "signed"},
                                                          {AccordState::provisional, "applied provisionally"},
                                                          {AccordState::operative, "in force"},
                                                          {AccordState::suspended, "suspended"},
                                                          {AccordState::ended, "ended"}};
        const auto item = [&](std::string_view shape, std::string_view text) {
            out_ += fmt::format("{}<text class=\"y\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", shape, at + 22, y, text);
            at += 42 + 6.2 * static_cast<double>(text.size());
        };
        for (const auto& [state, text] : items)
            item(fmt::format("<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"16\" height=\"10\"/>", style(state),
                             at, y - 9),
                 text);
        item(fmt::format(
                 "<rect class=\"o\" x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"16\" height=\"10\"/><rect fill=\"url(#h)\" "
                 "x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"16\" height=\"10\"/>",
                 at, y - 9),
             "rests on an assumed date");
        item(fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.6\" fill=\"#66707a\"/>", at + 12, y - 4),
             "a vote or the like");
    }

    std::string title_;
    std::vector<Row> rows_;
    Time from_, to_;
    std::string out_;
};

/// What stands above a bar: the great changes, in few words.
std::vector<std::pair<Time, std::string>> labels_of(const Life& l) {
    std::vector<std::pair<Time, std::string>> out;
    for (const auto& c : l.changes) {
        std::string what;
        if (c.what == "signed") {
            what = "signed";
        } else if (c.what == "enters into force") {
            what = "in force";
        } else if (c.what == "applied provisionally") {
            what = "provisional";
        } else if (c.what.starts_with("suspended")) {
            what = "suspended";
        } else if (c.what == "resumed" || c.what == "ends") {
            what = c.what;
        } else if (c.what.starts_with("version ")) {
            what = c.what.substr(0, c.what.find(" enters"));
        } else if (c.what.find(" leaves") != std::string::npos) {
            what = c.what;
        }
        if (!what.empty()) out.emplace_back(c.at, what + " " + date(c.at) + (c.assumed ? " ?" : ""));
    }
    return out;
}

Row row_of(const Life& l) {
    Row r{l.id, l.title, l.spans, l.term_ends, labels_of(l), {}};
    for (const auto& a : l.annotations) r.dots.push_back(&a);
    return r;
}

Row row_of(const PartySpan& p) {
    Row r{std::string(p.party.text()), "", p.spans, {}, {}, {}};
    for (const auto& s : p.spans) {
        const char* what = s.state == AccordState::operative ? "bound"
                           : s.state == AccordState::ended   ? "left"
                                                             : "signed";
        r.labels.emplace_back(s.from, fmt::format("{} {}", what, date(s.from)));
    }
    return r;
}

}  // namespace

std::string timeline_svg(const Law& law, const std::string& id) {
    const auto all = lives(law, id);
    if (all.empty()) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 300 40\" width=\"300\" height=\"40\"><text "
               "x=\"8\" "
               "y=\"24\" font-family=\"sans-serif\">no accord</text></svg>\n";
    }
    std::vector<Row> rows;
    Time first = Time::max(), last = Time::min();
    for (const auto& l : all) {
        rows.push_back(row_of(l));
        if (!id.empty())
            for (const auto& p : l.parties) rows.push_back(row_of(p));
        first = std::min(first, l.spans.front().from);
        for (const auto& c : l.changes) last = std::max(last, c.at);
    }
    const auto from = base::start_of({base::date_of(first).year, 1, 1});
    const auto to = base::start_of({base::date_of(last).year + years_after_last, 1, 1});
    auto title = id.empty()                  ? fmt::format("{} accords", all.size())
                 : all.front().title.empty() ? id
                                             : all.front().title;
    if (law.is_hindsight()) title += " (with hindsight)";
    return Drawing(std::move(title), std::move(rows), from, to).draw();
}

}  // namespace asman::accord
