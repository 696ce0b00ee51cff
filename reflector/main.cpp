// natreflector: parses, wires, prints. SIGTERM and SIGINT end it with exit code 0.

#include <cstdio>

#include "net/cannot_work.h"
#include "net/program.h"
#include "net/socket_driver.h"
#include "reflector/options.h"
#include "reflector/packet_path.h"
#include "reflector/reflector_agent.h"
#include "stun/crypto.h"

namespace {

constexpr auto program = "natreflector";

// Says once what there is to say: the sockets when all are open, each new reason for a refused partner link, and
// whenever a partner begins or ceases to answer.
class Announcer {
 public:
  Announcer(const reflector::ReflectorAgent& agent, const reflector::ReflectorConfig& config) : agent_(agent) {
    for (const reflector::HostConfig& host : config.hosts) {
      if (host.partner) partners_.push_back({host.partner->link.address});
    }
  }

  void look(net::TimePoint now) {
    if (!announced_ && agent_.listening()) {
      for (const std::string& line : agent_.listening_on()) std::printf("listening on %s\n", line.c_str());
      std::fflush(stdout);
      announced_ = true;
    }
    if (auto problems = agent_.link_problems(); problems != problems_) {
      for (const std::string& problem : problems) net::print_diagnostic(program, problem);
      problems_ = std::move(problems);
    }
    for (auto& [address, answers] : partners_) {
      if (agent_.partner_usable(address.family(), now) == answers) continue;
      answers = !answers;
      net::print_diagnostic(program, "partner " + net::to_string(address) + (answers ? " answers" : " is silent"));
    }
  }

 private:
  struct Partner {
    net::IpAddress address;
    bool answers = false;
  };

  const reflector::ReflectorAgent& agent_;
  std::vector<Partner> partners_;
  bool announced_ = false;
  std::vector<std::string> problems_;
};

int natreflector(int argc, char** argv) {
  reflector::Options options;
  if (const auto code = reflector::parse_options(argc, argv, options)) return *code;
  reflector::Secret secret{};
  stun::fill_with_secret(secret);
  const reflector::ReflectorConfig config = reflector::config_of(options);
  net::SocketDriver driver;
  driver.stop_on_signals();
  const reflector::PacketPorts ports(config);
  ports.lend_to(driver);
  reflector::ReflectorAgent agent(config, secret);
  std::optional<reflector::PacketPath> packets;
  Announcer announcer(agent, config);
  driver.run(agent, [&](net::TimePoint now) {
    if (!packets && agent.listening()) packets.emplace(ports, agent, [&driver] { driver.wake(); });
    announcer.look(now);
  });
  packets.reset();
  if (agent.failure()) throw net::CannotWork(*agent.failure());
  if (options.common.verbose) {
    for (const std::string& line : agent.summary()) net::print_diagnostic(program, line);
  }
  return net::ExitCode::Done;
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program(program, [&] { return natreflector(argc, argv); });
}
