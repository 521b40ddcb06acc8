// The subcommands of `asman`: one file each, named as the command. A new one is a declaration and a line in `add_all`.
#pragma once

#include <asman/base/result.hpp>

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace asman::cli {

/// Exit codes: 0 done; 1 it failed, or a check found something; 2 the command line is wrong.
enum Exit : int { ok = 0, failed = 1, usage = 2 };

/// What a subcommand's callback leaves for main().
struct Outcome {
    int code = Exit::ok;
};

/// Prints "asman: <place>: <reason>" to standard error and returns Exit::failed.
int report(const base::Error& error);

/// True when standard error is a terminal: progress bars and colours only then.
bool on_terminal();

/// From now on Ctrl-C and SIGTERM ask to stop, and what runs ends cleanly: logs are flushed and summaries written.
void stop_on_signal();
bool stop_asked();
/// From now on SIGHUP asks to read the law again; take_reload() tells it once.
void reload_on_signal();
bool take_reload();

/// A progress bar on standard error, drawn only on a terminal and at most ten times a second.
class Progress {
  public:
    explicit Progress(std::string title);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    void at(double fraction, const std::string& note = {});

  private:
    std::string title_;
    double last_ = -1;
    bool drawn_ = false;
};

using Add = void (*)(CLI::App&, Outcome&);

void add_all(CLI::App& app, Outcome& outcome);

}  // namespace asman::cli
