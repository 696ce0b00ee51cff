#pragma once
// `natpunch console`: by hand, as in 2005. A peer like any other, and commands that a person types: a text goes over a
// path that was punched, is punched first where there is none, and as the last resort is relayed by the rendezvous,
// which is said and never counts as a success; or it goes straight to an endpoint somebody named. Texts of others,
// strangers too, are shown and acknowledged. Commands are carried out one after the other.
//
// Lines for the screen come as they are: escape what is not printable.

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "traversal/console_command.h"
#include "traversal/peer.h"
#include "traversal/text_desk.h"

namespace traversal {

class Console final : public net::Agent {
 public:
  Console(PeerConfig config, net::Random random);

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return peer_.finished(); }

  void type(net::TimePoint now, std::string line);  // UTF-8; carried out once it is registered
  void stop(net::TimePoint now) { peer_.stop(now); }

  [[nodiscard]] std::vector<std::string> take_lines() { return std::exchange(lines_, {}); }
  [[nodiscard]] Peer& peer() { return peer_; }
  [[nodiscard]] const std::map<std::string, ProvenPath>& paths() const { return paths_; }

 private:
  // What a `send` has come to.
  enum class Step : std::uint8_t { OverPath, Asking, Punching, OverNewPath, Relaying };
  struct Sending {
    SendText command;
    Step step = Step::OverPath;
    Id matrix{};             // of the punch
    std::uint64_t rows = 0;  // of it, seen
    Id relayed{};            // the text, when it is
  };
  struct Telling {
    net::Endpoint to;
  };
  struct Listing {
    std::vector<PeerEntry> peers;
  };

  PeerConfig config_;
  Key key_;
  net::Random random_;
  Peer peer_;
  SignalClient asker_;
  TextDesk desk_;
  std::map<std::string, ProvenPath> paths_;  // by the other's name
  std::deque<std::string> typed_;
  std::optional<std::variant<Sending, Telling, Listing>> doing_;
  std::optional<net::TimePoint> next_poll_;    // of the punch that was asked for
  std::optional<net::TimePoint> relay_until_;  // waits for its acknowledgement
  net::TimePoint next_text_;
  net::TimePoint next_keep_alive_;
  std::deque<stun::TransactionId> relays_;  // the newest that were taken
  std::vector<std::string> lines_;
  std::vector<net::Output> outputs_;

  void say(std::string line) { lines_.push_back(std::move(line)); }
  void done() { doing_.reset(); }
  void done(std::string line);

  // commands: console.cpp
  void begin_next(net::TimePoint now);
  void begin(net::TimePoint now, const ListPeers& command);
  void begin(net::TimePoint now, const SendText& command);
  void begin(net::TimePoint now, const TellText& command);
  void begin(net::TimePoint now, const Quit& command);

  // what comes in: console.cpp
  bool is_new(const stun::TransactionId& id);
  bool take_relayed(net::TimePoint now, const net::Datagram& datagram);
  void take_datagram(net::TimePoint now, const net::Datagram& datagram);
  void take_paths();
  void keep_alive(net::TimePoint now);
  void advance(net::TimePoint now);

  // what comes of a command: console_steps.cpp
  void punch(net::TimePoint now, Sending& sending);
  void relay(net::TimePoint now, Sending& sending, const std::string& why);
  void send_over(net::TimePoint now, const Sending& sending);
  void poll(net::TimePoint now);
  void take_reply(net::TimePoint now, const SignalReply& reply);
  void take_reply(net::TimePoint now, Sending& sending, const SignalReply& reply);
  void take_reply(net::TimePoint now, Listing& listing, const SignalReply& reply);
  void take_outcome(net::TimePoint now, Sending& sending, const PairOutcome& pair);
  void take_event(net::TimePoint now, const TextDesk::Received& received);
  void take_event(net::TimePoint now, const TextDesk::Acknowledged& acknowledged);
  void take_event(net::TimePoint now, const TextDesk::Unanswered& unanswered);
  [[nodiscard]] std::string whose(net::SocketId socket) const;
};

}  // namespace traversal
