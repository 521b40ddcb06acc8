// Records made at random from the tables: for property tests and fuzzing.
#pragma once

#include <asman/asterix/record.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace asman::asterix {

/// Small and fast, the same everywhere (xorshift64*).
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u | 1) {}
    std::uint64_t next() {
        state_ ^= state_ >> 12, state_ ^= state_ << 25, state_ ^= state_ >> 27;
        return state_ * 0x2545F4914F6CDD1Du;
    }
    std::uint64_t below(std::uint64_t n) { return (next() >> 16) % n; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

  private:
    std::uint64_t state_;
};

/// How a record is made.
enum class Making : std::uint8_t {
    plausible,  ///< canonical, each value within its bounds and with a meaning
    canonical,  ///< canonical, any bits
    wild,       ///< spare bits, empty octets, random field sequencing, long repetitions: what the bytes allow
};

class RecordMaker {
  public:
    RecordMaker(Dice& dice, Making making) : dice_(dice), making_(making) {}

    /// Appends a record; returns its order. A reader may take another: by an element in it (001).
    const Uap* record(const Edition& edition, const Edition* expansion, std::vector<std::byte>& out) {
        out_ = &out;
        expansion_ = expansion;
        const Uap& uap = edition.uap[dice_.below(edition.uaps)];
        const auto density = 1 + dice_.below(8);
        std::vector<const Node*> fields(uap.items);
        for (std::size_t k = 0; k < uap.items; ++k) {
            const Item* item = uap.item[k];
            if (!item || !(k == 0 || dice_.below(8) < density)) continue;
            if (item->node->kind == Kind::random && making_ != Making::wild) continue;
            const bool twice = std::ranges::find(fields, item->node) != fields.end();
            if (!twice || making_ == Making::wild) fields[k] = item->node;
        }
        specification(fields, 7);
        for (const Node* n : fields)
            if (n) n->kind == Kind::random ? random_fields(uap) : item(*n);
        return &uap;
    }

  private:
    void octet(std::uint64_t v) { out_->push_back(static_cast<std::byte>(v)); }

    /// Octets with a bit a field; by sevens with an extension bit, by eights without.
    void specification(const std::vector<const Node*>& fields, std::size_t per_octet, std::size_t octets = 0) {
        std::size_t last = octets;
        if (!octets) {
            last = 1;
            for (std::size_t k = 0; k < fields.size(); ++k)
                if (fields[k]) last = k / per_octet + 1;
            if (making_ == Making::wild && dice_.one_in(16)) ++last;
        }
        for (std::size_t i = 0; i < last; ++i) {
            unsigned v = 0;
            for (std::size_t k = 0; k < per_octet; ++k)
                if (const auto n = i * per_octet + k; n < fields.size() && fields[n]) v |= 0x80u >> k;
            octet(v | (!octets && i + 1 < last ? 1u : 0u));
        }
    }

    void random_fields(const Uap& uap) {
        const auto count = dice_.below(4);
        octet(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto frn = dice_.below(uap.items);
            octet(frn + 1);
            if (uap.item[frn] && uap.item[frn]->node->kind != Kind::random) item(*uap.item[frn]->node);
        }
    }

    void item(const Node& n) {
        if (n.kind == Kind::opaque && n.name == "RE" && expansion_ && (making_ != Making::wild || !dice_.one_in(4))) {
            const auto start = out_->size();
            octet(0);
            whole(*expansion_->item->node);
            auto length = out_->size() - start;
            if (length > 255) out_->resize(start + (length = 1));
            (*out_)[start] = static_cast<std::byte>(length);
        } else {
            whole(n);
        }
    }

    /// A node that fills octets.
    void whole(const Node& n) {
        switch (n.kind) {
            case Kind::extended:
                return extended(n);
            case Kind::repetitive:
                return repetitive(n);
            case Kind::compound:
                return compound(n);
            case Kind::opaque: {
                const auto length = dice_.below(6);
                octet(length + 1);
                for (std::uint64_t i = 0; i < length; ++i) octet(dice_.next() >> 40);
                return;
            }
            default:
                bits(n);
                return;
        }
    }

    void extended(const Node& n) {
        std::size_t last = dice_.below(n.children);
        const auto bare = [](const Node& e) {
            return std::ranges::all_of(e.nodes(), [](const Node& m) { return m.kind == Kind::spare; });
        };
        while (making_ != Making::wild && last > 0 && bare(n.child[last])) --last;
        for (std::size_t k = 0; k <= last; ++k) {
            for (const Node& c : n.child[k].nodes()) bits(c);
            if (n.child[k].octets) put(k < last, 1);
        }
    }

