#include "json_value.hpp"

#include <algorithm>
#include <charconv>

namespace asman::asterix {

namespace {

constexpr int deepest = 32;

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}
    std::size_t at() const { return at_; }
    bool whole(Json& out) { return value(out, 0) && (space(), at_ == text_.size()); }

  private:
    void space() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n'))
            ++at_;
    }
    bool take(char c) {
        space();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool word(std::string_view w) {
        if (text_.substr(at_, w.size()) != w) return false;
        at_ += w.size();
        return true;
    }

    bool value(Json& out, int depth) {
        space();
        if (depth > deepest || at_ >= text_.size()) return false;
        switch (text_[at_]) {
            case '{':
                return object(out, depth);
            case '[':
                return array(out, depth);
            case '"':
                out.type = Json::Type::string;
                return string(out.string);
            case 't':
                out.type = Json::Type::boolean;
                out.boolean = true;
                return word("true");
            case 'f':
                out.type = Json::Type::boolean;
                return word("false");
            case 'n':
                return word("null");
            default:
                return number(out);
        }
    }

    bool object(Json& out, int depth) {
        out.type = Json::Type::object;
        ++at_;
        if (take('}')) return true;
        out.keys.reserve(8);
        out.array.reserve(8);
        do {
            space();
            if (!string(out.keys.emplace_back()) || !take(':') || !value(out.array.emplace_back(), depth + 1))
                return false;
        } while (take(','));
        return take('}');
    }

    bool array(Json& out, int depth) {
        out.type = Json::Type::array;
        ++at_;
        if (take(']')) return true;
        do {
            if (!value(out.array.emplace_back(), depth + 1)) return false;
        } while (take(','));
        return take(']');
    }

    bool string(std::string& out) {
        if (at_ >= text_.size() || text_[at_] != '"') return false;
        for (++at_; at_ < text_.size(); ++at_) {
            const auto plain = std::min(text_.find_first_of("\"\\", at_), text_.size());
            out += text_.substr(at_, plain - at_);
            at_ = plain;
            if (at_ == text_.size()) return false;
            if (text_[at_] == '"') return ++at_, true;
            if (!escape(out)) return false;
        }
        return false;
    }

    bool escape(std::string& out) {
        if (++at_ >= text_.size()) return false;
        switch (text_[at_]) {
            case '"':
                out += '"';
                return true;
            case '\\':
                out += '\\';
                return true;
            case '/':
                out += '/';
                return true;
            case 'b':
                out += '\b';
                return true;
            case 'f':
                out += '\f';
                return true;
            case 'n':
                out += '\n';
                return true;
            case 'r':
                out += '\r';
                return true;
            case 't':
                out += '\t';
                return true;
            case 'u':
                break;
            default:
                return false;
        }
        unsigned code = 0;
        const auto four = text_.substr(at_ + 1, 4);
        const auto [end, ec] = std::from_chars(four.data(), four.data() + four.size(), code, 16);
        if (ec != std::errc{} || end != four.data() + 4 || code > 255) return false;
        out += static_cast<char>(code);
        at_ += 4;
        return true;
    }

    bool number(Json& out) {
        out.type = Json::Type::number;
        const char* begin = text_.data() + at_;
        const char* last = text_.data() + text_.size();
        std::int64_t whole = 0;
        if (const auto [end, ec] = std::from_chars(begin, last, whole);
            ec == std::errc{} && (end == last || (*end != '.' && *end != 'e' && *end != 'E'))) {
            out.integer = whole;
            out.number = static_cast<double>(whole);
            at_ += static_cast<std::size_t>(end - begin);
            return true;
        }
        const auto [end, ec] = std::from_chars(begin, last, out.number);
        if (ec != std::errc{}) return false;
        at_ += static_cast<std::size_t>(end - begin);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

bool parse_json(std::string_view text, Json& out, std::size_t& place) {
    Parser parser(text);
    const bool ok = parser.whole(out);
    place = parser.at();
    return ok;
}

}  // namespace asman::asterix
