// A fixed number of threads for pieces of work that do not touch one another.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace asman::track {

/// Runs `work(i, worker)` for every i below n, on as many threads as it was made with, and returns when all are done.
/// Which thread takes which piece is left open: a piece writes only what is its own, so that nobody can tell. One
/// thread: everything runs where it is called and no thread is made. `worker` is below threads(): the index of scratch
/// memory. Own threads in place of a task library's: the sanitizer for data races sees into them.
class Workers {
  public:
    explicit Workers(unsigned threads);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    unsigned threads() const { return threads_; }
    template <class Work>
    void each(std::size_t n, Work&& work) {
        if (threads_ == 1 || n < 2) {
            for (std::size_t i = 0; i < n; ++i) work(i, 0U);
            return;
        }
        run(n, const_cast<void*>(static_cast<const void*>(&work)), [](void* w, std::size_t i, unsigned worker) {
            (*static_cast<std::remove_reference_t<Work>*>(w))(i, worker);
        });
    }

  private:
    using Call = void (*)(void*, std::size_t, unsigned);
    void run(std::size_t n, void* work, Call call);

    struct Pool;
    unsigned threads_;
    std::unique_ptr<Pool> pool_;
};

}  // namespace asman::track
