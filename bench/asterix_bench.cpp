// How fast the asterix room is: CPU seconds of the whole process over a recording, read as a stream from its file; one
// that is shorter than so many megabytes is put together with itself in a temporary file first, its header once.
//   asterix_bench FILE [index|typed|fields|json|encode|recode] [MEGABYTES] [THREADS]
// index: the places of items; typed: every value by its typed view; fields: values that own themselves; json: as text;
// recode: values, and from them blocks of at most 1400 octets; encode: the same from values that are held, those of the
// first 8192 records of 010, 048 and 062, whose making is not counted.
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
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

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

/// with_view() of views.hpp for the categories of the recordings: a third of the compiler's work.
template <class F>
void with_view(const Record& r, F f) {
    switch (r.category()) {
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

double cpu_seconds(int who = RUSAGE_SELF) {
    rusage u{};
    getrusage(who, &u);
    const auto s = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    return s(u.ru_utime) + s(u.ru_stime);
}

/// A file of the recording over and over, behind its header if it has one. Deleted at the end.
struct Repeated {
    std::string path;
    Repeated(const std::string& file, Framing framing, std::uint64_t octets) {
        const std::size_t header = framing == Framing::pcap ? 24 : framing == Framing::gps ? 2200 : 0;
        std::ifstream in(file, std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(in), {}};
        path = std::filesystem::temp_directory_path() / ("asterix_bench-" + std::to_string(::getpid()));
        std::ofstream out(path, std::ios::binary);
        out << content.substr(0, header);
        const std::string once = content.substr(header);
        for (std::uint64_t n = 0; n < octets; n += once.size()) out << once;
    }
    ~Repeated() { std::filesystem::remove(path); }
    Repeated(const Repeated&) = delete;
    Repeated& operator=(const Repeated&) = delete;
};

struct Work {
    std::uint64_t records = 0, bytes = 0, sum = 0;
};

/// Calls `f` for the records of the file, again and again until so many octets of datagrams are through.
template <class F>
Work every_record(const std::string& file, const Editions& editions, std::uint64_t octets, F f) {
    Work w;
    std::string problem;
    do {
        auto frames = FrameReader::open(file, problem);
        while (const Frame* frame = frames->next()) {
            w.bytes += frame->payload.size();
            DatagramReader reader(frame->payload, editions, frame->number);
            while (const Event* e = reader.next())
                if (e->what == What::record) ++w.records, f(e->record);
            if (w.bytes >= octets) break;
        }
    } while (w.bytes < octets);
    return w;
}

/// Blocks of each category, as a sender makes them.
struct Blocks {
    const Editions& editions;
    std::array<std::unique_ptr<BlockWriter>, 256> of{};
    std::uint64_t octets = 0;

    template <class Fields>
    void add(const Fields& fields) {
        auto& block = of[Fields::category];
        if (!block) block = std::make_unique<BlockWriter>(Fields::category, 1400, editions.find(Fields::category));
        if (block->add(fields)) return;
        octets += block->finish().size();
        if (!block->add(fields)) {
            std::fprintf(stderr, "%s\n", block->problem().text().c_str());
            std::exit(1);
        }
    }
};

Work run(const std::string& file, const std::string& mode, std::uint64_t octets, const Editions& editions) {
    Sum sum;
    std::string text;
    Blocks blocks{editions};
    auto w = every_record(file, editions, octets, [&](const Record& record) {
        if (mode == "typed") with_view(record, [&](const auto& view) { view.visit_fields(sum); });
        if (mode == "fields" || mode == "recode")
            with_view(record, [&](const auto& view) {
                const auto values = view.to_fields();
                mode == "recode" ? blocks.add(values) : static_cast<void>(sum.total += values.i010.has_value());
            });
        if (mode == "json") to_json(record, 0, text);
        if (text.size() > 1 << 16) sum.total += text.size(), text.clear();
    });
    w.sum = sum.total + blocks.octets;
    return w;
}

/// The values of the first records, into blocks until so many octets are written; `before`: CPU seconds until then.
Work encode_held(const std::string& file, std::uint64_t octets, const Editions& editions, double& before) {
    const auto start = cpu_seconds(RUSAGE_THREAD);
    std::vector<cat010::Fields> surface;
    std::vector<cat048::Fields> plots;
    std::vector<cat062::Fields> tracks;
    std::string problem;
    auto frames = FrameReader::open(file, problem);
    std::size_t count = 0;
    while (const Frame* frame = frames->next()) {
        DatagramReader reader(frame->payload, editions, frame->number);
        while (const Event* e = reader.next()) {
            if (e->what != What::record || ++count > 8192) continue;
            if (e->category == 10) surface.push_back(cat010::View(e->record).to_fields());
            if (e->category == 48) plots.push_back(cat048::View(e->record).to_fields());
            if (e->category == 62) tracks.push_back(cat062::View(e->record).to_fields());
        }
    }
    before = cpu_seconds(RUSAGE_THREAD) - start;
    Work w;
    Blocks blocks{editions};
    while (blocks.octets < octets && surface.size() + plots.size() + tracks.size() > 0) {
        for (const auto& f : surface) blocks.add(f);
        for (const auto& f : plots) blocks.add(f);
        for (const auto& f : tracks) blocks.add(f);
        w.records += surface.size() + plots.size() + tracks.size();
    }
    w.bytes = blocks.octets;
    return w;
}

}  // namespace

int main(int argc, char** argv) {
    std::string file = argc > 1 ? argv[1] : "";
    const std::string mode = argc > 2 ? argv[2] : "typed";
    const double megabytes = argc > 3 ? std::atof(argv[3]) : 100;
    const unsigned threads = argc > 4 ? static_cast<unsigned>(std::atoi(argv[4])) : 1;
    std::string problem;
    auto sample = FrameReader::open(file, problem);
    if (!sample) {
        std::fprintf(
            stderr, "%s: %s\nusage: asterix_bench FILE [index|typed|fields|json|encode|recode] [MEGABYTES] [THREADS]\n",
            file.c_str(), problem.c_str());
        return 2;
    }
    const Editions editions = probe(*sample).apply({});
    const auto octets = static_cast<std::uint64_t>(megabytes * 1e6) / threads;
    // As much as is read of datagrams, and what wraps them: much where they are small.
    const Repeated repeated(file, sample->framing(), octets * 3 / 2);
    if (mode != "encode") file = repeated.path;
    sample.reset();
    const double made = cpu_seconds();
    std::vector<Work> work(threads);
    const auto start = std::chrono::steady_clock::now();
    std::vector<double> before(threads);
    {
        std::vector<std::jthread> pool;
        for (unsigned t = 0; t < threads; ++t)
            pool.emplace_back([&, t] {
                work[t] = mode == "encode" ? encode_held(file, octets, editions, before[t])
                                           : run(file, mode, octets, editions);
            });
    }
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
                 cpu = cpu_seconds() - made - std::accumulate(before.begin(), before.end(), 0.0);
    std::uint64_t records = 0, bytes = 0;
    for (const Work& w : work) records += w.records, bytes += w.bytes;
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    std::printf(
        "%s, %u thread(s): %.2f M records, %.0f MB, CPU %.2f s, wall %.2f s: %.2f M records/s CPU, %.2f M "
        "records/s wall, %ld MB resident\n",
        mode.c_str(), threads, static_cast<double>(records) / 1e6, static_cast<double>(bytes) / 1e6, cpu, wall,
        static_cast<double>(records) / cpu / 1e6, static_cast<double>(records) / wall / 1e6, u.ru_maxrss / 1024);
    return 0;
}
