#include "concern.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace asman::airspace {
namespace {

using picture::Identity;

std::string hexadecimal(std::uint32_t address, bool upper) {
    std::array<char, 12> out{};
    std::snprintf(out.data(), out.size(), upper ? "%06X" : "%06x", address);
    return out.data();
}

std::string octal(picture::Mode3A code) {
    std::array<char, 8> out{};
    std::snprintf(out.data(), out.size(), "%04o", static_cast<unsigned>(code) & 07777U);
    return out.data();
}

bool listed(const picture::ReportedIdentity& id, const std::set<std::string>& expected) {
    if (!id.callsign.empty() && expected.contains(id.callsign)) return true;
    return id.address &&
           (expected.contains(hexadecimal(*id.address, false)) || expected.contains(hexadecimal(*id.address, true)));
}

/// A discrete code is given by a control unit; one that ends in 00 is anybody's (conspicuity), save the emergencies,
/// which took the place of a discrete one.
bool given_by_control(const picture::ReportedIdentity& id) {
    if (!id.mode_3a || !id.mode_3a_valid) return false;
    const auto code = *id.mode_3a;
    return (code & 077) != 0 || code == 07500 || code == 07600 || code == 07700;
}

std::string who(const picture::ReportedIdentity& id) {
    if (!id.callsign.empty()) return "callsign " + id.callsign;
    if (id.address) return "address " + hexadecimal(*id.address, true);
    if (id.mode_3a) return "code " + octal(*id.mode_3a);
    return "nobody";
}

}  // namespace

std::string emergency_of(const picture::Track& track) {
    for (const auto code : std::array<picture::Mode3A, 3>{07500, 07700, 07600}) {
        // Two of the latest three: one wrong reply among crossing pulses must not raise an alarm.
        const auto& codes = track.recent_codes;
        const auto latest = codes.size() > 3 ? codes.size() - 3 : 0;
        const auto told = std::count(codes.begin() + static_cast<std::ptrdiff_t>(latest), codes.end(), code);
        if (told >= 2) return octal(code);
    }
    switch (track.identity.emergency) {  // the emergency/priority status of ADS-B (DO-260B, 2.2.3.2.7.8.1.1)
        case 1:
        case 6:
            return "7700";
        case 4:
            return "7600";
        case 5:
            return "7500";
        default:
            return {};
    }
}

Signs signs_of(const JointTrack& track, const Config& config) {
    const auto& t = track.fused;
    const auto& id = t.identity;
    Signs out;
    const bool named = id.address.has_value() || !id.callsign.empty();
    out.identified = named || given_by_control(id);
    out.code_only = out.identified && !named;
    out.withheld = !out.identified && !t.primary_only && !track.contributions.empty() &&
                   std::ranges::any_of(track.contributions,
                                       [](const picture::Contribution& c) { return c.coarsening.identity_removed; });
    const bool friend_address = id.address && config.friends.contains(*id.address);
    const bool decided_friend =
        t.standard_identity == Identity::assumed_friend || t.standard_identity == Identity::friendly;
    out.assumed_friend = friend_address || decided_friend;
    // Nobody listed: whoever tells who it is counts as expected.
    out.expected = out.identified && (config.expected.empty() || listed(id, config.expected));
    out.emergency = emergency_of(t);

    if (friend_address)
        out.evidence.push_back("address " + hexadecimal(*id.address, true) + " is on the list of friends");
    if (out.expected && !config.expected.empty()) out.evidence.push_back(who(id) + " is cleared");
    if (out.expected && config.expected.empty()) out.evidence.push_back("tells " + who(id));
    if (out.code_only && !out.expected) out.evidence.push_back("tells " + who(id) + " and no name");
    if (named && !out.expected) out.evidence.push_back(who(id) + " is not on the list of cleared flights");
    if (out.withheld) out.evidence.push_back("its identity was not released to this state");
    if (!out.identified && !out.withheld) {
        out.evidence.push_back(t.primary_only ? "no transponder reply" : "no address, callsign or discrete code");
    }
    if (!out.emergency.empty()) out.evidence.insert(out.evidence.begin(), "tells " + out.emergency);

    // Unlawful interference makes even a friend a concern; other emergencies are alerts of their own.
    if (out.emergency == "7500") {
        out.concern = "unlawful interference";
    } else if (t.standard_identity == Identity::suspect || t.standard_identity == Identity::hostile) {
        out.concern = std::string(picture::name(t.standard_identity));
    } else if (out.assumed_friend || out.expected || out.code_only || out.withheld ||
               t.standard_identity == Identity::neutral) {
        out.concern.clear();
    } else if (!out.identified) {
        out.concern = t.primary_only ? "no transponder" : "no identity";
    } else {
        out.concern = "not expected";
    }
    return out;
}

}  // namespace asman::airspace
