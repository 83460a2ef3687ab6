#include "apps/isoflop/fit_progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "lib/core/standard_streams.h"

namespace isoflop {
namespace {

using namespace std::chrono_literals;

constexpr auto kShortFit = 1s;  // not worth a line
constexpr auto kRedraw = 100ms;

bool CanEraseLines(int descriptor) {
  const char* kind = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && kind != nullptr &&
         std::string_view(kind) != "dumb";
}

void DrawLine(int descriptor, const std::string& text) {
  WriteToTerminal(descriptor, "\r\x1b[K" + text);
}

}  // namespace

FitProgressLine::FitProgressLine(int descriptor) : descriptor_(descriptor) {
  if (!CanEraseLines(descriptor)) return;
  drawing_ =
      std::jthread([this](const std::stop_token& stop) { Redraw(stop); });
}

FitProgressLine::~FitProgressLine() = default;

void FitProgressLine::Report(std::string_view stage, int done, int of) {
  if (!drawing_.joinable()) return;
  const std::lock_guard lock(mutex_);
  stage_ = stage;
  done_ = done;
  of_ = of;
}

void FitProgressLine::Redraw(const std::stop_token& stop) {
  const auto never = [] { return false; };
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, stop, kShortFit, never);
  if (stop.stop_requested()) return;
  std::string drawn;
  while (!stop.stop_requested()) {
    if (const std::string line = Line(); line != drawn) {
      DrawLine(descriptor_, line);
      drawn = line;
    }
    stopped_.wait_for(lock, stop, kRedraw, never);
  }
  DrawLine(descriptor_, "");
}

std::string FitProgressLine::Line() const {
  const std::string text =
      of_ > 0 ? fmt::format("{} {}/{}", stage_, done_, of_) : stage_;
  // The last column stays free: writing there wraps on some terminals.
  return text.substr(0, TerminalWidth(descriptor_) - 1);
}

}  // namespace isoflop
