#include "traversal/console_command.h"

#include <algorithm>
#include <array>

#include "traversal/signal.h"
#include "traversal/text_message.h"

namespace traversal {
namespace {

using Parsed = net::Result<ConsoleCommand, std::string>;

// Cuts the next word off; the blank behind it goes with it.
std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::string_view word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  return word;
}

net::Result<std::string, std::string> parse_text(std::string_view rest) {
  if (rest.empty()) return net::Unexpected<std::string>("a text is missing");
  if (rest.size() <= most_text_bytes) return std::string(rest);
  return net::Unexpected("a text has at most " + std::to_string(most_text_bytes) + " bytes, this one " +
                         std::to_string(rest.size()));
}

Parsed parse_nothing(std::string_view rest, ConsoleCommand command) {
  if (rest.find_first_not_of(' ') == std::string_view::npos) return command;
  return net::Unexpected("'" + std::string(rest) + "' is too much");
}

Parsed parse_send(std::string_view rest) {
  const std::string_view name = next_word(rest);
  if (!valid_host_name(name)) return net::Unexpected("'" + std::string(name) + "' is not a name");
  return parse_text(rest).map([&](std::string text) { return SendText{std::string(name), std::move(text)}; });
}

Parsed parse_tell(std::string_view rest) {
  const std::string word(next_word(rest));
  const auto to = net::parse_endpoint(word);
  if (!to || to->port == 0) return net::Unexpected("'" + word + "' is not IP:PORT");
  return parse_text(rest).map([&](std::string text) { return TellText{*to, std::move(text)}; });
}

struct CommandRow {
  std::string_view word;
  Parsed (*parse)(std::string_view rest);
};
constexpr std::array command_rows = {
    CommandRow{"peers", [](std::string_view rest) { return parse_nothing(rest, ListPeers{}); }},
    CommandRow{"send", parse_send},
    CommandRow{"tell", parse_tell},
    CommandRow{"quit", [](std::string_view rest) { return parse_nothing(rest, Quit{}); }},
};

}  // namespace

net::Result<ConsoleCommand, std::string> parse_console_command(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::string word(next_word(line));
  const auto* row = std::find_if(command_rows.begin(), command_rows.end(),
                                 [&](const CommandRow& known) { return known.word == word; });
  if (row == command_rows.end()) {
    return net::Unexpected("'" + word + "' is no command: peers, send NAME TEXT, tell IP:PORT TEXT, quit");
  }
  return row->parse(line).map_error([&](const std::string& what) { return word + ": " + what; });
}

}  // namespace traversal
