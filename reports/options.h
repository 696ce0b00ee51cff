#pragma once
// The command line of natreport.

#include <string>
#include <variant>
#include <vector>

#include "net/options.h"

namespace reports {

enum class Form : std::uint8_t { Html, Text };

struct Options {
  net::CommonOptions common;
  Form form = Form::Text;
  std::vector<std::string> files;  // documents, "-" is standard input
  std::string out = "-";           // where the page or text goes, "-" is standard output
};

// The options, or the exit code when there is nothing to do (help, version, a mistake that has been printed).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace reports
