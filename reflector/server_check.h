#pragma once
// Asks one server all that `natreflector check` wants to know of it, as an agent (net/agent.h): four rounds, each of
// questions side by side, the next when all of one are answered or given up. An OTHER-ADDRESS that is not plausible is
// never written to. At most 3 requests a question; a run takes some 10 seconds where nothing answers.

#include <deque>
#include <map>
#include <string>

#include "net/agent.h"
#include "net/random.h"
#include "reflector/check_log.h"
#include "stun/client_transaction.h"
#include "stun/message_builder.h"
#include "stun/private_attributes.h"

namespace reflector {

class ServerCheck final : public net::Agent {
 public:
  ServerCheck(const net::Endpoint& server, net::Random random);

  [[nodiscard]] const CheckLog& log() const { return log_; }
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }  // no socket could be opened

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  [[nodiscard]] bool finished() const override { return finished_; }

 private:
  struct Pending {  // one exchange under way
    std::size_t exchange;
    net::SocketId socket;
    net::Bytes bytes;
    bool tcp = false;
    stun::ClientTransaction transaction;
    net::TimePoint asked{};
  };

  net::Random random_;
  CheckLog log_;
  std::vector<Pending> pending_;
  std::vector<net::Output> outputs_;
  std::optional<std::string> failure_;
  std::uint64_t nonce_;
  std::uint32_t next_stream_;
  int round_ = 0;
  int opened_ = 0;
  bool finished_ = false;

  void next_round(net::TimePoint now);
  void first_round(net::TimePoint now);
  void second_round(net::TimePoint now);
  void third_round(net::TimePoint now);
  void fourth_round(net::TimePoint now);
  [[nodiscard]] std::optional<stun::ReturnToken> token() const;
  [[nodiscard]] net::Endpoint own(bool alternate_port) const;
  [[nodiscard]] std::optional<net::Endpoint> followed() const;  // OTHER-ADDRESS, where it may be written to

  // A request of these attributes, with FILL up to `size` bytes.
  template <typename... Attributes>
  void ask(net::TimePoint now, CheckQuestion question, const net::Endpoint& to, std::size_t size,
           const Attributes&... attributes);
  void ask_over_tcp(net::TimePoint now, CheckQuestion question, const net::Endpoint& to);
  void add(net::TimePoint now, CheckQuestion question, const net::Endpoint& to, net::SocketId socket, net::Bytes bytes,
           const stun::TransactionId& id, bool tcp);
  void take(net::TimePoint now, net::SocketId socket, const net::Endpoint& from, net::BytesView bytes);
  void give_up_stream(net::SocketId connection, const std::string& why);
};

}  // namespace reflector
