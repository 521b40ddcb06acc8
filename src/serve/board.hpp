// The one place that two threads touch: what the node has put up for displays, and what displays have asked of the
// node.
#pragma once

#include <asman/base/queue.hpp>
#include <asman/serve/server.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace asman::serve {

using picture::State;

/// A message with the number of its publication; 0: none yet.
struct Posted {
    Json json;
    std::uint64_t version = 0;
};
struct StateBoard {
    Posted scene, snapshot;
    std::uint32_t watchers = 0;
};

/// Behind one mutex, held for the copy of a pointer.
class Board {
  public:
    explicit Board(const ServerOptions& options)
        : options_(options), commands_(options.commands, base::WhenFull::refuse) {}

    void put(State state, Json json, bool scene) {
        const std::lock_guard lock(mutex_);
        auto& at = states_[state];
        auto& posted = scene ? at.scene : at.snapshot;
        posted = {std::move(json), posted.version + 1};
        if (first_.empty()) first_ = state;
    }
    void put_text(Json& slot, Json text) {
        const std::lock_guard lock(mutex_);
        slot = std::move(text);
    }
    Json get_text(const Json& slot) const {
        const std::lock_guard lock(mutex_);
        return slot;
    }
    void put_product(const std::string& name, Json json) {
        const std::lock_guard lock(mutex_);
        if (json)
            products_[name] = std::move(json);
        else
            products_.erase(name);
    }
    Json product(std::string_view name) const {
        const std::lock_guard lock(mutex_);
        const auto it = products_.find(name);
        return it == products_.end() ? nullptr : it->second;
    }
    /// Null: nothing published of it.
    std::optional<StateBoard> look(State state) const {
        const std::lock_guard lock(mutex_);
        const auto it = states_.find(state);
        if (it == states_.end() || it->second.scene.version + it->second.snapshot.version == 0) return std::nullopt;
        return it->second;
    }
    State first() const {
        const std::lock_guard lock(mutex_);
        return options_.first_state.empty() ? first_ : options_.first_state;
    }
    void watch(State before, State after) {
        const std::lock_guard lock(mutex_);
        if (!before.empty() && states_[before].watchers > 0) --states_[before].watchers;
        if (!after.empty()) ++states_[after].watchers;
    }
    bool watched(State state) const {
        const std::lock_guard lock(mutex_);
        const auto it = states_.find(state);
        return it != states_.end() && it->second.watchers > 0;
    }
    bool command(Command command) {
        const std::lock_guard lock(mutex_);
        const bool taken = commands_.push(std::move(command));
        if (!taken) ++counters_.commands_refused;
        return taken;
    }
    std::optional<Command> poll() {
        const std::lock_guard lock(mutex_);
        return commands_.pop();
    }
    template <class Change>
    void count(Change change) {
        const std::lock_guard lock(mutex_);
        change(counters_);
    }
    ServerCounters read_counters() const {
        const std::lock_guard lock(mutex_);
        return counters_;
    }

    Json status, metrics;  ///< only through put_text, get_text

  private:
    const ServerOptions& options_;
    mutable std::mutex mutex_;
    std::map<State, StateBoard> states_;
    std::map<std::string, Json, std::less<>> products_;
    State first_;
    base::BoundedQueue<Command> commands_;
    ServerCounters counters_;
};

}  // namespace asman::serve
