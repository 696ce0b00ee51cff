#pragma once
// Skips that cannot go unnoticed. A test that needs something of its machine says
//
//   if (!namespaces_work()) NATSCOPE_SKIP("netns", "cannot create network namespaces: Operation not permitted");
//
// and is skipped with that reason, unless the environment says NATSCOPE_REQUIRE=netns,interop,...: then it fails.

#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

namespace tests {

// Whether `label` is one of the comma-separated words of NATSCOPE_REQUIRE.
[[nodiscard]] inline bool required(std::string_view label) {
  const char* list = std::getenv("NATSCOPE_REQUIRE");
  for (std::string_view rest = list == nullptr ? "" : list; !rest.empty();) {
    const auto comma = rest.find(',');
    if (rest.substr(0, comma) == label) return true;
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return false;
}

}  // namespace tests

#define NATSCOPE_SKIP(label, reason)                                                              \
  do {                                                                                            \
    if (tests::required(label)) FAIL() << "NATSCOPE_REQUIRE names " << (label) << ": " << reason; \
    GTEST_SKIP() << (label) << ": " << reason;                                                    \
  } while (false)
