// A Joint's state as bytes.
#include <asman/picture/archive.hpp>

#include "joint_impl.hpp"

#include <algorithm>

namespace asman::fuse {
namespace {

constexpr std::uint32_t format = 2;

void put(base::Writer& out, const Key& k) {
    picture::put(out, k.originator);
    picture::put(out, k.via);
    out.put(k.number);
}
void get(base::Reader& in, Key& k) {
    picture::get(in, k.originator);
    picture::get(in, k.via);
    k.number = in.get<std::uint64_t>();
}

}  // namespace

std::vector<std::byte> Joint::save() const {
    const auto& s = *impl_;
    base::Writer out;
    out.put(format);
    picture::put(out, s.own);
    picture::put(out, s.now);
    out.put(s.next_number);
    picture::put_all(out, s.local);
    out.put(static_cast<std::uint64_t>(s.foreign.size()));
    for (const auto& [key, c] : s.foreign) picture::put(out, c);
    out.put(static_cast<std::uint64_t>(s.bonds.size()));
    for (const auto& [key, bond] : s.bonds) {
        put(out, key);
        out.put(bond.number);
        out.put(static_cast<std::uint8_t>(bond.joined ? 1 : 0));
    }
    const auto& c = s.counters;
    for (const auto n : {c.refused_malformed, c.refused_full, c.stale, c.expired, c.copies}) out.put(n);
    // The picture as it was made: inputs that came since have not changed it yet.
    out.put(static_cast<std::uint64_t>(s.tracks.size()));
    for (const auto& t : s.tracks) {
        out.put(t.number);
        picture::put(out, t.fused);
        picture::put_all(out, t.contributions);
        picture::put(out, t.airspace);
    }
    return out.take();
}

base::Result<void> Joint::restore(base::Bytes bytes) {
    base::Reader in(bytes);
    if (in.get<std::uint32_t>() != format) return base::fail(base::Errc::syntax, "not a joint picture of this version");
    Impl s;
    picture::get(in, s.own);
    if (s.own != impl_->own) {
        return base::fail(base::Errc::conflict, "the saved joint picture is of '" + std::string(s.own.text()) + "'");
    }
    picture::get(in, s.now);
    s.next_number = in.get<std::uint64_t>();
    picture::get_all(in, s.local);
    for (auto n = in.get<std::uint64_t>(); n > 0 && in.ok(); --n) {
        Contribution c;
        picture::get(in, c);
        ++s.per_partner[c.via];
        s.foreign.emplace(key_of(c), std::move(c));
    }
    for (auto n = in.get<std::uint64_t>(); n > 0 && in.ok(); --n) {
        Key key;
        get(in, key);
        const auto number = in.get<std::uint64_t>();
        s.bonds[key] = {number, in.get<std::uint8_t>() != 0};
    }
    auto& c = s.counters;
    for (auto* n : {&c.refused_malformed, &c.refused_full, &c.stale, &c.expired, &c.copies})
        *n = in.get<std::uint64_t>();
    for (auto n = in.get<std::uint64_t>(); n > 0 && in.ok(); --n) {
        auto& t = s.tracks.emplace_back();
        t.number = in.get<std::uint64_t>();
        picture::get(in, t.fused);
        picture::get_all(in, t.contributions);
        picture::get(in, t.airspace);
    }
    if (!in.ok() || !in.empty()) return base::fail(base::Errc::syntax, "a saved joint picture that is cut or damaged");
    s.config = impl_->config;
    s.borders = impl_->borders;
    *impl_ = std::move(s);
    return {};
}

}  // namespace asman::fuse
