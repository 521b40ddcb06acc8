#include "audit_desk.hpp"

#include <asman/picture/archive.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace asman::core {
namespace {

using picture::State;

constexpr std::size_t most_open_heads = 64;
constexpr std::size_t most_received = 4096;
constexpr std::size_t most_pending = 1024;
/// A head that nobody has countersigned for so many intervals is told.
constexpr std::size_t patience = 3;

wire::Salt salt_of(const std::string& secret, const std::string& chain, std::uint64_t number) {
    base::Hasher h;
    h.add("asman salt 1");
    h.add(secret);
    h.add(chain);
    h.add(static_cast<std::int64_t>(number));
    const auto d = h.finish();
    wire::Salt out{};
    std::copy_n(d.value.begin(), out.size(), out.begin());
    return out;
}

const std::string& accord_of(const std::vector<picture::ClauseRef>& clauses) {
    static const std::string none;
    return clauses.empty() ? none : clauses.back().accord;
}

/// How many objects of the message stand under an accord, and the digest of them all. What is handed over are tracks,
/// reports and notices; a drop is not.
std::pair<std::size_t, base::Digest> handed_under(const wire::Batch& batch, const std::string& accord,
                                                  const wire::Salt& salt) {
    std::vector<base::Digest> objects;
    const auto add = [&](const auto& noun, const auto& clauses) {
        if (accord_of(clauses) != accord) return;
        base::Writer w;
        picture::put(w, noun);
        objects.push_back(accord::salted(salt, w.bytes()));
    };
    for (const auto& c : batch.contributions) add(c, c.clauses);
    for (const auto& r : batch.reports) add(r, r.leave.clauses);
    for (const auto& n : batch.notices) add(n, n.leave.clauses);
    return {objects.size(), accord::digest_of_handed(objects)};
}

std::string handed_text(std::size_t objects, const base::Digest& digest) {
    return fmt::format("{} objects {}", objects, digest.hex());
}

/// Numbers as ranges: "3, 7 to 9".
std::string ranges(const std::vector<std::uint64_t>& numbers) {
    std::string out;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t j = i;
        while (j + 1 < numbers.size() && numbers[j + 1] == numbers[j] + 1) ++j;
        if (out.size() > 150) return out + ", …";
        out += (out.empty() ? "" : ", ") +
               (i == j ? fmt::format("{}", numbers[i]) : fmt::format("{} to {}", numbers[i], numbers[j]));
        i = j + 1;
    }
    return out;
}

/// Lines "NUMBER LINK CHAIN…" of earlier runs, as the edge has found them.
std::map<std::string, std::pair<std::uint64_t, base::Digest>> heads_before(const Bundle& bundle) {
    std::map<std::string, std::pair<std::uint64_t, base::Digest>> out;
    const auto file = bundle.files.find("audit.heads");
    if (file == bundle.files.end()) return out;
    std::string_view text = file->second;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto one = line.find(' '), two = line.find(' ', one + 1);
        if (two == std::string_view::npos) continue;
        std::uint64_t number = 0;
        const auto link = base::Digest::from_hex(line.substr(one + 1, two - one - 1));
        if (std::from_chars(line.data(), line.data() + one, number).ec != std::errc() || !link) continue;
        out[std::string(line.substr(two + 1))] = {number, *link};
    }
    return out;
}

std::string secret_of(const NodeConfig& config, const Bundle& bundle) {
    const auto it = bundle.files.find("numbers.secret");
    return it != bundle.files.end() ? it->second : "salts of " + std::string(config.state.text());
}

}  // namespace

AuditDesk::AuditDesk(const NodeConfig& config, const Bundle& bundle)
    : self_(config.state),
      interval_(config.audit_interval),
      secret_(secret_of(config, bundle)),
      before_(heads_before(bundle)),
      national_(resumed(accord::national_chain(config.state))) {
    for (const auto& p : config.partners) partners_.push_back(p.state);
    std::ranges::sort(partners_);
}

accord::Chain AuditDesk::resumed(const std::string& chain) const {
    const auto it = before_.find(chain);
    return it == before_.end() ? accord::Chain(chain) : accord::Chain(chain, it->second.first, it->second.second);
}

AuditDesk::Own& AuditDesk::own(const PairId& id) {
    const auto it = own_.find(id);
    if (it != own_.end()) return it->second;
    auto chain = resumed(accord::pair_chain(self_, id.first, id.second));
    Own fresh{std::move(chain), {}, {}, false};
    fresh.roll.accord = id.second;
    fresh.roll.first = fresh.chain.number() + 1;
    return own_.emplace(id, std::move(fresh)).first->second;
}

AuditDesk::Mirror& AuditDesk::mirror(const PairId& id) {
    const auto it = mirrors_.find(id);
    if (it != mirrors_.end()) return it->second;
    return mirrors_.emplace(id, Mirror{resumed(accord::pair_chain(id.first, self_, id.second)), {}}).first->second;
}

void AuditDesk::write(const std::string& chain, const accord::AuditEntry& entry) {
    lines_.push_back({chain, false, accord::print_entry(entry)});
}

