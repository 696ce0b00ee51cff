#include "reflector/check_conclusions.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "stun/address_attributes.h"
#include "stun/error_attributes.h"
#include "stun/private_attributes.h"
#include "stun/text_attributes.h"

namespace reflector {
namespace {

using Question = CheckQuestion;
using Verdict = CheckVerdict;

// The plain reply's size (reflector/reply.h).
struct Budget {
  std::size_t strict;
  std::size_t compatible;
};
Budget budget(net::Family family) { return family == net::Family::V4 ? Budget{32, 68} : Budget{44, 116}; }

std::string milliseconds(net::Duration time) {
  return fmt::format("{:.1f} ms", std::chrono::duration<double, std::milli>(time).count());
}

// One server's rows.
class Audit {
 public:
  Audit(const CheckLog& log, bool of_a_pair) : log_(log), of_a_pair_(of_a_pair) {}

  [[nodiscard]] std::vector<CheckRow> rows() {
    if (!reachable()) return std::move(rows_);
    tcp("tcp", Question::Tcp);
    mapped();
    amplification();
    padding();
    software();
    if (other_address()) {
      alternate_port();
      partner();
      change("change-port", Question::ChangePort, false, true);
      change("change-address", Question::ChangeAddress, true, false);
      change("change-both", Question::ChangeBoth, true, true);
    }
    response_port();
    facts();
    return std::move(rows_);
  }

 private:
  const CheckLog& log_;
  bool of_a_pair_;
  std::vector<CheckRow> rows_;

  void say(std::string check, Verdict verdict, std::string seen, std::string advice = {}) {
    rows_.push_back({net::to_string(log_.server), std::move(check), verdict, std::move(seen), std::move(advice)});
  }

  bool reachable() {
    const CheckReply* reply = log_.reply(Question::Plain);
    if (reply == nullptr) {
      say("udp", Verdict::Fault, "no answer to 3 requests",
          fmt::format("is it running, and does every firewall on the way pass UDP port {}?", log_.server.port));
      return false;
    }
    if (reply->error() != 0) {
      say("udp", Verdict::Fault, fmt::format("answered with error {}", reply->error()), "it serves no Binding request");
      return false;
    }
    const bool from_there = reply->from == log_.server;
    say("udp", from_there ? Verdict::Ok : Verdict::Fault,
        from_there ? "answered in " + milliseconds(reply->after) : "answered from " + net::to_string(reply->from),
        from_there ? "" : "clients drop such answers: listen on one address, not on all of them");
    return true;
  }

  void tcp(const std::string& check, Question question) {
    const CheckExchange* exchange = log_.find(question);
    if (exchange == nullptr) return;
    if (log_.success(question)) return say(check, Verdict::Ok, "answered in " + milliseconds(exchange->reply->after));
    say(check, Verdict::Warning, exchange->why.empty() ? "no answer" : exchange->why,
        fmt::format("hosts whose UDP is blocked need TCP port {} to tell so: open it (and no --no-tcp)",
                    exchange->to.port));
  }

  void mapped() {
    const stun::Message reply = log_.reply(Question::Plain)->message();
    const auto hidden = reply.get<stun::XorMappedAddress>();
    const auto plain = reply.get<stun::MappedAddress>();
    if (!hidden && !plain) return say("mapped-address", Verdict::Fault, "absent", "this is no STUN server of use");
    if (hidden && plain && hidden->endpoint != plain->endpoint) {
      return say("mapped-address", Verdict::Fault,
                 fmt::format("MAPPED-ADDRESS says {}, XOR-MAPPED-ADDRESS {}", net::to_string(plain->endpoint),
                             net::to_string(hidden->endpoint)),
                 "a NAT on the way rewrites payloads (ALG), or the server lies");
    }
    say("mapped-address", Verdict::Ok,
        net::to_string(hidden ? hidden->endpoint : plain->endpoint) + (hidden ? "" : " (no XOR-MAPPED-ADDRESS)"));
  }

  void amplification() {
    const std::size_t size = log_.reply(Question::Plain)->bytes.size();
    const Budget most = budget(log_.server.family());
    const std::string seen = fmt::format("{} bytes for a bare request of 20", size);
    if (size <= most.strict) return say("amplification", Verdict::Ok, seen + " (strict mode)");
    if (size <= most.compatible) return say("amplification", Verdict::Ok, seen + " (compatible mode)");
    say("amplification", Verdict::Fault, seen + fmt::format(" (at most {})", most.compatible),
        "forged requests make it flood a victim: turn off what adds to the reply, such as SOFTWARE");
  }

  void padding() {
    const CheckReply* reply = log_.reply(Question::ZeroPadding);
    if (reply == nullptr) return say("padding", Verdict::Ok, "not answered");
    const std::size_t plain = log_.reply(Question::Plain)->bytes.size();
    const std::size_t request = log_.find(Question::ZeroPadding)->request_size;
    const bool small = reply->bytes.size() <= std::max(request, plain);
    say("padding", small ? Verdict::Ok : Verdict::Fault,
        fmt::format("{} bytes for a request of {} with an empty PADDING", reply->bytes.size(), request),
        small ? "" : fmt::format("it amplifies forged requests {}-fold: turn RFC 5780 off there, or use natreflector",
                                 reply->bytes.size() / request));
  }

