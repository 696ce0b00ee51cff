#include "reports/live_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "net/bytes.h"
#include "reports/live_json.h"
#include "traversal/matrix_run.h"

namespace reports {
namespace {

constexpr std::size_t most_events = 4096;

traversal::Matrix waiting_matrix(const traversal::MatrixOrder& order, LiveView::Clock::time_point now) {
  traversal::Matrix matrix{.hosts = order.hosts, .started_at = now};
  const traversal::MatrixRun run(order, {});
  for (std::uint32_t pair = 0; pair < run.total(); ++pair) {
    matrix.pairs.push_back(run.blank(pair, traversal::Outcome::NotRun, "it waits for its turn"));
  }
  return matrix;
}

}  // namespace

void LiveView::take(const traversal::Happening& happening, Clock::time_point now) {
  std::visit([&](const auto& one) { take_one(one, now); }, happening);
}

void LiveView::take_one(const traversal::HostCame& came, Clock::time_point) {
  hosts_.insert_or_assign(came.host.name, came);
  add_event(host_event(came.host.name, true, hosts_.size()));
}

void LiveView::take_one(const traversal::HostLeft& left, Clock::time_point) {
  if (hosts_.erase(left.name) > 0) add_event(host_event(left.name, false, hosts_.size()));
}

void LiveView::take_one(const traversal::MatrixBegun& begun, Clock::time_point now) {
  Run& run = runs_.emplace_back(Run{.id = net::to_hex(begun.order.id)});
  run.document.matrix = waiting_matrix(begun.order, now);
  run.ended.resize(run.document.matrix.pairs.size());
  add_event(matrix_event(run, progress()));
}

void LiveView::take_one(const traversal::PairEnded& ended, Clock::time_point now) {
  Run* run = find(ended.matrix);
  if (run == nullptr || ended.pair >= run->total() || run->ended[ended.pair]) return;
  traversal::Matrix& matrix = run->document.matrix;
  matrix.pairs[ended.pair] = ended.outcome;
  matrix.duration = std::chrono::duration_cast<net::Duration>(now - matrix.started_at);
  run->ended[ended.pair] = true;
  ++run->done;
  add_event(pair_event(*run, matrix.pairs[ended.pair], progress()));
}

void LiveView::take_one(const traversal::MatrixForgotten& forgotten, Clock::time_point) {
  std::erase_if(runs_, [id = net::to_hex(forgotten.matrix)](const Run& run) { return run.id == id; });
}

const LiveView::Run* LiveView::find(std::string_view id) const {
  const auto found = std::find_if(runs_.begin(), runs_.end(), [=](const Run& run) { return run.id == id; });
  return found == runs_.end() ? nullptr : &*found;
}

LiveView::Run* LiveView::find(const traversal::Id& id) {
  const auto found =
      std::find_if(runs_.begin(), runs_.end(), [name = net::to_hex(id)](const Run& run) { return run.id == name; });
  return found == runs_.end() ? nullptr : &*found;
}

const LiveView::Run* LiveView::shown() const {
  const auto running = std::find_if(runs_.begin(), runs_.end(), [](const Run& run) { return !run.finished(); });
  return running != runs_.end() ? &*running : runs_.empty() ? nullptr : &runs_.back();
}

std::string LiveView::progress() const {
  const Run* run = shown();
  return run == nullptr ? "no matrix yet" : fmt::format("{} of {} pairs", run->done, run->total());
}

void LiveView::add_event(std::string event) {
  events_.push_back(fmt::format("id: {}\n{}\n", ++newest_, event));
  if (events_.size() > most_events) events_.pop_front();
}

std::string LiveView::events_after(std::uint64_t after) const {
  if (after > newest_ || newest_ - after > events_.size()) {
    return fmt::format("id: {}\n{}\n", newest_, state_event(*this));
  }
  std::string text;
  for (auto at = events_.end() - static_cast<std::ptrdiff_t>(newest_ - after); at != events_.end(); ++at) text += *at;
  return text;
}

}  // namespace reports
