#include "traversal/predict.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace predict_test {

using namespace traversal;
using net::NatBehavior;

nlohmann::json theory_cells() {
  std::ifstream file(NATSCOPE_VECTORS "/traversal-theory.json");
  return nlohmann::json::parse(file).at("cells");
}

NatBehavior nat(const std::string& short_name) { return *net::parse_short(short_name); }

TEST(Predict, ReproducesAllCells_OfTheTheory) {
  const auto cells = theory_cells();
  ASSERT_EQ(cells.size(), 81U);
  for (const auto& cell : cells) {
    SCOPED_TRACE(cell["a"].get<std::string>() + " x " + cell["b"].get<std::string>());
    const Theory theory = predict(nat(cell["a"]), nat(cell["b"]));
    EXPECT_EQ(to_string(theory.result), cell["result"].get<std::string>());
    EXPECT_EQ(theory.path ? to_string(*theory.path) : "", cell.value("path", ""));
    EXPECT_EQ(theory.guesses ? nlohmann::json(*theory.guesses) : nlohmann::json("joint"), cell["guesses"]);
    EXPECT_EQ(theory.guessers, cell.value("guesser", std::vector<std::string>{}));
    EXPECT_EQ(theory.one_way, cell.value("one_way", ""));
  }
}

TEST(Effort, ReproducesEveryAllocation_OfEveryCell) {
  std::size_t compared = 0;
  for (const auto& cell : theory_cells()) {
    for (const auto& [allocations, word] : cell["by_allocation"].items()) {
      SCOPED_TRACE(cell["a"].get<std::string>() + " x " + cell["b"].get<std::string>() + ", " + allocations);
      const auto bar = allocations.find('|');
      NatBehavior a = nat(cell["a"]);
      NatBehavior b = nat(cell["b"]);
      a.allocation = net::parse_allocation(allocations.substr(0, bar));  // "any" leaves it empty
      b.allocation = net::parse_allocation(allocations.substr(bar + 1));
      const auto found = effort(a, b);
      ASSERT_TRUE(found);
      EXPECT_EQ(to_string(*found), word.get<std::string>());
      ++compared;
    }
  }
  EXPECT_EQ(compared, 9U * 1 + 36U * 3 + 36U * 9);
}

TEST(Predict, NoTranslation_CountsAsEndpointIndependent) {
  for (const char* filtering : {"EIF", "ADF", "APDF"}) {
    for (const char* other : {"EIM/APDF", "ADM/ADF", "APDM/APDF", "APDM/EIF"}) {
      EXPECT_EQ(predict(nat(std::string("none/") + filtering), nat(other)),
                predict(nat(std::string("EIM/") + filtering), nat(other)));
    }
  }
}

TEST(Predict, BlockedUdp_IsImpossible) {
  EXPECT_EQ(predict(nat("udp-blocked"), nat("EIM/EIF")).result, Prediction::Impossible);
  EXPECT_EQ(predict(nat("?/?"), nat("udp-blocked")).result, Prediction::Impossible);
}

// What was not measured matters only where the possible values disagree.
TEST(Predict, UnmeasuredBehavior_IsUnknownOnlyWhereItMatters) {
  struct Row {
    const char* a;
    const char* b;
    Prediction result;
  };
  for (const Row& row : {Row{"?/?", "EIM/EIF", Prediction::Direct}, Row{"EIM/?", "EIM/?", Prediction::Direct},
                         Row{"APDM/?", "EIM/APDF", Prediction::Needs1Port}, Row{"?/?", "EIM/APDF", Prediction::Unknown},
                         Row{"?/?", "?/?", Prediction::Unknown}}) {
    EXPECT_EQ(predict(nat(row.a), nat(row.b)).result, row.result) << row.a << " x " << row.b;
  }
}

TEST(Effort, UnmeasuredAllocation_IsNoAnswer_UnlessNoGuessIsNeeded) {
  EXPECT_EQ(effort(nat("APDM/APDF"), nat("EIM/APDF")), std::nullopt);
  EXPECT_EQ(effort(nat("APDM/APDF"), nat("EIM/ADF")), Effort::Direct);
}

TEST(Effort, PreservingIsPredictable) {
  NatBehavior symmetric = nat("APDM/APDF");
  symmetric.allocation = net::PortAllocation::Preserving;
  EXPECT_EQ(effort(symmetric, nat("EIM/APDF")), Effort::Predict);
}

}  // namespace predict_test
