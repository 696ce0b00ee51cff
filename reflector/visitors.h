#pragma once
// Who is connected to the metrics page, so that slow ones cannot hold it: so many in all and of one source, and nobody
// longer than our patience, whatever he sends.

#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace reflector {

class Visitors {
 public:
  struct Limits {
    std::size_t in_all = 64;
    std::size_t of_a_source = 4;
    std::chrono::milliseconds patience{3000};
  };
  explicit Visitors(const Limits& limits) : limits_(limits) {}

  void start();  // a thread that sends home whoever stays too long

  // All from any thread.
  [[nodiscard]] bool enter(const Poco::Net::StreamSocket& socket);  // false: no room, close it
  void leave(const Poco::Net::StreamSocket& socket);
  void send_home();  // all of them

 private:
  using Clock = std::chrono::steady_clock;
  struct Visitor {
    Poco::Net::StreamSocket socket;
    Poco::Net::IPAddress source;
    Clock::time_point until;
    bool sent_home = false;
  };

  void send_home(Clock::time_point now);

  Limits limits_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::list<Visitor> all_;
  std::jthread keeper_;  // last: it ends first
};

}  // namespace reflector
