// A tracker's state as bytes. Every struct of the state lists its members once, in `fields(archive)`, which saves and
// loads them alike; a snapshot is read by the version that wrote it. Doubles keep every bit.
#pragma once

#include <asman/base/bytes.hpp>
#include <asman/geo/point.hpp>
#include <asman/picture/nouns.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <concepts>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace asman::track {

// Structs of other rooms, by their members.
inline auto members(geo::Point& v) {
    return std::tie(v.lat, v.lon);
}
inline auto members(geo::Position& v) {
    return std::tie(v.at.lat, v.at.lon, v.height.m);
}
inline auto members(picture::State& v) {
    return std::tie(v.code);
}
inline auto members(picture::SensorId& v) {
    return std::tie(v.value);
}
inline auto members(base::Time& v) {
    return std::tie(v.ns);
}
inline auto members(base::Duration& v) {
    return std::tie(v.ns);
}
inline auto members(picture::ReportedIdentity& v) {
    return std::tie(v.address, v.mode_3a, v.mode_3a_valid, v.callsign, v.special_position, v.emergency);
}
inline auto members(picture::Sensor& v) {
    return std::tie(v.id, v.name, v.owner, v.operated_by, v.host, v.accord, v.feed, v.sac, v.sic, v.kind, v.position,
                    v.max_range, v.scan_period, v.sigma_range, v.sigma_azimuth, v.detection_probability,
                    v.false_reports_per_scan, v.simulated);
}

template <class T, class Archive>
concept ListsFields = requires(T& v, Archive& a) { v.fields(a); };
template <class T>
concept FixedMatrix = std::is_base_of_v<Eigen::MatrixBase<T>, T> && (T::SizeAtCompileTime != Eigen::Dynamic);
template <class T>
concept Number = std::is_arithmetic_v<T> || std::is_enum_v<T>;

class Saver {
  public:
    static constexpr bool loads = false;
    explicit Saver(base::Writer& out) : out_(out) {}
    template <class... T>
    void operator()(const T&... v) {
        (save(v), ...);
    }

  private:
    template <class T>
    void save(const T& v) {
        if constexpr (std::is_enum_v<T>)
            out_.put(static_cast<std::underlying_type_t<T>>(v));
        else if constexpr (std::is_arithmetic_v<T>)
            out_.put(v);
        else if constexpr (FixedMatrix<T>)
            for (Eigen::Index i = 0; i < v.size(); ++i) out_.put(v.data()[i]);
        else if constexpr (ListsFields<T, Saver>)
            const_cast<T&>(v).fields(*this);  // one list serves saving and loading; saving changes nothing
        else
            std::apply([&](const auto&... m) { (*this)(m...); }, members(const_cast<T&>(v)));
    }
    template <class T, std::size_t n>
    void save(const T (&v)[n]) {
        for (const T& e : v) save(e);
    }
    template <class T, std::size_t n>
    void save(const std::array<T, n>& v) {
        for (const T& e : v) save(e);
    }
    void save(const std::string& v) { out_.text(v); }
    template <class T>
    void save(const std::optional<T>& v) {
        save(v.has_value());
        if (v) save(*v);
    }
    template <class T>
    void save(const std::vector<T>& v) {
        each(v);
    }
    template <class T>
    void save(const std::deque<T>& v) {
        each(v);
    }
    template <class K, class V>
    void save(const std::map<K, V>& v) {
        each(v);
    }
    /// In order of keys: the same content gives the same bytes.
    template <class K, class V>
    void save(const std::unordered_map<K, V>& v) {
        std::vector<std::pair<K, V>> sorted(v.begin(), v.end());
        std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        each(sorted);
    }
    template <class A, class B>
    void save(const std::pair<A, B>& v) {
        save(v.first);
        save(v.second);
    }
    template <class All>
    void each(const All& v) {
        save(static_cast<std::uint64_t>(v.size()));
        for (const auto& e : v) save(e);
    }
    base::Writer& out_;
};

/// Loads what Saver wrote. After a truncated input ok() is false and the values mean nothing; a count never makes it
/// allocate more than the input could hold.
class Loader {
  public:
    static constexpr bool loads = true;
    explicit Loader(base::Reader& in) : in_(in) {}
    bool ok() const { return in_.ok(); }
    template <class... T>
    void operator()(T&... v) {
        (load(v), ...);
    }

  private:
    template <class T>
    void load(T& v) {
        if constexpr (std::is_enum_v<T>)
            v = static_cast<T>(in_.get<std::underlying_type_t<T>>());
        else if constexpr (std::is_arithmetic_v<T>)
            v = in_.get<T>();
        else if constexpr (FixedMatrix<T>)
            for (Eigen::Index i = 0; i < v.size(); ++i) v.data()[i] = in_.get<typename T::Scalar>();
        else if constexpr (ListsFields<T, Loader>)
            v.fields(*this);
        else
            std::apply([&](auto&... m) { (*this)(m...); }, members(v));
    }
    template <class T, std::size_t n>
    void load(T (&v)[n]) {
        for (T& e : v) load(e);
    }
    template <class T, std::size_t n>
    void load(std::array<T, n>& v) {
        for (T& e : v) load(e);
    }
    void load(std::string& v) { v = in_.text(); }
    template <class T>
    void load(std::optional<T>& v) {
        bool there = false;
        load(there);
        if (!there) return v.reset();
        load(v.emplace());
    }
    template <class T>
    void load(std::vector<T>& v) {
        each(v, [&] { load(v.emplace_back()); });
    }
    template <class T>
    void load(std::deque<T>& v) {
        each(v, [&] { load(v.emplace_back()); });
    }
    template <class K, class V>
    void load(std::map<K, V>& v) {
        each(v, [&] { pair_into(v); });
    }
    template <class K, class V>
    void load(std::unordered_map<K, V>& v) {
        each(v, [&] { pair_into(v); });
    }
    template <class Map>
    void pair_into(Map& v) {
        typename Map::key_type key{};
        load(key);
        load(v[key]);
    }
    template <class All, class Add>
    void each(All& v, Add&& add) {
        v.clear();
        std::uint64_t n = 0;
        load(n);
        for (std::uint64_t i = 0; i < n && ok() && !in_.empty(); ++i) add();
    }
    base::Reader& in_;
};

}  // namespace asman::track
