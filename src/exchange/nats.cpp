#include <asman/exchange/nats.hpp>

#include "outbox.hpp"
#include "subjects.hpp"

#include <asman/base/digest.hpp>

#include <nats/nats.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace asman::exchange {
namespace {

using base::Errc;
using base::fail;
using picture::State;
using Clock = std::chrono::steady_clock;

constexpr int fetch_batch = 64;
constexpr std::int64_t api_wait_ms = 2'000;
constexpr auto idle = std::chrono::milliseconds(10);
constexpr auto retry_after = std::chrono::milliseconds(300);
/// A server does not answer what its permissions forbid: such a partner is asked for ever more rarely.
constexpr auto retry_silent_after = std::chrono::seconds(30);
/// JetStream's error "stream store failed": with DiscardNew the stream is full.
constexpr int store_failed = 10077;
/// How long a subscription that was given up is kept: until nothing can be on its way to it any more.
constexpr auto kept_after_use = std::chrono::seconds(60);

struct Free {
    void operator()(natsOptions* p) const { natsOptions_Destroy(p); }
    void operator()(natsConnection* p) const { natsConnection_Destroy(p); }
    void operator()(jsCtx* p) const { jsCtx_Destroy(p); }
    void operator()(natsMsg* p) const { natsMsg_Destroy(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// libnats up to 3.5.0 frees a subscription while its read loop still delivers to it (nats.c issue 637), and its
/// messages point at their subscription without owning it. So every message shares in its own, and one that is given up
/// is parked for a while: it is freed when nothing can reach it.
using Subscription = std::shared_ptr<natsSubscription>;

std::unexpected<base::Error> nats_error(natsStatus status, const NatsConfig& config) {
    return fail(Errc::bad_value, {config.url, 0, 0, {}}, std::string("NATS: ") + natsStatus_GetText(status));
}

/// libnats waits in connect() for ever unless somebody wants to be told.
void connected_at_last(natsConnection*, void*) {}

base::Result<Owned<natsOptions>> options_of(const NatsConfig& c) {
    // With retries libnats would take an address or a file that is wrong for a server that is away.
    if (!c.url.starts_with("nats://") && !c.url.starts_with("tls://"))
        return fail(Errc::bad_value, {c.url, 0, 0, "url"}, "an address begins with nats:// or tls://");
    for (const auto& file : {c.credentials_file, c.ca_file, c.certificate_file, c.key_file})
        if (!file.empty() && ::access(file.c_str(), R_OK) != 0)
            return fail(Errc::io, {file, 0, 0, {}}, "cannot be read");
    // libnats 3.4 writes them into JSON as they are.
    if ((c.user + c.password).find_first_of("\"\\") != std::string::npos)
        return fail(Errc::bad_value, {c.url, 0, 0, "password"}, "quotes and backslashes cannot be sent to NATS");
    natsOptions* raw = nullptr;
    if (const auto s = natsOptions_Create(&raw); s != NATS_OK) return nats_error(s, c);
    Owned<natsOptions> o(raw);
    natsStatus s = natsOptions_SetURL(raw, c.url.c_str());
    const auto then = [&](bool wanted, auto&& set) {
        if (s == NATS_OK && wanted) s = set();
    };
    then(!c.user.empty(), [&] { return natsOptions_SetUserInfo(raw, c.user.c_str(), c.password.c_str()); });
    then(!c.credentials_file.empty(),
         [&] { return natsOptions_SetUserCredentialsFromFiles(raw, c.credentials_file.c_str(), nullptr); });
    const bool tls = !c.ca_file.empty() || !c.certificate_file.empty();
    then(tls, [&] { return natsOptions_SetSecure(raw, true); });
    then(!c.ca_file.empty(), [&] { return natsOptions_LoadCATrustedCertificates(raw, c.ca_file.c_str()); });
    then(!c.certificate_file.empty(),
         [&] { return natsOptions_LoadCertificatesChain(raw, c.certificate_file.c_str(), c.key_file.c_str()); });
    then(true, [&] { return natsOptions_SetCustomInboxPrefix(raw, inbox_prefix(c.self).c_str()); });
    then(true, [&] { return natsOptions_SetMaxReconnect(raw, -1); });
    then(true, [&] { return natsOptions_SetReconnectWait(raw, 250); });
    then(true, [&] { return natsOptions_SetRetryOnFailedConnect(raw, true, &connected_at_last, nullptr); });
    then(true, [&] { return natsOptions_SetSendAsap(raw, true); });
    if (s != NATS_OK) return nats_error(s, c);
    return o;
}

/// What arrived and has not been given out yet. A log message is kept to be acknowledged then.
struct Unacknowledged {
    Subscription subscription;  ///< outlives the message
    Owned<natsMsg> message;
};
struct Arrived {
    Bytes envelope;
    Unacknowledged log;
};
struct Parked {
    Clock::time_point since;
    Subscription subscription;
};

/// One partner: what goes to it, and what comes from it.
struct Partner {
    State state;
    Outbox outbox;
    bool purge_state = false, purge_log = false;  ///< on the server, before anything else
    std::uint64_t purges = 0;                     ///< so that what is on its way during one does not come back
    std::deque<Arrived> state_in, log_in;
    bool streams_stand = false;
    /// Made by the mender, used and given up by the worker.
    Subscription state_sub, log_sub;
    // The mender's own:
    Clock::time_point next_try{};
    Clock::duration silence = retry_after;
};

}  // namespace

struct Nats::Impl {
    NatsConfig config;
    Owned<natsConnection> connection;
    Owned<jsCtx> js;
    mutable std::mutex mutex;
    std::condition_variable wake, mend_wake;
    std::map<State, Partner> partners;
    std::vector<Unacknowledged> to_acknowledge;
    std::deque<Parked> parked;  ///< the worker's own
    bool stop = false, work = false;
    std::thread worker, mender;

    bool connected() const { return natsConnection_Status(connection.get()) == NATS_CONN_STATUS_CONNECTED; }
    void run();
    bool round();
    void keep_mending();
    void mend(Partner& p);
    natsStatus add_stream(const Partner& p, Delivery delivery);
    void purge_on_server(Partner& p);
    bool send_waiting(Partner& p, Delivery delivery);
    natsStatus publish(const Partner& p, Delivery delivery, const Bytes& envelope, int& error);
    bool fetch(Partner& p, Delivery delivery);
    natsStatus subscribe(Partner& p, Delivery delivery);
    void streams_fell(Partner& p);
    void acknowledge();
    void give_up(Subscription& sub);
};

Nats::Nats(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

base::Result<std::unique_ptr<Nats>> Nats::open(const NatsConfig& config) {
    auto impl = std::make_unique<Impl>();
    impl->config = config;
    for (const State partner : config.partners)
        if (partner != config.self) impl->partners[partner].state = partner;
    ASMAN_TRY(const auto options, options_of(config));
    natsConnection* connection = nullptr;
    const auto status = natsConnection_Connect(&connection, options.get());
    if (status != NATS_OK && status != NATS_NOT_YET_CONNECTED) return nats_error(status, config);
    impl->connection.reset(connection);
    jsOptions js_options;
    jsOptions_Init(&js_options);
    js_options.Wait = api_wait_ms;
    jsCtx* js = nullptr;
    if (const auto s = natsConnection_JetStream(&js, connection, &js_options); s != NATS_OK)
        return nats_error(s, config);
    impl->js.reset(js);
    impl->worker = std::thread([i = impl.get()] { i->run(); });
    impl->mender = std::thread([i = impl.get()] { i->keep_mending(); });
    return std::unique_ptr<Nats>(new Nats(std::move(impl)));
}

Nats::~Nats() {
    {
        const std::lock_guard lock(impl_->mutex);
        impl_->stop = true;
    }
    impl_->wake.notify_one();
    impl_->mend_wake.notify_one();
    impl_->mender.join();
    impl_->worker.join();
    natsConnection_Close(impl_->connection.get());  // its read loop has ended: now nothing reaches a subscription
    impl_->to_acknowledge.clear();
    impl_->parked.clear();
    impl_->partners.clear();
}

// -------------------------------------------------------------------------------------------------- the node's thread

State Nats::self() const {
    return impl_->config.self;
}

base::Result<void> Nats::send(State to, Delivery delivery, Bytes envelope) {
    const base::Place place{std::string(impl_->config.self.text()), 0, 0, std::string(to.text())};
    const std::lock_guard lock(impl_->mutex);
    const auto it = impl_->partners.find(to);
    if (it == impl_->partners.end()) return fail(Errc::unknown_name, place, "no such state on this exchange");
    auto ok = it->second.outbox.put(delivery, std::move(envelope), impl_->config.limits, place);
    impl_->work = true;
    impl_->wake.notify_one();
    return ok;
}

std::vector<Bytes> Nats::receive() {
    std::vector<Bytes> out;
    const std::lock_guard lock(impl_->mutex);
    for (auto& [state, p] : impl_->partners) {
        for (auto& arrived : p.log_in) {
            out.push_back(std::move(arrived.envelope));
            impl_->to_acknowledge.push_back(std::move(arrived.log));
        }
        for (auto& arrived : p.state_in) out.push_back(std::move(arrived.envelope));
        p.log_in.clear();
        p.state_in.clear();
    }
    return out;
}

std::size_t Nats::purge(State to, Delivery delivery) {
    const std::lock_guard lock(impl_->mutex);
    const auto it = impl_->partners.find(to);
    if (it == impl_->partners.end()) return 0;
    (delivery == Delivery::log ? it->second.purge_log : it->second.purge_state) = true;
    ++it->second.purges;
    impl_->work = true;
    impl_->wake.notify_one();
    return it->second.outbox.purge(delivery);
}

std::map<State, Counters> Nats::counters() const {
    std::map<State, Counters> out;
    const std::lock_guard lock(impl_->mutex);
    for (const auto& [state, p] : impl_->partners) out[state] = p.outbox.counters();
    return out;
}

bool Nats::linked(State to) const {
    return impl_->partners.contains(to) && impl_->connected();
}

// ------------------------------------------------------------------------------------------------- the mender's thread

/// Makes what is missing on the server. Apart from the worker: what the server does not answer keeps nobody waiting.
void Nats::Impl::keep_mending() {
    std::unique_lock lock(mutex);
    while (!stop) {
        lock.unlock();
        if (connected())
            for (auto& [state, p] : partners) mend(p);
        lock.lock();
        mend_wake.wait_for(lock, retry_after / 3, [&] { return stop; });
    }
}

void Nats::Impl::mend(Partner& p) {
    bool streams = false, log = false, state = false;
    {
        const std::lock_guard lock(mutex);
        if (stop || Clock::now() < p.next_try) return;
        // Who has nothing to say needs no outbox, and may not be allowed one.
        streams = !p.streams_stand && (!p.outbox.empty() || p.purge_log || p.purge_state);
        log = !p.log_sub;
        state = !p.state_sub;
    }
    bool silent = false, missing = false;
    const auto judge = [&](natsStatus s) {
        silent |= s == NATS_TIMEOUT;
        missing |= s != NATS_OK;
        return s == NATS_OK;
    };
    if (streams && judge(add_stream(p, Delivery::log)) && judge(add_stream(p, Delivery::state))) {
        const std::lock_guard lock(mutex);
        p.streams_stand = work = true;
        wake.notify_one();
    }
    if (log && !silent) judge(subscribe(p, Delivery::log));
    if (state && !silent) judge(subscribe(p, Delivery::state));
    const std::lock_guard lock(mutex);
    p.silence = silent ? std::min<Clock::duration>(2 * p.silence, retry_silent_after) : retry_after;
    if (missing) p.next_try = Clock::now() + p.silence;
}

/// OK when it stands, made now or before.
natsStatus Nats::Impl::add_stream(const Partner& p, Delivery delivery) {
    const auto name = stream_name(config.self, p.state, delivery);
    const auto subject = subject_name(config.self, p.state, delivery);
    const char* subjects[] = {subject.c_str()};
    jsStreamConfig c;
    jsStreamConfig_Init(&c);
    c.Name = name.c_str();
    c.Subjects = subjects;
    c.SubjectsLen = 1;
    c.Retention = js_WorkQueuePolicy;  // what its one reader has acknowledged is gone
    c.MaxBytes = static_cast<std::int64_t>(config.limits.bytes);
    if (delivery == Delivery::log) {
        c.Storage = js_FileStorage;
        c.Discard = js_DiscardNew;
        c.MaxMsgs = static_cast<std::int64_t>(config.limits.log_messages);
    } else {
        c.Storage = js_MemoryStorage;
        c.Discard = js_DiscardOld;
        c.MaxMsgs = static_cast<std::int64_t>(config.limits.state_messages);
        c.MaxAge = config.state_age.ns;
        c.Duplicates = config.state_age.ns;
    }
    jsErrCode error{};
    const auto s = js_AddStream(nullptr, js.get(), &c, nullptr, &error);
    return error == JSStreamNameExistErr ? NATS_OK : s;
}

/// Fails until the partner has made its outbox; tried again.
natsStatus Nats::Impl::subscribe(Partner& p, Delivery delivery) {
    const auto stream = stream_name(p.state, config.self, delivery);
    const auto subject = subject_name(p.state, config.self, delivery);
    const std::string reader(config.self.text());
    jsSubOptions o;
    jsSubOptions_Init(&o);
    o.Stream = stream.c_str();
    o.Config.AckPolicy = js_AckExplicit;
    natsSubscription* sub = nullptr;
    const auto s = js_PullSubscribe(&sub, js.get(), subject.c_str(), reader.c_str(), nullptr, &o, nullptr);
    if (s != NATS_OK) return s;
    const std::lock_guard lock(mutex);
    (delivery == Delivery::log ? p.log_sub : p.state_sub).reset(sub, &natsSubscription_Destroy);
    return s;
}

// ------------------------------------------------------------------------------------------------- the worker's thread

void Nats::Impl::streams_fell(Partner& p) {
    const std::lock_guard lock(mutex);
    p.streams_stand = false;
}

void Nats::Impl::run() {
    while (true) {
        const bool worked = connected() && round();
        std::unique_lock lock(mutex);
        if (stop) break;
        if (!worked) wake.wait_for(lock, idle, [&] { return stop || (work && connected()); });
        work = false;
    }
    if (connected()) round();
}

bool Nats::Impl::round() {
    bool worked = false;
    acknowledge();
    while (!parked.empty() && Clock::now() - parked.front().since > kept_after_use) parked.pop_front();
    for (auto& [state, p] : partners) {
        bool streams_stand = false;
        {
            const std::lock_guard lock(mutex);
            streams_stand = p.streams_stand;
        }
        if (streams_stand) {
            purge_on_server(p);
            worked |= send_waiting(p, Delivery::log);
            worked |= send_waiting(p, Delivery::state);
        }
        worked |= fetch(p, Delivery::log);
        worked |= fetch(p, Delivery::state);
    }
    return worked;
}

void Nats::Impl::purge_on_server(Partner& p) {
    for (const Delivery delivery : {Delivery::log, Delivery::state}) {
        auto& wanted = delivery == Delivery::log ? p.purge_log : p.purge_state;
        {
            const std::lock_guard lock(mutex);
            if (!wanted) continue;
        }
        const auto name = stream_name(config.self, p.state, delivery);
        if (js_PurgeStream(js.get(), name.c_str(), nullptr, nullptr) != NATS_OK) {
            streams_fell(p);  // nothing is sent before it has succeeded
            return;
        }
        const std::lock_guard lock(mutex);
        wanted = false;
    }
}

natsStatus Nats::Impl::publish(const Partner& p, Delivery delivery, const Bytes& envelope, int& error) {
    const auto subject = subject_name(config.self, p.state, delivery);
    const auto id = base::digest(envelope).hex();  // a repeated one is taken once
    jsPubOptions o;
    jsPubOptions_Init(&o);
    o.MsgId = id.c_str();
    jsErrCode code{};
    const auto s =
        js_Publish(nullptr, js.get(), subject.c_str(), envelope.data(), static_cast<int>(envelope.size()), &o, &code);
    error = static_cast<int>(code);
    return s;
}

bool Nats::Impl::send_waiting(Partner& p, Delivery delivery) {
    bool worked = false;
    for (int i = 0; i < fetch_batch; ++i) {
        std::optional<Bytes> envelope;
        std::uint64_t purges = 0;
        {
            const std::lock_guard lock(mutex);
            if (!p.streams_stand) break;
            if (delivery == Delivery::log ? p.purge_log : p.purge_state) break;  // came meanwhile: first that
            envelope = p.outbox.take(delivery);
            purges = p.purges;
        }
        if (!envelope) break;
        int error = 0;
        const auto s = publish(p, delivery, *envelope, error);
        const std::lock_guard lock(mutex);
        if (s == NATS_OK) {
            p.outbox.count_delivered();
            worked = true;
        } else if (s == NATS_MAX_PAYLOAD) {
            p.outbox.count_dropped();  // would stand in the way for ever
        } else {
            if (p.purges == purges) p.outbox.give_back(delivery, std::move(*envelope));
            if (error != store_failed) p.streams_stand = false;
            break;
        }
    }
    return worked;
}

bool Nats::Impl::fetch(Partner& p, Delivery delivery) {
    const bool log = delivery == Delivery::log;
    auto& sub = log ? p.log_sub : p.state_sub;
    auto& inbox = log ? p.log_in : p.state_in;
    {
        const std::lock_guard lock(mutex);
        if (!sub) return false;
        if (log && inbox.size() >= config.limits.log_messages) return false;
    }
    // Set here and by the mender, who leaves alone one that stands: this thread's own while it does.
    natsMsgList list{};
    jsFetchRequest request;
    jsFetchRequest_Init(&request);
    request.Batch = fetch_batch;
    request.NoWait = true;
    const auto s = natsSubscription_FetchRequest(&list, sub.get(), &request);
    if (s != NATS_OK) {
        // Nothing there is no fault; anything else means that the reader on the server is gone.
        if (s != NATS_TIMEOUT && s != NATS_NOT_FOUND) give_up(sub);
        return false;
    }
    std::vector<Arrived> arrived;
    for (int i = 0; i < list.Count; ++i) {
        Owned<natsMsg> m(std::exchange(list.Msgs[i], nullptr));
        const auto* data = reinterpret_cast<const std::byte*>(natsMsg_GetData(m.get()));
        const auto size = static_cast<std::size_t>(natsMsg_GetDataLength(m.get()));
        if (!log) natsMsg_Ack(m.get(), nullptr);
        arrived.push_back({{data, data + size}, log ? Unacknowledged{sub, std::move(m)} : Unacknowledged{}});
    }
    natsMsgList_Destroy(&list);
    const std::lock_guard lock(mutex);
    for (auto& a : arrived) inbox.push_back(std::move(a));
    while (!log && inbox.size() > config.limits.state_messages) inbox.pop_front();
    return !arrived.empty();
}

/// Parked as it is: to unsubscribe would delete its reader on the server, and with it what that one has yet to hand
/// out.
void Nats::Impl::give_up(Subscription& sub) {
    const std::lock_guard lock(mutex);
    parked.push_back({Clock::now(), std::exchange(sub, nullptr)});
}

void Nats::Impl::acknowledge() {
    std::vector<Unacknowledged> given_out;
    {
        const std::lock_guard lock(mutex);
        given_out.swap(to_acknowledge);
    }
    for (const auto& each : given_out)
        if (each.message) natsMsg_Ack(each.message.get(), nullptr);
}

}  // namespace asman::exchange
