#pragma once
// The next step of a discovery that is made of trials that wait (probe/delayed_trials.h): what is to be asked by now,
// and when to look again.

#include "probe/delayed_trials.h"

namespace probe {

class TrialStep {
 public:
  TrialStep(const RunSoFar& run, const TrialLog& log, std::string_view discovery, const net::Endpoint& reflector);

  [[nodiscard]] Query query(std::uint32_t socket) const;
  [[nodiscard]] Query delayed(std::uint32_t socket, net::Duration delay) const;

  // Whether that long has passed since the first question of the discovery; else this step is looked at again then.
  bool reached(net::Duration offset) { return reached_at(began_ + offset); }
  bool reached_at(net::Duration moment);

  void ask(Query query) { step_.ask.push_back(std::move(query)); }

  // From `offset` on, up to `copies` of it, a moment apart.
  void ask_copies(const Query& query, net::Duration offset, unsigned copies);

  // A plain exchange, the first or the second on its socket: so many questions, a moment apart.
  void exchange(std::uint32_t socket, net::Duration offset, bool second = false);

  // Controls at the beginning measure the loss. Where the answers of a trial are overdue, the reflector is asked how
  // many it sent, until it is heard.
  void begin_controls();
  void confirm(const DelayedTrial& trial);

  [[nodiscard]] const TrialLog& log() const { return log_; }
  [[nodiscard]] net::Duration now() const { return now_; }
  [[nodiscard]] Step take(bool finished);

 private:
  template <typename Same>
  void ask_same(const Query& query, net::Duration offset, unsigned copies, unsigned before, Same same);
  void ask_count(std::uint32_t label);

  const TrialLog& log_;
  std::string_view discovery_;
  net::Duration now_;
  net::Duration began_;
  net::Endpoint reflector_;
  Step step_;
};

}  // namespace probe
