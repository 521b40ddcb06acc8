// Several nodes in one process, in lock step: a tick is 100 ms of data time; what is sent in one arrives in the next.
// A node whose partners are other processes has an exchange of its own in place of the common one.
#pragma once

#include <asman/exchange/in_process.hpp>
#include <asman/node/member.hpp>

#include <memory>
#include <span>
#include <vector>

namespace asman::node {

inline constexpr base::Duration tick_length = base::milliseconds(100);

/// Bytes that a feed of one state's node received.
struct FeedFrame {
    base::Time time;
    std::string feed;
    std::vector<std::byte> bytes;
};

class Federation {
  public:
    /// `threads` members are stepped at once; the results are the same for any number.
    static base::Result<Federation> start(std::vector<MemberOptions> members, base::Time at, unsigned threads = 1);
    /// One member on an exchange of its own.
    static base::Result<Federation> start(MemberOptions member, base::Time at,
                                          std::unique_ptr<exchange::Exchange> exchange);
    ~Federation();
    Federation(Federation&&) noexcept;
    Federation& operator=(Federation&&) noexcept;

    /// One tick, up to `now`: each member gets what partners sent in the last tick, its frames (ordered by time), and
    /// the tick. `frames[i]` are member i's.
    base::Result<void> tick(base::Time now, std::vector<std::vector<FeedFrame>> frames);

    /// Gives an input to one member, between ticks.
    base::Result<void> give(std::size_t member, core::InputBody body);
    /// The same input to all.
    base::Result<void> give_all(const core::InputBody& body);

    std::size_t size() const;
    const core::Engine& engine(std::size_t member) const;
    std::vector<core::Event> take_events(std::size_t member);
    /// Whether the member made a picture in the last tick.
    bool picture_made(std::size_t member) const;
    exchange::InProcess& exchange();
    /// A member's end of its exchange: who is linked, what waits.
    const exchange::Exchange& end(std::size_t member) const;
    base::Result<void> sync();

  private:
    struct Impl;
    explicit Federation(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::node
