#include "parallel/workers.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace asman::track {

struct Workers::Pool {
    std::mutex mutex;
    std::condition_variable begin, end;
    std::uint64_t round = 0;
    unsigned busy = 0;
    bool stop = false;
    void* work = nullptr;
    Call call = nullptr;
    std::size_t pieces = 0;
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> threads;

    void take(unsigned worker) {
        for (;;) {
            const std::size_t i = next.fetch_add(1, std::memory_order_relaxed);
            if (i >= pieces) return;
            call(work, i, worker);
        }
    }
    void serve(unsigned worker) {
        std::uint64_t done = 0;
        for (;;) {
            {
                std::unique_lock lock(mutex);
                begin.wait(lock, [&] { return stop || round != done; });
                if (stop) return;
                done = round;
            }
            take(worker);
            const std::lock_guard lock(mutex);
            if (--busy == 0) end.notify_one();
        }
    }
};

Workers::Workers(unsigned threads) : threads_(threads < 1 ? 1 : threads) {
    if (threads_ == 1) return;
    pool_ = std::make_unique<Pool>();
    for (unsigned k = 1; k < threads_; ++k) pool_->threads.emplace_back([p = pool_.get(), k] { p->serve(k); });
}

Workers::~Workers() {
    if (!pool_) return;
    {
        const std::lock_guard lock(pool_->mutex);
        pool_->stop = true;
    }
    pool_->begin.notify_all();
    for (auto& t : pool_->threads) t.join();
}

void Workers::run(std::size_t n, void* work, Call call) {
    Pool& p = *pool_;
    {
        const std::lock_guard lock(p.mutex);
        p.work = work;
        p.call = call;
        p.pieces = n;
        p.next.store(0, std::memory_order_relaxed);
        p.busy = static_cast<unsigned>(p.threads.size());
        ++p.round;
    }
    p.begin.notify_all();
    p.take(0);
    std::unique_lock lock(p.mutex);
    p.end.wait(lock, [&] { return p.busy == 0; });
}

}  // namespace asman::track
