#include "traversal/commands/peer.h"

#include "traversal/commands/registered_host.h"

namespace traversal {
namespace {

Spoken take_part(net::SocketDriver& driver, const PeerConfig& config, const RendezvousAccess& access,
                 const net::CommonOptions& common) {
  Peer peer(config, chance());
  Channel channel(peer, config.transport, access);
  bool announced = false;
  driver.run(channel.agent(), [&](net::TimePoint) {
    print_notes(peer.take_notes(), common);
    if (announced || !peer.registered_as()) return;
    say(registered_line(config, *peer.registered_as()));
    announced = true;
  });
  if (peer.failure()) return {.failure = peer.failure(), .unheard = peer.unheard(), .answered = channel.answered()};
  peer.stop(driver.now());
  driver.drain(channel.agent(), std::chrono::seconds(3));
  const std::string unused = peer.unused().text();
  if (common.verbose && !unused.empty()) net::print_diagnostic(program, "messages that changed nothing: " + unused);
  return {};
}

}  // namespace

int run(const PeerOptions& own, const net::CommonOptions& common) {
  net::SocketDriver driver;
  driver.stop_on_signals();
  as_registered_host(driver, own,
                     [&](const PeerConfig& config) { return take_part(driver, config, own.access, common); });
  return net::ExitCode::Done;
}

}  // namespace traversal
