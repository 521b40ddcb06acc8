#include <asman/core/selfcheck.hpp>

#include "audit_desk.hpp"
#include "law_desk.hpp"

#include <fmt/format.h>

#include <random>

namespace asman::core {
namespace {

using picture::State;
using Random = std::mt19937_64;

const State A("AAA"), B("BBB"), C("CCC");

int whole(Random& r, int a, int b) {
    return a + static_cast<int>(r() % static_cast<std::uint64_t>(b - a + 1));
}
double real(Random& r, double a, double b) {
    return a + (b - a) * static_cast<double>(r() >> 11) * 0x1p-53;
}
bool chance(Random& r, int percent) {
    return whole(r, 1, 100) <= percent;
}

std::string text(const std::string& id, State from, State to, const std::string& more) {
    return fmt::format(
        "format = 1\nid = \"{}\"\nparties = [\"{}\", \"{}\"]\n[signed]\non = 2020-01-01\ncertainty = \"public\"\n"
        "source = \"\"\n[entry]\nconsent = \"signature\"\nrule = \"on_signature\"\n[[region]]\nname = \"all\"\n"
        "polygon = [[38, 70], [38, 78], [46, 78], [46, 70]]\n[[region]]\nname = \"core\"\ncircle = [42, 74]\n"
        "radius_km = 150\n[[clause]]\nid = \"c\"\ncertainty = \"public\"\nsource = \"\"\nfrom = [\"{}\"]\n"
        "to = [\"{}\"]\nproduct = \"tracks\"\narea = \"all\"\n{}",
        id, from.text(), to.text(), from.text(), to.text(), more);
}

std::string drawn_terms(Random& r) {
    static const char* const fields[]{"[\"velocity\", \"height\", \"address\", \"accuracy\"]", "[\"velocity\"]",
                                      "[\"callsign\", \"mode_3a\", \"height\"]", "[]"};
    const int delay = chance(r, 40) ? whole(r, 1, 4) : 0;
    std::string out = fmt::format("fields = {}\nvalidity_s = {}\ndelay_s = {}\nincludes_onward = {}\n",
                                  fields[r() % std::size(fields)], delay + whole(r, 5, 60), delay, chance(r, 80));
    if (chance(r, 40)) out += fmt::format("grid_km = {}\n", whole(r, 1, 20));
    if (chance(r, 40)) out += fmt::format("rate_s = {}\n", whole(r, 2, 5));
    if (chance(r, 40)) out += "[[clause.exclusion]]\nid = \"x\"\narea = \"core\"\n";
    return out;
}

struct Aircraft {
    double lat, lon;
    int level;
    std::uint32_t address;
};

picture::Track track(const Aircraft& a, std::uint64_t number, base::Time now, State owner, std::uint32_t sensor) {
    picture::Track t;
    t.number = number;
    t.confirmed = true;
    t.kinematics.time = t.last_report = now;
    t.first_seen = now - base::seconds(60);
    t.kinematics.at = geo::Point::degrees(a.lat, a.lon);
    t.kinematics.velocity = {150, 20};
    t.kinematics.covariance = Eigen::Vector4d(2500, 1600, 4, 4).asDiagonal();
    t.kinematics.pressure_altitude = geo::PressureAltitude::from_flight_level(a.level);
    t.identity.address = a.address;
    t.identity.callsign = fmt::format("X{}", a.address % 1000);
    t.lineage = {{owner, {sensor}, t.first_seen, now, 10}};
    return t;
}

/// How A's data are in one of the two worlds.
struct Theirs {
    int kind = 0;  ///< as they are, absent, shifted, relabelled, multiplied, noise
    std::uint64_t seed = 0;
};

/// B with its law, fed step by step; what C got.
class Node {
  public:
    Node(const std::map<std::string, std::string>& files, base::Time start) {
        config_.state = B;
        config_.mode = Mode::simulated;
        picture::Sensor s;
        s.id = {1};
        s.name = "BBB/radar";
        s.owner = B;
        config_.sensors = {s};
        config_.partners = {{A, {}}, {C, {}}};
        config_.audit_interval = base::seconds(3);
        bundle_.files = files;
        law_.emplace(config_, bundle_, nullptr);
        audit_.emplace(config_, bundle_);
        audit_->set_parties(law_->parties());
        law_->advance(start);
        clauses_ = law_->sensor_views().empty() ? std::vector<std::uint64_t>{} : law_->sensor_views()[0].clauses;
        for (const auto& g : law_->view().grants(A, B)) reference_ = g.reference();
    }

