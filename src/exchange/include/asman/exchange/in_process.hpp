// Nodes in one process, in lock step: what is sent in one tick arrives in the next, ordered by originator and number.
#pragma once

#include <asman/exchange/exchange.hpp>

#include <memory>

namespace asman::exchange {

/// The hub of an in-process exchange. Not thread-safe by itself: nodes may run on threads of their own between two
/// advance() calls, each touching only its own end.
class InProcess {
  public:
    explicit InProcess(const std::vector<picture::State>& states, Limits limits = {});
    ~InProcess();
    InProcess(InProcess&&) noexcept;
    InProcess& operator=(InProcess&&) noexcept;

    /// A node's end; valid as long as the hub. A state that was not given has an end from which nothing leaves.
    Exchange& end(picture::State state);

    /// The tick's end: hands over what waits on links that are not cut, to every node that has read its last
    /// delivery.
    void advance();

    /// Cuts or restores the link between two states, both ways. What was handed over stays; what waits goes on waiting,
    /// within its bounds.
    void cut(picture::State a, picture::State b);
    void restore(picture::State a, picture::State b);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::exchange
