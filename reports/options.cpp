#include "reports/options.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <array>

#include "net/cannot_work.h"
#include "reports/history_place.h"

namespace reports {
namespace {

struct FormCommand {
  Form form;
  std::string name;
  std::string help;
};
const std::array forms = {
    FormCommand{Form::Html, "html", "One self-contained HTML page."},
    FormCommand{Form::Text, "text", "Text for a terminal."},
    FormCommand{Form::Markdown, "markdown", "Markdown for an issue or a wiki."},
    FormCommand{Form::Csv, "csv", "One table for a spreadsheet: documents of one kind."},
    FormCommand{Form::Junit, "junit", "JUnit XML: each expectation is a test case."},
};

void add_files(CLI::App& command, std::vector<std::string>& into, const std::string& what) {
  net::add_parsed(command, "FILE", into, net::any_text, "", what + " as JSON, - is stdin")
      ->required()
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args();
}

void add_out(CLI::App& command, std::string& into) {
  net::add_parsed(command, "-o,--output", into, net::any_text, "OUT", "the file to write (stdout)");
}

net::Result<Redact, std::string> parse_redact(std::string_view text) {
  if (text == "none") return Redact();
  if (text == "prefix") return Redact(RedactionDepth::Prefix);
  if (text == "full") return Redact(RedactionDepth::Full);
  return net::Unexpected(fmt::format("'{}' is not none, prefix or full", text));
}

void add_redact(CLI::App& command, Redact& into) {
  net::add_parsed(command, "--redact", into, parse_redact, "DEPTH",
                  "none (the default), prefix (networks stay, hosts do not) or full (nothing names a host)");
}

const CLI::App* add_form(CLI::App& app, FormOptions& options, const FormCommand& row) {
  CLI::App* command = app.add_subcommand(row.name, row.help);
  add_files(*command, options.files, "probe reports, matrices and dossiers");
  add_out(*command, options.out);
  add_redact(*command, options.redact);
  if (row.form == Form::Junit) {
    net::add_parsed(*command, "--expect", options.expect, probe::parse_expectation, "KEY=VALUE",
                    "class, rfc3489 or a finding must be this in every probe report, else exit code 1; repeatable");
  }
  return command;
}

const CLI::App* add_merge(CLI::App& app, MergeOptions& options) {
  CLI::App* command = app.add_subcommand("merge", "Several matrices as one, or several paths of a host as one report.");
  add_files(*command, options.files, "matrices, or probe reports,");
  add_out(*command, options.out);
  add_redact(*command, options.redact);
  return command;
}

const CLI::App* add_dossier(CLI::App& app, DossierOptions& options) {
  CLI::App* command = app.add_subcommand("dossier", "What many reports say of a router: constant, or varying.");
  add_files(*command, options.files, "probe reports (labels vendor, model, firmware), matrices and dossiers");
  add_out(*command, options.out);
  return command;
}

const CLI::App* add_diff(CLI::App& app, DiffOptions& options, net::CommonOptions& common) {
  CLI::App* command =
      app.add_subcommand("diff", "What differs between two reports or dossiers, changed findings first.");
  net::add_parsed(*command, "A", options.before, net::any_text, "", "a probe report or dossier as JSON")->required();
  net::add_parsed(*command, "B", options.after, net::any_text, "", "the one to compare with it")->required();
  command->add_flag("--fail-on-change", options.fail_on_change, "exit code 1 when a finding changed");
  net::add_json(*command, common);
  return command;
}

// ---- history -------------------------------------------------------------------------------------------------------

net::Result<Moment, std::string> parse_moment(std::string_view text) {
  const bool day_alone = text.find('T') == std::string_view::npos;
  if (const auto moment = parse_timestamp(std::string(text) + (day_alone ? "T00:00:00Z" : ""))) return *moment;
  return net::Unexpected(fmt::format("'{}' is not a time like 2026-11-22 or 2026-11-22T10:00:00Z", text));
}

// A bare number would be seconds, and seconds of history are a mistake.
net::Result<net::Duration, std::string> parse_age(std::string_view text) {
  const bool days = text.ends_with('d');
  if (!days && text.find_last_of("0123456789") == text.size() - 1) {
    return net::Unexpected(fmt::format("'{}' has no unit, like 90d", text));
  }
  if (!days) return net::parse_duration(text);
  return net::whole_number(1, 36'500)(text.substr(0, text.size() - 1)).map([](std::uint64_t count) -> net::Duration {
    return std::chrono::days(count);
  });
}

net::Result<std::string, std::string> parse_class(std::string_view text) {
  if (net::parse_nat_class(text)) return std::string(text);
  return net::Unexpected(fmt::format("'{}' is not cone, symmetric, no-nat, udp-blocked or unknown", text));
}

void add_filter(CLI::App& command, HistoryFilter& filter) {
  struct Word {
    const char* option;
    std::string HistoryFilter::*field;
    const char* help;
  };
  constexpr std::array words = {
      Word{"--vendor", &HistoryFilter::vendor, "only reports with this label vendor"},
      Word{"--model", &HistoryFilter::model, "... model"},
      Word{"--firmware", &HistoryFilter::firmware, "... firmware"},
      Word{"--isp", &HistoryFilter::isp, "... isp"},
      Word{"--site", &HistoryFilter::site, "... site"},
  };
  for (const Word& word : words)
    net::add_parsed(command, word.option, filter.*word.field, net::any_text, "TEXT", word.help);
  net::add_parsed(command, "--class", filter.nat_class, parse_class, "CLASS", "only NATs of this class");
  net::add_parsed(command, "--since", filter.since, parse_moment, "TIME", "only reports made then or later");
  net::add_parsed(command, "--until", filter.until, parse_moment, "TIME", "only reports made before");
}

struct HistoryActions {
  std::string url;
  HistoryAdd add;
  HistoryList list;
  HistoryShow show;
  HistoryPrune prune;
  HistoryExport exported;
};

CLI::App* add_history(CLI::App& app, HistoryActions& actions, net::CommonOptions& common) {
  CLI::App* command = app.add_subcommand("history", "Keeps reports and finds them again.");
  command->require_subcommand(1);
  net::add_parsed(*command, "--store", actions.url, net::any_text, "URL",
                  "sqlite:FILE or postgresql://[USER@]HOST/DATABASE (" + history_url() + ")");
  CLI::App* add = command->add_subcommand("add", "Adds documents; one that is there already stays as it is.");
  add_files(*add, actions.add.files, "probe reports, matrices and dossiers");
  CLI::App* list = command->add_subcommand("list", "Lists reports, the newest first.");
  add_filter(*list, actions.list.filter);
  net::add_parsed(*list, "--limit", actions.list.most, net::whole_number(1, 1'000'000), "N", "at most so many (100)");
  net::add_json(*list, common);
  CLI::App* show = command->add_subcommand("show", "Shows one report.");
  net::add_parsed(*show, "ID", actions.show.id, net::any_text, "", "of the list, or its beginning")->required();
  net::add_json(*show, common);
  CLI::App* prune = command->add_subcommand("prune", "Removes reports that were made or added long ago.");
  net::add_parsed(*prune, "--older-than", actions.prune.older_than, parse_age, "AGE", "90d by default");
  CLI::App* exported =
      command->add_subcommand("export", "Writes documents: one a line, or each as a file of a folder.");
  add_filter(*exported, actions.exported.filter);
  net::add_parsed(*exported, "-o,--output", actions.exported.out, net::any_text, "OUT",
                  "the file to write (stdout), or a folder that is there");
  add_redact(*exported, actions.exported.redact);
  return command;
}

HistoryOptions chosen(const CLI::App& command, const HistoryActions& actions) {
  HistoryOptions out;
  out.usual_place = actions.url.empty();
  auto url = store::parse_url(out.usual_place ? history_url() : actions.url);
  if (!url) throw net::CannotWork("--store: " + url.error());
  out.store = *std::move(url);
  const auto given = [&](const char* name) { return command.get_subcommand(name)->parsed(); };
  if (given("add")) out.action = actions.add;
  if (given("list")) out.action = actions.list;
  if (given("show")) out.action = actions.show;
  if (given("prune")) out.action = actions.prune;
  if (given("export")) out.action = actions.exported;
  return out;
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  net::CommonOptions common;
  FormOptions form;
  MergeOptions merge;
  DossierOptions dossier;
  DiffOptions diff;
  HistoryActions history;
  CLI::App app("Makes pages, tables and dossiers from the JSON documents of natprobe and natpunch.", "natreport");
  net::add_common(app, common);
  std::array<const CLI::App*, forms.size()> form_commands{};
  for (std::size_t i = 0; i < forms.size(); ++i) form_commands[i] = add_form(app, form, forms[i]);
  const CLI::App* merge_command = add_merge(app, merge);
  const CLI::App* dossier_command = add_dossier(app, dossier);
  const CLI::App* diff_command = add_diff(app, diff, common);
  const CLI::App* history_command = add_history(app, history, common);
  app.require_subcommand(1);
  if (const auto code = net::parse_command_line(app, argc, argv)) return *code;
  if (merge_command->parsed()) return Options{common, merge};
  if (dossier_command->parsed()) return Options{common, dossier};
  if (diff_command->parsed()) return Options{common, diff};
  if (history_command->parsed()) return Options{common, chosen(*history_command, history)};
  for (std::size_t i = 0; i < forms.size(); ++i) {
    if (form_commands[i]->parsed()) form.form = forms[i].form;
  }
  return Options{common, form};
}

}  // namespace reports
