#include "net/batch_driver.h"

#include <linux/sock_diag.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include "net/cannot_work.h"
#include "net/event_poll.h"
#include "net/live_count.h"

namespace net {
namespace {

constexpr int wake_signal = SIGURG;  // ignored unless somebody handles it, so a late one does no harm
constexpr std::size_t stack_bytes = 256 * 1024;
constexpr std::size_t most_last_batches = 1024;  // of what had arrived before the end
constexpr auto wake_interval = std::chrono::milliseconds(1);

void handle_wake_signal() {
  struct sigaction action {};
  action.sa_handler = [](int) {};  // no SA_RESTART: a system call that waits returns
  ::sigaction(wake_signal, &action, nullptr);
}

std::uint64_t dropped_by_kernel(int socket) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> values{};
  socklen_t size = sizeof values;
  return ::getsockopt(socket, SOL_SOCKET, SO_MEMINFO, values.data(), &size) == 0 ? values[SK_MEMINFO_DROPS] : 0;
}

}  // namespace

class alignas(64) BatchDriver::Worker {
 public:
  explicit Worker(Post post);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void stop() { stopping_.store(true); }
  void add_to(Counts& counts) const;

 private:
  void run();
  std::size_t answer_a_batch(PacketBatch::Wait wait);

  Post post_;
  PacketBatch batch_;
  LiveCount received_;
  LiveCount sent_;
  LiveCount send_failed_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> ended_ = false;
  pthread_t thread_{};
};

BatchDriver::Worker::Worker(Post post) : post_(std::move(post)), batch_(post_.senders) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, stack_bytes);
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::sigdelset(&all, wake_signal);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // a thread begins with its maker's mask
  const auto body = [](void* self) -> void* {
    static_cast<Worker*>(self)->run();
    return nullptr;
  };
  const int failed = ::pthread_create(&thread_, &attributes, body, this);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::pthread_attr_destroy(&attributes);
  if (failed != 0) throw CannotWork("start a thread: " + reason(failed));
}

// The signal may come just before the thread begins to wait, so it is sent until the thread has ended.
BatchDriver::Worker::~Worker() {
  stop();
  while (!ended_.load()) {
    ::pthread_kill(thread_, wake_signal);
    std::this_thread::sleep_for(wake_interval);
  }
  ::pthread_join(thread_, nullptr);
}

void BatchDriver::Worker::run() {
  while (!stopping_.load(std::memory_order_relaxed)) answer_a_batch(PacketBatch::Wait::ForOne);
  for (std::size_t i = 0; i < most_last_batches && answer_a_batch(PacketBatch::Wait::Not) > 0; ++i) {
  }
  ended_.store(true);
}

std::size_t BatchDriver::Worker::answer_a_batch(PacketBatch::Wait wait) {
  const std::size_t count = batch_.receive(post_.socket, wait);
  if (count == 0) return 0;
  const TimePoint now = EventPoll::now();
  for (std::size_t n = 0; n < count; ++n) {
    ByteRoom room = batch_.room_for_answer(n);
    const auto destination = post_.answerer->answer(batch_.packet(n), now, room);
    if (destination) batch_.send_answer(n, room.size(), destination->sender, destination->to);
  }
  const auto sent = batch_.send_all();
  received_ += count;
  sent_ += sent.taken;
  send_failed_ += sent.failed;
  return count;
}

void BatchDriver::Worker::add_to(Counts& counts) const {
  counts.received += received_;
  counts.sent += sent_;
  counts.send_failed += send_failed_;
  counts.dropped += dropped_by_kernel(post_.socket);
}

BatchDriver::BatchDriver(std::vector<Post> posts) {
  handle_wake_signal();
  for (Post& post : posts) workers_.push_back(std::make_unique<Worker>(std::move(post)));
}

BatchDriver::~BatchDriver() {
  for (const auto& worker : workers_) worker->stop();
}

BatchDriver::Counts& BatchDriver::Counts::operator+=(const Counts& more) {
  received += more.received;
  sent += more.sent;
  send_failed += more.send_failed;
  dropped += more.dropped;
  return *this;
}

BatchDriver::Counts BatchDriver::counts() const {
  Counts all;
  for (const auto& worker : workers_) worker->add_to(all);
  return all;
}

}  // namespace net
