#include <asman/exchange/in_process.hpp>

#include <deque>
#include <set>
#include <utility>

namespace asman::exchange {
namespace {

using base::Errc;
using base::fail;
using picture::State;

/// One direction of a pair, one class: a queue bounded in messages and bytes.
struct Outbox {
    std::deque<Bytes> waiting;
    std::size_t bytes = 0;

    void push(Bytes envelope) {
        bytes += envelope.size();
        waiting.push_back(std::move(envelope));
    }
    Bytes pop() {
        Bytes out = std::move(waiting.front());
        waiting.pop_front();
        bytes -= out.size();
        return out;
    }
    bool fits(std::size_t size, std::size_t messages, std::size_t max_bytes) const {
        return waiting.size() < messages && size <= max_bytes && bytes <= max_bytes - size;
    }
};

struct Link {
    Outbox state, log;
    Counters counters;
};

std::pair<State, State> unordered(State a, State b) {
    return a < b ? std::pair(a, b) : std::pair(b, a);
}

class End final : public Exchange {
  public:
    End(State self, const std::vector<State>& all, const Limits& limits, const std::set<std::pair<State, State>>& cuts)
        : self_(self), limits_(limits), cuts_(cuts) {
        for (const State other : all)
            if (other != self) links_.try_emplace(other);
    }

    State self() const override { return self_; }

    base::Result<void> send(State to, Delivery delivery, Bytes envelope) override {
        const auto it = links_.find(to);
        if (it == links_.end())
            return fail(Errc::unknown_name, {std::string(self_.text()), 0, 0, std::string(to.text())},
                        "no such state on this exchange");
        auto& [state, log, counters] = it->second;
        if (delivery == Delivery::log) {
            if (!log.fits(envelope.size(), limits_.log_messages, limits_.bytes)) {
                ++counters.refused;
                return fail(Errc::full, {std::string(self_.text()), 0, 0, std::string(to.text())},
                            "the log outbox is full");
            }
            log.push(std::move(envelope));
        } else {
            if (envelope.size() > limits_.bytes || limits_.state_messages == 0) {
                ++counters.dropped;
                return {};
            }
            while (!state.fits(envelope.size(), limits_.state_messages, limits_.bytes)) {
                state.pop();
                ++counters.dropped;
            }
            state.push(std::move(envelope));
        }
        ++counters.sent;
        return {};
    }

    std::vector<Bytes> receive() override { return std::exchange(arrived_, {}); }

    std::size_t purge(State to, Delivery delivery) override {
        const auto it = links_.find(to);
        if (it == links_.end()) return 0;
        auto& box = delivery == Delivery::log ? it->second.log : it->second.state;
        const auto count = box.waiting.size();
        it->second.counters.purged += count;
        box = {};
        return count;
    }

    std::map<State, Counters> counters() const override {
        std::map<State, Counters> out;
        for (const auto& [to, link] : links_) {
            out[to] = link.counters;
            out[to].waiting = link.state.waiting.size() + link.log.waiting.size();
        }
        return out;
    }

    bool linked(State to) const override { return links_.contains(to) && !cuts_.contains(unordered(self_, to)); }

    bool idle() const { return arrived_.empty(); }

    /// Moves everything that waits for `receiver` into its inbox: the log first, so that law arrives before what it
    /// governs.
    void hand_over(End& receiver) {
        auto& [state, log, counters] = links_.at(receiver.self_);
        for (Outbox* box : {&log, &state}) {
            while (!box->waiting.empty()) {
                receiver.arrived_.push_back(box->pop());
                ++counters.delivered;
            }
        }
    }

  private:
    State self_;
    const Limits& limits_;
    const std::set<std::pair<State, State>>& cuts_;
    std::map<State, Link> links_;
    std::vector<Bytes> arrived_;
};

}  // namespace

struct InProcess::Impl {
    Limits limits;
    std::set<std::pair<State, State>> cuts;
    std::map<State, End> ends;
};

InProcess::InProcess(const std::vector<State>& states, Limits limits) : impl_(std::make_unique<Impl>()) {
    impl_->limits = limits;
    for (const State state : states) impl_->ends.try_emplace(state, state, states, impl_->limits, impl_->cuts);
}
InProcess::~InProcess() = default;
InProcess::InProcess(InProcess&&) noexcept = default;
InProcess& InProcess::operator=(InProcess&&) noexcept = default;

Exchange& InProcess::end(State state) {
    // A state that was not named has an end without links: what it sends is refused as an unknown name.
    return impl_->ends.try_emplace(state, state, std::vector<State>{}, impl_->limits, impl_->cuts).first->second;
}

void InProcess::advance() {
    for (auto& [to, receiver] : impl_->ends) {
        // A node that has not read its last delivery gets no more: what it leaves waits in outboxes that have bounds.
        if (!receiver.idle()) continue;
        for (auto& [from, sender] : impl_->ends)
            if (from != to && sender.linked(to)) sender.hand_over(receiver);
    }
}

void InProcess::cut(State a, State b) {
    impl_->cuts.insert(unordered(a, b));
}

void InProcess::restore(State a, State b) {
    impl_->cuts.erase(unordered(a, b));
}

}  // namespace asman::exchange
