#pragma once
// Runs an Agent (net/agent.h) on real sockets and the steady clock, in the calling thread: the one place, besides the
// lab's wire, where packets meet the kernel. One driver, one thread; several drivers may live in several threads.
//
// Outputs are carried out in order. What the network does is an input or a count, never an exception: a send that fails
// is counted, an ICMP error from the socket's error queue is an IcmpError, a refused connection is Closed with the
// reason. Opens that fail are OpenFailed: what to make of them is the agent's to say.
//
// Datagrams carry the TTL they arrived with. OpenUdp::towards is answered by connecting a throw-away UDP socket
// (nothing is sent) and binding to the address it got. IPv6 sockets are IPv6 only, and what is too large for an
// ordinary link leaves in fragments that every IPv6 link carries, so that nothing hangs on "packet too big" (RFC 8200
// section 5). A stream's outgoing buffer is bounded: above pause_reading_above nothing more is read from that peer,
// above max_stream_buffer it is closed.

#include <cstdint>
#include <functional>
#include <memory>

#include "net/agent.h"
#include "net/inherited_sockets.h"
#include "net/resolve.h"

namespace net {

inline constexpr std::size_t pause_reading_above = 64 * 1024;
inline constexpr std::size_t max_stream_buffer = 256 * 1024;
inline constexpr Duration max_linger = std::chrono::seconds(2);  // for a closed stream to get its last bytes out

class SocketDriver {
 public:
  struct Counts {
    std::uint64_t received = 0;         // datagrams
    std::uint64_t sent = 0;             // datagrams
    std::uint64_t send_failed = 0;      // datagrams the kernel did not take
    std::uint64_t no_socket = 0;        // sends on a socket that is not open
    std::uint64_t refused_accepts = 0;  // connections dropped for want of file descriptors
  };

  SocketDriver();  // CannotWork where the system refuses even the event queue
  ~SocketDriver();
  SocketDriver(const SocketDriver&) = delete;
  SocketDriver& operator=(const SocketDriver&) = delete;

  [[nodiscard]] TimePoint now() const;  // the steady clock; the agents' time line

  // Starts the agent and runs it until it is finished or a stop is asked for. Sockets of an earlier run are closed
  // first; this agent's stay open until the next run, for drain(). `after_each` is called after the start and after
  // every round of inputs and ticks: for progress on the screen, to stop() from inside, or to tell the agent something;
  // what the agent then wants is carried out.
  void run(Agent& agent, const std::function<void(TimePoint)>& after_each = {});

  // Goes on as run() does after it was stopped, with the same agent and the sockets that it has open: so a thread may
  // go on with what another one has bound.
  void resume(Agent& agent);

  // Carries out what the agent has to say after a stop ("unregister"), and goes on with it until it is finished, at
  // most for so long. Takes no notice of signals: they have been obeyed.
  void drain(Agent& agent, Duration at_most = Duration::zero());

  // Before run(): OpenUdp of this UDP socket's local endpoint gets it instead of a new one; it must stay open as long
  // as the driver lives. What arrives there is read here, or by somebody else (the batch driver).
  enum class Reader : std::uint8_t { ThisDriver, SomebodyElse };
  void lend(int descriptor, Reader reader);

  void wake();             // run() asks the agent anew for its next deadline; from any thread
  void stop();             // run() returns soon; from any thread
  void stop_on_signals();  // from now on SIGINT and SIGTERM end run() and nothing else; call it before threads start
  [[nodiscard]] bool stopped_by_signal() const;

  // From now on a change of links, addresses or routes makes run() go round, so that `after_each` can look at it.
  // CannotWork.
  void watch_routes();
  [[nodiscard]] bool take_route_changes();  // whether there were any since the last call
  // From now on the next SIGINT or SIGTERM ends the process at once, with exit code 0: whoever asks twice does not want
  // to wait for a drain().
  void end_at_next_signal();

  // Calls back from inside run() and drain() whenever the descriptor, which is borrowed, is readable.
  void watch(int descriptor, std::function<void()> readable);  // CannotWork: it is a file
  void unwatch(int descriptor);

  // Opens that ask for exactly such a socket get it.
  void inherit(InheritedSockets sockets);
  [[nodiscard]] const InheritedSockets& inherited() const;

  [[nodiscard]] const Counts& counts() const;
  [[nodiscard]] std::size_t unsent(SocketId stream) const;  // bytes of it that wait for the other side to read

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace net