    void step(base::Time now, const std::vector<Aircraft>& own, const std::vector<Aircraft>& theirs, Theirs alter) {
        law_->advance(now);
        Random r(alter.seed);
        std::vector<picture::Track> local;
        for (std::size_t i = 0; i < own.size(); ++i) local.push_back(track(own[i], i + 1, now, B, 1));
        std::vector<picture::JointTrack> joint;
        const auto held = [&](const Aircraft& a, std::uint64_t number) {
            picture::JointTrack j;
            j.number = joint.size() + 1;
            picture::Contribution c;
            c.originator = c.via = A;
            c.number = number;
            if (reference_) c.clauses = {*reference_};
            c.track = track(a, number, now, A, 0);
            c.valid_until = now + base::seconds(30);
            j.contributions.push_back(std::move(c));
            joint.push_back(std::move(j));
        };
        for (std::size_t i = 0; i < theirs.size() && alter.kind != 1; ++i) {
            auto a = theirs[i];
            auto number = static_cast<std::uint64_t>(100 + i);
            if (alter.kind == 2) a.lat += real(r, -0.3, 0.3);
            if (alter.kind == 3) number = r() % 1000, a.address = static_cast<std::uint32_t>(r() % 0xFFFFFF);
            for (int copies = alter.kind == 4 ? whole(r, 1, 4) : 1; copies > 0; --copies) held(a, number++);
        }
        for (int i = alter.kind == 5 ? whole(r, 1, 8) : 0; i > 0; --i)
            held({real(r, 38, 46), real(r, 70, 78), whole(r, 0, 450), static_cast<std::uint32_t>(r() % 0xFFFFFF)},
                 r() % 1000);
        const std::vector<Ingest::View> views{{clauses_, local}};
        for (auto& [to, batch] : law_->release(now, views, joint)) {
            if (batch.empty()) continue;
            audit_->hand_over(to, batch, now);
            if (to == C) add(batch);
        }
        for (auto& [to, batch] : audit_->advance(now))
            if (to == C) add(batch);
        for (const auto& line : audit_->take_lines())
            if (line.chain.starts_with("pair BBB CCC")) got_.add(line.line);
    }

    base::Digest got() { return got_.finish(); }
    std::size_t messages() const { return messages_; }

  private:
    void add(const wire::Batch& batch) {
        ++messages_;
        const auto payload = wire::encode(batch);
        if (payload) got_.add(*payload);
    }

    NodeConfig config_;
    Bundle bundle_;
    std::optional<LawDesk> law_;
    std::optional<AuditDesk> audit_;
    std::vector<std::uint64_t> clauses_;
    std::optional<picture::ClauseRef> reference_;
    base::Hasher got_;
    std::size_t messages_ = 0;
};

/// A counterexample in words, or nothing.
std::string counterexample(std::uint64_t seed, accord::Mutation mutation) {
    Random r(seed);
    const bool consent = mutation == accord::Mutation::ignore_onward_consent;
    const std::map<std::string, std::string> files{
        {"accords/law.toml",
         "format = 1\nsignatures = \"none\"\n[[state]]\ncode = \"AAA\"\n[[state]]\ncode = \"BBB\"\n[[state]]\ncode = "
         "\"CCC\"\n"},
        {"accords/A-B.toml", text("A-B", A, B,
                                  "fields = [\"velocity\", \"height\", \"address\", \"accuracy\"]\nvalidity_s = 60\n" +
                                      std::string(consent ? "[clause.onward]\nto = [\"CCC\"]\n" : ""))},
        {"accords/B-C.toml", text("B-C", B, C, drawn_terms(r))}};
    auto now = *base::parse_time("2030-06-01T12:00:00Z") + base::seconds(whole(r, 0, 86'400));
    std::vector<Aircraft> own, theirs;
    const auto draw = [&](std::vector<Aircraft>& out) {
        out.push_back({real(r, 37, 47), real(r, 69, 79), whole(r, 0, 450), static_cast<std::uint32_t>(r() % 0xFFFFFF)});
    };
    for (int i = whole(r, 0, 3); i > 0; --i) draw(own);
    // Some of A's are the same aircraft, some A's alone.
    for (const auto& a : own)
        if (chance(r, 60)) theirs.push_back(a);
    for (int i = whole(r, 0, 2); i > 0; --i) draw(theirs);
    Node plain(files, now), other(files, now);
    const int kind = whole(r, 1, 5);
    for (int s = whole(r, 3, 8); s > 0; --s) {
        now = now + base::seconds(1);
        auto seen = own;
        if (!seen.empty() && chance(r, 15)) seen.pop_back();
        plain.step(now, seen, theirs, {});
        other.step(now, seen, theirs, {kind, r()});
        for (auto* all : {&own, &theirs})
            for (auto& a : *all) a.lat += 0.002;
    }
    if (plain.messages() == other.messages() && plain.got() == other.got()) return {};
    static const char* const kinds[]{"", "absent", "shifted", "relabelled", "multiplied", "among noise"};
    return fmt::format("A's data {}: C got {} messages instead of {}, or others", kinds[kind], other.messages(),
                       plain.messages());
}

}  // namespace

accord::PropertyResult non_interference(std::size_t cases, std::uint64_t seed, accord::Mutation mutation) {
    accord::PropertyResult out{"what a third party gets does not depend on data that nobody let it have", 0, 0, {}};
    for (std::size_t i = 0; i < cases; ++i) {
        const auto found = counterexample(seed * 1'000'003 + i, mutation);
        ++out.cases;
        if (found.empty()) continue;
        if (out.failures++ == 0) out.counterexample = fmt::format("case {}: {}", i, found);
        if (mutation != accord::Mutation::none) break;
    }
    return out;
}

}  // namespace asman::core
