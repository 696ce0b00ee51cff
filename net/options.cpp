#include "net/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <map>
#include <sstream>

#include "net/config_file.h"
#include "net/write_out.h"

namespace net {
namespace {

Result<Color, std::string> parse_color(std::string_view word) {
  static const std::map<std::string_view, Color> words{
      {"auto", Color::Auto}, {"always", Color::Always}, {"never", Color::Never}};
  if (const auto found = words.find(word); found != words.end()) return found->second;
  return Unexpected<std::string>("'" + std::string(word) + "' is not auto, always or never");
}

// The name a file or the environment may use: none for positionals and for --help, --version and --config.
std::string key_of(const CLI::Option& option) {
  if (!option.get_configurable() || option.get_lnames().empty()) return {};
  return option.get_lnames().front();
}

std::string environment_name(const std::string& key) {
  std::string name = "NATSCOPE_";
  for (const char c : key) name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

bool set_in_environment(const CLI::Option& option) {
  const char* value = std::getenv(option.get_envname().c_str());
  return value != nullptr && *value != '\0';
}

void read_environment(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    const auto key = key_of(*option);
    if (!key.empty() && option->get_envname().empty()) option->envname(environment_name(key));
  }
}

CLI::Option* option_with_key(CLI::App& app, const std::string& key) {
  const auto options = app.get_options([&](const CLI::Option* option) { return key_of(*option) == key; });
  return options.empty() ? nullptr : options.front();
}

template <typename Kind>
bool is(const CLI::Error& error) {
  return dynamic_cast<const Kind*>(&error) != nullptr;
}

// CLI11's "Could not convert: --quiet = maybe", which only flags meet, in plain words.
std::string bad_value(const CLI::Error& error) {
  const std::string text = error.what();
  const auto equals = text.find(" = ");
  if (!is<CLI::ConversionError>(error) || equals == std::string::npos) return text;
  const auto name = text.substr(0, equals).substr(text.find(": ") + 2);
  return name + ": '" + text.substr(equals + 3) + "' is not true or false";
}

// All subcommands below, of any depth; or those in use, from the outermost to the innermost.
std::vector<CLI::App*> all_below(CLI::App& app) {
  std::vector<CLI::App*> out;
  for (CLI::App* subcommand : app.get_subcommands([](CLI::App*) { return true; })) {
    out.push_back(subcommand);
    const auto deeper = all_below(*subcommand);
    out.insert(out.end(), deeper.begin(), deeper.end());
  }
  return out;
}

std::vector<const CLI::App*> in_use_of(const CLI::App& app) {
  std::vector<const CLI::App*> out{&app};
  while (!out.back()->get_subcommands().empty()) out.push_back(out.back()->get_subcommands().front());
  return out;
}

// CLI11 lets a file win over the environment and unknown keys pass; its one hook for a file's content is this class,
// so the values are put into the options here and nothing is left for CLI11 to do.
class ConfigFile : public CLI::Config {
 public:
  ConfigFile(CLI::App& app, CommonOptions& options) : app_(app), options_(options) {}

  std::string to_config(const CLI::App*, bool, bool, std::string) const override { return {}; }

  std::vector<CLI::ConfigItem> from_config(std::istream& text) const override {
    const auto file = app_.get_config_ptr()->as<std::string>();
    options_.config_file = file;
    const auto settings = parse_config(text, file);
    if (!settings) throw CLI::ConfigError(settings.error());
    std::map<CLI::Option*, std::vector<const Setting*>> found;
    for (const Setting& setting : *settings) {
      CLI::Option* option = in_use(setting.key);
      if (option != nullptr) {
        if (option->empty() && !set_in_environment(*option)) found[option].push_back(&setting);
      } else if (!known_elsewhere(setting.key)) {
        throw CLI::ConfigError(setting.place + ": unknown option '" + setting.key + "'");
      }
    }
    for (const auto& [option, values] : found) {
      take(*option, values);
      options_.places["--" + key_of(*option)] = values.back()->place;
    }
    return {};
  }

