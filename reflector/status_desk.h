#pragma once
// Where the threads of the metrics page ask the reflector's own thread how it is: they write a question, it answers
// between two rounds of packets. A reflector that does not answer within a second is not well.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "net/file_descriptor.h"
#include "reflector/metrics_text.h"

namespace reflector {

class StatusDesk {
 public:
  StatusDesk();  // CannotWork

  // The reflector's side: readable while a question waits.
  [[nodiscard]] int descriptor() const { return bell_.get(); }
  void answer(const std::function<MetricsPage()>& page);

  [[nodiscard]] std::optional<MetricsPage> ask();  // from any thread

 private:
  net::FileDescriptor bell_;
  std::mutex mutex_;
  std::condition_variable answered_;
  std::uint64_t asked_ = 0;     // questions so far
  std::uint64_t known_to_ = 0;  // the newest question that is answered
  std::optional<MetricsPage> page_;
};

}  // namespace reflector
