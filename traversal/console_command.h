#pragma once
// What is typed into the console: a word, and for a text the whole rest of the line.

#include <string>
#include <string_view>
#include <variant>

#include "net/endpoint.h"
#include "net/result.h"

namespace traversal {

struct ListPeers {};
struct SendText {
  std::string name;
  std::string text;
};
struct TellText {
  net::Endpoint to;
  std::string text;
};
struct Quit {};
using ConsoleCommand = std::variant<ListPeers, SendText, TellText, Quit>;

// The command, or one line of what is wrong with it.
[[nodiscard]] net::Result<ConsoleCommand, std::string> parse_console_command(std::string_view line);

}  // namespace traversal
