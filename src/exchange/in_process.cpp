#include <asman/exchange/in_process.hpp>

#include "outbox.hpp"

#include <set>
#include <utility>

namespace asman::exchange {
namespace {

using base::Errc;
using base::fail;
using picture::State;

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
        return it->second.put(delivery, std::move(envelope), limits_,
                              {std::string(self_.text()), 0, 0, std::string(to.text())});
    }

    std::vector<Bytes> receive() override { return std::exchange(arrived_, {}); }

    std::size_t purge(State to, Delivery delivery) override {
        const auto it = links_.find(to);
        return it == links_.end() ? 0 : it->second.purge(delivery);
    }

    std::map<State, Counters> counters() const override {
        std::map<State, Counters> out;
        for (const auto& [to, outbox] : links_) out[to] = outbox.counters();
        return out;
    }

    bool linked(State to) const override { return links_.contains(to) && !cuts_.contains(unordered(self_, to)); }

    bool idle() const { return arrived_.empty(); }

    /// Moves everything that waits for `receiver` into its inbox: the log first, so that law arrives before what it
    /// governs.
    void hand_over(End& receiver) {
        auto& outbox = links_.at(receiver.self_);
        for (const Delivery delivery : {Delivery::log, Delivery::state}) {
            while (auto envelope = outbox.take(delivery)) {
                receiver.arrived_.push_back(std::move(*envelope));
                outbox.count_delivered();
            }
        }
    }

  private:
    State self_;
    const Limits& limits_;
    const std::set<std::pair<State, State>>& cuts_;
    std::map<State, Outbox> links_;
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
