#pragma once
// One mapping of a UDP port of ours at a router whose service is known (RFC 6887 MAP, RFC 6886, UPnP AddPortMapping):
// asked for at the start, given back at the end. Pure: inputs and time in, outputs out; the owner runs it beside what
// uses the port, and until it is over().
//
// A request without an answer may have made the mapping all the same: it is given back too. Should the program be
// killed, the mapping ends with its lease, mapping_lease.

#include <optional>
#include <string>
#include <vector>

#include "gateway/codec.h"
#include "net/agent.h"
#include "net/random.h"

namespace gateway {

struct PortMappingSetup {
  Service service;
  net::Endpoint inside;        // our own address and the port
  net::SocketId first_socket;  // this id and those after it are its own, sockets_of_a_mapping of them
};
inline constexpr std::uint32_t sockets_of_a_mapping = 4;  // one a question: three ports wished for, and the end

class PortMapping {
 public:
  PortMapping(PortMappingSetup setup, net::Random random);

  void start(net::TimePoint now);
  void handle(net::TimePoint now, const net::Input& input);  // what is for other sockets is ignored
  void tick(net::TimePoint now);
  void end(net::TimePoint now);  // gives back what was made, or may have been
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;
  void take_outputs(std::vector<net::Output>& into);

  // It stands, or is not to be had.
  [[nodiscard]] bool settled() const { return external_ || !why_.empty(); }
  // Where it leads from; the address is unspecified where the router did not tell it.
  [[nodiscard]] const std::optional<net::Endpoint>& external() const { return external_; }
  // Why there is none, fit to show.
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] bool over() const { return over_; }  // after end(): given back, or nobody answered

 private:
  struct Asked {
    Question question;
    net::SocketId socket;
    std::optional<net::TimePoint> next_send;  // of a datagram
    net::TimePoint give_up;
    net::Bytes received;  // on the connection
  };

  PortMappingSetup setup_;
  net::Random random_;
  pcp::Nonce nonce_{};
  std::optional<Asked> asked_;
  std::uint32_t sockets_ = 0;
  std::uint16_t wished_port_ = 0;
  unsigned wishes_ = 0;
  bool may_stand_ = false;
  bool ending_ = false;
  bool over_ = false;
  std::optional<net::Endpoint> external_;
  std::string why_;
  std::vector<net::Output> outputs_;

  void wish(net::TimePoint now);
  void ask(net::TimePoint now, Act act);
  void send_due(net::TimePoint now);
  void take_stream(net::TimePoint now, net::SocketId connection, net::BytesView payload, bool ended);
  void take(net::TimePoint now, const Reply& reply);
  void fail(const std::string& why);
  void close();
  [[nodiscard]] net::Bytes request() const { return write_request(asked_->question, setup_.service.to, nonce_); }
  [[nodiscard]] bool is_ours(net::SocketId socket) const { return asked_ && asked_->socket == socket; }
};

}  // namespace gateway
