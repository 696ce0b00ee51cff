// natpunch from outside: real packets on the loopback, and bad input.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "reports/matrix_json.h"
#include "tests/programs/program.h"

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

void expect_one_line(const programs::Result& result, const std::string& error) {
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, StartsWith("natpunch: " + error));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1);
}

TEST(Natpunch, BadInput_IsOneLine_AndExit2) {
  const programs::TemporaryDirectory files;
  const auto open_file = files.file("open", "token", 0644);
  const auto empty_file = files.file("empty", "", 0600);
  const auto page = files.file("page", "{}", 0600);
  const std::vector<std::pair<programs::Argv, std::string>> cases = {
      {{"natpunch", "peer", "--bogus"}, ""},
      {{"natpunch"}, ""},
      {{"natpunch", "dance"}, ""},
      {{"natpunch", "rendezvous"}, "--listen"},
      {{"natpunch", "rendezvous", "--listen", "somewhere"}, "--listen"},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:99999"}, "--listen"},
      {{"natpunch", "rendezvous", "--listen", "0.0.0.0"}, "--listen"},
      {{"natpunch", "rendezvous", "--listen", "192.0.2.1:3480"}, "bind 192.0.2.1:3480: "},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--token-file", open_file}, ""},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--token-file", empty_file}, ""},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--token-file", "/nonexistent"}, ""},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"}, ""},
      {{"natpunch", "peer", "--rendezvous", "127.0.0.1", "--name", "a/b"}, "--name"},
      {{"natpunch", "peer", "--rendezvous", "127.0.0.1", "--name", "a", "--behavior", "cone"}, "--behavior"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--pairs", "a"}, "--pairs"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--pairs", "a,a"}, "--pairs"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--strategies", "telepathy"}, "--strategies"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--trials", "0"}, "--trials"},
      {{"natpunch", "predict", "EIM/EIF"}, ""},
      {{"natpunch", "predict", "EIM/EIF", "/nonexistent"}, ""},
      {{"natpunch", "predict", "EIM/EIF", page}, ""},
  };
  for (const auto& [argv, error] : cases) {
    SCOPED_TRACE(testing::PrintToString(argv));
    expect_one_line(programs::run(argv), error);
  }
}

TEST(Natpunch, RendezvousOutOfReach_IsExit2) {
  expect_one_line(programs::run({"natpunch", "matrix", "--rendezvous", "127.0.0.1:1"}),
                  "rendezvous 127.0.0.1:1: no answer");
}

TEST(Natpunch, PredictsFromBehaviours) {
  const auto result = programs::run({"natpunch", "predict", "EIM/APDF", "APDM/APDF"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("EIM/APDF with APDM/APDF: needs-1-port"));
}

// A rendezvous on a free port of the loopback, and its token.
class LoopbackStory : public testing::Test {
 protected:
  LoopbackStory()
      : token_(files_.file("token", "a secret of this test\n")),
        rendezvous_({"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--token-file", token_}) {
    EXPECT_TRUE(rendezvous_.wait_for("listening on udp 127.0.0.1:"));
    EXPECT_TRUE(rendezvous_.wait_for("\n"));
    const std::string out = rendezvous_.out();
    const auto begin = out.find("127.0.0.1:");
    place_ = out.substr(begin, out.find('\n', begin) - begin);
  }

  std::unique_ptr<programs::Background> peer(const std::string& name) const {
    return std::make_unique<programs::Background>(programs::Argv{
        "natpunch", "peer", "--rendezvous", place_, "--name", name, "--behavior", "none/EIF", "--token-file", token_});
  }
  programs::Argv matrix(std::initializer_list<std::string> more) const {
    programs::Argv argv = {"natpunch", "matrix", "--rendezvous", place_, "--token-file", token_};
    argv.insert(argv.end(), more);
    return argv;
  }

  programs::TemporaryDirectory files_;
  std::string token_;
  programs::Background rendezvous_;
  std::string place_;
};

TEST_F(LoopbackStory, ThreeHosts_MakeAMatrix_AndLeaveInOrder) {
  auto a = peer("a");
  auto b = peer("b");
  auto c = peer("c");
  const auto result = programs::run(matrix({"--wait-for", "3", "--trials", "2", "--json", "-"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto document = reports::parse_matrix(result.out);
  ASSERT_TRUE(document) << document.error();
  ASSERT_EQ(document->matrix.pairs.size(), 3U);
  for (const auto& pair : document->matrix.pairs) {
    EXPECT_EQ(pair.outcome, traversal::Outcome::Direct) << pair.why;
    EXPECT_EQ(pair.predicted, traversal::Prediction::Direct);
    EXPECT_EQ(pair.successes, 2U);
  }
  EXPECT_EQ(a->stop().exit_code, 0);
  EXPECT_EQ(b->stop(SIGINT).exit_code, 0);
  const auto refused = programs::run(matrix({"--pairs", "a,c"}));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("not registered: a"));
  EXPECT_EQ(rendezvous_.stop().exit_code, 0);
}

TEST_F(LoopbackStory, AnotherToken_IsRefused) {
  const auto other = files_.file("other", "a guess");
  expect_one_line(programs::run({"natpunch", "matrix", "--rendezvous", place_, "--token-file", other}),
                  "rendezvous " + place_ + ": the token was refused");
  expect_one_line(programs::run({"natpunch", "peer", "--rendezvous", place_, "--name", "a", "--behavior", "EIM/EIF"}),
                  "rendezvous " + place_ + ": the token was refused");
}

TEST_F(LoopbackStory, APortInUse_IsExit2_AndTheFirstGoesOn) {
  expect_one_line(programs::run({"natpunch", "rendezvous", "--listen", place_, "--token-file", token_}),
                  "bind " + place_ + ": ");
  EXPECT_EQ(rendezvous_.stop().exit_code, 0);
}

TEST_F(LoopbackStory, AKilledPeer_MakesAPartialMatrix) {
  auto a = peer("a");
  auto b = peer("b");
  ASSERT_TRUE(a->wait_for("registered a"));
  ASSERT_TRUE(b->wait_for("registered b"));
  b->stop(SIGKILL);
  const auto result = programs::run(matrix({"--json", "-"}));
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_THAT(result.out, HasSubstr("agent-lost"));
}

}  // namespace
