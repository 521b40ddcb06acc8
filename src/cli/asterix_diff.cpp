// asman asterix diff: in what two recordings differ, record by record.
#include "asterix_diff.hpp"

#include <asman/asterix/json.hpp>

#include <fmt/core.h>

#include <deque>
#include <map>
#include <unordered_map>

namespace asman::cli {

namespace {

/// How far the next record that both have is looked for.
constexpr std::size_t window = 512;

/// What one recording has, in order: records as JSON without their place, and what is not decoded as bytes.
class Lines {
  public:
    explicit Lines(OpenRecording& recording) : recording_(recording) {}

    /// The k-th line from here; nullptr beyond the end.
    const std::string* peek(std::size_t k) {
        while (ahead_.size() <= k && read()) {
        }
        return k < ahead_.size() ? &ahead_[k] : nullptr;
    }
    void drop(std::size_t n) {
        ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(n));
        number_ += n;
    }
    std::uint64_t number() const { return number_; }

  private:
    bool read() {
        for (;;) {
            if (!reader_) {
                const asterix::Frame* frame = recording_.next();
                if (!frame) return false;
                reader_.emplace(frame->payload, recording_.editions_of(*frame), frame->number);
            }
            while (const asterix::Event* e = reader_->next()) {
                recording_.hear(*e);
                if (e->what == asterix::What::trailer) continue;
                auto& line = ahead_.emplace_back(fmt::format("{:03} ", e->category));
                if (e->what == asterix::What::record) {
                    asterix::items_to_json(e->record, line);
                } else {
                    line += e->what == asterix::What::opaque ? "opaque " : "cannot be decoded ";
                    for (const std::byte x : e->bytes) line += fmt::format("{:02x}", std::to_integer<unsigned>(x));
                }
                return true;
            }
            reader_.reset();
        }
    }
    OpenRecording& recording_;
    std::optional<asterix::DatagramReader> reader_;
    std::deque<std::string> ahead_;
    std::uint64_t number_ = 0;
};

/// The members of the object in a line, by name.
std::map<std::string, std::string> members(const std::string& line) {
    std::map<std::string, std::string> out;
    int depth = 0;
    bool text = false;
    std::size_t start = 0;
    for (std::size_t i = line.find('{'); i < line.size(); ++i) {
        const char c = line[i];
        if (c == '\\' && text) {
            ++i;
            continue;
        }
        if (c == '"') text = !text;
        if (text) continue;
        if (depth == 1 && (c == ',' || c == '}') && start < i) {
            const auto member = line.substr(start, i - start);
            const auto end = member.find('"', 1);
            if (end != std::string::npos) out[member.substr(1, end - 1)] = member;
        }
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (depth == 1 && (c == '{' || c == ',')) start = i + 1;
    }
    return out;
}

/// "070 140": items that differ in two records of one category; empty where these are not.
std::string changed_items(const std::string& x, const std::string& y) {
    if (x.substr(0, 5) != y.substr(0, 5)) return {};
    auto left = members(x), right = members(y);
    std::string out;
    for (const auto& [name, text] : left)
        if (const auto it = right.find(name); it == right.end() || it->second != text) out += " " + name;
    for (const auto& [name, text] : right)
        if (!left.contains(name)) out += " " + name;
    return out;
}

struct Step {
    std::size_t left = 0, right = 0;
};

/// Lines on either side before the next that both have: the fewest in all.
Step next_common(Lines& a, Lines& b) {
    std::unordered_map<std::string_view, std::size_t> seen;
    std::size_t left_end = 0, right_end = 0;
    while (left_end < window && a.peek(left_end)) ++left_end;
    while (right_end < window && b.peek(right_end)) ++right_end;
    for (std::size_t j = right_end; j-- > 0;) seen[*b.peek(j)] = j;
    Step best{left_end, right_end};
    for (std::size_t i = 0; i < left_end && i < best.left + best.right; ++i)
        if (const auto it = seen.find(*a.peek(i)); it != seen.end() && i + it->second < best.left + best.right)
            best = {i, it->second};
    return best;
}

}  // namespace

int asterix_diff(const std::string& a, const std::string& b, const RecordingOptions& options, unsigned most) {
    auto left_file = open_recording(a, options), right_file = open_recording(b, options);
    if (!left_file) return report(left_file.error());
    if (!right_file) return report(right_file.error());
    Lines left(*left_file), right(*right_file);
    std::uint64_t same = 0, changed = 0, only_left = 0, only_right = 0, shown = 0;
    while (left.peek(0) || right.peek(0)) {
        if (left.peek(0) && right.peek(0) && *left.peek(0) == *right.peek(0)) {
            ++same;
            left.drop(1);
            right.drop(1);
            continue;
        }
        const Step step = next_common(left, right);
        const auto pairs = std::min(step.left, step.right);
        for (std::size_t k = 0; k < std::max(step.left, step.right); ++k) {
            const bool in_left = k < step.left, in_right = k < step.right;
            if (shown++ >= most) break;
            if (in_left && in_right)
                if (const auto items = changed_items(*left.peek(k), *right.peek(k)); !items.empty())
                    fmt::print("!{} {}: items{}\n", left.number() + k, right.number() + k, items);
            if (in_left) fmt::print("-{} {}\n", left.number() + k, *left.peek(k));
            if (in_right) fmt::print("+{} {}\n", right.number() + k, *right.peek(k));
        }
        changed += pairs;
        only_left += step.left - pairs;
        only_right += step.right - pairs;
        left.drop(step.left);
        right.drop(step.right);
    }
    fmt::print("{} records the same, {} changed, {} only in {}, {} only in {}\n", same, changed, only_left, a,
               only_right, b);
    return changed + only_left + only_right ? Exit::failed : Exit::ok;
}

}  // namespace asman::cli
