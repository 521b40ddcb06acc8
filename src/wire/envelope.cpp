#include <asman/wire/envelope.hpp>

#include <algorithm>
#include <array>

namespace asman::wire {
namespace {

using base::Errc;
using base::fail;

constexpr std::array<char, 4> magic{'A', 'S', 'M', 'E'};
constexpr std::uint8_t envelope_version = 1;
constexpr std::string_view domain = "asman envelope 1";

void put_state(base::Writer& out, picture::State state) {
    for (const char c : state.code) out.put(c);
}

picture::State get_state(base::Reader& in) {
    picture::State state;
    for (char& c : state.code) c = in.get<char>();
    return state;
}

/// All that the signature covers, as it stands on the wire.
void put_signed_part(base::Writer& out, const Envelope& e) {
    for (const char c : magic) out.put(c);
    out.put(envelope_version);
    put_state(out, e.from);
    put_state(out, e.to);
    out.put(static_cast<std::uint8_t>(e.delivery));
    out.put(e.sequence);
    out.put(e.sent_at.ns);
    out.block(e.payload);
}

std::vector<std::byte> signed_message(const Envelope& e) {
    base::Writer out;
    out.text(domain);
    put_signed_part(out, e);
    return out.take();
}

template <class Map>
void save_numbers(base::Writer& out, const Map& numbers) {
    out.put(static_cast<std::uint32_t>(numbers.size()));
    for (const auto& [key, last] : numbers) {
        put_state(out, key.first);
        out.put(static_cast<std::uint8_t>(key.second));
        out.put(last);
    }
}

template <class Map>
base::Result<void> restore_numbers(base::Reader& in, Map& numbers) {
    Map read;
    const auto count = in.get<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
        const auto state = get_state(in);
        const auto delivery = in.get<std::uint8_t>();
        const auto last = in.get<std::uint64_t>();
        if (!picture::State::well_formed(state.text()) || delivery > 1)
            return fail(Errc::bad_value, "saved envelope numbers name no state or no delivery class");
        read[{state, static_cast<Delivery>(delivery)}] = last;
    }
    if (!in.ok()) return fail(Errc::syntax, "saved envelope numbers end early");
    numbers = std::move(read);
    return {};
}

}  // namespace

std::string_view name(Delivery delivery) {
    return delivery == Delivery::log ? "log" : "state";
}

std::vector<std::byte> encode(const Envelope& envelope) {
    base::Writer out;
    put_signed_part(out, envelope);
    out.raw(std::as_bytes(std::span(envelope.signature.value)));
    return out.take();
}

base::Result<Envelope> decode_envelope(base::Bytes bytes) {
    base::Reader in(bytes);
    std::array<char, 4> found{};
    for (char& c : found) c = in.get<char>();
    if (found != magic) return fail(Errc::syntax, "not an asman envelope");
    if (const auto v = in.get<std::uint8_t>(); v != envelope_version)
        return fail(Errc::syntax, "envelope version " + std::to_string(v) + ", this node reads 1");
    Envelope e;
    e.from = get_state(in);
    e.to = get_state(in);
    const auto delivery = in.get<std::uint8_t>();
    e.sequence = in.get<std::uint64_t>();
    e.sent_at.ns = in.get<std::int64_t>();
    const auto payload = in.block();
    const auto signature = in.take(e.signature.value.size());
    if (!in.ok() || !in.empty()) return fail(Errc::syntax, "envelope length does not fit its contents");
    if (payload.size() > max_payload) return fail(Errc::full, "envelope payload too large");
    if (!picture::State::well_formed(e.from.text()) || !picture::State::well_formed(e.to.text()))
        return fail(Errc::syntax, "envelope names no state");
    if (delivery > 1) return fail(Errc::syntax, "envelope of an unknown delivery class");
    if (e.sequence == 0) return fail(Errc::syntax, "envelope without a number");
    e.delivery = static_cast<Delivery>(delivery);
    e.payload.assign(payload.begin(), payload.end());
    std::ranges::transform(signature, e.signature.value.begin(),
                           [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return e;
}

void sign(Envelope& envelope, const base::KeyPair& key) {
    envelope.signature = base::sign(key, signed_message(envelope));
}

bool verify(const Envelope& envelope, const base::PublicKey& key) {
    return base::verify(key, signed_message(envelope), envelope.signature);
}

// ------------------------------------------------------------------------------------------------------------- Sealer

Sealer::Sealer(picture::State from, base::KeyPair key) : from_(from), key_(key) {}

base::Result<std::vector<std::byte>> Sealer::seal(picture::State to, Delivery delivery, base::Time sent_at,
                                                  base::Bytes payload) {
    if (payload.size() > max_payload) return fail(Errc::full, "payload too large for an envelope");
    Envelope e{.from = from_,
               .to = to,
               .delivery = delivery,
               .sequence = ++last_[{to, delivery}],
               .sent_at = sent_at,
               .payload = {payload.begin(), payload.end()},
               .signature = {}};
    sign(e, key_);
    return encode(e);
}

void Sealer::save(base::Writer& out) const {
    save_numbers(out, last_);
}

base::Result<void> Sealer::restore(base::Reader& in) {
    return restore_numbers(in, last_);
}

void Sealer::skip(std::uint64_t numbers) {
    for (auto& [pair, last] : last_) last += numbers;
}

// ------------------------------------------------------------------------------------------------------------- Opener

Opener::Opener(picture::State self) : self_(self) {}

void Opener::set_key(picture::State partner, const base::PublicKey& key) {
    keys_[partner] = key;
    counters_.try_emplace(partner);
}

void Opener::remove_key(picture::State partner) {
    keys_.erase(partner);
}

base::Result<Envelope> Opener::open(base::Bytes bytes) {
    auto e = decode_envelope(bytes);
    if (!e) {
        ++malformed_;
        return e;
    }
    const std::string from(e->from.text());
    if (e->to != self_ || e->from == self_) {
        ++misdirected_;
        return fail(Errc::refused, {from, 0, 0, {}}, "envelope for " + std::string(e->to.text()) + " arrived here");
    }
    const auto key = keys_.find(e->from);
    if (key == keys_.end()) {
        ++unknown_sender_;
        return fail(Errc::unknown_name, {from, 0, 0, {}}, "no key of this sender");
    }
    auto& counters = counters_[e->from];
    const std::string item = std::string(name(e->delivery)) + " " + std::to_string(e->sequence);
    if (!verify(*e, key->second)) {
        ++counters.forged;
        return fail(Errc::bad_signature, {from, 0, 0, item}, "the signature does not fit the sender's key");
    }
    auto& last = last_[{e->from, e->delivery}];
    if (e->sequence <= last) {
        ++counters.replayed;
        return fail(Errc::duplicate, {from, 0, 0, item}, "number already taken, the last was " + std::to_string(last));
    }
    counters.missing += e->sequence - last - 1;
    last = e->sequence;
    ++counters.accepted;
    return e;
}

std::uint64_t Opener::last(picture::State partner, Delivery delivery) const {
    const auto it = last_.find({partner, delivery});
    return it == last_.end() ? 0 : it->second;
}

void Opener::save(base::Writer& out) const {
    save_numbers(out, last_);
}

base::Result<void> Opener::restore(base::Reader& in) {
    return restore_numbers(in, last_);
}

}  // namespace asman::wire
