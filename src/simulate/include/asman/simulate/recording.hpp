// A simulation as a recording: what a network tap beside every receiver would have written.
#pragma once

#include <asman/simulate/world.hpp>

#include <cstdio>
#include <memory>
#include <string>

namespace asman::simulate {

/// A pcap file (nanosecond times, Ethernet, IPv4, UDP multicast). Sensor n sends to 239.192.0.n, port 8600 + n.
class PcapWriter {
  public:
    static base::Result<PcapWriter> open(const std::string& path);
    base::Result<void> add(const Datagram& datagram);
    base::Result<void> close();

  private:
    struct Close {
        void operator()(std::FILE* f) const { std::fclose(f); }
    };
    std::unique_ptr<std::FILE, Close> file_;
    std::string path_;
};

/// Group and port of a sensor in recordings: "239.192.0.3:8603".
std::string group_of(picture::SensorId sensor);

/// truth.csv: time_s,id,lat,lon,height_m,ve,vn,vu,pressure_altitude_m,intruder,state_aircraft,address,mode3a,callsign.
std::string truth_header();
std::string truth_row(base::Time start, base::Time t, const Truth& truth);

}  // namespace asman::simulate
