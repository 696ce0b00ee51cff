#pragma once
// An agent: whatever decides. It is told of packets and time and asked for packets and deadlines; it owns no socket
// and reads no clock. Probe, reflector, rendezvous and peer are agents. A driver (net/socket_driver.h) runs one on real
// sockets, the simulator (lab/simulator.h) runs many in memory under a virtual clock.
//
// The contract: start() once; then handle() for every input and tick() whenever next_deadline() has come; after each of
// these calls the runner takes and carries out all outputs, in order. An agent that is finished() is told nothing more.
//
// Sockets are named by the agent (SocketId, never re-used in one life). An open is answered by Opened or OpenFailed
// before anything arrives on it; sends may follow an open at once and are carried out after it. A socket whose open
// failed drops what is sent on it. Nothing is promised about datagrams. Streams (TCP) deliver bytes in order or close.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/bytes.h"
#include "net/endpoint.h"
#include "net/time.h"

namespace net {

struct SocketId {
  std::uint32_t value = 0;
  friend auto operator<=>(const SocketId&, const SocketId&) = default;
};

// ---- told ----------------------------------------------------------------------------------------------------------

struct Opened {  // a UDP socket or a TCP listener is bound
  SocketId socket;
  Endpoint local;  // the real local address, never a wildcard where OpenUdp::towards was given
};
struct OpenFailed {
  SocketId socket;
  std::string attempt;  // "bind 192.0.2.1:3478: address in use", ready to print
};
struct Datagram {
  SocketId socket;
  Endpoint from;
  Bytes payload;
  std::optional<std::uint8_t> ttl;  // as it arrived, where the system tells
};
struct IcmpError {  // RFC 792 / 4443, as the socket's error queue reports it
  SocketId socket;
  Endpoint destination;  // of the datagram that drew the error
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::optional<IpAddress> from = std::nullopt;  // who sent it, where the system tells
  std::uint16_t mtu = 0;                         // of "fragmentation needed" and "packet too big"; 0: not told
};
struct Accepted {  // a TCP connection to a listener; named by the runner, from ids at or above first_accepted_id
  SocketId listener;
  SocketId connection;
  Endpoint from;
};
struct Connected {
  SocketId connection;
  Endpoint local;
};
struct StreamBytes {
  SocketId connection;
  Bytes payload;
};
struct PeerFinished {  // half close: the other side sends no more; answers may still be sent
  SocketId connection;
};
struct Closed {  // refused, reset, timed out, or closed by the other side
  SocketId connection;
  std::string reason;
};
using Input =
    std::variant<Opened, OpenFailed, Datagram, IcmpError, Accepted, Connected, StreamBytes, PeerFinished, Closed>;

inline constexpr std::uint32_t first_accepted_id = 0x80000000U;

// ---- asked for -----------------------------------------------------------------------------------------------------

struct OpenUdp {
  SocketId socket;
  Endpoint local;                   // port 0: any free port. A wildcard address needs `towards`
  std::optional<Endpoint> towards;  // bind to the local address the route to this destination uses
  std::string interface = {};       // and to this interface; empty: as the routes say
  bool own_fragments = false;       // fails where Send::in_fragments cannot be done, for want of a privilege
};

// A datagram as IP fragments that the sender makes itself, rather than the first link that is too narrow for it.
struct InFragments {
  std::uint16_t most = 1'280;  // bytes of each, IP header included; every IPv6 link carries so many (RFC 8200)
  bool reversed = false;       // the last part first

  friend bool operator==(const InFragments&, const InFragments&) = default;
};
struct Send {
  SocketId socket;
  Endpoint to;
  Bytes payload;
  std::optional<std::uint8_t> ttl = std::nullopt;
  bool dont_fragment = false;
  std::optional<InFragments> in_fragments = std::nullopt;  // on a socket opened with own_fragments
};
struct Listen {  // TCP
  SocketId socket;
  Endpoint local;
};
struct Connect {  // TCP
  SocketId connection;
  Endpoint to;
  std::optional<Endpoint> local = std::nullopt;
  std::string interface = {};  // as in OpenUdp
};
struct SendStream {
  SocketId connection;
  Bytes payload;
};
struct Close {  // any socket; a stream is closed after what was sent on it is out
  SocketId socket;
};
using Output = std::variant<OpenUdp, Send, Listen, Connect, SendStream, Close>;

class Agent {
 public:
  virtual ~Agent() = default;

  virtual void start(TimePoint now) = 0;
  virtual void handle(TimePoint now, const Input& input) = 0;
  virtual void tick(TimePoint now) = 0;

  [[nodiscard]] virtual std::optional<TimePoint> next_deadline() const = 0;  // empty: nothing but input wakes it
  [[nodiscard]] virtual std::vector<Output> take_outputs() = 0;
  [[nodiscard]] virtual bool finished() const = 0;
};

// For std::visit with one lambda a kind.
template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

}  // namespace net