 private:
  // The option of this name that the program, or the subcommand given, has.
  CLI::Option* in_use(const std::string& key) const {
    if (CLI::Option* option = option_with_key(app_, key)) return option;
    for (CLI::App* subcommand : all_below(app_)) {
      if (!subcommand->parsed()) continue;
      if (CLI::Option* option = option_with_key(*subcommand, key)) return option;
    }
    return nullptr;
  }

  // One file may serve all subcommands, so what another one understands is no mistake.
  bool known_elsewhere(const std::string& key) const {
    const auto all = all_below(app_);
    return std::any_of(all.begin(), all.end(), [&](CLI::App* other) { return option_with_key(*other, key); });
  }

  static void take(CLI::Option& option, const std::vector<const Setting*>& values) {
    for (const Setting* setting : values) option.add_result(setting->value);
    try {
      option.run_callback();
    } catch (const CLI::ParseError& error) {
      throw CLI::ConfigError(values.back()->place + ": " + bad_value(error));
    }
  }

  CLI::App& app_;
  CommonOptions& options_;
};

void prepare(CLI::App& app) {
  read_environment(app);
  const auto subcommands = all_below(app);
  for (CLI::App* subcommand : subcommands) {
    subcommand->fallthrough();
    // When it is entered, so that values for a subcommand that is not in use do nothing.
    subcommand->preparse_callback([subcommand](std::size_t) { read_environment(*subcommand); });
  }
  if (!subcommands.empty() && app.get_require_subcommand_max() == 0) {
    app.require_subcommand(app.get_require_subcommand_min(), 1);
  }
  if (CLI::Option* config = app.get_config_ptr()) {
    if (const char* file = std::getenv("NATSCOPE_CONFIG")) config->default_str(file)->required(*file != '\0');
  }
}

std::string unexpected_argument(const CLI::App& app) {
  const auto extras = app.remaining(true);
  const std::string first = extras.empty() ? "?" : extras.front();
  if (first.size() > 1 && first.front() == '-') return first.substr(0, first.find('=')) + ": unknown option";
  const auto all = [](const CLI::App*) { return true; };
  const bool wants_command = !in_use_of(app).back()->get_subcommands(all).empty();
  return first + (wants_command ? ": unknown command" : ": unexpected argument");
}

std::string missing_command(const CLI::App& app) {
  std::string names;
  for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
    names += (names.empty() ? "" : ", ") + subcommand->get_name();
  }
  return "a command is required: " + names;
}

// CLI11's "--json: 1 required FILE missing" in plain words.
std::string wrong_number_of_values(const std::string& text) {
  const auto option = text.substr(0, text.find(':'));
  return option + (text.ends_with(" missing") ? ": a value is missing" : ": given more than once");
}

bool from_environment(const CLI::App& app, const CLI::Option& option) {
  const auto& given = app.parse_order();  // of the command line alone
  return set_in_environment(option) && std::find(given.begin(), given.end(), &option) == given.end();
}

// A complaint "--timeout: ..." about a value nobody typed names the variable instead.
std::string with_origin(const CLI::App& app, const std::string& complaint) {
  const auto name = complaint.substr(0, complaint.find(':'));
  for (const CLI::App* each : in_use_of(app)) {
    const CLI::Option* option = each->get_option_no_throw(name);
    if (option == nullptr || !from_environment(*each, *option)) continue;
    return option->get_envname() + complaint.substr(name.size());
  }
  return complaint;
}

std::string explain(const CLI::App& app, const CLI::Error& error) {
  if (is<CLI::ExtrasError>(error)) return unexpected_argument(app);
  if (is<CLI::ArgumentMismatch>(error)) return wrong_number_of_values(error.what());
  if (is<CLI::FileError>(error)) {
    return "--config: cannot read " + app.get_config_ptr()->as<std::string>();
  }
  const CLI::App& innermost = *in_use_of(app).back();
  if (innermost.get_require_subcommand_min() > 0 && is<CLI::RequiredError>(error)) {
    // An unknown word in the command's place is reported as a missing command too.
    return app.remaining_size(true) > 0 ? unexpected_argument(app) : missing_command(innermost);
  }
  return with_origin(app, bad_value(error));
}

}  // namespace

