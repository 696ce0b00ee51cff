#include "probe/assist_command.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "net/cannot_work.h"
#include "net/program.h"
#include "net/resolve.h"
#include "net/secret_file.h"
#include "net/socket_driver.h"
#include "probe/assist_agent.h"
#include "probe/reflector_names.h"
#include "stun/crypto.h"

namespace probe {
namespace {

constexpr std::string_view assist_program = "natprobe";
constexpr const char* key_variable = "NATSCOPE_ASSIST_KEY";

AssistKey checked(const std::string& code, const std::string& origin) {
  const auto key = assist_key(code);
  if (!key) throw net::CannotWork(fmt::format("{}: the key is shorter than {} characters", origin, least_assist_code));
  return *key;
}

const char* key_in_environment() {
  const char* value = std::getenv(key_variable);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

std::string made_up_code() {
  std::array<std::uint8_t, 20> secret{};
  stun::fill_with_secret(secret);
  return assist_code(secret);
}

// All of one family: that of --listen, else of the first reflector.
std::vector<net::Endpoint> reflectors_of(const Options& options) {
  const auto& listen = options.assisting->listen;
  const auto family = listen ? std::optional(listen->family()) : options.family;
  std::vector<net::Endpoint> out;
  for (const ReflectorOption& reflector : options.reflectors) {
    const auto wanted = family || out.empty() ? family : std::optional(out.front().family());
    const net::Endpoint found = net::resolve(place_of_reflector(reflector.host), wanted).front();
    if (std::find(out.begin(), out.end(), found) == out.end()) out.push_back(found);
  }
  return out;
}

}  // namespace

AssistKey shared_assist_key(const std::optional<std::string>& file) {
  if (file) return checked(net::read_secret_file(*file), "read secret " + *file);
  if (const char* code = key_in_environment()) return checked(code, key_variable);
  throw net::CannotWork(
      "--assist: no key: put what natprobe assist printed there into NATSCOPE_ASSIST_KEY, or into a file for "
      "--assist-key-file");
}

int assist(const Options& options) {
  const AssistOptions& own = *options.assisting;
  AssistConfig config{.reflectors = reflectors_of(options), .public_askers = own.public_askers};
  const net::Endpoint any{net::IpAddress::any(config.reflectors.front().family()), default_assist_port};
  config.listen = own.listen.value_or(any);
  stun::fill_with_secret(config.secret);
  const bool given = own.key_file || key_in_environment() != nullptr;
  const std::string code = given ? std::string() : made_up_code();
  config.key = given ? shared_assist_key(own.key_file) : *assist_key(code);

  AssistAgent agent(std::move(config));
  net::SocketDriver driver;
  driver.stop_on_signals();
  bool announced = false;
  driver.run(agent, [&](net::TimePoint) {
    for (const net::Endpoint& asker : agent.take_new_askers()) {
      if (options.common.verbose) net::print_diagnostic(assist_program, "helping " + net::to_string(asker));
    }
    if (announced || !agent.listening()) return;
    announced = true;
    const std::string where = fmt::format("listening on udp {}\n", net::to_string(*agent.listening()));
    net::announce(assist_program, where + (code.empty() ? "" : "key " + code + "\n"));
  });
  if (agent.failure()) throw net::CannotWork(*agent.failure());
  return net::ExitCode::Done;
}

}  // namespace probe
