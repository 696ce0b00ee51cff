#pragma once
// What the commands of natpunch share: who may ask the rendezvous, chance, and where lines go.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/options.h"
#include "net/random.h"
#include "stun/crypto.h"
#include "traversal/notes.h"

namespace traversal {

inline constexpr std::string_view program = "natpunch";

// ---- options -------------------------------------------------------------------------------------------------------

struct RendezvousAccess {
  net::HostAndPort rendezvous;
  std::optional<std::string> token_file;
  bool tcp = false;               // and not over UDP
  std::optional<std::string> ca;  // over TCP: TLS, with a server that these certificates vouch for
};

void add_token(CLI::App& command, std::optional<std::string>& token_file);
void add_access(CLI::App& command, RendezvousAccess& access);  // --rendezvous, --token-file, --tcp, --ca

[[nodiscard]] net::Unexpected<std::string> refuse(std::string_view given, std::string_view wanted);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] net::Result<std::string, std::string> parse_name(std::string_view text);

// ---- running -------------------------------------------------------------------------------------------------------

template <typename Bytes>
[[nodiscard]] Bytes drawn() {
  Bytes bytes{};
  stun::fill_with_secret(bytes);
  return bytes;
}

[[nodiscard]] net::Random chance();
[[nodiscard]] std::string token_of(const std::optional<std::string>& token_file);  // empty without one; CannotWork

void say(const std::string& line);  // a line on stdout, at once
void print_notes(const std::vector<Note>& notes, const net::CommonOptions& common);

}  // namespace traversal
