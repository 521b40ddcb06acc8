#include <asman/core/input.hpp>

namespace asman::core {
namespace {

using base::Reader;
using base::Writer;

template <class... F>
struct Overload : F... {
    using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

void put_map(Writer& w, const std::map<std::string, std::string>& map) {
    w.put(static_cast<std::uint32_t>(map.size()));
    for (const auto& [key, value] : map) {
        w.text(key);
        w.text(value);
    }
}

/// Every entry takes at least 8 bytes, so a hostile count stops at the end of the bytes, not at the end of memory.
std::map<std::string, std::string> get_map(Reader& r) {
    std::map<std::string, std::string> out;
    const auto n = r.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < n && r.ok(); ++i) {
        std::string key(r.text());
        out[std::move(key)] = std::string(r.text());
    }
    return out;
}

std::vector<std::byte> get_block(Reader& r) {
    const auto b = r.block();
    return {b.begin(), b.end()};
}

}  // namespace

base::Digest Bundle::digest() const {
    base::Hasher h;
    for (const auto& [name, text] : files) {
        h.add(name);
        h.add(text);
    }
    return h.finish();
}

std::vector<std::byte> encode(const InputBody& body) {
    Writer w;
    std::visit(Overload{
                   [&](const Start& s) { put_map(w, s.bundle.files); },
                   [&](const Frame& f) {
                       w.text(f.feed);
                       w.block(f.bytes);
                   },
                   [&](const PartnerMessage& m) { w.block(m.envelope); },
                   [&](const Command& c) {
                       w.text(c.operator_name);
                       w.text(c.role);
                       w.text(c.action);
                       put_map(w, c.arguments);
                   },
                   [&](const LawAct& a) {
                       w.text(a.name);
                       w.text(a.text);
                   },
                   [&](const SetLawTime& s) { w.put(s.law_time.ns); },
                   [&](const Tick&) {},
                   [&](const ClockStatus& c) { w.put(static_cast<std::uint8_t>(c.synchronised)); },
                   [&](const LawFiles& l) { put_map(w, l.files); },
               },
               body);
    return w.take();
}

base::Result<InputBody> decode(std::uint8_t kind, base::Bytes payload) {
    Reader r(payload);
    InputBody body;
    switch (kind) {
        case 0:
            body = Start{Bundle{get_map(r)}};
            break;
        case 1: {
            Frame f;
            f.feed = std::string(r.text());
            f.bytes = get_block(r);
            body = std::move(f);
            break;
        }
        case 2:
            body = PartnerMessage{get_block(r)};
            break;
        case 3: {
            Command c;
            c.operator_name = std::string(r.text());
            c.role = std::string(r.text());
            c.action = std::string(r.text());
            c.arguments = get_map(r);
            body = std::move(c);
            break;
        }
        case 4: {
            LawAct a;
            a.name = std::string(r.text());
            a.text = std::string(r.text());
            body = std::move(a);
            break;
        }
        case 5:
            body = SetLawTime{base::Time{r.get<std::int64_t>()}};
            break;
        case 6:
            body = Tick{};
            break;
        case 7:
            body = ClockStatus{r.get<std::uint8_t>() != 0};
            break;
        case 8:
            body = LawFiles{get_map(r)};
            break;
        default:
            return base::fail(base::Errc::bad_value, "input of unknown kind " + std::to_string(kind));
    }
    if (!r.ok() || !r.empty())
        return base::fail(base::Errc::syntax, "input of kind " + std::to_string(kind) + " has a wrong length");
    return body;
}

}  // namespace asman::core
