#include "reports/options.h"

#include <CLI/CLI.hpp>

namespace reports {
namespace {

CLI::App* add_form(CLI::App& app, Options& options, const std::string& name, const std::string& help) {
  CLI::App* form = app.add_subcommand(name, help);
  net::add_parsed(*form, "FILE", options.files, net::any_text, "", "probe reports and matrices as JSON, - is stdin")
      ->required()
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args();
  net::add_parsed(*form, "-o,--output", options.out, net::any_text, "OUT", "the file to write (stdout)");
  return form;
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  CLI::App app("Makes pages and text from the JSON documents of natprobe and natpunch.", "natreport");
  net::add_common(app, options.common);
  const CLI::App* html = add_form(app, options, "html", "One self-contained HTML page.");
  add_form(app, options, "text", "Text for a terminal.");
  app.require_subcommand(1);
  if (const auto code = net::parse_command_line(app, argc, argv)) return *code;
  options.form = html->parsed() ? Form::Html : Form::Text;
  return options;
}

}  // namespace reports
