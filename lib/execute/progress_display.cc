#include "lib/execute/progress_display.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "lib/core/clock.h"
#include "lib/core/json.h"
#include "lib/core/printable.h"

namespace isoflop {
namespace {

constexpr double kRedrawSeconds = 0.2;
constexpr double kHeartbeatSeconds = 60.0;

/// In one write, so that nothing of another process comes between. A display
/// that is gone (closed terminal, full disk) is no reason to stop a sweep.
void Print(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(descriptor, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Returns a positive number from the environment, 0 if there is none.
std::size_t SizeFrom(const char* name) {
  const std::string_view text = Variable(name);
  std::size_t size = 0;
  std::from_chars(text.data(), text.data() + text.size(), size);
  return size;
}

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t lines = 24;
};

TerminalSize SizeOf(int descriptor) {
  TerminalSize size;
  struct winsize window {};
  if (::ioctl(descriptor, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) {
    size = {window.ws_col, std::max<std::size_t>(window.ws_row, 2)};
  } else if (const std::size_t columns = SizeFrom("COLUMNS"); columns > 0) {
    size.columns = columns;
  }
  return size;
}

/// Plain lines: a run that ended, a note, a sign of life now and then.
class LineProgress : public Progress {
 public:
  explicit LineProgress(int descriptor)
      : descriptor_(descriptor), printed_at_(MonotonicSeconds()) {}

  void Show(const SweepProgress& progress) override {
    if (MonotonicSeconds() - printed_at_ < kHeartbeatSeconds) return;
    PrintLine(SummaryLine(progress));
  }
  void RunEnded(const RunResult& result,
                const SweepProgress& progress) override {
    PrintLine(RunLine(result, progress));
  }
  void Note(const std::string& message) override { PrintLine(message); }
  void Finish(const SweepProgress& progress) override {
    PrintLine(SummaryLine(progress));
  }

 private:
  void PrintLine(const std::string& line) {
    Print(descriptor_, line + "\n");
    printed_at_ = MonotonicSeconds();
  }

  int descriptor_;
  double printed_at_;
};

/// An object a line: "progress" at most once a second, "run", "note", "finish".
class JsonProgress : public Progress {
 public:
  explicit JsonProgress(int descriptor) : descriptor_(descriptor) {}

  void Show(const SweepProgress& progress) override {
    constexpr double kSeconds = 1.0;
    if (MonotonicSeconds() - printed_at_ < kSeconds) return;
    printed_at_ = MonotonicSeconds();
    Write("progress", ToJson(progress));
  }
  void RunEnded(const RunResult& result,
                const SweepProgress& progress) override {
    Json json = ToJson(progress);
    json["run"] = {{"id", result.id}, {"status", NameOf(result.status)}};
    if (result.loss) json["run"]["loss"] = *result.loss;
    if (!result.reason.empty()) json["run"]["reason"] = result.reason;
    Write("run", json);
  }
  void Note(const std::string& message) override {
    Write("note", {{"message", message}});
  }
  void Finish(const SweepProgress& progress) override {
    Write("finish", ToJson(progress));
  }

 private:
  void Write(const char* event, const Json& rest) {
    Json json{{"event", event}};
    json.update(rest);
    Print(descriptor_, PrintableJson(json.dump()) + "\n");
  }

  int descriptor_;
  double printed_at_ = -1.0;
};

/// A few lines redrawn in place; what should stay scrolls away above them.
class TerminalProgress : public Progress {
 public:
  explicit TerminalProgress(int descriptor)
      : descriptor_(descriptor), colour_(Variable("NO_COLOR").empty()) {}

  void Show(const SweepProgress& progress) override {
    const double now = MonotonicSeconds();
    if (now - drawn_at_ < kRedrawSeconds) return;
    drawn_at_ = now;
    Draw(progress);
  }

  void RunEnded(const RunResult& result,
                const SweepProgress& progress) override {
    if (result.status != RunStatus::kOk) {
      return Note(RunLine(result, progress));
    }
    constexpr std::size_t kRemembered = 3;
    recent_.push_back("  ended: " + RunLine(result, progress));
    if (recent_.size() > kRemembered) recent_.erase(recent_.begin());
  }

  void Note(const std::string& message) override {
    Print(descriptor_, Erasure() + Coloured("\x1b[33m", message) + "\n");
    drawn_.clear();
    drawn_at_ = -1.0;  // draw again at once
  }

  void Finish(const SweepProgress& progress) override {
    Print(descriptor_, Erasure() + SummaryLine(progress) + "\n");
    drawn_.clear();
  }

 private:
  void Draw(const SweepProgress& progress) {
    const TerminalSize size = SizeOf(descriptor_);
    // The last column stays free: writing there wraps on some terminals.
    auto lines = RenderProgress(progress, size.columns - 1, size.lines - 1);
    for (const std::string& run : recent_) {
      if (lines.size() + 1 < size.lines) {
        lines.push_back(run.substr(0, size.columns - 1));
      }
    }
    std::string text = Erasure();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      text += (i == 0 ? Coloured("\x1b[1m", lines[i]) : lines[i]) + "\n";
    }
    Print(descriptor_, text);
    drawn_ = lines;
  }

  /// Returns what takes the cursor to the first drawn line and clears from
  /// there. Lines drawn before the terminal became narrower take several rows.
  std::string Erasure() const {
    const std::size_t columns = SizeOf(descriptor_).columns;
    std::size_t rows = 0;
    for (const std::string& line : drawn_) {
      rows += std::max<std::size_t>(1, (line.size() + columns - 1) / columns);
    }
    return rows == 0 ? "" : "\x1b[" + std::to_string(rows) + "A\r\x1b[J";
  }

  std::string Coloured(const char* code, const std::string& text) const {
    return colour_ ? code + text + "\x1b[0m" : text;
  }

  int descriptor_;
  bool colour_;
  double drawn_at_ = -1.0;  // monotonic seconds
  std::vector<std::string> drawn_;
  std::vector<std::string> recent_;  // runs that ended well, the last ones
};

}  // namespace

std::unique_ptr<Progress> MakeProgress(int descriptor, ProgressStyle style) {
  const bool redraws = ::isatty(descriptor) == 1 && Variable("TERM") != "dumb";
  switch (style) {
    case ProgressStyle::kJson:
      return std::make_unique<JsonProgress>(descriptor);
    case ProgressStyle::kNone:
      return std::make_unique<SilentProgress>();
    case ProgressStyle::kAuto:
      if (redraws) return std::make_unique<TerminalProgress>(descriptor);
      [[fallthrough]];
    case ProgressStyle::kPlain:
      return std::make_unique<LineProgress>(descriptor);
  }
  return nullptr;
}

}  // namespace isoflop
