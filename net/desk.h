#pragma once
// Where other threads ask an agent's own thread: they write down a question, it answers between two rounds of packets,
// so that what it knows needs no lock. Who is not answered within a second takes the question back.

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "net/file_descriptor.h"

namespace net {

class Desk {
 public:
  Desk();  // CannotWork

  // The agent's side: readable while a question waits.
  [[nodiscard]] int descriptor() const { return bell_.get(); }
  void answer();

  // From any other thread: what `question` returns, asked in the agent's thread.
  template <typename Question>
  [[nodiscard]] auto ask(Question question) -> std::optional<decltype(question())> {
    using Answer = decltype(question());
    const auto task = std::make_shared<std::packaged_task<Answer()>>(std::move(question));
    std::future<Answer> answer = task->get_future();
    put([asked = std::weak_ptr(task)] {
      if (const auto wanted = asked.lock()) (*wanted)();
    });
    if (answer.wait_for(most_silence) != std::future_status::ready) return std::nullopt;
    return answer.get();
  }

 private:
  static constexpr auto most_silence = std::chrono::seconds(1);

  FileDescriptor bell_;
  std::mutex mutex_;
  std::vector<std::function<void()>> questions_;

  void put(std::function<void()> question);
};

}  // namespace net
