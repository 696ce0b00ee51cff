#pragma once
// `natprobe assist` as an agent: on another host behind the same NAT, it does for a natprobe what takes a second inside
// host, until it is stopped.
//
// It is no tool to send packets elsewhere (security). It writes to nobody but
//   - the reflectors it was given and their partners (assist_reflectors.h),
//   - who asks, an answer for each question and never a larger one, and
//   - an external endpoint of who asks, once a reflector has shown that it is one: the reflector was made to answer
//     there (RESPONSE-PORT reaches the asker's own address only), and the asker knows the id of that answer.
// What is not authentic, comes from a public address, or asks too fast draws no answer at all.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/agent.h"
#include "probe/assist_askers.h"
#include "probe/assist_key.h"
#include "probe/assist_message.h"
#include "probe/assist_reflectors.h"
#include "probe/observation.h"

namespace probe {

struct AssistConfig {
  std::vector<net::Endpoint> reflectors;  // at least one, all of one family
  net::Endpoint listen;                   // a wildcard address: the one this host shows to the first reflector
  AssistKey key{};
  std::array<std::uint8_t, 32> secret{};  // nonces and ids are made of it: bytes of the system's generator
  bool public_askers = false;             // else private addresses and those of the own IPv6 network only
};

inline constexpr unsigned most_assist_packets_a_second = 100;
inline constexpr unsigned most_assist_packets_a_minute = 1200;

class AssistAgent final : public net::Agent {
 public:
  explicit AssistAgent(AssistConfig config);

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return failure_.has_value(); }

  [[nodiscard]] std::optional<net::Endpoint> listening() const { return listening_; }
  [[nodiscard]] std::optional<std::string> failure() const { return failure_; }  // ready to print
  [[nodiscard]] std::vector<net::Endpoint> take_new_askers();                    // since the last call

  struct Counts {
    std::uint64_t answered = 0;
    std::uint64_t not_authentic = 0;
    std::uint64_t not_allowed = 0;  // by its source address
    std::uint64_t over_limit = 0;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  struct Job {  // a reflector's answer is awaited for a question
    net::Endpoint asker;
    stun::TransactionId question;
    std::size_t largest_answer = 0;
    net::SocketId socket;
    std::uint8_t number = 0;  // of the socket, as the asker counts
    stun::TransactionId id;
    Observation seen;
    net::TimePoint next;
  };
  struct Question {
    net::Endpoint from;
    std::size_t size = 0;
    AssistRequest request;
  };

  void take_question(const net::Datagram& datagram);
  void greet(const Question& question);
  void carry_out(AssistAsker& asker, const Question& question);
  void ask(AssistAsker& asker, const Question& question);
  void prove(AssistAsker& asker, const Question& question);
  void knock(AssistAsker& asker, const Question& question);
  void take_answer_of_reflector(const net::Datagram& datagram);
  void settle(const Job& job);
  void opened(const net::Opened& event);
  void not_opened(const net::OpenFailed& event);

  void send_due();
  void answer(AssistAsker& asker, const stun::TransactionId& id, std::size_t at_most, const AssistReply& reply);
  void refuse(AssistAsker& asker, const Question& question, std::uint16_t error);
  bool send(net::SocketId socket, const net::Endpoint& to, net::Bytes payload);
  [[nodiscard]] bool within_limits();
  [[nodiscard]] bool may_ask(const net::IpAddress& source) const;
  AssistSocket& socket_of(AssistAsker& asker, const AssistQuestion& question);
  [[nodiscard]] stun::TransactionId next_id();
  void forget(std::vector<AssistAsker> gone);

  AssistConfig config_;
  AssistReflectors reflectors_;
  AssistAskers askers_;
  std::vector<Job> jobs_;
  std::vector<std::pair<net::IpAddress, stun::ReturnToken>> tokens_;  // the latest of each reflector
  std::optional<net::Endpoint> listening_;
  std::optional<std::string> failure_;
  std::vector<net::Endpoint> new_askers_;
  Counts counts_;
  std::uint64_t drawn_ = 0;  // ids and nonces
  std::uint32_t next_socket_ = 10;
  net::TimePoint began_;
  net::TimePoint now_;
  net::TimePoint introduced_;  // when reflectors were last asked who they are
  net::TimePoint second_;
  net::TimePoint minute_;
  unsigned in_second_ = 0;
  unsigned in_minute_ = 0;
  std::vector<net::Output> outputs_;
};

}  // namespace probe
