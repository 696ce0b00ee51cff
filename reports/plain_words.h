#pragma once
// The words a person reads, in one place for text and HTML: names of behaviours, the verdict as a sentence, advice.
// All return UTF-8 without markup and without line breaks.

#include <string>
#include <string_view>
#include <vector>

#include "net/nat_behavior.h"
#include "probe/report.h"
#include "traversal/matrix.h"

namespace reports {

// "Cone", "Symmetric", "No NAT", "UDP blocked", "Unknown"; "port-restricted cone", "full cone", ...
[[nodiscard]] std::string_view plain(net::NatClass nat_class);
[[nodiscard]] std::string_view plain(net::ClassicName name);
[[nodiscard]] std::string_view plain(traversal::Prediction prediction);
[[nodiscard]] std::string_view plain(traversal::Outcome outcome);

// "Cone (port-restricted cone): endpoint-independent mapping, address-and-port-dependent filtering". What is unknown
// is said to be, with the reason.
[[nodiscard]] std::string verdict_sentence(const probe::Verdict& verdict);
[[nodiscard]] std::string verdict_sentence(const net::NatBehavior& behavior);

// Of a report's path: "IPv4", "IPv6 through eth0".
[[nodiscard]] std::string path_name(const probe::Report& report);

// What it means for the reader: who can connect, what needs a relay, what is left open. One sentence an element.
// The class is given beside the behaviour because ports that differ prove Symmetric before it is known why they do.
// `keep_alive`: the interval that was found to keep every mapping.
[[nodiscard]] std::vector<std::string> advice(const net::NatBehavior& behavior, net::NatClass nat_class,
                                              std::optional<net::Duration> keep_alive = std::nullopt);
[[nodiscard]] std::vector<std::string> advice(const probe::Verdict& verdict);

// What one behaviour does, for someone who has not read RFC 4787.
[[nodiscard]] std::string_view meaning(net::MappingBehavior mapping);
[[nodiscard]] std::string_view meaning(net::FilteringBehavior filtering);

// "over 99.99999 %", "99.9 %", "97 %"; cut, never rounded up to certainty.
[[nodiscard]] std::string percent(double confidence);
[[nodiscard]] std::string capitalized(std::string text);
// "499,500".
[[nodiscard]] std::string grouped(std::size_t count);
// "44.2 ms", "1.20 s".
[[nodiscard]] std::string duration_words(net::Duration duration);

}  // namespace reports
