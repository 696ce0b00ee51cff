#pragma once
// What whoever looks at a rendezvous sees: the hosts that are registered and the matrices as they fill, made from what
// happened (traversal/happening.h) in that order; and what is new since a moment, as server-sent events (WHATWG HTML
// section 9.2), whose data are JSON of one line (docs/rendezvous.md). Pure; bounded as the rendezvous is.

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reports/matrix_json.h"
#include "traversal/happening.h"

namespace reports {

class LiveView {
 public:
  using Clock = std::chrono::system_clock;

  struct Run {
    std::string id;
    MatrixDocument document;  // a pair that has not ended is not-run, and its why says that it waits
    std::size_t done = 0;
    std::vector<bool> ended;  // by pair
    [[nodiscard]] std::size_t total() const { return ended.size(); }
    [[nodiscard]] bool finished() const { return done == total(); }
  };

  void take(const traversal::Happening& happening, Clock::time_point now);

  [[nodiscard]] const std::map<std::string, traversal::HostCame>& hosts() const { return hosts_; }
  [[nodiscard]] const std::deque<Run>& runs() const { return runs_; }  // the oldest first
  [[nodiscard]] const Run* find(std::string_view id) const;
  // The oldest that is not finished, else the newest; none: nothing was asked for.
  [[nodiscard]] const Run* shown() const;
  [[nodiscard]] std::string progress() const;  // "12 of 45 pairs", of the one that is shown

  // Events are numbered from 1. `after` 0, or one that is not known any more: the state of things instead.
  [[nodiscard]] std::uint64_t newest_event() const { return newest_; }
  [[nodiscard]] std::string events_after(std::uint64_t after) const;

 private:
  std::map<std::string, traversal::HostCame> hosts_;
  std::deque<Run> runs_;
  std::uint64_t newest_ = 1;          // the first is that nothing has happened yet
  std::deque<std::string> events_;    // the last ones
  void add_event(std::string event);  // with its number

  void take_one(const traversal::HostCame& came, Clock::time_point now);
  void take_one(const traversal::HostLeft& left, Clock::time_point now);
  void take_one(const traversal::MatrixBegun& begun, Clock::time_point now);
  void take_one(const traversal::PairEnded& ended, Clock::time_point now);
  void take_one(const traversal::MatrixForgotten& forgotten, Clock::time_point now);
  [[nodiscard]] Run* find(const traversal::Id& id);
};

}  // namespace reports
