#pragma once
// Reports for other people's eyes: every address, MAC address, host name, interface and label of the user's own is
// replaced by a pseudonym, the same one for the same thing within one report and another one in the next. Pure, given
// the key.
//
//   Redaction redaction(key);               // 16 bytes or more, of this report alone
//   probe::Report shown = redaction(report);
//   MatrixDocument shown = redaction(document);   // the names of its hosts too
//
// A pseudonym is of the same family and scope as what it stands for, so a redacted report is classified to the same
// verdict; it is out of ranges that are nobody's: 198.18.0.0/15 and 2001:db8::/32 for public addresses, 10.0.0.0/8 and
// fd00::/8 for private ones; an IPv4 address under the prefix of a NAT64 stays one, under 64:ff9b::/96. Ports stay, and
// so does what a product is called: vendor, model, firmware. What a packet carried (FILL, the reflector's tokens) and
// the words of an error's sender are left out.
//
// Redacted to the prefix, addresses keep their first 24 bits (IPv6: 48), MAC addresses their maker, and names and
// labels stay: it tells networks, not hosts. Interfaces have pseudonyms all the same, since some are called by their
// MAC.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/question.h"
#include "net/bytes.h"
#include "net/nat64.h"
#include "probe/packets.h"
#include "probe/report.h"
#include "reports/document.h"

namespace reports {

enum class RedactionDepth : std::uint8_t { Full, Prefix };

class Redaction {
 public:
  explicit Redaction(net::Bytes key, RedactionDepth depth = RedactionDepth::Full)
      : key_(std::move(key)), depth_(depth) {}

  [[nodiscard]] probe::Report operator()(const probe::Report& report);
  [[nodiscard]] MatrixDocument operator()(const MatrixDocument& document);
  [[nodiscard]] Dossier operator()(const Dossier& dossier);
  [[nodiscard]] Document operator()(const Document& document);
  // Of one page or table: no name of one is left in the others' texts, and files' names are left out too.
  [[nodiscard]] std::vector<NamedDocument> operator()(const std::vector<NamedDocument>& documents);

  // Of a run whose report has been redacted: addresses replaced, and of the payload only what says which kind of
  // message it is. Sizes stay.
  [[nodiscard]] std::vector<probe::Packet> operator()(const std::vector<probe::Packet>& packets);

  [[nodiscard]] net::IpAddress operator()(const net::IpAddress& address);
  [[nodiscard]] net::Endpoint operator()(const net::Endpoint& endpoint);

  // Addresses, MAC addresses and the names of reports seen so far, wherever they stand in the text.
  [[nodiscard]] std::string text(std::string_view text);
  void learn(const probe::Report& report);  // its names; done when it is redacted

 private:
  [[nodiscard]] net::Bytes digest(std::string_view kind, net::BytesView of, unsigned attempt) const;
  [[nodiscard]] net::IpAddress fresh(const net::IpAddress& address, unsigned attempt) const;
  [[nodiscard]] std::string pseudonym(std::string_view kind, std::string_view of) const;  // "host-0123456789"
  [[nodiscard]] std::string mac(std::string_view text) const;
  [[nodiscard]] std::string url_path(const std::string& path) const;
  [[nodiscard]] std::string host_name(const std::string& name) const;
  [[nodiscard]] std::string without_parts(std::string text) const;
  [[nodiscard]] std::string without_words(std::string_view text) const;
  void learn(const MatrixDocument& document);
  void learn(const Document& document);
  void learn_name(const std::string& name, const std::string& shown);
  void learn_reflectors(const probe::Report& report);
  void learn_prefixes(const probe::Report& report);
  void learn_phrases(const probe::Report& report);
  void redact(probe::Observation& seen);
  void redact(gateway::Answer& told);
  void redact(probe::Verdict& verdict);
  void redact(traversal::PairOutcome& pair);
  template <typename T>
  void redact(std::optional<T>& value) {
    if (value) value = (*this)(*value);
  }

  net::Bytes key_;
  RedactionDepth depth_;
  std::map<net::IpAddress, net::IpAddress> pseudonyms_;
  std::set<net::IpAddress> taken_;

  // What is looked for in texts, and what stands there instead. Parts are in lower case, and the longest comes first:
  // it may hold another.
  struct LongestFirst {
    bool operator()(const std::string& a, const std::string& b) const {
      return a.size() != b.size() ? a.size() > b.size() : a < b;
    }
  };
  std::map<std::string, std::string, LongestFirst> parts_;
  std::unordered_map<std::string, std::string> words_;
  std::unordered_map<std::string, std::string> hosts_;  // registered name: its pseudonym
  std::vector<net::Nat64Prefix> nat64_prefixes_ = {net::well_known_nat64()};
};

// With a key that nobody has had and nobody keeps.
[[nodiscard]] Redaction fresh_redaction(RedactionDepth depth = RedactionDepth::Full);

}  // namespace reports
