#pragma once
// What `natreflector check` asked one server and what came back; everything it concludes is concluded from this.

#include <optional>
#include <vector>

#include "net/bytes.h"
#include "net/endpoint.h"
#include "net/time.h"
#include "stun/message.h"

namespace reflector {

enum class CheckQuestion : std::uint8_t {
  Plain,             // a bare request of 20 bytes
  Filled,            // one that pays for every extra: RETURN-TOKEN, ARRIVAL
  ZeroPadding,       // 24 bytes: a PADDING of length 0
  Tcp,               // a bare request over TCP
  AlternatePort,     // a bare request to the own alternate port
  AlternateTcp,      // the same over TCP
  Partner,           // a bare request to the other address, primary port
  PartnerAlternate,  // to OTHER-ADDRESS itself
  SecondSocket,      // a bare request from the socket that RESPONSE-PORT will name
  ChangePort,        // CHANGE-REQUEST, from a socket that has written to wherever the answer must come from
  ChangeAddress,
  ChangeBoth,
  LowResponsePort,  // RESPONSE-PORT 80
  OwnResponsePort,  // RESPONSE-PORT of our second socket
  Delayed,          // DELAY 1 s
  PortCount,        // SENT-QUERY about ChangePort, to the own alternate port
  PartnerCount,     // about ChangeBoth, to OTHER-ADDRESS
};

struct CheckReply {
  net::Endpoint from;
  bool second_socket = false;  // it came to the second one
  net::Duration after{};       // the question was first sent
  net::Bytes bytes;

  [[nodiscard]] stun::Message message() const { return *stun::Message::decode(bytes); }  // it is one
  [[nodiscard]] int error() const;                                                       // 0: a success
};

struct CheckExchange {
  CheckQuestion question = CheckQuestion::Plain;
  net::Endpoint to;
  std::size_t request_size = 0;
  std::optional<CheckReply> reply;  // the first
  std::string why;                  // of TCP that did not work
};

struct CheckLog {
  net::Endpoint server;                // as it was given: address and primary port
  std::optional<net::Endpoint> local;  // of our first socket
  std::vector<CheckExchange> exchanges;

  // The exchange of this question, if it was asked.
  [[nodiscard]] const CheckExchange* find(CheckQuestion question) const;
  [[nodiscard]] const CheckReply* reply(CheckQuestion question) const;
  [[nodiscard]] bool success(CheckQuestion question) const;
  [[nodiscard]] bool answered_over_udp() const;                      // anything
  [[nodiscard]] std::optional<net::Endpoint> other_address() const;  // as the plain reply says
};

// Whether OTHER-ADDRESS names another address and another port, and an address that a stranger may send us to.
[[nodiscard]] bool plausible_other_address(const net::Endpoint& other, const net::Endpoint& server);

// The address we were seen at.
[[nodiscard]] std::optional<net::Endpoint> mapped_address(const stun::Message& reply);

}  // namespace reflector
