#include "traversal/console.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration between_texts = 1s / texts_a_second;
constexpr net::Duration between_keep_alives =
    10s;  // the shortest lifetime of a mapping seen in the field is below 30 s
constexpr std::size_t most_paths = 64;
constexpr std::size_t most_relays = 64;  // far more than arrive while one is repeated

PeerConfig of_a_console(PeerConfig config) {
  config.console = true;
  config.port_mapping.reset();  // its paths outlive attempts, and mappings do not
  return config;
}

}  // namespace

Console::Console(PeerConfig config, net::Random random)
    : config_(of_a_console(std::move(config))),
      key_(signal_key(config_.token)),
      random_(random),
      peer_(config_, random_.fork()),
      asker_(signal_socket, config_.rendezvous, key_, random_.fork(), config_.transport),
      desk_(random_.fork()) {}

void Console::start(net::TimePoint now) {
  peer_.start(now);
  next_text_ = now;
  next_keep_alive_ = now + between_keep_alives;
  advance(now);
}

void Console::handle(net::TimePoint now, const net::Input& input) {
  const auto* datagram = std::get_if<net::Datagram>(&input);
  if (datagram == nullptr || !take_relayed(now, *datagram)) peer_.handle(now, input);
  if (datagram != nullptr) take_datagram(now, *datagram);
  advance(now);
}

void Console::tick(net::TimePoint now) {
  peer_.tick(now);
  asker_.tick(now);
  desk_.tick(now);
  poll(now);
  keep_alive(now);
  advance(now);
}

std::optional<net::TimePoint> Console::next_deadline() const {
  std::optional<net::TimePoint> next;
  const auto consider = [&next](const std::optional<net::TimePoint>& time) {
    if (time) next = std::min(next.value_or(*time), *time);
  };
  for (const auto& time :
       {peer_.next_deadline(), asker_.next_deadline(), desk_.next_deadline(), next_poll_, relay_until_}) {
    consider(time);
  }
  if (!paths_.empty()) consider(next_keep_alive_);
  if (!typed_.empty() && !doing_ && peer_.registered_as()) consider(next_text_);
  return next;
}

std::vector<net::Output> Console::take_outputs() {
  std::vector<net::Output> all = peer_.take_outputs();
  std::move(outputs_.begin(), outputs_.end(), std::back_inserter(all));
  outputs_.clear();
  return all;
}

void Console::type(net::TimePoint now, std::string line) {
  typed_.push_back(std::move(line));
  advance(now);
}

void Console::done(std::string line) {
  say(std::move(line));
  done();
}

// ---- commands ------------------------------------------------------------------------------------------------------

void Console::begin_next(net::TimePoint now) {
  while (!doing_ && !typed_.empty() && peer_.registered_as() && now >= next_text_) {
    const std::string line = std::move(typed_.front());
    typed_.pop_front();
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto command = parse_console_command(line);
    if (!command) {
      say(command.error());
      continue;
    }
    std::visit([&](const auto& known) { begin(now, known); }, *command);
  }
}

void Console::begin(net::TimePoint now, const ListPeers&) {
  doing_ = Listing{};
  asker_.request(now, PeersRequest{0});
}

void Console::begin(net::TimePoint now, const SendText& command) {
  if (command.name == config_.name) return say("send: " + command.name + " is this console");
  next_text_ = now + between_texts;
  auto& sending = std::get<Sending>(doing_.emplace(Sending{.command = command}));
  if (paths_.contains(command.name)) return send_over(now, sending);
  punch(now, sending);
}

void Console::begin(net::TimePoint now, const TellText& command) {
  if (config_.transport == Transport::Tcp) return say("tell: UDP is blocked here");
  if (command.to.family() != config_.rendezvous.family()) return say("tell: the address is of the other family");
  next_text_ = now + between_texts;
  doing_ = Telling{command.to};
  desk_.send(now, signal_socket, command.to, std::nullopt, command.text);
}

void Console::begin(net::TimePoint now, const Quit&) {
  typed_.clear();
  peer_.stop(now);
}

// ---- what comes in -------------------------------------------------------------------------------------------------

bool Console::is_new(const stun::TransactionId& id) {
  if (std::find(relays_.begin(), relays_.end(), id) != relays_.end()) return false;
  if (relays_.size() == most_relays) relays_.pop_front();
  relays_.push_back(id);
  return true;
}

// True for a request that is the console's to answer.
bool Console::take_relayed(net::TimePoint now, const net::Datagram& datagram) {
  if (datagram.socket != signal_socket || datagram.from != config_.rendezvous) return false;
  const auto message = decode_signal(datagram.payload, key_);
  if (!message || !message->authentic) return false;
  asker_.handle(now, *message);
  const auto* relayed = message->content ? std::get_if<Relayed>(&*message->content) : nullptr;
  if (message->message_class != stun::MessageClass::Request || relayed == nullptr) return false;
  if (relayed->session != config_.session) return true;
  outputs_.push_back(net::Send{signal_socket, datagram.from, encode_success(message->id, Done{}, key_)});
  if (!is_new(message->id)) return true;
  if (!relayed->text.empty()) {
    say(relayed->from + " (relayed): " + relayed->text);
    asker_.request(
        now,
        Relay{.name = config_.name, .session = config_.session, .to = relayed->from, .id = relayed->id, .text = {}});
    return true;
  }
  auto* sending = doing_ ? std::get_if<Sending>(&*doing_) : nullptr;
  if (sending != nullptr && relay_until_ && sending->relayed == relayed->id) {
    relay_until_.reset();
    done(relayed->from + ": acknowledged, relayed by the rendezvous: no direct path");
  }
  return true;
}

// Strangers write to the socket the rendezvous sees, peers over the paths that were punched.
void Console::take_datagram(net::TimePoint now, const net::Datagram& datagram) {
  if (datagram.socket == signal_socket) {
    if (datagram.from != config_.rendezvous) desk_.handle(now, datagram, std::nullopt);
    return;
  }
  for (const auto& [name, path] : paths_) {
    if (path.socket == datagram.socket) return desk_.handle(now, datagram, path.key);
  }
}

void Console::take_paths() {
  for (ProvenPath& path : peer_.take_paths()) {
    const auto old = paths_.find(path.with);
    const bool full = old == paths_.end() && paths_.size() == most_paths;
    if (full || old != paths_.end()) outputs_.push_back(net::Close{full ? path.socket : old->second.socket});
    if (full) continue;
    say(path.with + ": direct path, by " + net::to_string(path.remote));
    const std::string name = path.with;
    paths_.insert_or_assign(name, std::move(path));
  }
}

void Console::keep_alive(net::TimePoint now) {
  if (now < next_keep_alive_) return;
  next_keep_alive_ = now + between_keep_alives;
  for (const auto& [name, path] : paths_) {
    outputs_.push_back(
        net::Send{path.socket, path.remote, encode_keep_alive(stun::TransactionId::random(random_), path.key)});
  }
}

void Console::advance(net::TimePoint now) {
  take_paths();
  for (const SignalReply& reply : asker_.take_replies()) take_reply(now, reply);
  for (const TextDesk::Event& event : desk_.take_events()) {
    std::visit([&](const auto& what) { take_event(now, what); }, event);
  }
  begin_next(now);
  asker_.take_outputs(outputs_);
  desk_.take_outputs(outputs_);
}

}  // namespace traversal
