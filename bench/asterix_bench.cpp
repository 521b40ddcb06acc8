// How fast the asterix room is: CPU seconds of one thread over a recording repeated to a size, the whole process
// counted.
//   asterix_bench FILE [MEGABYTES] [typed|fields|json|encode|index] [THREADS]
#include <asman/asterix/cat001.hpp>
#include <asman/asterix/cat002.hpp>
#include <asman/asterix/cat010.hpp>
#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat034.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/cat062.hpp>
#include <asman/asterix/cat065.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/asterix/frames.hpp>
#include <asman/asterix/json.hpp>
#include <asman/asterix/probe.hpp>

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace {

using namespace asman::asterix;

/// Takes every value, so that none can be left out.
struct Sum {
    std::uint64_t total = 0;
    void operator()(const char*, double v) { total += static_cast<std::uint64_t>(static_cast<std::int64_t>(v * 128)); }
    void operator()(const char*, Bytes b) { total += b.size(); }
    template <std::size_t N>
    void operator()(const char*, const Text<N>& t) {
        total += static_cast<std::uint8_t>(t.characters[N - 1]);
    }
    template <class T>
        requires std::is_integral_v<T>
    void operator()(const char*, T v) {
        total += static_cast<std::uint64_t>(v);
    }
};

template <class F>
void with_view(const Record& r, F f) {
    switch (r.category()) {
        case 1:
            return f(cat001::View(r));
        case 2:
            return f(cat002::View(r));
        case 10:
            return f(cat010::View(r));
        case 21:
            return f(cat021::View(r));
        case 34:
            return f(cat034::View(r));
        case 48:
            return f(cat048::View(r));
        case 62:
            return f(cat062::View(r));
        case 65:
            return f(cat065::View(r));
        default:
            return;
    }
}

double cpu_seconds() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    const auto s = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return s(u.ru_utime) + s(u.ru_stime);
}

struct Work {
    std::uint64_t records = 0, bytes = 0, sum = 0;
};

Work run(Bytes file, std::size_t repeats, const std::string& mode, const Editions& editions) {
    Work w;
    Sum sum;
    std::string text;
    std::vector<std::byte> out;
    std::string problem;
    std::vector<cat062::Fields> tracks;
    std::vector<cat048::Fields> plots;
    for (std::size_t k = 0; k < repeats; ++k) {
        auto frames = FrameReader::over(file, problem);
        while (const Frame* frame = frames->next()) {
            w.bytes += frame->payload.size();
            DatagramReader reader(frame->payload, editions, frame->number);
            while (const Event* e = reader.next()) {
                if (e->what != What::record) continue;
                ++w.records;
                if (mode == "typed") with_view(e->record, [&](const auto& view) { view.visit_fields(sum); });
                if (mode == "fields")
                    with_view(e->record, [&](const auto& view) { sum.total += view.to_fields().i010.has_value(); });
                if (mode == "json") to_json(e->record, frame->number, text);
                if (mode == "encode" && k == 0 && e->category == 62 && tracks.size() < 512)
                    tracks.push_back(cat062::View(e->record).to_fields());
                if (mode == "encode" && k == 0 && e->category == 48 && plots.size() < 512)
                    plots.push_back(cat048::View(e->record).to_fields());
            }
            if (text.size() > 1 << 16) sum.total += text.size(), text.clear();
        }
        if (mode == "encode") break;
    }
    if (mode == "encode") {
        w = {};
        const auto start = cpu_seconds();
        const auto encode_all = [&](const auto& list) {
            if (list.empty()) return;
            const Edition& edition = *find_edition(list[0].category);
            for (std::size_t k = 0; k < repeats; ++k)
                for (const auto& f : list) {
                    Problem fault;
                    if (encode(f, edition, out, fault)) ++w.records;
                    if (out.size() > 1 << 16) w.bytes += out.size(), out.clear();
                }
        };
        encode_all(tracks);
        encode_all(plots);
        std::printf("encode alone: %.2f M records/s\n", static_cast<double>(w.records) / (cpu_seconds() - start) / 1e6);
    }
    w.sum = sum.total;
    return w;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: asterix_bench FILE [MEGABYTES] [typed|fields|json|encode|index] [THREADS]\n");
        return 2;
    }
    std::ifstream in(argv[1], std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    const Bytes file(reinterpret_cast<const std::byte*>(content.data()), content.size());
    const double megabytes = argc > 2 ? std::atof(argv[2]) : 100;
    const std::string mode = argc > 3 ? argv[3] : "typed";
    const unsigned threads = argc > 4 ? static_cast<unsigned>(std::atoi(argv[4])) : 1;
    std::string problem;
    auto sample = FrameReader::over(file, problem);
    if (!sample) return std::fprintf(stderr, "%s: %s\n", argv[1], problem.c_str()), 1;
    const Editions editions = probe(*sample).apply({});
    const auto repeats = static_cast<std::size_t>(megabytes * 1e6 / static_cast<double>(file.size())) + 1;
    std::vector<Work> work(threads);
    std::vector<std::jthread> pool;
    const auto start = std::chrono::steady_clock::now();
    for (unsigned t = 0; t < threads; ++t)
        pool.emplace_back([&, t] { work[t] = run(file, repeats / threads, mode, editions); });
    pool.clear();
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
                 cpu = cpu_seconds();
    std::uint64_t records = 0, bytes = 0;
    for (const Work& w : work) records += w.records, bytes += w.bytes;
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    std::printf(
        "%s %u thread(s): %.2f M records, %.0f MB, CPU %.2f s, wall %.2f s: %.2f M records/s CPU, %.2f M records/s "
        "wall, %ld MB resident\n",
        mode.c_str(), threads, static_cast<double>(records) / 1e6, static_cast<double>(bytes) / 1e6, cpu, wall,
        static_cast<double>(records) / cpu / 1e6, static_cast<double>(records) / wall / 1e6, u.ru_maxrss / 1024);
    return 0;
}
