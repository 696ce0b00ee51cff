#include "lab/scenario_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include "lab/nat_knobs.h"
#include "lab/scenario_file_parts.h"

namespace lab {
namespace {

constexpr std::size_t largest_file = 256 * 1024;
constexpr int deepest = 16;

// ---- profiles ------------------------------------------------------------------------------------------------------

PortForward read_forward(const At& at) {
  at.keys({"protocol", "first_port", "last_port", "to"});
  PortForward out;
  const At protocol = at.required("protocol");
  const std::string word = protocol.text(8);
  if (word != "udp" && word != "tcp") protocol.refuse("must be udp or tcp");
  out.protocol = word == "udp" ? Protocol::Udp : Protocol::Tcp;
  out.first_port = static_cast<std::uint16_t>(at.required("first_port").whole(1, 65535));
  out.last_port = out.first_port;
  at.member("last_port",
            [&](const At& field) { out.last_port = static_cast<std::uint16_t>(field.whole(out.first_port, 65535)); });
  const At to = at.required("to");
  const auto inside = net::parse_endpoint(to.text(64));
  if (!inside) to.refuse(inside.error());
  if (inside->port == 0 || inside->port + (out.last_port - out.first_port) > 65535) to.refuse("needs a port for each");
  out.inside = *inside;
  return out;
}

// A contradiction between the settings of one profile; empty: none.
std::string_view contradiction_in(const NatProfile& profile) {
  if (profile.first_port > profile.last_port) return "first_port is above last_port";
  if (profile.allocation == net::PortAllocation::Block &&
      profile.block_size > profile.last_port - profile.first_port + 1)
    return "block_size is larger than the pool";
  if (profile.on_collision == OnCollision::BecomeDependent &&
      profile.mapping != net::MappingBehavior::EndpointIndependent)
    return "on_collision: become-dependent needs an endpoint-independent mapping";
  if (!translates(profile) && profile.hairpin != Hairpin::Off) return "hairpin: a firewall translates nothing";
  return {};
}

}  // namespace

NatProfile read_profile(const At& at) {
  constexpr std::string_view profile_word = "a profile (see natlab list)";
  if (at.is_text()) return at.word(find_profile, profile_word);
  std::vector<std::string_view> known = {"name", "like", "forwards"};
  for (const Knob& knob : nat_knobs()) known.push_back(knob.key);
  at.keys(known);
  NatProfile profile;
  at.member("like", [&](const At& field) { profile = field.word(find_profile, profile_word); });
  profile.name = "custom";
  profile.implementation = Implementation::Model;  // what was written elsewhere behaves as it does
  at.member("name", [&](const At& field) { profile.name = field.name(); });
  for (const Knob& knob : nat_knobs()) {
    at.member(knob.key.data(), [&](const At& field) {
      const KnobValue value = field.scalar();
      if (const std::string why = refusal(knob, value); !why.empty()) field.refuse(why);
      knob.set(profile, value);
    });
  }
  at.member("forwards", [&](const At& field) {
    field.each([&](const At& entry) { profile.forwards.push_back(read_forward(entry)); });
  });
  if (const auto why = contradiction_in(profile); !why.empty()) at.refuse(std::string(why));
  return profile;
}

// ---- files ---------------------------------------------------------------------------------------------------------

// JSON to values; depth and doubled keys are checked on the way, because the parsed object shows neither.
Json parse_json(std::string_view text) {
  if (text.size() > largest_file) throw Fault(fmt::format("larger than {} bytes", largest_file));
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > deepest) throw Fault(fmt::format("nested deeper than {}", deepest));
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
      throw Fault(fmt::format("key {} appears twice in one object", in_quotes(value.get<std::string>())));
    }
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const Json::parse_error& error) {
    const std::size_t end = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    throw Fault(fmt::format("line {}: not JSON", line));
  } catch (const Json::exception&) {
    throw Fault("not JSON: a number is out of range");
  }
}

net::Result<std::string, std::string> read_small_file(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text(largest_file + 1, '\0');  // one byte more than allowed shows that it is too large
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.eof() && !in) return net::Unexpected(fmt::format("read {}: {}", file.string(), std::strerror(errno)));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

namespace {

template <typename Read>
auto parse(std::string_view text, std::string_view source, Read&& read)
    -> net::Result<std::invoke_result_t<Read, const At&>, std::string> {
  try {
    const Json json = parse_json(text);
    return read(At(json, ""));
  } catch (const Fault& fault) {
    return net::Unexpected(fmt::format("{}: {}", source, fault.what()));
  }
}

}  // namespace

net::Result<Scenario, std::string> parse_scenario(std::string_view json, std::string_view source) {
  return parse(json, source, [](const At& at) {
    Scenario scenario = read_scenario_object(at);
    if (const auto fault = contradiction(scenario)) at.refuse(*fault);
    return scenario;
  });
}

net::Result<NatProfile, std::string> parse_nat_profile(std::string_view json, std::string_view source) {
  return parse(json, source, read_profile);
}

net::Result<Scenario, std::string> read_scenario(const std::filesystem::path& file) {
  const auto text = read_small_file(file);
  if (!text) return net::Unexpected(text.error());
  return parse_scenario(*text, file.string());
}

net::Result<NatProfile, std::string> read_nat_profile(const std::filesystem::path& file) {
  const auto text = read_small_file(file);
  if (!text) return net::Unexpected(text.error());
  return parse_nat_profile(*text, file.string());
}

}  // namespace lab
