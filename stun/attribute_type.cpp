#include "stun/attribute_type.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace stun {
namespace {

enum class InBinding : std::uint8_t { Understood, NotUnderstood };

struct Row {
  AttributeType type;
  std::string_view name;
  InBinding in_binding;
};

constexpr auto rows = [] {
  using enum AttributeType;
  using enum InBinding;
  return std::array{
      Row{MappedAddress, "MAPPED-ADDRESS", Understood},
      Row{ResponseAddress, "RESPONSE-ADDRESS", NotUnderstood},
      Row{ChangeRequest, "CHANGE-REQUEST", Understood},
      Row{SourceAddress, "SOURCE-ADDRESS", Understood},
      Row{ChangedAddress, "CHANGED-ADDRESS", Understood},
      Row{Username, "USERNAME", Understood},
      Row{Password, "PASSWORD", NotUnderstood},
      Row{MessageIntegrity, "MESSAGE-INTEGRITY", Understood},
      Row{ErrorCode, "ERROR-CODE", Understood},
      Row{UnknownAttributes, "UNKNOWN-ATTRIBUTES", Understood},
      Row{ReflectedFrom, "REFLECTED-FROM", NotUnderstood},
      Row{Realm, "REALM", Understood},
      Row{Nonce, "NONCE", Understood},
      Row{MessageIntegritySha256, "MESSAGE-INTEGRITY-SHA256", Understood},
      Row{XorMappedAddress, "XOR-MAPPED-ADDRESS", Understood},
      Row{Padding, "PADDING", Understood},
      Row{ResponsePort, "RESPONSE-PORT", Understood},
      Row{Signal, "SIGNAL", NotUnderstood},
      Row{AttemptId, "ATTEMPT-ID", NotUnderstood},
      Row{AssistQuestion, "ASSIST-QUESTION", NotUnderstood},
      Row{AssistTarget, "ASSIST-TARGET", NotUnderstood},
      Row{AssistLocal, "ASSIST-LOCAL", NotUnderstood},
      Row{AssistProof, "ASSIST-PROOF", NotUnderstood},
      Row{Text, "TEXT", NotUnderstood},
      Row{Software, "SOFTWARE", Understood},
      Row{AlternateServer, "ALTERNATE-SERVER", Understood},
      Row{Fingerprint, "FINGERPRINT", Understood},
      Row{ResponseOrigin, "RESPONSE-ORIGIN", Understood},
      Row{OtherAddress, "OTHER-ADDRESS", Understood},
      Row{ReturnToken, "RETURN-TOKEN", Understood},
      Row{Fill, "FILL", Understood},
      Row{SentQuery, "SENT-QUERY", Understood},
      Row{SentCount, "SENT-COUNT", Understood},
      Row{Arrival, "ARRIVAL", Understood},
      Row{Delay, "DELAY", Understood},
  };
}();

const Row* find_row(std::uint16_t type) {
  const auto* row = std::lower_bound(rows.begin(), rows.end(), type, [](const Row& candidate, std::uint16_t wanted) {
    return static_cast<std::uint16_t>(candidate.type) < wanted;
  });
  return row != rows.end() && static_cast<std::uint16_t>(row->type) == type ? row : nullptr;
}

}  // namespace

bool understood_in_binding(std::uint16_t type) {
  const Row* row = find_row(type);
  return row != nullptr && row->in_binding == InBinding::Understood;
}

std::string attribute_name(std::uint16_t type) {
  const Row* row = find_row(type);
  return row != nullptr ? std::string(row->name) : fmt::format("0x{:04X}", type);
}

}  // namespace stun