void AuditDesk::national(base::Time at, std::string kind, std::string text) {
    write(national_.id(), national_.append(at, std::move(kind), std::move(text)));
}

void AuditDesk::append(const PairId&, Own& own, base::Time at, std::string kind, std::string text) {
    own.roll.entries.push_back({at, kind, text});
    write(own.chain.id(), own.chain.append(at, std::move(kind), std::move(text)));
}

void AuditDesk::act(const accord::Act& act, base::Time at) {
    const auto text = fmt::format("{} {}: {}, effective {}", act.digest().hex(), act.accord, act.words(),
                                  base::format_time(act.effective_at));
    national(at, "act", text);
    const auto it = parties_.find(act.accord);
    if (it == parties_.end() || !it->second.contains(self_)) return;
    for (const auto& p : partners_)
        if (it->second.contains(p))
            append({p, act.accord}, own({p, act.accord}), at, "act", text.substr(0, wire::max_text));
}

void AuditDesk::hand_over(State to, wire::Batch& batch, base::Time at) {
    std::set<std::string> accords;
    for (const auto& c : batch.contributions) accords.insert(accord_of(c.clauses));
    for (const auto& r : batch.reports) accords.insert(accord_of(r.leave.clauses));
    for (const auto& n : batch.notices) accords.insert(accord_of(n.leave.clauses));
    for (const auto& id : accords) {
        if (id.empty()) continue;
        auto& o = own({to, id});
        wire::Handed h{id, o.chain.number() + 1, {}};
        h.salt = salt_of(secret_, o.chain.id(), h.number);
        const auto [objects, digest] = handed_under(batch, id, h.salt);
        append({to, id}, o, at, "handed", handed_text(objects, digest));
        batch.handed.push_back(std::move(h));
    }
}

void AuditDesk::received(State from, const wire::Batch& batch) {
    for (const auto& h : batch.handed) {
        const auto it = parties_.find(h.accord);
        if (it == parties_.end() || !it->second.contains(self_) || !it->second.contains(from)) continue;
        auto& m = mirror({from, h.accord});
        if (h.number <= m.chain.number()) continue;
        const auto [objects, digest] = handed_under(batch, h.accord, h.salt);
        m.received[h.number] = base::digest(handed_text(objects, digest));
        if (m.received.size() > most_received) m.received.erase(m.received.begin());
    }
}

void AuditDesk::tell(base::Time at, std::string kind, std::string text) {
    ++faults_;
    national(at, kind, text);
    events_.push_back({at, std::move(kind), std::move(text)});
}

/// What of the head's entries did not come, or came otherwise, in words.
std::string AuditDesk::compare(Mirror& m, const wire::AuditHead& head) {
    std::vector<std::uint64_t> missing, other;
    for (std::size_t i = 0; i < head.entries.size(); ++i) {
        if (head.entries[i].kind != "handed") continue;
        const auto number = head.first + i;
        const auto it = m.received.find(number);
        if (it == m.received.end())
            missing.push_back(number);
        else if (it->second != base::digest(head.entries[i].text))
            other.push_back(number);
    }
    std::string out;
    if (!missing.empty()) out += "entries " + ranges(missing) + " not received";
    if (!other.empty()) out += (out.empty() ? "" : "; ") + ("entries " + ranges(other) + " received otherwise");
    m.received.erase(m.received.begin(), m.received.upper_bound(head.first + head.entries.size() - 1));
    return out;
}

void AuditDesk::head(State from, const wire::AuditHead& head, base::Bytes envelope, base::Time at) {
    const auto it = parties_.find(head.accord);
    if (it == parties_.end() || !it->second.contains(self_) || !it->second.contains(from) || head.entries.empty())
        return;
    auto& m = mirror({from, head.accord});
    const auto last = head.first + head.entries.size() - 1;
    const auto expected = m.chain.number() + 1;
    const auto chain = m.chain.id();
    if (head.first != expected) {
        tell(at, "audit.gap",
             head.first > expected
                 ? fmt::format("{}: entries {} to {} never came", chain, expected, head.first - 1)
                 : fmt::format("{}: fork: entries {} to {} come again", chain, head.first, expected - 1));
        // Only the head itself can go on from here: what lies between has no link to stand on.
        m.chain = accord::Chain(chain, last, head.link);
        m.received.clear();
        write(chain, {last, head.entries.back().at, head.entries.back().kind, head.entries.back().text, head.link});
        return;
    }
    auto walked = m.chain;
    std::vector<accord::AuditEntry> entries;
    for (const auto& e : head.entries) entries.push_back(walked.append(e.at, e.kind, e.text));
    if (walked.link() != head.link) {
        tell(at, "audit.fork",
             fmt::format("{}: entries {} to {} do not give the head's link", chain, head.first, last));
        m.chain = accord::Chain(chain, last, head.link);
        m.received.clear();
        return;
    }
    for (const auto& e : entries) write(chain, e);
    m.chain = std::move(walked);
    auto remarks = compare(m, head);
    if (remarks.find("otherwise") != std::string::npos) tell(at, "audit.differs", chain + ": " + remarks);
    lines_.push_back(
        {chain, true, accord::print_signed_head({last, head.link, from, {}, {envelope.begin(), envelope.end()}})});
    outgoing_[from].countersignatures.push_back({head.accord, last, head.link, std::move(remarks)});
    ++heads_signed_;
}