  void software() {
    const stun::Message reply = log_.reply(Question::Plain)->message();
    const auto software = reply.get<stun::Software>();
    if (!software) return say("software", Verdict::Ok, "not disclosed");
    say("software", Verdict::Warning, "says it is " + stun::shown(software->text),
        "it tells attackers what to try, and costs bytes in every reply: turn it off");
  }

  bool other_address() {
    const auto other = log_.other_address();
    if (!other) {
      say("other-address", of_a_pair_ ? Verdict::Fault : Verdict::Warning, "none: it has one address, or its partner is silent",
          of_a_pair_ ? "see its log and the metric natscope_reflector_partner_up: same key on both, UDP port of the partner link open?"
                     : "alone it can tell a host its address, and no behaviour of a NAT: give it a --partner");
      return false;
    }
    const bool plausible = plausible_other_address(*other, log_.server);
    say("other-address", plausible ? Verdict::Ok : Verdict::Fault, net::to_string(*other),
        plausible ? ""
                  : "it must be another public address and another port: set --advertise and --partner-advertise to what "
                    "clients see");
    return plausible;
  }

  // An answer to a bare request at an endpoint of its own.
  void answers(const std::string& check, Question question, const std::string& advice) {
    const CheckExchange* exchange = log_.find(question);
    const std::string where = net::to_string(exchange->to);
    if (!log_.success(question)) return say(check, Verdict::Fault, where + " does not answer", advice);
    const bool from_there = exchange->reply->from == exchange->to;
    say(check, from_there ? Verdict::Ok : Verdict::Fault,
        from_there ? where + " answers" : where + " answers from " + net::to_string(exchange->reply->from),
        from_there ? "" : "clients drop such answers");
  }

  void alternate_port() {
    const std::uint16_t port = log_.other_address()->port;
    answers("alternate-port", Question::AlternatePort, fmt::format("open UDP port {} in its firewalls", port));
    tcp("alternate-tcp", Question::AlternateTcp);
  }

  void partner() {
    const std::string advice = "OTHER-ADDRESS promises it: is the partner running, its UDP ports open?";
    answers("partner", Question::Partner, advice);
    answers("partner-alternate", Question::PartnerAlternate, advice);
  }

  [[nodiscard]] net::Endpoint promised(bool address, bool port) const {
    const net::Endpoint other = *log_.other_address();
    return {address ? other.address : log_.server.address, port ? other.port : log_.server.port};
  }

  void change(const std::string& check, Question question, bool address, bool port) {
    const net::Endpoint wanted = promised(address, port);
    const CheckReply* reply = log_.reply(question);
    if (reply == nullptr) return silent_change(check, wanted, address);
    if (reply->error() != 0) {
      return say(check, Verdict::Fault, fmt::format("refused with {}", reply->error()),
                 "a server that announces OTHER-ADDRESS must honour it (RFC 5780 section 6.1)");
    }
    const bool right = reply->from == wanted;
    say(check, right ? Verdict::Ok : Verdict::Fault, "answered from " + net::to_string(reply->from),
        right ? "" : fmt::format("it must come from {}: clients take this for a NAT that lets nothing pass", net::to_string(wanted)));
  }

  // From a host with a NAT of its own an answer may be lost there; a server of ours tells what it sent.
  void silent_change(const std::string& check, const net::Endpoint& wanted, bool address) {
    const CheckReply* asked = log_.reply(address ? Question::PartnerCount : Question::PortCount);
    if (asked != nullptr) {
      const stun::Message message = asked->message();
      const auto count = message.get<stun::SentCount>();
      if (count && count->sent > 0) {
        return say(check, Verdict::Warning, fmt::format("{} says it sent {}, none came", net::to_string(wanted), count->sent),
                   "lost on the way: a NAT or firewall of this host, or of the server's, keeps it off; check from elsewhere");
      }
    }
    const auto seen = mapped_address(log_.reply(Question::Plain)->message());
    const bool nat = seen && log_.local && *seen != *log_.local;
    say(check, nat ? Verdict::Warning : Verdict::Fault, fmt::format("nothing from {}", net::to_string(wanted)),
        nat ? "this host is behind a NAT, which may have kept it off: check from a host without one"
            : "clients take that for a filter of their NAT: is the partner allowed to send from that port?");
  }

