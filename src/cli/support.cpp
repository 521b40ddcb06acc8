#include "commands.hpp"

#include <fmt/core.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>

namespace asman::cli {

namespace {

std::atomic<bool> stop{false}, reload{false};
extern "C" void ask_stop(int) {
    stop = true;
}
extern "C" void ask_reload(int) {
    reload = true;
}

}  // namespace

void stop_on_signal() {
    std::signal(SIGINT, ask_stop);
    std::signal(SIGTERM, ask_stop);
}

bool stop_asked() {
    return stop;
}

void reload_on_signal() {
    std::signal(SIGHUP, ask_reload);
}

bool take_reload() {
    return reload.exchange(false);
}

int report(const base::Error& error) {
    fmt::print(stderr, "asman: {}\n", error.text());
    return Exit::failed;
}

bool on_terminal() {
    return ::isatty(STDERR_FILENO) != 0;
}

Progress::Progress(std::string title) : title_(std::move(title)) {}

void Progress::at(double fraction, const std::string& note) {
    if (!on_terminal()) return;
    const double now = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    if (now - last_ < 0.1 && fraction < 1) return;
    last_ = now;
    drawn_ = true;
    const int width = 30;
    const int full = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * width);
    fmt::print(stderr, "\r{} [{}{}] {:3.0f} % {}\033[K", title_, std::string(static_cast<std::size_t>(full), '#'),
               std::string(static_cast<std::size_t>(width - full), '.'), fraction * 100, note);
}

Progress::~Progress() {
    if (drawn_) fmt::print(stderr, "\r\033[K");
}

}  // namespace asman::cli
