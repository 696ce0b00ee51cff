#include "lab/population_file.h"

#include "lab/scenario_file_parts.h"

namespace lab {
namespace {

constexpr std::string_view schema = "natscope/population/1";
constexpr std::size_t longest_text = 4000;
constexpr std::size_t most_behind_one = 100'000;

AccessLink read_access(const At& at) {
  at.keys({"delay_ms", "jitter_ms", "loss"});
  constexpr double ms = 1e-3;
  constexpr double longest_ms = 60'000;
  AccessLink link;
  at.member("delay_ms", [&](const At& field) {
    field.keys({"least", "most"});
    link.least_delay = field.required("least").time(ms, 0, longest_ms);
    link.most_delay = field.required("most").time(ms, 0, longest_ms);
    if (link.least_delay > link.most_delay) field.refuse("'least' is above 'most'");
  });
  at.member("jitter_ms", [&](const At& field) { link.jitter = field.time(ms, 0, longest_ms); });
  at.member("loss", [&](const At& field) { link.loss = field.number(0, 1); });
  return link;
}

CarrierKind read_carrier(const At& at) {
  at.keys({"name", "profile", "nats_behind"});
  return {.name = at.required("name").name(),
          .profile = read_profile(at.required("profile")),
          .nats_behind = at.required("nats_behind").whole(1, most_behind_one)};
}

PopulationKind read_kind(const At& at) {
  at.keys({"name", "share", "profile", "carrier", "hosts_per_nat", "link", "source"});
  PopulationKind kind{.name = at.required("name").name(),
                      .share = at.required("share").number(0, 1),
                      .profile = read_profile(at.required("profile"))};
  at.member("carrier", [&](const At& field) { kind.carrier = field.name(); });
  at.member("hosts_per_nat", [&](const At& field) { kind.hosts_per_nat = field.whole(1, most_behind_one); });
  at.member("link", [&](const At& field) { kind.link = read_access(field); });
  at.member("source", [&](const At& field) { kind.source = field.text(longest_text); });
  return kind;
}

Population read_population_object(const At& at) {
  at.keys({"schema", "name", "source", "assumed", "link", "carriers", "kinds"});
  const At version = at.required("schema");
  if (version.text(64) != schema) version.refuse(fmt::format("must be '{}'", schema));
  Population population{.name = at.required("name").name(),
                        .source = at.required("source").text(longest_text),
                        .assumed = at.required("assumed").text(longest_text)};
  at.member("link", [&](const At& field) { population.link = read_access(field); });
  at.member("carriers", [&](const At& field) {
    field.each([&](const At& entry) { population.carriers.push_back(read_carrier(entry)); });
  });
  at.required("kinds").each([&](const At& entry) { population.kinds.push_back(read_kind(entry)); });
  if (const auto fault = contradiction(population)) at.refuse(*fault);
  return population;
}

}  // namespace

net::Result<Population, std::string> parse_population(std::string_view json, std::string_view source) {
  try {
    const Json parsed = parse_json(json);
    return read_population_object(At(parsed, ""));
  } catch (const Fault& fault) {
    return net::Unexpected(fmt::format("{}: {}", source, fault.what()));
  }
}

net::Result<Population, std::string> read_population(const std::filesystem::path& file) {
  const auto text = read_small_file(file);
  if (!text) return net::Unexpected(text.error());
  return parse_population(*text, file.string());
}

}  // namespace lab
