#include "reflector/partner_link.h"

#include <fmt/core.h>

#include <algorithm>
#include <cassert>

namespace reflector {
namespace {

// However often the hosts find each other anew, no more Hellos than these are remembered a key.
constexpr std::size_t most_remembered = 64;

}  // namespace

PartnerLink::PartnerLink(LinkConfig config, net::TimePoint start)
    : config_(std::move(config)),
      role_(config_.own < config_.partner ? LinkRole::First : LinkRole::Second),
      hello_due_(start) {
  assert(!config_.keys.empty() && config_.session != 0);
  publish_standing();
}

bool PartnerLink::up(net::TimePoint now) const { return now <= standing_.read().up_until; }

std::optional<TokenIssuer> PartnerLink::partner_issuer(net::TimePoint now) const {
  const Standing standing = standing_.read();
  return now <= standing.up_until ? std::optional(standing.partner) : std::nullopt;
}

void PartnerLink::publish_standing() {
  Standing standing{.newest_heard = newest_heard_, .signs = config_.keys[agreed_key_]};
  if (partner_) {
    standing.up_until = std::min(partner_->heard_at + link_lost_after, partner_->echoed_at + link_deaf_after);
    standing.partner = {partner_->session, partner_->token_epoch};
  }
  standing_.publish(standing);
}

std::optional<net::Bytes> PartnerLink::take_hello(net::TimePoint now) {
  if (now < hello_due_) return std::nullopt;
  const std::size_t key = config_.keys.size() - 1 - keys_greeted_++;
  if (key == 0) {
    keys_greeted_ = 0;
    hello_due_ = now + (up(now) ? heartbeat_interval : greeting_interval);
  }
  const LinkHeader header = next_header(newest_heard_);
  sent_hellos_.push_back({header.name.sequence, now});
  const std::size_t most = most_remembered * config_.keys.size();
  while (sent_hellos_.size() > most || now - sent_hellos_.front().at > link_freshness) sent_hellos_.pop_front();
  const Hello hello{.primary_port = config_.primary_port,
                    .alternate_port = config_.alternate_port,
                    .own = config_.own,
                    .partner = config_.partner,
                    .token_epoch = TokenKeeper::epoch(now)};
  return encode({header, hello}, config_.keys[key]);
}

void PartnerLink::use_keys(std::vector<LinkKey> keys) {
  assert(!keys.empty());
  const std::uint32_t agreed = config_.keys[agreed_key_].id;
  const auto kept = std::find_if(keys.begin(), keys.end(), [agreed](const LinkKey& key) { return key.id == agreed; });
  agreed_key_ = kept == keys.end() ? 0 : static_cast<std::size_t>(kept - keys.begin());
  config_.keys = std::move(keys);
  keys_greeted_ = 0;
  hello_due_ = net::TimePoint{};
  publish_standing();
}

void PartnerLink::relay(const Reply& reply, net::ByteRoom& out) {
  const Standing standing = standing_.read();
  encode({next_header(standing.newest_heard), reply}, standing.signs, out);
}

net::Bytes PartnerLink::relay(const Reply& reply) {
  std::array<std::uint8_t, relay_size> bytes;
  net::ByteRoom room(bytes);
  relay(reply, room);
  return {bytes.begin(), bytes.end()};
}

std::optional<Reply> PartnerLink::receive(net::BytesView datagram, net::TimePoint now) {
  auto order = judge(datagram, now);
  publish_standing();
  return order;
}

std::optional<Reply> PartnerLink::judge(net::BytesView datagram, net::TimePoint now) {
  const auto message = decode_link_message(datagram, config_.keys);
  if (!message) return pass_over(message.error());
  const LinkHeader& header = message->header;
  const Hello* hello = std::get_if<Hello>(&message->body);

  if (header.role == role_) return pass_over(judge_same_role(hello));

  const SentHello* heard_us = sent(header.echo, now);
  if (heard_us == nullptr) {
    if (hello != nullptr && !up(now)) hear(header.name);
    return pass_over(LinkFault::NotFresh);
  }
  const bool was_up = up(now);
  const auto session_before = partner_ ? partner_->session : 0;
  if (const auto fault = check_session(*message)) return pass_over(*fault);
  if (!partner_->window.accept(header.name.sequence)) return pass_over(LinkFault::Replayed);

  partner_->heard_at = now;
  partner_->echoed_at = std::max(partner_->echoed_at, heard_us->at);
  newest_echo_ = std::max(newest_echo_, header.echo.sequence);
  agreed_key_ = message->key;
  if (hello != nullptr) {
    partner_->token_epoch = hello->token_epoch;
    hear(header.name);
  }
  // The other side learns at once that it is heard.
  if (!was_up || session_before != partner_->session) hello_due_ = now;
  return hello != nullptr ? std::nullopt : std::optional(std::get<Reply>(message->body));
}

LinkHeader PartnerLink::next_header(const MessageName& echo) {
  return {.role = role_, .name = {config_.session, sequence_.take()}, .echo = echo};
}

const PartnerLink::SentHello* PartnerLink::sent(const MessageName& hello, net::TimePoint now) const {
  if (hello.session != config_.session) return nullptr;
  const auto found = std::find_if(sent_hellos_.begin(), sent_hellos_.end(),
                                  [&](const SentHello& s) { return s.sequence == hello.sequence; });
  return found == sent_hellos_.end() || now - found->at > link_freshness ? nullptr : &*found;
}

void PartnerLink::hear(const MessageName& hello) {
  if (hello.session != newest_heard_.session || hello.sequence > newest_heard_.sequence) newest_heard_ = hello;
}

// A known session goes on. A new one begins with a Hello that names a younger Hello of ours than any before: the life
// that was before it cannot have heard that one.
std::optional<LinkFault> PartnerLink::check_session(const LinkMessage& message) {
  const std::uint64_t session = message.header.name.session;
  if (partner_ && partner_->session == session) return std::nullopt;
  const Hello* hello = std::get_if<Hello>(&message.body);
  if (hello == nullptr || session == 0 || message.header.echo.sequence <= newest_echo_) {
    return LinkFault::UnknownSession;
  }
  problem_ = mismatch(*hello);
  if (!problem_.empty()) return LinkFault::Mismatch;
  partner_ = Partner{.session = session};
  return std::nullopt;
}

// Our own message came back; or the two hosts disagree on their addresses, so that both took the same role.
LinkFault PartnerLink::judge_same_role(const Hello* hello) {
  if (hello == nullptr || hello->own == config_.own) return LinkFault::WrongRole;
  problem_ = mismatch(*hello);
  return LinkFault::Mismatch;
}

std::string PartnerLink::mismatch(const Hello& hello) const {
  const std::string partner = net::to_string(config_.partner);
  if (hello.primary_port != config_.primary_port || hello.alternate_port != config_.alternate_port) {
    return fmt::format("partner {} serves ports {} and {}, this host {} and {}: link refused", partner,
                       hello.primary_port, hello.alternate_port, config_.primary_port, config_.alternate_port);
  }
  if (hello.own != config_.partner || hello.partner != config_.own) {
    return fmt::format("partner {} says the pair is {} and {}, this host {} and {}: link refused", partner,
                       net::to_string(hello.own), net::to_string(hello.partner), net::to_string(config_.partner),
                       net::to_string(config_.own));
  }
  return {};
}

std::optional<Reply> PartnerLink::pass_over(LinkFault fault) {
  ++faults_[static_cast<std::size_t>(fault)];
  return std::nullopt;
}

}  // namespace reflector
