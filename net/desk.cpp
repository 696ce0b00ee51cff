#include "net/desk.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "net/cannot_work.h"

namespace net {

Desk::Desk() : bell_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!bell_) throw CannotWork("create an event: " + std::generic_category().message(errno));
}

void Desk::put(std::function<void()> question) {
  const std::lock_guard lock(mutex_);
  questions_.push_back(std::move(question));
  ::eventfd_write(bell_.get(), 1);
}

void Desk::answer() {
  std::vector<std::function<void()>> questions;
  {
    const std::lock_guard lock(mutex_);
    eventfd_t rings = 0;
    ::eventfd_read(bell_.get(), &rings);
    questions.swap(questions_);
  }
  for (const auto& question : questions) question();
}

}  // namespace net
