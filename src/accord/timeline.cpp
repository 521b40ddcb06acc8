#include <asman/accord/timeline.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace asman::accord {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<') {
            out += "&lt;";
        } else if (c == '&') {
            out += "&amp;";
        } else if (c == '"') {
            out += "&quot;";
        } else {
            out += c;
        }
    }
    return out;
}

std::string_view colour(AccordState s) {
    switch (s) {
        case AccordState::signed_:
            return "#c7d3df";
        case AccordState::provisional:
            return "#8fb3d1";
        case AccordState::operative:
            return "#2b6ca3";
        case AccordState::suspended:
            return "#d99a2b";
        case AccordState::ended:
            return "#8a8a8a";
        default:
            return "none";
    }
}

class Drawing {
  public:
    Drawing(const Law& law, std::vector<Change> changes) : law_(law), changes_(std::move(changes)) {
        first_ = base::date_of(changes_.front().at).year;
        last_ = base::date_of(changes_.back().at).year + 10;
        for (const auto& c : changes_) {
            if (std::ranges::find(rows_, c.accord) == rows_.end()) rows_.push_back(c.accord);
        }
    }

    std::string draw() {
        const auto height = top + row * static_cast<double>(rows_.size()) + 40;
        out_ = fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" "
            "font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
            width, height);
        years(height);
        for (std::size_t i = 0; i < rows_.size(); ++i) accord_row(i);
        legend(height);
        return out_ + "</svg>\n";
    }

  private:
    static constexpr double width = 1100, left = 140, right = 1080, top = 30, row = 34;

    double x(Time t) const {
        const auto a = base::start_of({first_, 1, 1}), b = base::start_of({last_, 1, 1});
        return left + (right - left) * std::clamp((t - a).seconds() / (b - a).seconds(), 0.0, 1.0);
    }

    void years(double height) {
        const int step = last_ - first_ > 25 ? 5 : 1;
        for (int y = (first_ + step - 1) / step * step; y <= last_; y += step) {
            const auto at = x(base::start_of({y, 1, 1}));
            out_ += fmt::format(
                "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#e4e4e4\"/>"
                "<text x=\"{0:.1f}\" y=\"18\" text-anchor=\"middle\" fill=\"#555\">{3}</text>\n",
                at, top - 6, height - 36, y);
        }
    }

    void accord_row(std::size_t i) {
        const double y = top + row * static_cast<double>(i);
        out_ += fmt::format("<text x=\"8\" y=\"{:.1f}\" fill=\"#222\">{}</text>\n", y + 17, escaped(rows_[i]));
        std::vector<Time> edges;
        for (const auto& c : changes_) {
            if (c.accord == rows_[i]) edges.push_back(c.at);
        }
        edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
        edges.push_back(base::start_of({last_, 1, 1}));
        for (std::size_t k = 0; k + 1 < edges.size(); ++k) {
            const auto view = law_.at(edges[k]);
            const auto s = std::ranges::find(view.status(), rows_[i], &AccordStatus::id);
            if (s == view.status().end() || colour(s->state) == "none") continue;
            out_ += fmt::format(
                "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"16\" fill=\"{}\"{}><title>{}: {} from "
                "{}</title></rect>\n",
                x(edges[k]), y + 5, std::max(0.5, x(edges[k + 1]) - x(edges[k])), colour(s->state),
                s->assumed ? " fill-opacity=\"0.6\" stroke=\"#222\" stroke-dasharray=\"3 2\"" : "", escaped(rows_[i]),
                name(s->state), base::format_time(edges[k]));
        }
        for (const auto& c : changes_) {
            if (c.accord != rows_[i]) continue;
            out_ += fmt::format(
                "<path d=\"M{0:.1f} {1:.1f}l4 6h-8z\" fill=\"{2}\" stroke=\"#222\"><title>{3} {4}{5}</title></path>\n",
                x(c.at), y + 22, c.assumed ? "#ffffff" : "#222222", base::format_date(base::date_of(c.at)),
                escaped(c.what), c.assumed ? " (assumed)" : "");
        }
    }

    void legend(double height) {
        double at = left;
        for (const auto s : {AccordState::signed_, AccordState::provisional, AccordState::operative,
                             AccordState::suspended, AccordState::ended}) {
            out_ += fmt::format(
                "<rect x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"14\" height=\"12\" fill=\"{2}\"/><text x=\"{3:.1f}\" "
                "y=\"{4:.1f}\">{5}</text>\n",
                at, height - 24, colour(s), at + 20, height - 14, name(s));
            at += 110;
        }
        out_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">dashed, hollow: rests on an assumed date</text>\n", at,
                            height - 14);
    }

    const Law& law_;
    std::vector<Change> changes_;
    std::vector<std::string> rows_;
    int first_ = 0, last_ = 0;
    std::string out_;
};

}  // namespace

std::string timeline_svg(const Law& law) {
    auto changes = law.timeline();
    if (changes.empty()) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 300 40\"><text x=\"8\" y=\"24\">no "
               "accord</text></svg>\n";
    }
    return Drawing(law, std::move(changes)).draw();
}

}  // namespace asman::accord
