// tests/vectors/hostile-inputs.md says what is tested: every row of it has its bytes, its reaction and its test.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "tests/stun/hostile_cases.h"

namespace reflector {
namespace hostile_index_test {

// By id, of the rows "| A04 | what arrives | reaction |".
std::map<std::string, std::string> reactions() {
  std::map<std::string, std::string> out;
  std::ifstream file(std::string(NATSCOPE_VECTORS) + "/hostile-inputs.md");
  for (std::string line; std::getline(file, line);) {
    const bool is_row = line.size() > 6 && line.rfind("| ", 0) == 0 && line[3] >= '0' && line[3] <= '9';
    if (!is_row) continue;
    const auto end = line.rfind(" |");
    const auto start = line.rfind("| ", end - 1) + 2;
    out[line.substr(2, line.find(' ', 2) - 2)] = line.substr(start, end - start);
  }
  return out;
}

// How the table says it.
bool says(const std::string& reaction, const hostile::HostileCase& row) {
  const auto holds = [&](const char* text) { return reaction.find(text) != std::string::npos; };
  using hostile::Expected;
  switch (row.expected) {
    case Expected::Silent: return holds("silent");
    case Expected::Success: return holds("success") || holds("same");
    case Expected::ClassicSuccess: return holds("classic success") || holds("as A14");
    case Expected::SuccessFromAlternatePort: return holds("same address, other port");
    case Expected::SuccessFromAlternateAddress: return holds("other address, same port");
    case Expected::SuccessFromAlternateAddressAndPort: return holds("from alternate") || holds("from the alternate");
    case Expected::SuccessWithoutOtherAddress: return holds("no OTHER-ADDRESS");
    case Expected::BadRequest: return holds("400");
    case Expected::UnknownAttributes: return holds("420");
    default: return false;
  }
}

TEST(HostileIndex, NamesEveryRequestWithItsReaction) {
  const auto rows = reactions();
  ASSERT_EQ(rows.size(), 95U + 12U + 18U);
  for (const auto& hostile_case : hostile::hostile_cases()) {
    const auto row = rows.find(hostile_case.id);
    ASSERT_NE(row, rows.end()) << hostile_case.id;
    EXPECT_TRUE(says(row->second, hostile_case)) << hostile_case.id << ": " << row->second;
  }
}

TEST(HostileIndex, EveryCaseOfStreamAndLink_IsInTheNameOfATest) {
  std::string names;
  const auto& unit = *testing::UnitTest::GetInstance();
  for (int i = 0; i < unit.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *unit.GetTestSuite(i);
    for (int j = 0; j < suite.total_test_count(); ++j) names += std::string(suite.GetTestInfo(j)->name()) + " ";
  }
  for (const auto& [id, reaction] : reactions()) {
    if (id[0] == 'T' || id[0] == 'K') {
      EXPECT_NE(names.find(id), std::string::npos) << id;
    }
  }
}

}  // namespace hostile_index_test
}  // namespace reflector