void AuditDesk::countersigned(State from, const wire::Countersignature& c, base::Bytes envelope, base::Time at) {
    const auto it = own_.find({from, c.accord});
    if (it == own_.end()) return;
    auto& o = it->second;
    const auto head = o.open.find(c.number);
    if (head == o.open.end()) return;  // of an earlier run, or signed already
    if (head->second != c.link) {
        tell(at, "audit.fork",
             fmt::format("{}: {} has countersigned another head {}", o.chain.id(), from.text(), c.number));
        return;
    }
    o.open.erase(o.open.begin(), std::next(head));
    o.silent = false;
    ++countersigned_;
    lines_.push_back(
        {o.chain.id(), true,
         accord::print_signed_head({c.number, c.link, from, c.remarks, {envelope.begin(), envelope.end()}})});
    if (!c.remarks.empty())
        national(at, "remarks", fmt::format("{}: {} says: {}", o.chain.id(), from.text(), c.remarks));
}

void AuditDesk::judge(State from, const wire::Batch& batch, base::Bytes envelope, base::Time at) {
    const auto grace = std::min(base::seconds(5), base::Duration{interval_.ns / 4});
    for (const auto& h : batch.heads) {
        if (pending_.size() >= most_pending) break;  // the next head names the gap
        pending_.push_back({from, h, {envelope.begin(), envelope.end()}, at + grace});
    }
    for (const auto& c : batch.countersignatures) countersigned(from, c, envelope, at);
    for (const auto& r : batch.refusals) {
        ++refusals_received_;
        const auto text = fmt::format("{} refused {} objects of entry {} under {}: {}", from.text(), r.count, r.number,
                                      r.accord, r.reason);
        national(at, "refused", text);
        events_.push_back({at, "partner.refuses", text});
    }
}

void AuditDesk::refused(State from, const wire::Batch& batch, const std::string& accord, std::string_view reason) {
    const auto it = std::ranges::find(batch.handed, accord, &wire::Handed::accord);
    const auto number = it == batch.handed.end() ? 0 : it->number;
    if (refusals_.size() < wire::max_refusals) ++refusals_[{from, accord, number, std::string(reason)}];
}

std::vector<std::pair<State, wire::Batch>> AuditDesk::advance(base::Time now) {
    for (; !pending_.empty() && pending_.front().due <= now; pending_.pop_front()) {
        const auto& p = pending_.front();
        head(p.from, p.head, p.envelope, now);
    }
    for (const auto& [key, count] : std::exchange(refusals_, {})) {
        const auto& [from, accord, number, reason] = key;
        outgoing_[from].refusals.push_back({accord, number, count, reason});
    }
    // At fixed instants of data time, whether anything moved or not.
    if (next_head_ == base::Time::min()) next_head_ = {(now.ns / interval_.ns + 1) * interval_.ns};
    const bool due = now >= next_head_;
    while (next_head_ <= now) next_head_ = next_head_ + interval_;
    for (const auto& [id, members] : parties_) {
        if (!members.contains(self_)) continue;
        for (const auto& p : partners_) {
            if (!members.contains(p)) continue;
            auto& o = own({p, id});
            if (!due && o.roll.entries.size() + 1 < wire::max_roll) continue;
            append({p, id}, o, now, "head", fmt::format("every {:g} s", interval_.seconds()));
            o.roll.link = o.chain.link();
            o.open[o.chain.number()] = o.chain.link();
            if (o.open.size() > most_open_heads) o.open.erase(o.open.begin());
            if (o.open.size() > patience && !std::exchange(o.silent, true))
                tell(now, "audit.silent",
                     fmt::format("{}: {} has not countersigned since entry {}", o.chain.id(), p.text(),
                                 o.open.begin()->first));
            outgoing_[p].heads.push_back(std::move(o.roll));
            o.roll = {id, o.chain.number() + 1, {}, {}};
            ++heads_sent_;
        }
    }
    std::vector<std::pair<State, wire::Batch>> out;
    for (auto& [to, batch] : std::exchange(outgoing_, {})) out.emplace_back(to, std::move(batch));
    return out;
}

std::vector<AuditLine> AuditDesk::take_lines() {
    return std::exchange(lines_, {});
}
std::vector<Event> AuditDesk::take_events() {
    return std::exchange(events_, {});
}

void AuditDesk::count(std::map<std::string, std::uint64_t>& c) const {
    c["audit_heads_sent"] = heads_sent_;
    c["audit_heads_signed"] = heads_signed_;
    c["audit_heads_countersigned"] = countersigned_;
    c["audit_faults"] = faults_;
    c["audit_refusals_received"] = refusals_received_;
    c["audit_national_entries"] = national_.number();
}

}  // namespace asman::core
