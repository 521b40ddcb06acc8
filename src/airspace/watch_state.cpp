// A Watch's state as bytes.
#include <asman/picture/archive.hpp>

#include "watch_impl.hpp"

namespace asman::airspace {
namespace {

constexpr std::uint32_t format = 1;

void put_flag(base::Writer& out, bool v) {
    out.put(static_cast<std::uint8_t>(v ? 1 : 0));
}
bool get_flag(base::Reader& in) {
    return in.get<std::uint8_t>() != 0;
}
picture::Identity get_identity(base::Reader& in) {
    const auto raw = in.get<std::uint8_t>();
    return raw <= static_cast<std::uint8_t>(picture::Identity::hostile) ? static_cast<picture::Identity>(raw)
                                                                        : picture::Identity::pending;
}

void put(base::Writer& out, const Past& p) {
    picture::put(out, p.first);
    picture::put(out, p.last);
    put_flag(out, p.was_outside);
    out.text(p.outside_state);
    picture::put(out, p.inside_since);
    put_flag(out, p.crossed);
    out.put(static_cast<std::uint8_t>(p.proposal.identity));
    out.put(static_cast<std::uint64_t>(p.proposal.evidence.size()));
    for (const auto& e : p.proposal.evidence) out.text(e);
    picture::put(out, p.proposal.since);
    out.put(static_cast<std::uint8_t>(p.candidate));
    picture::put(out, p.candidate_since);
}
void get(base::Reader& in, Past& p) {
    picture::get(in, p.first);
    picture::get(in, p.last);
    p.was_outside = get_flag(in);
    p.outside_state = in.text();
    picture::get(in, p.inside_since);
    p.crossed = get_flag(in);
    p.proposal.identity = get_identity(in);
    for (auto n = in.get<std::uint64_t>(); n > 0 && in.ok(); --n) p.proposal.evidence.emplace_back(in.text());
    picture::get(in, p.proposal.since);
    p.candidate = get_identity(in);
    picture::get(in, p.candidate_since);
}

}  // namespace

std::vector<std::byte> Watch::save() const {
    const auto& s = *impl_;
    base::Writer out;
    out.put(format);
    picture::put(out, s.now);
    out.put(s.next_number);
    out.put(static_cast<std::uint64_t>(s.pasts.size()));
    for (const auto& [number, past] : s.pasts) {
        out.put(number);
        put(out, past);
    }
    out.put(static_cast<std::uint64_t>(s.reasons.size()));
    for (const auto& [subject, reason] : s.reasons) {
        out.put(static_cast<std::uint8_t>(subject.kind));
        out.put(subject.joint_track);
        out.text(subject.what);
        picture::put(out, reason.since);
        picture::put(out, reason.last);
        put_flag(out, reason.raised);
        picture::put(out, reason.alert);
    }
    return out.take();
}

base::Result<void> Watch::restore(base::Bytes bytes) {
    base::Reader in(bytes);
    if (in.get<std::uint32_t>() != format) return base::fail(base::Errc::syntax, "not a watch of this version");
    Impl s;
    picture::get(in, s.now);
    s.next_number = in.get<std::uint64_t>();
    for (auto n = in.get<std::uint64_t>(); n > 0 && in.ok(); --n) {
        const auto number = in.get<std::uint64_t>();
        auto& past = s.pasts[number];
        get(in, past);
        past.proposal.joint_track = number;
    }
    for (auto n = in.get<std::uint64_t>(); n > 0 && in.ok(); --n) {
        const auto kind = in.get<std::uint8_t>();
        if (kind > static_cast<std::uint8_t>(picture::AlertKind::unidentified)) {
            return base::fail(base::Errc::syntax, "a saved watch with an unknown kind of alert");
        }
        Subject subject;
        subject.kind = static_cast<picture::AlertKind>(kind);
        subject.joint_track = in.get<std::uint64_t>();
        subject.what = in.text();
        auto& reason = s.reasons[subject];
        picture::get(in, reason.since);
        picture::get(in, reason.last);
        reason.raised = get_flag(in);
        picture::get(in, reason.alert);
    }
    if (!in.ok() || !in.empty()) return base::fail(base::Errc::syntax, "a saved watch that is cut or damaged");
    s.config = std::move(impl_->config);
    s.derive();
    *impl_ = std::move(s);
    return {};
}

}  // namespace asman::airspace