  void response_port() {
    const CheckReply* low = log_.reply(Question::LowResponsePort);
    if (low == nullptr) {
      say("response-port", Verdict::Warning, "RESPONSE-PORT 80 was not refused: perhaps it was answered there",
          "it can be aimed at services of the client's host: refuse ports below 1024");
      return;
    }
    const CheckReply* own = log_.reply(Question::OwnResponsePort);
    const bool honoured = own != nullptr && own->error() == 0 && own->second_socket;
    const int error = low->error();
    if (error == 0) {
      return say("response-port", Verdict::Ok, "RESPONSE-PORT is passed over");
    }
    say("response-port", Verdict::Ok,
        fmt::format("port 80 is refused with {}, {}", error, honoured ? "an own port is honoured" : "an own port is not served"));
  }

  // What natprobe needs to prove that silence is filtering.
  void facts() {
    std::vector<std::string> there;
    std::vector<std::string> missing;
    const auto note = [&](bool is, const char* name) { (is ? there : missing).emplace_back(name); };
    const CheckReply* filled = log_.reply(Question::Filled);
    const CheckReply* counted = log_.reply(Question::PartnerCount);
    const CheckReply* delayed = log_.reply(Question::Delayed);
    const auto has = [](const CheckReply* reply, stun::AttributeType type) {
      return reply != nullptr && reply->message().has(type);
    };
    note(has(filled, stun::AttributeType::ReturnToken), "RETURN-TOKEN");
    note(has(filled, stun::AttributeType::Arrival), "ARRIVAL");
    if (log_.other_address()) note(has(counted, stun::AttributeType::SentCount), "SENT-COUNT");
    note(delayed != nullptr && delayed->error() == 0 && delayed->after >= std::chrono::milliseconds(900), "DELAY");
    const auto list = [](const std::vector<std::string>& names) {
      std::string text;
      for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
      return text;
    };
    if (missing.empty()) return say("facts", Verdict::Ok, list(there));
    say("facts", Verdict::Warning, "without " + list(missing),
        "natprobe asks such a server longer, and says where it had to take its word");
  }
};

}  // namespace

std::string_view to_string(CheckVerdict verdict) {
  constexpr std::array<std::string_view, 3> words = {"ok", "warning", "fault"};
  return words[static_cast<std::size_t>(verdict)];
}

std::vector<CheckRow> conclusions(const CheckLog& log, bool of_a_pair) { return Audit(log, of_a_pair).rows(); }

std::vector<CheckRow> conclusions(const CheckLog& one, const CheckLog& other) {
  std::vector<CheckRow> rows;
  const auto say = [&](std::string check, bool well, std::string seen, std::string advice) {
    rows.push_back({"the pair", std::move(check), well ? Verdict::Ok : Verdict::Fault, std::move(seen),
                    well ? std::string() : std::move(advice)});
  };
  const auto announced_one = one.other_address();
  const auto announced_other = other.other_address();
  if (announced_one && announced_other) {
    const bool each_other = announced_one->address == other.server.address &&
                            announced_other->address == one.server.address &&
                            announced_one->port == announced_other->port;
    say("agreement", each_other,
        fmt::format("{} announces {}, {} announces {}", net::to_string(one.server), net::to_string(*announced_one),
                    net::to_string(other.server), net::to_string(*announced_other)),
        "each must announce the other's address and the same alternate port: see --advertise, --partner-advertise and "
        "--alternate-port");
  }
  const CheckReply* seen_by_one = one.reply(Question::Plain);
  const CheckReply* seen_by_other = other.reply(Question::Plain);
  if (seen_by_one == nullptr || seen_by_other == nullptr) return rows;
  const auto first = mapped_address(seen_by_one->message());
  const auto second = mapped_address(seen_by_other->message());
  if (!first || !second) return rows;
  say("same-address-seen", first->address == second->address,
      fmt::format("{} and {}", net::to_string(first->address), net::to_string(second->address)),
      "the two see this host at different addresses: a NAT with several addresses here, or one of them lies");
  return rows;
}

std::vector<CheckRow> conclusions(const CheckedName& name) {
  std::vector<CheckRow> rows;
  const auto say = [&](std::string check, bool well, std::string seen, std::string advice) {
    rows.push_back({name.name, std::move(check), well ? Verdict::Ok : Verdict::Warning, std::move(seen),
                    well ? std::string() : std::move(advice)});
  };
  say("ipv6", name.has_v6, name.has_v6 ? "has an IPv6 address" : "no IPv6 address",
      "hosts with IPv6 only, and IPv6 firewalls, cannot be probed: listen on an IPv6 address and add an AAAA record");
  const auto records = [&](const char* check, const char* service, std::size_t count) {
    say(check, count > 0, fmt::format("{} {} records", count, service),
        fmt::format("clients look there (RFC 8489 section 8.1): add {}.{} SRV records", service, name.name));
  };
  records("srv-stun", "_stun._udp", name.stun_records);
  records("srv-behavior", "_stun-behavior._udp", name.behavior_records);
  return rows;
}

CheckVerdict worst(const std::vector<CheckRow>& rows) {
  CheckVerdict worst = Verdict::Ok;
  for (const CheckRow& row : rows) worst = std::max(worst, row.verdict);
  return worst;
}

}  // namespace reflector
