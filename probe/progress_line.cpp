#include "probe/progress_line.h"

#include <algorithm>
#include <cstdio>

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration before_the_first = 500ms;  // most runs are over by then, and nothing flickers
constexpr net::Duration between = 250ms;
constexpr std::string_view wipe = "\r\x1B[K";

void write_to_terminal(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

ProgressLine::~ProgressLine() {
  if (drawn_) write_to_terminal(wipe);
}

void ProgressLine::start(net::TimePoint now) {
  began_ = now;
  draw_at_ = now + before_the_first;
  agent_.start(now);
}

void ProgressLine::handle(net::TimePoint now, const net::Input& input) { agent_.handle(now, input); }

void ProgressLine::tick(net::TimePoint now) {
  if (const auto due = agent_.next_deadline(); due && *due <= now) agent_.tick(now);
  if (now >= draw_at_) draw(now);
}

std::optional<net::TimePoint> ProgressLine::next_deadline() const {
  return std::min(draw_at_, agent_.next_deadline().value_or(draw_at_));
}

void ProgressLine::draw(net::TimePoint now) {
  write_to_terminal(std::string(wipe) + "natprobe: " + words_(now - began_));
  drawn_ = true;
  draw_at_ = now + between;
}

}  // namespace probe
