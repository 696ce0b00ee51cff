#include "traversal/commands/shared.h"

#include <fmt/format.h>

#include <algorithm>

#include "net/secret_file.h"
#include "traversal/rendezvous.h"

namespace traversal {

void add_token(CLI::App& command, std::optional<std::string>& token_file) {
  net::add_parsed(command, "--token-file", token_file, net::any_text, "FILE",
                  "the token all hosts share, in a file others cannot read");
}

void add_access(CLI::App& command, RendezvousAccess& access) {
  net::require(net::add_parsed(command, "--rendezvous", access.rendezvous, net::host_with_port(rendezvous_port),
                               "HOST[:PORT]", "where hosts register; port 3480 by default"));
  add_token(command, access.token_file);
  net::add_flag(command, "--tcp", access.tcp,
                "speak to the rendezvous over TCP alone; else only where UDP draws no answer");
  net::add_parsed(command, "--ca", access.ca, net::any_text, "FILE",
                  "over TCP use TLS; the rendezvous shows this certificate, or one that it has signed");
}

net::Unexpected<std::string> refuse(std::string_view given, std::string_view wanted) {
  return net::Unexpected<std::string>(fmt::format("'{}' is not {}", given, wanted));
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

net::Result<std::string, std::string> parse_name(std::string_view text) {
  if (valid_host_name(text)) return std::string(text);
  return refuse(text, "1 to 64 letters, digits, dots, dashes and underscores");
}

net::Random chance() { return net::Random(net::get_u64(drawn<std::array<std::uint8_t, 8>>())); }

std::string token_of(const std::optional<std::string>& token_file) {
  return token_file ? net::read_secret_file(*token_file) : std::string{};
}

void say(const std::string& line) { net::announce(program, line + "\n"); }

void print_notes(const std::vector<Note>& notes, const net::CommonOptions& common) {
  for (const Note& note : notes) {
    if (note.kind == Note::Kind::Trouble || common.verbose) net::print_diagnostic(program, note.text);
  }
}

}  // namespace traversal
