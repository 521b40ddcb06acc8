// What aircraft tell, from the wire through the tracker to 062/380 and 295, against an own account of it.
#include <asman/asterix/cat020.hpp>
#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/cat062.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/geo/point.hpp>
#include <asman/outputs/outputs.hpp>
#include <asman/sources/asterix.hpp>
#include <asman/track/tracker.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>
#include <string>

namespace asman::core {
namespace {

const base::Time noon{*base::parse_time("2023-11-02T12:00:00Z")};
constexpr double noon_of_day = 43'200;

/// What each field of 380 must say, with how far the wire's steps may take it off, and when it was told.
struct Expected {
    double value = 0, step = 0;
    double at = -1e9;  ///< s since noon
};
using Account = std::map<std::string, Expected>;

void note(Account& account, const std::string& name, double value, double step, double at) {
    auto& e = account[name];
    if (at >= e.at) e = {value, step, at};
}

/// What a register says of its fields is all that is known of them from such registers: the latest speaks for all. One
/// of zeros alone is none.
std::uint64_t take(Account& held, const Account& said, std::initializer_list<const char*> names, std::uint64_t bits) {
    if (bits == 0) return 0;
    for (const char* name : names) held.erase(name);
    for (const auto& [name, e] : said) held[name] = e;
    return bits;
}

/// A field of a register: its status bit, first and last bit.
struct Place {
    unsigned status, first, last;
};
class Register {
  public:
    /// A value that is there, or the same bits without the status bit: a value that is not valid.
    bool put(Place p, std::int64_t raw, bool valid) {
        const unsigned width = p.last - p.first + 1;
        bits |= (static_cast<std::uint64_t>(raw) & ((std::uint64_t{1} << width) - 1)) << (56 - p.last);
        if (valid) bits |= std::uint64_t{1} << (56 - p.status);
        return valid;
    }
    std::uint64_t bits = 0;
};

std::int64_t any(std::int64_t low, std::int64_t high) {
    return *rc::gen::inRange<std::int64_t>(low, high + 1);
}
bool maybe() {
    return *rc::gen::arbitrary<bool>();
}

constexpr double foot = 0.3048;

std::uint64_t register_40(Account& held, double t) {
    Account a;
    Register r;
    const auto panel = any(0, 2500), managed = any(0, 2500), pressure = any(0, 4095), modes = any(0, 7);
    const bool has_panel = r.put({1, 2, 13}, panel, maybe()), has_managed = r.put({14, 15, 26}, managed, maybe());
    if (r.put({27, 28, 39}, pressure, maybe())) note(a, "BPS", static_cast<double>(pressure) / 10, 0.1, t);
    const bool has_modes = r.put({48, 49, 51}, modes, maybe());
    const auto source = any(0, 3);
    const bool has_source = r.put({54, 55, 56}, source, maybe());
    const bool by_managed = has_managed && ((has_source && source == 3) || !has_panel);
    if (has_panel || has_managed) {
        note(a, "SAL", static_cast<double>(by_managed ? managed : panel) * 16, 25, t);
        note(a, "SAL source", by_managed ? 3 : 2, 0, t);
    }
    if (has_panel) {
        note(a, "FSS", static_cast<double>(panel) * 16, 25, t);
        note(a, "FSS modes", has_modes ? static_cast<double>(modes) : 0, 0, t);
    }
    return take(held, a, {"BPS", "SAL", "SAL source", "FSS", "FSS modes"}, r.bits);
}

double full_turn(double degrees) {
    return degrees < 0 ? degrees + 360 : degrees;
}

std::uint64_t register_50(Account& held, double t) {
    Account a;
    Register r;
    // What also moves the filter lies near what the aircraft flies: the rest is anything.
    const auto roll = any(-512, 511), course = any(191, 200), speed = any(211, 217), rate = any(-3, 3),
               air = any(0, 1023);
    if (r.put({1, 2, 11}, roll, maybe())) note(a, "RAN", static_cast<double>(roll) * 45 / 256, 0.01, t);
    if (r.put({12, 13, 23}, course, maybe()))
        note(a, "TAN", full_turn(static_cast<double>(course) * 90 / 512), 360.0 / 65'536, t);
    if (r.put({24, 25, 34}, speed, maybe())) note(a, "GS", static_cast<double>(speed) * 2 / 3600, 1.0 / 16'384, t);
    if (r.put({35, 36, 45}, rate, maybe())) note(a, "TAR", static_cast<double>(rate) * 8 / 256, 0.25, t);
    if (r.put({46, 47, 56}, air, maybe())) note(a, "TAS", static_cast<double>(air) * 2, 1, t);
    return take(held, a, {"RAN", "TAN", "GS", "TAR", "TAS"}, r.bits);
}

void note_ias(Account& a, double knots, double t) {
    note(a, "IAR", knots, 1, t);
    note(a, "IAS", knots / 3600, 1.0 / 16'384, t);
}

std::uint64_t register_60(Account& held, double t) {
    Account a;
    Register r;
    const auto heading = any(-1024, 1023), indicated = any(0, 1000), mach = any(0, 1023), rate = any(-9, 9),
               inertial = any(-9, 9);
    if (r.put({1, 2, 12}, heading, maybe()))
        note(a, "MHG", full_turn(static_cast<double>(heading) * 90 / 512), 360.0 / 65'536, t);
    if (r.put({13, 14, 23}, indicated, maybe())) note_ias(a, static_cast<double>(indicated), t);
    if (r.put({24, 25, 34}, mach, maybe())) note(a, "MAC", static_cast<double>(mach) * 0.004, 0.008, t);
    if (r.put({35, 36, 45}, rate, maybe())) note(a, "BVR", static_cast<double>(rate) * 32, 6.25, t);
    r.put({46, 47, 56}, inertial, maybe());
    return take(held, a, {"MHG", "IAR", "IAS", "MAC", "BVR"}, r.bits);
}

void note_register(Account& a, unsigned bds, std::uint64_t bits, double t) {
    if (bits != 0) note(a, "MB " + std::to_string(bds), static_cast<double>(bits >> 3), 0, t);
}

/// Item 230 and the registers of a reply.
template <class Fields>
void fill_reply(Fields& f, Account& a, double t) {
    if (maybe()) {
        auto& c = f.i230.emplace();
        c.com = static_cast<std::uint8_t>(any(0, 7));
        c.stat = static_cast<std::uint8_t>(any(0, 3));
        c.mssc = maybe(), c.arc = maybe(), c.aic = maybe(), c.b1a = maybe();
        c.b1b = static_cast<std::uint8_t>(any(0, 15));
        note(
            a, "COM",
            c.com << 13 | c.stat << 10 | int{c.mssc} << 7 | int{c.arc} << 6 | int{c.aic} << 5 | int{c.b1a} << 4 | c.b1b,
            0, t);
    }
    if (maybe()) {
        f.i260 = std::uint64_t{0x30} << 48 | static_cast<std::uint64_t>(any(0, (std::int64_t{1} << 48) - 1));
        note(a, "ACS", static_cast<double>(*f.i260 >> 4), 0, t);
    }
    const auto add = [&](unsigned bds, std::uint64_t bits) {
        note_register(a, bds, bits, t);
        auto& item = f.i250 ? *f.i250 : f.i250.emplace();
        auto& e = item.emplace_back();
        if constexpr (requires { e.mbdata; })
            e.mbdata = bits;
        else
            e.bdsdata = bits;
        e.bds1 = static_cast<std::uint8_t>(bds >> 4);
        e.bds2 = static_cast<std::uint8_t>(bds & 15);
    };
    if (maybe()) add(0x40, register_40(a, t));
    if (maybe()) add(0x50, register_50(a, t));
    if (maybe()) add(0x60, register_60(a, t));
    if (maybe()) add(0x10, std::uint64_t{0x10} << 48 | static_cast<std::uint64_t>(any(0, 0xFFFF)));
}

/// Tenths of a second before the report, as 021/295 counts.
class Tenths {
  public:
    Tenths(asterix::cat021::Fields& f, double t) : f_(f), t_(t) {}
    /// When a value was told whose age is said, or is not and then none.
    double at(std::optional<double> asterix::cat021::I295::Value::*age) {
        if (!maybe()) return t_;
        if (!f_.i295) f_.i295.emplace();
        const double told = static_cast<double>(any(0, 250)) / 10;
        (*f_.i295).*age = told;
        return t_ - told;
    }

  private:
    asterix::cat021::Fields& f_;
    double t_;
};

void fill_squitter_motion(asterix::cat021::Fields& f, Account& a, Tenths& age) {
    using Age = asterix::cat021::I295::Value;
    if (maybe()) {
        const auto raw = any(0, 4000);
        const double at = age.at(&Age::as);
        if (maybe()) {
            f.i150 = {.im = true, .as = static_cast<double>(raw) / 1000};
            note(a, "MAC", f.i150->as, 0.008, at);
        } else {
            f.i150 = {.im = false, .as = static_cast<double>(raw) / 16'384};
            note_ias(a, static_cast<double>(raw) / 16'384 * 3600, at);
        }
    }
    if (maybe()) {
        f.i151 = {.re = maybe(), .tas = static_cast<double>(any(0, 2000))};
        const double at = age.at(&Age::tas);
        if (!f.i151->re) note(a, "TAS", f.i151->tas, 1, at);
    }
    if (maybe()) {
        f.i152 = static_cast<double>(any(0, 65'535)) * 360 / 65'536;
        note(a, "MHG", *f.i152, 360.0 / 65'536, age.at(&Age::mh));
    }
    if (maybe()) {
        f.i155 = {.re = maybe(), .bvr = static_cast<double>(any(-50, 50)) * 6.25};
        const double at = age.at(&Age::bvr);
        if (!f.i155->re) note(a, "BVR", f.i155->bvr, 6.25, at);
    }
    if (maybe()) {
        f.i157 = {.re = maybe(), .gvr = static_cast<double>(any(-50, 50)) * 6.25};
        const double at = age.at(&Age::gvr);
        if (!f.i157->re) note(a, "GVR", f.i157->gvr, 6.25, at);
    }
    if (maybe()) {
        f.i230 = static_cast<double>(any(-18'000, 18'000)) / 100;
        note(a, "RAN", *f.i230, 0.01, age.at(&Age::roa));
    }
    if (maybe()) {
        f.i165.emplace().tar = static_cast<double>(any(-480, 480)) / 32;
        note(a, "TAR", f.i165->tar, 0.25, age.at(&Age::tar));
    }
}

void fill_squitter_rest(asterix::cat021::Fields& f, Account& a, Tenths& age, double t) {
    using Age = asterix::cat021::I295::Value;
    if (maybe()) {
        f.i146 = {
            .sas = maybe(), .s = static_cast<std::uint8_t>(any(0, 3)), .alt = static_cast<double>(any(-52, 2000)) * 25};
        const double at = age.at(&Age::sal);
        note(a, "SAL", f.i146->alt, 25, at);
        note(a, "SAL source", f.i146->sas ? f.i146->s : -1, 0, at);
    }
    if (maybe()) {
        f.i148 = {.mv = maybe(), .ah = maybe(), .am = maybe(), .alt = static_cast<double>(any(-52, 2000)) * 25};
        const double at = age.at(&Age::fsa);
        note(a, "FSS", f.i148->alt, 25, at);
        note(a, "FSS modes", f.i148->mv * 4 + f.i148->ah * 2 + f.i148->am, 0, at);
    }
    if (maybe()) {
        auto& met = f.i220.emplace();
        const double at = age.at(&Age::met);
        met.ws = static_cast<double>(any(0, 300));
        met.wd = static_cast<double>(any(1, 360));
        met.tmp = static_cast<double>(any(-400, 400)) / 4;
        met.trb = static_cast<std::uint8_t>(any(0, 15));
        note(a, "MET wind", *met.ws, 1, at);
        note(a, "MET from", *met.wd, 1, at);
        note(a, "MET temperature", *met.tmp, 0.25, at);
        note(a, "MET turbulence", *met.trb, 0, at);
    }
    if (maybe()) {
        const std::uint8_t codes[][2] = {{1, 1}, {2, 3}, {3, 3}, {4, 3}, {5, 5}, {10, 10}, {13, 13}};
        const auto& code = codes[any(0, 6)];
        f.i020 = code[0];
        note(a, "EMC", code[1], 0, t);
    }
    if (maybe()) {
        auto& advisory = f.i260.emplace();
        advisory.typ = 28, advisory.styp = 2;
        advisory.ara = static_cast<std::uint16_t>(any(0, 16'383));
        advisory.tid = static_cast<std::uint32_t>(any(0, (1 << 26) - 1));
        const double at = age.at(&Age::ara);
        note(a, "ACS",
             static_cast<double>((std::uint64_t{0x30} << 48 | std::uint64_t{advisory.ara} << 34 | advisory.tid) >> 4),
             0, at);
    }
}

class Flight {
  public:
    Flight() {
        sources::AsterixConfig config;
        config.editions["feed"] = {{"020", "1.11"}, {"021", "2.7"}, {"048", "1.32"}};
        config.insist.insert("feed");  // values at random may look like another edition's
        const auto add = [&](std::uint32_t id, picture::SensorKind kind) {
            picture::Sensor s;
            s.id = {id};
            s.name = "T/" + std::to_string(id);
            s.owner = picture::State("TST");
            s.sac = 41;
            s.sic = static_cast<std::uint8_t>(id);
            s.kind = kind;
            s.position = radar_;
            s.max_range = 400e3;
            config.sensors.push_back(s);
            EXPECT_TRUE(tracker_.add_sensor(s));
        };
        add(1, picture::SensorKind::mode_s);
        add(2, picture::SensorKind::multilateration);
        add(3, picture::SensorKind::ads_b);
        EXPECT_TRUE(editions_.set(62, "1.19"));
        source_.emplace(std::move(*sources::AsterixSource::make(std::move(config))));
    }
    geo::Point at(double t) const { return geo::direct(start_, 0.6, 220 * t); }
    static double time_of_day(double t) { return noon_of_day + t; }

    asterix::cat048::Fields plot(double t) const {
        asterix::cat048::Fields f;
        f.i010 = {.sac = 41, .sic = 1};
        f.i140 = time_of_day(t);
        f.i020.emplace().typ = 5;
        const Eigen::Vector3d d = geo::LocalFrame(radar_).to_local(geo::Position{at(t), {10'000}});
        f.i040 = {.rho = d.norm() / 1852, .theta = geo::wrap_2pi(std::atan2(d.x(), d.y())) / geo::deg};
        f.i090 = {.v = false, .g = false, .fl = 328};
        f.i220 = address;
        return f;
    }
    asterix::cat020::Fields located(double t) const {
        asterix::cat020::Fields f;
        f.i010 = {.sac = 41, .sic = 2};
        f.i020.emplace().ms = true;
        f.i140 = time_of_day(t);
        f.i041 = {.lat = at(t).lat_deg(), .lon = at(t).lon_deg()};
        f.i090 = {.v = false, .g = false, .fl = 328};
        f.i220 = address;
        return f;
    }
    asterix::cat021::Fields squitter(double t) const {
        asterix::cat021::Fields f;
        f.i010 = {.sac = 41, .sic = 3};
        f.i040.emplace();
        f.i071 = time_of_day(t);
        f.i080 = address;
        f.i131 = {.lat = at(t).lat_deg(), .lon = at(t).lon_deg()};
        f.i145 = 328.0;
        f.i090 = asterix::cat021::I090::Value{.nucpnic = 8};
        return f;
    }
    template <class Fields>
    void give(const Fields& f, double t) {
        asterix::BlockWriter writer(Fields::category, 60'000);
        ASSERT_TRUE(writer.add(f)) << writer.problem().text();
        sources::Decoded out;
        source_->decode("feed", writer.finish(), noon + base::seconds(t), out);
        source_->finish(out);
        ASSERT_EQ(out.reports.size(), 1U);
        for (const auto& r : out.reports) {
            tracker_.advance(noon + base::seconds(t));
            tracker_.report(r);
        }
    }
    /// What 062 says of the only track then; the view lasts until the next call.
    std::optional<asterix::cat062::View> told(double t) {
        tracker_.advance(noon + base::seconds(t));
        bytes_ = outputs::asterix_062(tracker_.picture(noon + base::seconds(t)), {.sac = 41, .sic = 9});
        if (bytes_.size() != 1) return std::nullopt;
        reader_.emplace(bytes_[0], editions_);
        const auto* event = reader_->next();
        if (!event || event->what != asterix::What::record) return std::nullopt;
        record_ = event->record;
        if (reader_->next()) return std::nullopt;
        return asterix::cat062::View(record_);
    }
    static constexpr std::uint32_t address = 0x40621D;

  private:
    geo::Position radar_{geo::Point::degrees(43, 74), {800}};
    geo::Point start_ = geo::Point::degrees(43.4, 74.5);
    track::Tracker tracker_;
    std::optional<sources::AsterixSource> source_;
    asterix::Editions editions_;
    std::vector<std::vector<std::byte>> bytes_;
    std::optional<asterix::DatagramReader> reader_;
    asterix::Record record_;
};

/// What 380 says, in the account's names, and with the ages of 295.
std::map<std::string, std::pair<double, double>> read(const asterix::cat062::View& v) {
    std::map<std::string, std::pair<double, double>> out;
    const auto d = v.i380_1_19();
    const auto a = v.i295();
    if (!d || !a) return out;
    const auto put = [&](const char* name, const auto& value, const std::optional<double>& age) {
        EXPECT_EQ(value.has_value(), age.has_value()) << "a value without its age, or an age without a value: " << name;
        if (value && age) out[name] = {static_cast<double>(*value), *age};
    };
    put("MHG", d->mhg(), a->mhg());
    put("TAS", d->tas(), a->tas());
    put("BVR", d->bvr(), a->bvr());
    put("GVR", d->gvr(), a->gvr());
    put("RAN", d->ran(), a->ran());
    put("TAN", d->tan(), a->tan());
    put("GS", d->gs(), a->gsp());
    put("VUN", d->vun(), a->vun());
    put("EMC", d->emc(), a->emc());
    put("GAL", d->gal(), a->gal());
    put("IAR", d->iar(), a->iar());
    put("MAC", d->mac(), a->mac());
    if (const auto x = d->ias()) {
        // Indicated airspeed where there is any, else Mach.
        EXPECT_EQ(x->im(), !d->iar());
        if (!x->im()) out["IAS"] = {x->ias(), *a->ias()};
    }
    if (const auto x = d->sal()) {
        out["SAL"] = {x->alt(), *a->sal()};
        out["SAL source"] = {x->sas() ? x->src() : -1, *a->sal()};
    }
    if (const auto x = d->fss()) {
        out["FSS"] = {x->alt(), *a->fss()};
        out["FSS modes"] = {x->mv() * 4 + x->ah() * 2 + x->am(), *a->fss()};
    }
    if (const auto x = d->com())
        out["COM"] = {x->com() << 13 | x->stat() << 10 | int{x->ssc()} << 7 | int{x->arc()} << 6 | int{x->aic()} << 5 |
                          int{x->b1a()} << 4 | x->b1b(),
                      *a->com()};
    if (const auto x = d->acs()) out["ACS"] = {static_cast<double>(*x >> 4), *a->acs()};
    if (const auto x = d->tar()) {
        out["TAR"] = {x->rot(), *a->tar()};
        EXPECT_EQ(x->ti(), x->rot() < 0 ? 1 : x->rot() > 0 ? 2 : 3);
    }
    if (const auto x = d->met()) {
        if (x->ws()) out["MET wind"] = {x->wsd(), *a->met()};
        if (x->wd()) out["MET from"] = {x->wdd(), *a->met()};
        if (x->tmp()) out["MET temperature"] = {x->tmpd(), *a->met()};
        if (x->trb()) out["MET turbulence"] = {x->trbd(), *a->met()};
    }
    if (const auto x = d->bps()) out["BPS"] = {x->bps(), *a->bps()};
    if (const auto x = d->mb())
        for (std::size_t i = 0; i < x->size(); ++i)
            out["MB " + std::to_string((*x)[i] & 0xFF)] = {static_cast<double>((*x)[i] >> 11), *a->mb()};
    return out;
}

/// Everything in the account that is fresh is told within half a step and its age within half of one; nothing else.
void compare(const Account& account, const asterix::cat062::View& v, double now) {
    auto said = read(v);
    for (const char* other : {"GAL", "VUN"}) said.erase(other);
    double oldest_register = 0;
    for (const auto& [name, e] : account)
        if (name.starts_with("MB ") && now - e.at <= 60) oldest_register = std::max(oldest_register, now - e.at);
    for (const auto& [name, e] : account) {
        const auto it = said.find(name);
        if (now - e.at > 60) {
            EXPECT_EQ(it, said.end()) << name << " is " << now - e.at << " s old";
            continue;
        }
        if (it == said.end()) {
            ADD_FAILURE() << name << " is not told, of " << now - e.at << " s ago";
            continue;
        }
        const double age = name.starts_with("MB ") ? oldest_register : now - e.at;
        EXPECT_NEAR(it->second.first, e.value, e.step / 2 + 1e-9) << name;
        EXPECT_NEAR(it->second.second, age, 0.125 + 1e-5) << "age of " << name;
        EXPECT_EQ(std::fmod(it->second.second, 0.25), 0);
        said.erase(it);
    }
    for (const auto& [name, value] : said) ADD_FAILURE() << name << " was never told, and 062 says " << value.first;
}

RC_GTEST_PROP(AircraftDerivedData, WhatWasToldIsToldOnWithItsAge, ()) {
    Flight flight;
    Account of_registers, of_squitters;
    double t = 0;
    const auto later = [&](double least) { t += least + static_cast<double>(any(0, 128)) / 128; };
    for (int i = 0; i < 6; ++i) {
        flight.give(flight.squitter(t), t);
        later(1);
    }
    for (auto n = any(1, 12); n > 0; --n) {
        const auto kind = any(0, 2);
        if (kind == 0) {
            auto f = flight.plot(t);
            fill_reply(f, of_registers, t);
            flight.give(f, t);
        } else if (kind == 1) {
            auto f = flight.located(t);
            fill_reply(f, of_registers, t);
            flight.give(f, t);
        } else {
            auto f = flight.squitter(t);
            Tenths age(f, t);
            fill_squitter_motion(f, of_squitters, age);
            fill_squitter_rest(f, of_squitters, age, t);
            flight.give(f, t);
        }
        later(2);
    }
    Account account = of_registers;
    for (const auto& [name, e] : of_squitters) note(account, name, e.value, e.step, e.at);
    // Whatever comes without values keeps the track and takes none away, until they are old.
    for (const double until : {t + 3, t + 45, t + 110}) {
        for (; t < until; later(1)) flight.give(flight.squitter(t), t);
        const auto v = flight.told(t);
        RC_ASSERT(v.has_value());
        compare(account, *v, t);
        RC_ASSERT(v->i380_1_19().has_value());
        EXPECT_EQ(v->i380_1_19()->adr(), Flight::address);
        EXPECT_TRUE(v->i380_1_19()->pos());
        EXPECT_EQ(v->i295()->pos(), v->i290()->es());
    }
    RC_ASSERT(!::testing::Test::HasFailure());
}

TEST(AircraftDerivedData, GroundVectorPlaceAndHeightOfAdsB) {
    Flight flight;
    for (double t = 0; t < 10; ++t) {
        auto f = flight.squitter(t);
        f.i140 = 33'006.25;
        f.i160 = {.re = false, .gs = 1946.0 / 16'384, .ta = 6258 * 360.0 / 65'536};
        f.i090 = asterix::cat021::I090::Value{.nucrnacv = 2, .nucpnic = 8, .nicbaro = true, .sil = 3, .nacp = 9};
        f.i075 = Flight::time_of_day(t - 0.5);
        f.i200.emplace().ps = 4;
        f.i008.emplace().nottcas = true;
        flight.give(f, t);
    }
    const auto v = flight.told(10);
    ASSERT_TRUE(v);
    const auto d = v->i380_1_19();
    ASSERT_TRUE(d);
    EXPECT_EQ(d->gs(), 1946.0 / 16'384);
    EXPECT_EQ(d->tan(), 6258 * 360.0 / 65'536);
    EXPECT_EQ(v->i295()->gsp(), 1.5) << "the velocity is half a second older than the place";
    EXPECT_EQ(d->vun(), 2);
    EXPECT_EQ(d->pun()->pun(), 9);
    EXPECT_EQ(d->gal(), 33'006.25);
    EXPECT_NEAR(d->pos()->lat(), flight.at(9).lat_deg(), 180.0 / (1 << 23));
    EXPECT_NEAR(d->pos()->lon(), flight.at(9).lon_deg(), 180.0 / (1 << 23));
    EXPECT_EQ(v->i295()->pos(), 1);
    EXPECT_EQ(d->sab()->stat(), 4);
    EXPECT_EQ(d->sab()->ac(), 1);
    EXPECT_EQ(d->sab()->dc(), 0);
    EXPECT_FALSE(d->tid() || d->tis()) << "trajectory intent is never made up";
}

}  // namespace
}  // namespace asman::core
