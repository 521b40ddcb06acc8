#include <asman/node/federation.hpp>

#include <barrier>
#include <functional>
#include <thread>

namespace asman::node {
namespace {

/// Runs job(i) for i = 0 … n−1 on a fixed set of threads, thread t taking i ≡ t. Which thread runs a member never
/// matters: members share nothing, and their results are merged in index order by the caller.
class Crew {
  public:
    explicit Crew(unsigned threads) : threads_(std::max(1u, threads)), start_(threads_), done_(threads_) {
        for (unsigned t = 1; t < threads_; ++t)
            others_.emplace_back([this, t] {
                for (;;) {
                    start_.arrive_and_wait();
                    if (!job_) return;
                    run(t);
                    done_.arrive_and_wait();
                }
            });
    }
    ~Crew() {
        job_ = nullptr;
        if (threads_ > 1) start_.arrive_and_wait();
    }
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    void each(std::size_t n, std::function<void(std::size_t)> job) {
        job_ = std::move(job);
        n_ = n;
        if (threads_ > 1) start_.arrive_and_wait();
        run(0);
        if (threads_ > 1) done_.arrive_and_wait();
    }

  private:
    void run(unsigned t) {
        for (std::size_t i = t; i < n_; i += threads_) job_(i);
    }
    unsigned threads_;
    std::barrier<> start_, done_;
    std::function<void(std::size_t)> job_;
    std::size_t n_ = 0;
    std::vector<std::jthread> others_;
};

}  // namespace

struct Federation::Impl {
    std::vector<Member> members;
    std::vector<picture::State> states;
    std::unique_ptr<exchange::InProcess> hub;
    std::unique_ptr<exchange::Exchange> outside;  ///< in place of the hub, for a single member
    std::vector<base::Result<void>> results;
    std::vector<char> pictures;
    std::unique_ptr<Crew> crew;
    base::Time now;

    exchange::Exchange& end_of(std::size_t i) { return outside ? *outside : hub->end(states[i]); }

    base::Result<void> step(std::size_t i, base::Time to, std::vector<FeedFrame>& frames) {
        auto& member = members[i];
        auto& end = end_of(i);
        for (auto& envelope : end.receive()) ASMAN_CHECK(member.give(core::PartnerMessage{std::move(envelope)}, now));
        for (auto& frame : frames)
            ASMAN_CHECK(member.give(core::Frame{std::move(frame.feed), std::move(frame.bytes)}, frame.time));
        ASMAN_CHECK(member.give(core::Tick{}, to));
        pictures[i] = member.take_picture();
        return send(i);
    }

    base::Result<void> send(std::size_t i) {
        auto& end = end_of(i);
        for (const auto& receiver : members[i].take_purges()) end.purge(receiver, wire::Delivery::state);
        auto sealed_now = members[i].take_sealed();
        if (!sealed_now.empty()) ASMAN_CHECK(members[i].keep_numbers());
        for (auto& sealed : sealed_now) {
            auto sent = end.send(sealed.to, sealed.delivery, std::move(sealed.envelope));
            // A partner whose outbox is full, or who has no node here, blinds nobody: the exchange has counted it.
            if (!sent && sent.error().code != base::Errc::full && sent.error().code != base::Errc::unknown_name)
                return sent;
        }
        return {};
    }
};

Federation::Federation(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Federation::~Federation() = default;
Federation::Federation(Federation&&) noexcept = default;
Federation& Federation::operator=(Federation&&) noexcept = default;

base::Result<Federation> Federation::start(std::vector<MemberOptions> members, base::Time at, unsigned threads) {
    auto impl = std::make_unique<Impl>();
    impl->now = at;
    for (auto& options : members) {
        ASMAN_TRY(auto member, Member::start(std::move(options), at));
        impl->states.push_back(member.state());
        impl->members.push_back(std::move(member));
    }
    impl->hub = std::make_unique<exchange::InProcess>(impl->states);
    impl->results.resize(impl->members.size());
    impl->pictures.resize(impl->members.size());
    impl->crew = std::make_unique<Crew>(std::min<unsigned>(threads, static_cast<unsigned>(impl->members.size())));
    return Federation(std::move(impl));
}

base::Result<Federation> Federation::start(MemberOptions member, base::Time at,
                                           std::unique_ptr<exchange::Exchange> exchange) {
    std::vector<MemberOptions> members;
    members.push_back(std::move(member));
    ASMAN_TRY(auto out, start(std::move(members), at));
    out.impl_->outside = std::move(exchange);
    return out;
}

base::Result<void> Federation::tick(base::Time now, std::vector<std::vector<FeedFrame>> frames) {
    auto& m = *impl_;
    frames.resize(m.members.size());
    m.crew->each(m.members.size(), [&](std::size_t i) { m.results[i] = m.step(i, now, frames[i]); });
    for (auto& result : m.results) ASMAN_CHECK(std::move(result));
    m.hub->advance();
    m.now = now;
    return {};
}

base::Result<void> Federation::give(std::size_t member, core::InputBody body) {
    ASMAN_CHECK(impl_->members.at(member).give(std::move(body), impl_->now));
    return impl_->send(member);
}

base::Result<void> Federation::give_all(const core::InputBody& body) {
    for (std::size_t i = 0; i < size(); ++i) ASMAN_CHECK(give(i, body));
    return {};
}

std::size_t Federation::size() const {
    return impl_->members.size();
}
const core::Engine& Federation::engine(std::size_t member) const {
    return impl_->members.at(member).engine();
}
std::vector<core::Event> Federation::take_events(std::size_t member) {
    return impl_->members.at(member).take_events();
}
bool Federation::picture_made(std::size_t member) const {
    return impl_->pictures.at(member) != 0;
}
const exchange::Exchange& Federation::end(std::size_t member) const {
    return impl_->end_of(member);
}
exchange::InProcess& Federation::exchange() {
    return *impl_->hub;
}

base::Result<void> Federation::sync() {
    for (auto& member : impl_->members) ASMAN_CHECK(member.sync());
    return {};
}

}  // namespace asman::node
