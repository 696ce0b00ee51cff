#include "reflector/status_desk.h"

#include <sys/eventfd.h>

#include <cerrno>
#include <system_error>

#include "net/cannot_work.h"

namespace reflector {
namespace {

constexpr auto most_silence = std::chrono::seconds(1);

}  // namespace

StatusDesk::StatusDesk() : bell_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!bell_) throw net::CannotWork("create an event: " + std::generic_category().message(errno));
}

void StatusDesk::answer(const std::function<MetricsPage()>& page) {
  const std::lock_guard lock(mutex_);
  eventfd_t rings = 0;
  ::eventfd_read(bell_.get(), &rings);
  page_ = page();
  known_to_ = asked_;
  answered_.notify_all();
}

std::optional<MetricsPage> StatusDesk::ask() {
  std::unique_lock lock(mutex_);
  const std::uint64_t question = ++asked_;
  ::eventfd_write(bell_.get(), 1);
  const bool known = answered_.wait_for(lock, most_silence, [&] { return known_to_ >= question; });
  return known ? page_ : std::nullopt;
}

}  // namespace reflector
