#pragma once
// Puts TLS between an agent and its streams, all of them: the agent speaks and hears plain bytes. A connection of its
// own is Connected once the server has proven who it is, else Closed with the reason; one that is Accepted is told at
// once, so that the agent's own patience bounds the handshake too.

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/agent.h"
#include "net/tls_session.h"

namespace net {

class SecuredStreams final : public Agent {
 public:
  // `server`: whom the connections it makes are to; empty where it accepts them.
  SecuredStreams(Agent& inner, TlsContext context, std::string server = {})
      : inner_(inner), context_(std::move(context)), server_(std::move(server)) {}

  void renew(TlsContext context) { context_ = std::move(context); }  // for streams to come; those there are go on

  void start(TimePoint now) override;
  void handle(TimePoint now, const Input& input) override;
  void tick(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const override { return inner_.next_deadline(); }
  [[nodiscard]] std::vector<Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return inner_.finished(); }

 private:
  struct Stream {
    TlsSession session;
    bool open = true;                 // to be written to
    std::optional<Connected> untold;  // until it is established
  };

  Agent& inner_;
  TlsContext context_;
  std::string server_;
  std::unordered_map<std::uint32_t, Stream> streams_;
  std::vector<Output> outputs_;

  void handle_bytes(TimePoint now, const StreamBytes& bytes);
  void handle_end(TimePoint now, SocketId connection, const Input& end);
  void tell_news(TimePoint now, SocketId connection);
  void give_up(TimePoint now, SocketId connection, const std::string& why);
  void send_stream(SocketId connection);
  void take_inner_outputs();
};

}  // namespace net
