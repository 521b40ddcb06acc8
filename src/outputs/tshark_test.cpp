// An independent decoder reads what is written: tshark (Wireshark), where it is installed.
#include <asman/outputs/outputs.hpp>

#include <gtest/gtest.h>
#include <asman_test/command.hpp>

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

namespace asman::outputs {
namespace {

namespace fs = std::filesystem;

void put(std::string& out, std::uint64_t value, int octets, bool big_endian = false) {
    for (int i = 0; i < octets; ++i) out.push_back(static_cast<char>(value >> 8 * (big_endian ? octets - 1 - i : i)));
}

/// A capture of raw IP packets, one UDP datagram to port 8600 each.
std::string pcap(const std::vector<std::vector<std::byte>>& datagrams) {
    std::string out;
    put(out, 0xA1B2C3D4, 4);
    put(out, 2, 2);
    put(out, 4, 2);
    put(out, 0, 8);
    put(out, 65'535, 4);
    put(out, 101, 4);  // link type: raw IP
    for (const auto& d : datagrams) {
        const std::size_t length = 28 + d.size();
        put(out, 0, 8);
        put(out, length, 4);
        put(out, length, 4);
        put(out, 0x4500, 2, true);
        put(out, length, 2, true);
        put(out, 0, 4);
        put(out, 0x4011'0000, 4, true);
        put(out, 0x7F00'0001'7F00'0001, 8, true);
        put(out, 0x2198'2198, 4, true);
        put(out, length - 20, 2, true);
        put(out, 0, 2);
        out.append(reinterpret_cast<const char*>(d.data()), d.size());
    }
    return out;
}

std::string read_by_tshark(const std::string& capture) {
    const auto path = fs::temp_directory_path() / ("asman-062-" + std::to_string(::getpid()) + ".pcap");
    std::ofstream(path, std::ios::binary) << capture;
    const std::string command = "tshark -r " + path.string() + " -d udp.port==8600,asterix -V 2>/dev/null";
    auto out = test::output_of(command);
    fs::remove(path);
    return out;
}

TEST(Tshark, ReadsEveryItemOf062And065AsWritten) {
    if (!fs::exists("/usr/bin/tshark")) GTEST_SKIP() << "tshark is not installed";
    picture::Track t;
    t.number = 77;
    t.confirmed = t.simulated = t.coasting = true;
    t.kinematics.time = *base::parse_time("2023-11-02T12:00:00.250Z");
    t.first_seen = t.kinematics.time - base::seconds(20);
    t.kinematics.at = geo::Point::degrees(-42.5, 174.25);
    t.kinematics.velocity = {-102.25, 33.5};
    t.kinematics.covariance = Eigen::Vector4d(900, 400, 4, 1).asDiagonal();
    t.kinematics.pressure_altitude = geo::PressureAltitude::from_flight_level(351.25);
    t.kinematics.geometric_height = geo::EllipsoidalHeight{10'000 * geo::foot};
    t.kinematics.vertical_rate = -1000 * geo::foot / 60;
    t.identity.mode_3a = picture::Mode3A{07600};
    t.identity.address = 0xABCDEF;
    t.identity.callsign = "KGA12";
    t.kinematics.sigma_vertical_rate = 25 * geo::foot / 60;
    t.latest.pressure_altitude = t.kinematics.time - base::seconds(3);
    t.latest.mode_3a = t.kinematics.time - base::seconds(4);
    auto& m = t.measured.emplace();
    m.sac = 20;
    m.sic = 3;
    m.replied = true;
    m.range = 100.25 * geo::nautical_mile;
    m.azimuth = 90 * geo::deg;
    m.pressure_altitude = geo::PressureAltitude::from_flight_level(350.25);
    m.mode_3a = picture::Mode3A{07601};
    const auto tell = [&](picture::Derived d, double ago) {
        t.derived.push_back({d, t.kinematics.time - base::seconds(ago)});
    };
    using enum picture::DerivedKind;
    tell(picture::Derived::of(magnetic_heading, 45 * geo::deg), 5);
    tell(picture::Derived::of(true_airspeed, 433 * geo::knot), 6);
    tell(picture::Derived::of(selected_altitude, 33'000 * geo::foot, 4 | 2), 7);
    tell(picture::Derived::of(roll_angle, -12.5 * geo::deg), 8);
    tell({picture::Communications{1, 0, true, true, true, true, 6}.bits(), communications, 0}, 9);
    // 4,0: MCP 3008 ft, FMS 3008 ft, 1020 mb.
    tell({0x85E42F31300000, mode_s_register, 0x40}, 10);
    const AsterixOptions of_sender{.sac = 41, .sic = 7};
    auto datagrams = asterix_062(std::span<const picture::Track>(&t, 1), of_sender);
    datagrams.push_back(asterix_065(ServiceReport::status, t.kinematics.time, of_sender, 0, true));
    const auto text = read_by_tshark(pcap(datagrams));
    for (const char* line : {"SAC, System Area Code: 0x29 (41)",
                             "SIC, System Identification Code: 0x07 (7)",
                             "Time Of Track Information, [s]: 43200.25",
                             "LAT, Latitude, [°]: -42.",
                             "LON, Longitude, [°]: 174.2",
                             "VX, Velocity (X-component), [m/s]: -102.25",
                             "VY, Velocity (Y-component), [m/s]: 33.5",
                             "MODE3A, Mode-3/A Reply in Octal Representation: 07600",
                             "Target Address: 0xabcdef",
                             "KGA12",
                             "Track Number: 0x004d (77)",
                             "CNF: Confirmed track (0)",
                             "SIM: Simulated track (1)",
                             "(coasting) (1)",
                             "Track Age, [s]: 20",
                             "Measured Flight Level, [FL]: 351.25",
                             "Track Geometric Altitude, [ft]: 10000",
                             "QNH: No QNH correction applied (0)",
                             "Barometric Altitude, [FL]: 351.25",
                             "Calculated Rate of Climb/Descent, [ft/min]: -1000",
                             "X, APC (X-Component), [m]: 30",
                             "Y, APC (Y-Component), [m]: 20",
                             "X, ATV (X-Component), [m/s]: 2",
                             "SAC, System Area Code: 0x14 (20)",
                             "RHO, Measured Distance, [NM]: 100.25",
                             "THETA, Measured Azimuth, [°]: 90",
                             "Last Measured Mode C Code, [FL]: 350.25",
                             "MODE3A, Mode-3/A Reply in Octal Representation: 07601",
                             "SSR + PSR detection",
                             "Measured Flight Level Age, [s]: 3",
                             "Mode 3/A Age, [s]: 4",
                             "Rate Of Climb/Descent, [ft/min]: 25",
                             "Magnetic Heading, [°]: 45",
                             "True Airspeed, [kt]: 433",
                             "FCU/MCP selected altitude (2)",
                             "Roll Angle, [°]: -12.5",
                             "True Airspeed Age, [s]: 6",
                             "Selected Altitude Age, [s]: 7",
                             "Roll Angle Age, [s]: 8",
                             "Message Type: SDPS Status (1)",
                             "NOGO: Degraded (1)"})
        EXPECT_NE(text.find(line), std::string::npos) << line;
    EXPECT_EQ(text.find("Malformed"), std::string::npos);
    EXPECT_FALSE(HasFailure()) << text;
}

}  // namespace
}  // namespace asman::outputs
