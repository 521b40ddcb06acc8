// asman replay: a recorded input log through a fresh core; the same bytes come out.
#include "commands.hpp"

#include <asman/node/member.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace asman::cli {
namespace {

struct ReplayOptions {
    std::string log, expect;
    bool json = false;
};

base::Result<void> run(const ReplayOptions& o) {
    ASMAN_TRY(const auto r, node::replay(o.log));
    if (o.json) {
        nlohmann::ordered_json j{{"format", 1},
                                 {"digest", r.digest.hex()},
                                 {"log_chain", r.chain.hex()},
                                 {"inputs", r.inputs},
                                 {"first", base::format_time(r.first, 3)},
                                 {"last", base::format_time(r.last, 3)},
                                 {"local_tracks", r.local_tracks},
                                 {"joint_tracks", r.joint_tracks},
                                 {"about", r.about}};
        if (r.unfinished) j["unfinished_at"] = *r.unfinished;
        fmt::print("{}\n", j.dump(2));
    } else {
        fmt::print("digest {}\n{} inputs, {} to {}, {} local and {} joint tracks at the end\n", r.digest.hex(),
                   r.inputs, base::format_time(r.first, 3), base::format_time(r.last, 3), r.local_tracks,
                   r.joint_tracks);
        if (r.unfinished) fmt::print("the last frame, at offset {}, was cut off and is left out\n", *r.unfinished);
    }
    if (!o.expect.empty() && o.expect != r.digest.hex())
        return base::fail(base::Errc::conflict, {.source = o.log}, "the replay's digest is not " + o.expect);
    return {};
}

}  // namespace

void add_replay(CLI::App& app, Outcome& outcome) {
    auto* sub = app.add_subcommand("replay", "run a recorded input log through a fresh core and print its digest");
    auto o = std::make_shared<ReplayOptions>();
    sub->add_option("log", o->log, "input log, as --record or a node wrote it")->required();
    sub->add_option("--expect", o->expect, "fail unless the digest is this one");
    sub->add_flag("--json", o->json, "as JSON");
    sub->footer("Examples:\n  asman replay out/KGZ.asmanlog\n  asman replay --json out/KGZ.asmanlog");
    sub->callback([o, &outcome] {
        if (auto done = run(*o); !done) outcome.code = report(done.error());
    });
}

}  // namespace asman::cli