    void repetitive(const Node& n) {
        auto count = dice_.below(4);
        if (making_ == Making::wild && dice_.one_in(32)) count = dice_.below(256);
        if (n.octets)
            put(count, 8u * n.octets);
        else
            count = std::max<std::uint64_t>(count, 1);
        for (std::uint64_t i = 0; i < count; ++i) {
            n.child->bits ? bits(*n.child) : whole(*n.child);
            if (!n.octets) put(i + 1 < count, 1);
        }
    }

    void compound(const Node& n) {
        std::vector<const Node*> fields(n.children);
        const auto density = 1 + dice_.below(4);
        for (std::size_t k = 0; k < n.children; ++k)
            if (n.child[k].kind != Kind::absent && dice_.below(4) < density) fields[k] = &n.child[k];
        specification(fields, n.octets ? 8 : 7, n.octets);
        for (const Node* c : fields)
            if (c) whole(*c);
    }

    /// A node of fixed width.
    void bits(const Node& n) {
        if (n.kind == Kind::group) {
            for (const Node& c : n.nodes()) bits(c);
        } else if (n.kind == Kind::spare) {
            for (std::size_t left = n.bits; left; left -= std::min<std::size_t>(left, 32))
                put(making_ == Making::wild && dice_.one_in(16) ? dice_.next() : 0, std::min<std::size_t>(left, 32));
        } else if (n.bits > 64) {
            for (std::size_t left = n.bits; left; left -= std::min<std::size_t>(left, 8))
                put(n.coding == Coding::ascii ? 'A' + dice_.below(26) : dice_.next() >> 20,
                    std::min<std::size_t>(left, 8));
        } else if (n.kind == Kind::choice && making_ != Making::wild &&
                   (making_ == Making::plausible || n.child->kind != Kind::element || n.children > 3)) {
            put(0, n.bits);  // what spare bits or meanings an alternative has is not known here
        } else {
            put(making_ == Making::plausible ? plausible(n) : any(n.bits), n.bits);
        }
    }

    std::uint64_t any(std::size_t width) {
        const auto mask = width < 64 ? (std::uint64_t{1} << width) - 1 : ~std::uint64_t{0};
        switch (dice_.below(8)) {
            case 0:
                return 0;
            case 1:
                return mask;
            case 2:
                return std::uint64_t{1} << dice_.below(width);
            case 3:
                return (mask >> 1) + dice_.below(2);
            default:
                return dice_.next() & mask;
        }
    }

    std::uint64_t plausible(const Node& n) {
        const auto mask = n.bits < 64 ? (std::uint64_t{1} << n.bits) - 1 : ~std::uint64_t{0};
        switch (n.coding) {
            case Coding::table:
                return n.meanings > 1 ? n.meaning[dice_.below(n.meanings)].value : dice_.next() & mask;
            case Coding::icao:
            case Coding::ascii: {
                std::uint64_t v = 0;
                const bool six = n.coding == Coding::icao;
                for (std::size_t i = 0; i < n.bits / (six ? 6 : 8); ++i)
                    v = v << (six ? 6 : 8) | (six ? 1 + dice_.below(26) : 'A' + dice_.below(26));
                return v;
            }
            case Coding::integer:
            case Coding::quantity:
                return within(n, mask);
            default:
                return dice_.next() & mask;
        }
    }

    std::uint64_t within(const Node& n, std::uint64_t mask) {
        const double least = n.is_signed ? -std::ldexp(1, static_cast<int>(n.bits) - 1) : 0;
        const double most = std::ldexp(1, static_cast<int>(n.bits) - (n.is_signed ? 1 : 0)) - 1;
        double low = least, high = most;
        for (const Limit& l : n.bounds()) {
            if (l.relation[0] == '>')
                low = std::max(low, std::ceil(l.value / n.lsb) + (l.relation == ">" ? 1 : 0));
            else
                high = std::min(high, std::floor(l.value / n.lsb) - (l.relation == "<" ? 1 : 0));
        }
        if (low > high) low = least, high = most;  // bounds that nothing keeps
        if (n.bits == 24 && n.unit == "s") high = std::min(high, 86399.0 / n.lsb);
        const double share = static_cast<double>(dice_.below(1u << 30)) / (1u << 30);
        const auto v = static_cast<std::int64_t>(low + std::floor(share * (high - low)));
        return static_cast<std::uint64_t>(v) & mask;
    }

    void put(std::uint64_t v, std::size_t width) {
        while (width) {
            const auto take = std::min<std::size_t>(width, 8 - have_);
            partial_ = partial_ << take | (v >> (width - take) & ((1u << take) - 1));
            width -= take;
            have_ += take;
            if (have_ == 8) {
                octet(partial_ & 0xFF);
                have_ = 0;
                partial_ = 0;
            }
        }
    }

    Dice& dice_;
    Making making_;
    const Edition* expansion_ = nullptr;
    std::vector<std::byte>* out_ = nullptr;
    std::uint64_t partial_ = 0;
    std::size_t have_ = 0;
};

}  // namespace asman::asterix
