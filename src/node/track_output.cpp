#include <asman/node/track_output.hpp>

#include <algorithm>
#include <iterator>
#include <vector>

namespace asman::node {

base::Result<TrackOutput> TrackOutput::open(const core::OutputConfig& output, const core::NodeConfig& node) {
    auto sender = UdpSender::open(output.udp);
    if (!sender) return base::fail(sender.error().code, output.place, "'" + output.udp + "': " + sender.error().reason);
    outputs::AsterixOptions options;
    options.sac = output.sac;
    options.sic = output.sic;
    options.service = output.service;
    options.simulated = node.mode == core::Mode::simulated;
    for (const auto& u : node.units)
        options.units.emplace_back(u.state == node.state ? picture::State{} : u.state, u.unit);
    return TrackOutput(std::move(*sender), std::move(options));
}

void TrackOutput::send(const core::Engine& engine) {
    const auto now = engine.now();
    put(outputs::asterix_065(outputs::ServiceReport::status, now, options_));
    const auto tracks = engine.joint();
    for (const auto& datagram : outputs::asterix_062(tracks, options_)) put(datagram);
    std::set<std::uint64_t> told;
    for (const auto& t : tracks)
        if (t.fused.confirmed) told.insert(t.number);
    std::vector<std::uint64_t> gone;
    std::ranges::set_difference(told_, told, std::back_inserter(gone));
    for (const auto& datagram : outputs::asterix_062_ended(gone, now, options_)) put(datagram);
    told_ = std::move(told);
    put(outputs::asterix_065(outputs::ServiceReport::end_of_batch, now, options_, batch_++));
}

}  // namespace asman::node
