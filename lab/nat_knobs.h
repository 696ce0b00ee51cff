#pragma once
// Every setting of a NatProfile by its name: what profile files spell, `natlab list --knobs` prints and docs/lab.md
// explains, with the clause it stands for. One row of the table serves them all.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lab/nat_profile.h"

namespace lab {

using KnobValue = std::variant<std::string, double, bool>;  // a word, a number, true or false

struct Knob {
  std::string_view key;
  std::string_view clause;              // "RFC 4787 REQ-1"; empty where no standard speaks of it
  std::string_view meaning;             // a phrase
  std::vector<std::string_view> words;  // of a word
  double low = 0;                       // of a number
  double high = 0;
  bool whole = false;
  // Nothing where the profile leaves the setting open, so that another one stands for it.
  std::optional<KnobValue> (*get)(const NatProfile& profile) = nullptr;
  // The value must be one of accepted().
  void (*set)(NatProfile& profile, const KnobValue& value) = nullptr;
};

[[nodiscard]] std::span<const Knob> nat_knobs();
[[nodiscard]] const Knob* find_knob(std::string_view key);

// "must be one of off, external-source, internal-source", "must be a whole number from 1 to 1000", ...; empty: it is.
[[nodiscard]] std::string refusal(const Knob& knob, const KnobValue& value);

}  // namespace lab
