#pragma once
// Reports for other people's eyes: every address, MAC address and reflector's host name is replaced by a pseudonym, the
// same one for the same address within one report and another one in the next. Pure, given the key.
//
//   Redaction redaction(key);               // 16 bytes or more, of this report alone
//   probe::Report shown = redaction(report);
//   MatrixDocument shown = redaction(document);   // the names of its hosts too
//
// A pseudonym is of the same family and scope as what it stands for, so a redacted report is classified to the same
// verdict; it is out of ranges that are nobody's: 198.18.0.0/15 and 2001:db8::/32 for public addresses, 10.0.0.0/8 and
// fd00::/8 for private ones; an IPv4 address under the prefix of a NAT64 stays one, under 64:ff9b::/96. Ports stay.
// What a packet carried (FILL, the reflector's tokens) is left out.
//
// Redacted to the prefix, addresses keep their first 24 bits (IPv6: 48), MAC addresses their maker, and names stay: it
// tells networks, not hosts.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "net/bytes.h"
#include "net/nat64.h"
#include "probe/packets.h"
#include "probe/report.h"
#include "reports/matrix_json.h"

namespace reports {

enum class RedactionDepth : std::uint8_t { Full, Prefix };

class Redaction {
 public:
  explicit Redaction(net::Bytes key, RedactionDepth depth = RedactionDepth::Full)
      : key_(std::move(key)), depth_(depth) {}

  [[nodiscard]] probe::Report operator()(const probe::Report& report);
  [[nodiscard]] MatrixDocument operator()(const MatrixDocument& document);

  // Of a run whose report has been redacted: addresses replaced, and of the payload only what says which kind of
  // message it is. Sizes stay.
  [[nodiscard]] std::vector<probe::Packet> operator()(const std::vector<probe::Packet>& packets);

  [[nodiscard]] net::IpAddress operator()(const net::IpAddress& address);
  [[nodiscard]] net::Endpoint operator()(const net::Endpoint& endpoint);
  // Addresses, MAC addresses and the host names of reports seen so far, wherever they stand in the text.
  [[nodiscard]] std::string text(std::string_view text);

 private:
  [[nodiscard]] net::Bytes digest(std::string_view kind, net::BytesView of, unsigned attempt) const;
  [[nodiscard]] net::IpAddress fresh(const net::IpAddress& address, unsigned attempt) const;
  [[nodiscard]] std::string pseudonym_of_name(std::string_view name) const;
  [[nodiscard]] std::string mac(std::string_view text) const;
  [[nodiscard]] std::string without_names(std::string text) const;
  [[nodiscard]] std::string without_hosts(std::string_view text) const;
  [[nodiscard]] std::string host_name(const std::string& name) const;
  void redact(probe::Observation& seen);
  void redact(probe::Verdict& verdict);
  void redact(traversal::PairOutcome& pair);
  void learn_names(const probe::Report& report);
  void learn_names(const traversal::Matrix& matrix);
  void learn_prefixes(const probe::Report& report);
  template <typename T>
  void redact(std::optional<T>& value) {
    if (value) value = (*this)(*value);
  }

  net::Bytes key_;
  RedactionDepth depth_;
  std::map<net::IpAddress, net::IpAddress> pseudonyms_;
  std::set<net::IpAddress> taken_;
  std::map<std::string, std::string> names_;            // host name in lower case, NAT64 prefix: its pseudonym
  std::unordered_map<std::string, std::string> hosts_;  // registered name: its pseudonym
  std::vector<net::Nat64Prefix> nat64_prefixes_ = {net::well_known_nat64()};
};

}  // namespace reports