void add_common(CLI::App& app, CommonOptions& options) {
  app.set_help_flag("-h,--help", "print this help and exit")->configurable(false);
  app.set_version_flag("--version", app.get_name() + " " NATSCOPE_VERSION, "print the version and exit")
      ->configurable(false);
  app.add_flag("--quiet", options.quiet, "print the result only");
  app.add_flag("--verbose", options.verbose, "print more on the way");
  add_parsed(app, "--color", options.color, parse_color, "auto|always|never",
             "colour the output (auto: on a terminal)");
  app.set_config("--config", "", "read `option = value` lines")->type_name("FILE");
  app.config_formatter(std::make_shared<ConfigFile>(app, options));
}

std::string place_of(const CommonOptions& options, std::string_view option) {
  const auto found = options.places.find(std::string(option));
  return found == options.places.end() ? std::string() : found->second + ": ";
}

void add_json(CLI::App& app, CommonOptions& options) {
  add_parsed(app, "--json", options.json_file, any_text, "FILE", "write the JSON document to FILE, - is stdout");
}

std::optional<int> parse_command_line(CLI::App& app, int argc, const char* const* argv) {
  prepare(app);
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& help_or_version) {
    std::ostringstream text;
    const int code = app.exit(help_or_version, text, text);
    write_out(text.str());
    return code;
  } catch (const CLI::Error& error) {
    print_diagnostic(app.get_name(), explain(app, error));
    return ExitCode::CannotDo;
  }
}

Result<void, std::string> parse_again(CLI::App& app, int argc, const char* const* argv) {
  prepare(app);
  try {
    app.parse(argc, argv);
    return {};
  } catch (const CLI::Error& error) {
    return Unexpected(explain(app, error));
  }
}

bool colored(Color color, int file_descriptor) {
  if (color != Color::Auto) return color == Color::Always;
  const char* no_color = std::getenv("NO_COLOR");
  return (no_color == nullptr || *no_color == '\0') && isatty(file_descriptor) == 1;
}

CLI::Option* add_value(CLI::App& app, const std::string& names, TakeValue take, const std::string& type_name,
                       const std::string& help, Times times) {
  const std::string name = names.substr(names.rfind(',') + 1);
  CLI::callback_t callback = [take = std::move(take), name, times](const CLI::results_t& values) {
    if (times == Times::Once && values.size() > 1) throw CLI::ValidationError(name, "given more than once");
    for (const auto& value : values) {
      if (value.rfind("--", 0) == 0) throw CLI::ValidationError(name, "a value is missing before " + value);
      if (const auto taken = take(value); !taken) throw CLI::ValidationError(name, taken.error());
    }
    return true;
  };
  return app.add_option(names, callback, help)
      ->type_name(type_name)
      ->type_size(1)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_flag(CLI::App& app, const std::string& names, bool& into, const std::string& help) {
  app.add_flag(names, into, help);
}

void require(CLI::Option* option) { option->required(); }

std::function<Result<Endpoint, std::string>(std::string_view)> endpoint_with_port(std::uint16_t default_port) {
  return [default_port](std::string_view text) { return parse_endpoint(text, default_port); };
}

std::function<Result<HostAndPort, std::string>(std::string_view)> host_with_port(std::uint16_t default_port) {
  return [default_port](std::string_view text) -> Result<HostAndPort, std::string> {
    constexpr std::uint16_t some_port = 1;
    const auto given = parse_host_and_port(text, some_port);
    if (!given) return given;
    if (given->port == 0) return Unexpected("'" + std::string(text) + "': port 0 cannot be asked (1 to 65535)");
    if (given->host.find('%') != std::string::npos) {
      return Unexpected("'" + std::string(text) + "': link-local addresses with a zone are not supported");
    }
    return parse_host_and_port(text, default_port);
  };
}

std::function<Result<std::uint64_t, std::string>(std::string_view)> whole_number(std::uint64_t least,
                                                                                 std::uint64_t most) {
  return [least, most](std::string_view text) -> Result<std::uint64_t, std::string> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= least && value <= most) return value;
    return Unexpected<std::string>("'" + std::string(text) + "' is not a number from " + std::to_string(least) +
                                   " to " + std::to_string(most));
  };
}

Result<std::string, std::string> any_text(std::string_view text) {
  if (text.empty()) return Unexpected<std::string>("must not be empty");
  return std::string(text);
}

}  // namespace net
