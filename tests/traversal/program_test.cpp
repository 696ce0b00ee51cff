// natpunch from outside: real packets on the loopback, and bad input.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "reports/matrix_json.h"
#include "tests/net/certificates.h"
#include "tests/programs/loopback.h"
#include "tests/programs/program.h"

namespace program_test {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

void expect_one_line(const programs::Result& result, const std::string& error) {
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, StartsWith("natpunch: " + error));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1);
}

TEST(Natpunch, ARendezvousWhoseStandardOutputIsFull_SaysSoOnce_AndServes) {
  programs::Background rendezvous({"sh", "-c", "exec \"$@\" >/dev/full", "sh", programs::located("natpunch"),
                                   "rendezvous", "--listen", "127.0.0.1:0", "--store", "none"});
  ASSERT_TRUE(rendezvous.wait_for("No space left on device\n")) << rendezvous.err();
  const auto result = rendezvous.stop();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, EndsWith("natpunch: write to standard output: No space left on device\n"));
  EXPECT_EQ(result.err.find("No space"), result.err.rfind("No space")) << result.err;
}

TEST(Natpunch, BadInput_IsOneLine_AndExit2) {
  const programs::TemporaryDirectory files;
  const auto open_file = files.file("open", "token", 0644);
  const auto empty_file = files.file("empty", "", 0600);
  const auto page = files.file("page", "{}", 0600);
  const std::vector<std::pair<programs::Argv, std::string>> cases = {
      {{"natpunch", "peer", "--rendezvous", "127.0.0.1", "--name", "a", "--bogus"}, "--bogus: unknown option"},
      {{"natpunch"}, "a command is required: rendezvous, peer, matrix, predict, console"},
      {{"natpunch", "dance"}, "dance: unknown command"},
      {{"natpunch", "rendezvous"}, "--listen is required"},
      {{"natpunch", "rendezvous", "--listen", "somewhere"}, "--listen: 'somewhere' is not an IP address"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1:0"}, "--rendezvous: '127.0.0.1:0': port 0 cannot be asked"},
      {{"natpunch", "peer", "--rendezvous", "127.0.0.1", "--name", "a", "-r", "127.0.0.1:0"},
       "--reflector: '127.0.0.1:0': port 0 cannot be asked"},
      {{"natpunch", "peer", "--rendezvous", "127.0.0.1", "--name", "a", "-r", "fe80::1%lo"},
       "--reflector: 'fe80::1%lo': link-local addresses with a zone are not supported"},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:99999"}, "--listen: '99999' is not a port"},
      {{"natpunch", "rendezvous", "--listen", "0.0.0.0"}, "--listen: '0.0.0.0' is not one address of this host"},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--listen", "127.0.0.2:0"},
       "--listen: one address, or one IPv4 and one IPv6 address"},
      {{"natpunch", "rendezvous", "--listen", "192.0.2.1:3480"}, "bind 192.0.2.1:3480: "},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--token-file", open_file},
       "read secret " + open_file.string() + ": others can read or change it"},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--token-file", empty_file},
       "read secret " + empty_file.string() + ": "},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--token-file", "/nonexistent"},
       "read secret /nonexistent: No such file or directory"},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--http", "somewhere:80"},
       "--http: 'somewhere' is not an IP address"},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--http", "127.0.0.1"},
       "--http: '127.0.0.1' is not ADDRESS:PORT"},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--http", "192.0.2.1:8480"}, "listen on 192.0.2.1:8480: "},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--store", "some"}, "--store: 'some' is not "},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--store", "mysql://host/db"},
       "--store: 'mysql://host/db' is not sqlite:FILE or postgresql://..."},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--store", "sqlite:" + page.string()},
       "database " + page.string() + ": file is not a database"},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--store", "sqlite:/nonexistent/a.db"},
       "database /nonexistent/a.db: unable to open database file"},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--store", "postgresql://127.0.0.1:1/db"},
       "database db at 127.0.0.1 port 1: "},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--tls-cert", page},
       "--tls-cert and --tls-key belong together"},
      {{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--tls-cert", page, "--tls-key", page},
       "TLS certificate " + page.string() + ": "},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--tcp", "--ca", page}, "TLS CA " + page.string() + ": "},
      {{"natpunch", "console", "--rendezvous", "127.0.0.1"}, "--name is required"},
      {{"natpunch", "peer", "--rendezvous", "127.0.0.1", "--name", "a/b"}, "--name: 'a/b' is not "},
      {{"natpunch", "peer", "--rendezvous", "127.0.0.1", "--name", "a", "--behavior", "cone"},
       "--behavior: 'cone' is neither a behaviour like EIM/APDF nor a readable report: "},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--pairs", "a"}, "--pairs: 'a' is not a pair"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--pairs", "a,a"}, "--pairs: 'a,a' is not a pair"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--pairs", "a,b;b,a"}, "--pairs: 'b,a' is given twice"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--pairs", "a,b;c,d;a,b"}, "--pairs: 'a,b' is given twice"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--json", "/nonexistent/m.json"},
       "write /nonexistent/m.json"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--store", "mysql://host/db"},
       "--store: 'mysql://host/db' is not sqlite:FILE or postgresql://..."},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--store", "sqlite:" + page.string()},
       "database " + page.string() + ": file is not a database"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--strategies", "telepathy"},
       "--strategies: 'telepathy' is not a strategy"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--trials", "0"},
       "--trials: '0' is not a number from 1 to 1000"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--hold", "61s"}, "--hold: '61s' is not at most a minute"},
      {{"natpunch", "matrix", "--rendezvous", "127.0.0.1", "--hold", "soon"}, "--hold: "},
      {{"natpunch", "predict", "EIM/EIF"}, "B is required"},
      {{"natpunch", "predict", "EIM/EIF", "/nonexistent"},
       "'/nonexistent' is neither a behaviour like EIM/APDF nor a readable report: "},
      {{"natpunch", "predict", "foo", "bar"}, "'foo' is neither a behaviour like EIM/APDF nor a readable report: "},
      {{"natpunch", "predict", "EIM/EIF", page}, "'" + page.string() + "' is neither a behaviour"},
  };
  for (const auto& [argv, error] : cases) {
    SCOPED_TRACE(testing::PrintToString(argv));
    expect_one_line(programs::run(argv), error);
  }
}

TEST(Natpunch, RendezvousOutOfReach_IsExit2) {
  expect_one_line(programs::run({"natpunch", "matrix", "--rendezvous", "127.0.0.1:1"}),
                  "rendezvous 127.0.0.1:1: no answer over UDP; over TCP: connect 127.0.0.1:1: ");
}

TEST(Natpunch, SpeaksOfPortAllocation_OnlyWhereItIsKnown) {
  for (const auto& [a, b] : {std::pair{"none/EIF", "APDM/APDF"}, {"EIM/?", "EIM/EIF"}, {"EIM/EIF", "EIM/EIF"}}) {
    const auto result = programs::run({"natpunch", "predict", a, b});
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_THAT(result.out, Not(HasSubstr("port allocation"))) << result.out;
  }
}

TEST(Natpunch, PredictsWithPortAllocation_WhereItIsSaid) {
  for (const auto& [a, effort] : {std::pair{"APDM/APDF/random", "spray (one random port is searched for: "},
                                  {"APDM/APDF/sequential", "predict (the one unknown port follows "}}) {
    const auto result = programs::run({"natpunch", "predict", a, "EIM/APDF"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr(std::string("\nwith their port allocation: ") + effort));
  }
}

TEST(Natpunch, PredictsFromBehaviours) {
  const auto result = programs::run({"natpunch", "predict", "EIM/APDF", "APDM/APDF"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("EIM/APDF with APDM/APDF: needs-1-port (needs one port guessed)\n"));
  EXPECT_EQ(programs::run({"natpunch", "predict", "EIM/APDF", "EIM/APDF"}).out,
            "EIM/APDF with EIM/APDF: direct (connects, no port has to be guessed)\n"
            "path: same-5-tuple (both directions use one pair of endpoints)\n");
  EXPECT_EQ(programs::run({"natpunch", "predict", "?/?", "EIM/APDF"}).out,
            "?/? with EIM/APDF: unknown (what decides was not measured)\n");
  EXPECT_THAT(programs::run({"natpunch", "predict", "APDM/EIF", "APDM/EIF"}).out,
              HasSubstr("\npath: two-5-tuples (each direction works on a pair of endpoints of its own)\n"));
}

// A rendezvous on a free port of the loopback, and its token.
class LoopbackStory : public testing::Test {
 protected:
  LoopbackStory()
      : token_(files_.file("token", "a secret of this test\n")),
        rendezvous_({"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--store", "none", "--token-file", token_}) {
    EXPECT_TRUE(rendezvous_.wait_for("listening on udp 127.0.0.1:"));
    EXPECT_TRUE(rendezvous_.wait_for("\n"));
    const std::string out = rendezvous_.out();
    const auto begin = out.find("127.0.0.1:");
    place_ = out.substr(begin, out.find('\n', begin) - begin);
  }

  std::unique_ptr<programs::Background> peer(const std::string& name, const std::string& behavior = "none/EIF") const {
    return std::make_unique<programs::Background>(programs::Argv{"natpunch", "peer", "--rendezvous", place_, "--name",
                                                                 name, "--behavior", behavior, "--token-file", token_});
  }
  programs::Argv matrix(std::initializer_list<std::string> more) const {
    programs::Argv argv = {"natpunch", "matrix", "--rendezvous", place_, "--token-file", token_, "--hold", "50ms"};
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
  const std::string store = "sqlite:" + (files_.path() / "history").string();
  const auto result = programs::run(matrix({"--wait-for", "3", "--trials", "2", "--json", "-", "--store", store}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto kept = programs::run({"natreport", "history", "export", "--store", store});
  EXPECT_EQ(nlohmann::json::parse(kept.out), nlohmann::json::parse(result.out));
  const auto document = reports::parse_matrix(result.out);
  ASSERT_TRUE(document) << document.error();
  ASSERT_EQ(document->matrix.pairs.size(), 3U);
  for (const auto& pair : document->matrix.pairs) {
    EXPECT_EQ(pair.outcome, traversal::Outcome::Direct) << pair.why;
    EXPECT_EQ(pair.predicted, traversal::Prediction::Direct);
    EXPECT_EQ(pair.successes, 2U);
    for (const auto& attempt : pair.attempts) {
      ASSERT_TRUE(attempt.held_a && attempt.held_b);
      EXPECT_TRUE(attempt.held_a->survived && attempt.held_b->survived);
      EXPECT_FALSE(attempt.timeline.empty());
    }
  }
  EXPECT_EQ(a->stop().exit_code, 0);
  EXPECT_EQ(b->stop(SIGINT).exit_code, 0);
  const auto refused = programs::run(matrix({"--pairs", "a,c"}));
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("not registered: a"));
  EXPECT_EQ(rendezvous_.stop().exit_code, 0);
}

TEST_F(LoopbackStory, HowLongAMatrixTakes_IsSaidBeforehand_UnlessQuiet) {
  auto a = peer("a");
  auto b = peer("b");
  EXPECT_THAT(programs::run(matrix({"--wait-for", "2"})).err, MatchesRegex("natpunch: 1 pairs, about [0-9]+ s\n"));
  EXPECT_EQ(programs::run(matrix({"--quiet"})).err, "");
}

// "A pair was not run": partial, although the pair has its line and its reason.
TEST_F(LoopbackStory, APairRefusedForItsOdds_IsNotRun_AnnouncedBeforehand_AndPartial) {
  auto a = peer("a", "APDM/APDF/random");
  auto b = peer("b", "APDM/APDF/random");
  auto c = peer("c");
  const auto result = programs::run(matrix({"--wait-for", "3", "--json", "-"}));
  EXPECT_EQ(result.exit_code, 4) << result.err;
  EXPECT_THAT(result.err, HasSubstr("1 of 3 pairs will not be run, the first: refused: both ports are random"));
  const auto document = reports::parse_matrix(result.out);
  ASSERT_TRUE(document) << document.error();
  for (const auto& pair : document->matrix.pairs) {
    const bool refused = pair.a == "a" && pair.b == "b";
    EXPECT_EQ(to_string(pair.outcome), refused ? "not-run" : "direct") << pair.a << pair.b << pair.why;
    EXPECT_EQ(pair.why.find("54,600 checks") != std::string::npos, refused) << pair.why;
  }
}

TEST_F(LoopbackStory, AProbeReport_StatesTheBehaviourAndThePorts) {
  const auto report = files_.file("report.json", R"({"schema": "natscope/probe-report/1"})");
  expect_one_line(programs::run({"natpunch", "peer", "--rendezvous", place_, "--name", "a", "--behavior", report}),
                  "--behavior: '" + report.string() + "' is neither a behaviour like EIM/APDF nor a readable report: ");
}

TEST_F(LoopbackStory, Verbose_TellsTheStepsOnStderr) {
  auto a = peer("a");
  programs::Background b({"natpunch", "peer", "--verbose", "--rendezvous", place_, "--name", "b", "--behavior",
                          "none/EIF", "--token-file", token_});
  const auto result = programs::run(matrix({"--wait-for", "2", "--verbose"}));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("natpunch: 0 of 1 pairs\n"));
  EXPECT_THAT(b.stop().err, HasSubstr("natpunch: attempt 1: connected\n"));
  EXPECT_EQ(a->stop().err, "");
}

// With reflectors that do not answer, or not all of them, it registers all the same.
TEST_F(LoopbackStory, APeerWhoseReflectorsAreSilent_SaysWhatStaysUnknown) {
  const std::string there = loopback::address(1), gone = loopback::address(2), gone_too = loopback::address(3);
  programs::Background reflector({"natreflector", "--listen", there});
  ASSERT_TRUE(reflector.wait_for("listening on udp " + there));
  const auto peer_of = [this](const std::string& name, const std::string& one, const std::string& other) {
    return std::make_unique<programs::Background>(programs::Argv{"natpunch", "peer", "--rendezvous", place_, "--name",
                                                                 name, "--token-file", token_, "-r", one, "-r", other});
  };
  const auto alone = peer_of("a", gone, gone_too);
  const auto half = peer_of("b", there, gone);
  EXPECT_TRUE(alone->wait_for("registered a at ", 25s));
  EXPECT_THAT(alone->err(), StartsWith("natpunch: mapping and filtering"));
  EXPECT_THAT(alone->err(), HasSubstr(" unknown: no reflector answered over UDP"));
  EXPECT_TRUE(half->wait_for("registered b at ", 25s));
  EXPECT_THAT(half->err(), HasSubstr("filtering unknown: no reflector that answered named a partner"));
}

TEST_F(LoopbackStory, AJsonThatCannotBeWritten_TakesNothingFromTheText) {
  auto a = peer("a");
  auto b = peer("b");
  const auto result = programs::run(matrix({"--wait-for", "2", "--json", "/dev/full"}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("natpunch: write /dev/full: "));
  EXPECT_THAT(result.out, HasSubstr("direct"));
}

TEST_F(LoopbackStory, AnotherToken_IsRefused) {
  const auto other = files_.file("other", "a guess");
  expect_one_line(programs::run({"natpunch", "matrix", "--rendezvous", place_, "--token-file", other}),
                  "rendezvous " + place_ + ": the token was refused");
  expect_one_line(programs::run({"natpunch", "peer", "--rendezvous", place_, "--name", "a", "--behavior", "EIM/EIF"}),
                  "rendezvous " + place_ + ": the token was refused");
}

// Leads to a rendezvous over TCP alone.
constexpr const char* tcp_door = R"(
import socket, sys, threading
def carry(source, to):
    while data := source.recv(4096): to.sendall(data)
    to.shutdown(socket.SHUT_WR)
listener = socket.create_server((sys.argv[1], 3480))
print("up", flush=True)
while True:
    one, other = listener.accept()[0], socket.create_connection(sys.argv[2].split(":"))
    for pair in ((one, other), (other, one)): threading.Thread(target=carry, args=pair, daemon=True).start()
)";

TEST_F(LoopbackStory, WhatIsRefusedOverTcp_IsToldAlone_WhereUdpDrewNoAnswer) {
  const std::string place = loopback::address(4);
  programs::Background door({"/usr/bin/python3", "-c", tcp_door, place, place_});
  ASSERT_TRUE(door.wait_for("up\n")) << door.err();
  expect_one_line(programs::run({"natpunch", "peer", "--rendezvous", place, "--name", "a", "--behavior", "EIM/EIF"}),
                  "rendezvous " + place + ":3480: the token was refused");
}

TEST_F(LoopbackStory, Tokens_AreReadAgainAtSighup_AndAMistakeChangesNothing) {
  const std::string table = files_.file("table", "# tokens\nberlin first-token\nparis second-token until 2199-01-01\n");
  programs::Background rendezvous(
      {"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--store", "none", "--token-file", table});
  ASSERT_TRUE(rendezvous.wait_for("listening on tcp"));
  const std::string out = rendezvous.out();
  const auto begin = out.find("127.0.0.1:");
  const std::string place = out.substr(begin, out.find('\n', begin) - begin);
  const auto asked_with = [&](const std::string& token) {
    return programs::run({"natpunch", "matrix", "--rendezvous", place, "--token-file", files_.file("one", token)}).err;
  };
  EXPECT_THAT(asked_with("first-token\n"), HasSubstr("fewer than two hosts"));
  EXPECT_THAT(asked_with("second-token"), HasSubstr("fewer than two hosts"));
  EXPECT_THAT(asked_with("third-token"), HasSubstr("the token was refused"));

  files_.file("table", "# tokens\nberlin first-token until soon\n");
  ::kill(rendezvous.pid(), SIGHUP);
  ASSERT_TRUE(rendezvous.wait_for("tokens " + table + ": line 2: the date is not like 2027-01-31"));
  EXPECT_THAT(asked_with("second-token"), HasSubstr("fewer than two hosts"));

  files_.file("table", "# tokens\nberlin first-token until 2020-01-01\nrome third-token\n");
  ::kill(rendezvous.pid(), SIGHUP);
  ASSERT_TRUE(rendezvous.wait_for("tokens read again: 2"));
  EXPECT_THAT(asked_with("first-token"), HasSubstr("the token was refused"));
  EXPECT_THAT(asked_with("second-token"), HasSubstr("the token was refused"));
  EXPECT_THAT(asked_with("third-token"), HasSubstr("fewer than two hosts"));
  EXPECT_THAT(rendezvous.stop().err, Not(HasSubstr("-token\n")));
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

// ---- where matrices are kept ---------------------------------------------------------------------------------------

// A rendezvous with this state directory, what it says once it listens, and where it says that matrices are kept.
class StateStory : public testing::Test {
 protected:
  std::unique_ptr<programs::Background> start(const std::vector<std::string>& more,
                                              std::vector<std::string> environment = {}) const {
    if (environment.empty()) environment = {"XDG_STATE_HOME=" + state_.string()};
    programs::Argv argv = {"natpunch", "rendezvous", "--listen", "127.0.0.1:0"};
    argv.insert(argv.end(), more.begin(), more.end());
    return std::make_unique<programs::Background>(argv, programs::Surroundings{.environment = environment});
  }
  static void expect_kept_in(const std::unique_ptr<programs::Background>& rendezvous,
                             const std::filesystem::path& file) {
    EXPECT_TRUE(rendezvous->wait_for("listening on tcp"));
    EXPECT_THAT(rendezvous->err(), HasSubstr("natpunch: matrices are kept in " + file.string() + " (--store "));
    EXPECT_TRUE(std::filesystem::exists(file));
  }

  programs::TemporaryDirectory files_;
  std::filesystem::path state_ = files_.path() / "state";
};

TEST_F(StateStory, MatricesAreKept_InAFileOfTheStateDirectory_ThatOthersCannotRead) {
  expect_kept_in(start({}), state_ / "natscope/rendezvous.sqlite");
  EXPECT_EQ(std::filesystem::status(state_ / "natscope").permissions(), std::filesystem::perms::owner_all);
  const auto service = files_.path() / "service";
  std::filesystem::create_directory(service);
  expect_kept_in(start({}, {"STATE_DIRECTORY=" + service.string() + ":/elsewhere", "XDG_STATE_HOME=/nonexistent"}),
                 service / "rendezvous.sqlite");
}

TEST_F(StateStory, ASecondOneOnTheFile_IsToldWhatToDo) {
  const auto first = start({});
  ASSERT_TRUE(first->wait_for("listening on tcp"));
  const auto second = start({});
  const auto refused = second->wait();
  expect_one_line(refused,
                  "database " + (state_ / "natscope/rendezvous.sqlite").string() + ": in use by another process");
  EXPECT_THAT(refused.err, HasSubstr("--store"));
  const auto third = start({"--store", "none"});
  EXPECT_TRUE(third->wait_for("listening on tcp"));
  EXPECT_THAT(third->err(), Not(HasSubstr("kept in")));
}

TEST_F(StateStory, AFolderThatCannotBeMade_IsExit2) {
  const auto file = files_.file("file", "");
  const auto rendezvous = start({}, {"XDG_STATE_HOME=" + file.string()});
  expect_one_line(rendezvous->wait(), "make folder " + file.string() + "/natscope: ");
}

// ---- over TCP ------------------------------------------------------------------------------------------------------

TEST_F(LoopbackStory, OverTcp_APeerStandsInTheMatrix_AndIsInNoPairOverUdp) {
  EXPECT_TRUE(rendezvous_.wait_for("listening on tcp " + place_));
  auto a = peer("a");
  programs::Background b({"natpunch", "peer", "--tcp", "--rendezvous", place_, "--name", "b", "--behavior",
                          "udp-blocked", "--token-file", token_});
  ASSERT_TRUE(b.wait_for("registered b at 127.0.0.1:"));
  EXPECT_THAT(b.out(), HasSubstr(" over TCP (udp-blocked)\n"));
  const auto result =
      programs::run(matrix({"--tcp", "--wait-for", "2", "--strategies", "simultaneous-open", "--json", "-"}));
  EXPECT_EQ(result.exit_code, 4);
  const auto document = reports::parse_matrix(result.out);
  ASSERT_TRUE(document) << document.error();
  ASSERT_EQ(document->matrix.pairs.size(), 1U);
  EXPECT_EQ(document->matrix.pairs[0].outcome, traversal::Outcome::NotRun);
  EXPECT_EQ(document->matrix.pairs[0].predicted, traversal::Prediction::Impossible);
  EXPECT_EQ(b.stop().exit_code, 0);
}

// A rendezvous whose TCP is TLS, and what its clients make of that.
class TlsStory : public testing::Test {
 protected:
  TlsStory() {
    const certificates::Certificate own({.name = "127.0.0.1"}, authority_);
    const auto server = certificates::written(own, files_, "server");
    rendezvous_ = std::make_unique<programs::Background>(
        programs::Argv{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--store", "none", "--http", "127.0.0.1:0",
                       "--tls-cert", server.certificate, "--tls-key", server.key});
    EXPECT_TRUE(rendezvous_->wait_for("listening on tcp, with TLS, 127.0.0.1:"));
    const std::string out = rendezvous_->out();
    const auto begin = out.find("127.0.0.1:");
    place_ = out.substr(begin, out.find('\n', begin) - begin);
  }
  std::string ca(const certificates::Certificate& certificate) { return files_.file("ca.pem", certificate.pem()); }
  programs::Result ask(const std::string& host, const std::vector<std::string>& more) {
    programs::Argv argv = {"natpunch", "matrix", "--tcp", "--rendezvous", host + place_.substr(place_.find(':'))};
    argv.insert(argv.end(), more.begin(), more.end());
    return programs::run(argv);
  }

  // Of its page.
  programs::Result visit(const std::string& ca_file, const std::string& version) {
    EXPECT_TRUE(rendezvous_->wait_for("listening on https://"));
    const std::string out = rendezvous_->out();
    const auto begin = out.find("https://");
    const std::string url = out.substr(begin, out.find('\n', begin) - begin);
    constexpr auto ask =
        "import ssl, sys, urllib.request as r\n"
        "c = ssl.create_default_context(cafile=sys.argv[1])\n"
        "c.maximum_version = getattr(ssl.TLSVersion, sys.argv[3])\n"
        "print(r.urlopen(sys.argv[2], context=c, timeout=10).read().decode())";
    return programs::run({"/usr/bin/python3", "-c", ask, ca_file, url, version});
  }

  programs::TemporaryDirectory files_;
  certificates::Certificate authority_{{.name = "an authority", .authority = true}};
  std::unique_ptr<programs::Background> rendezvous_;
  std::string place_;
};

TEST_F(TlsStory, IsSpokenWithWhoIsVouchedFor) {
  programs::Background peer({"natpunch", "peer", "--tcp", "--ca", ca(authority_), "--rendezvous", place_, "--name", "a",
                             "--behavior", "udp-blocked"});
  ASSERT_TRUE(peer.wait_for("registered a at 127.0.0.1:"));
  const auto answered = ask("127.0.0.1", {"--ca", ca(authority_)});
  EXPECT_THAT(answered.err, HasSubstr("fewer than two hosts are registered"));
}

TEST_F(TlsStory, ThePageSpeaksItToo) {
  EXPECT_THAT(visit(ca(authority_), "TLSv1_3").out, HasSubstr("hosts are registered"));
  EXPECT_NE(visit(ca(authority_), "TLSv1_2").exit_code, 0);
  const certificates::Certificate another({.name = "another authority", .authority = true});
  EXPECT_NE(visit(ca(another), "TLSv1_3").exit_code, 0);
}

TEST_F(TlsStory, IsRefused_WithTheReason) {
  const certificates::Certificate another({.name = "another authority", .authority = true});
  const std::string port = place_.substr(place_.find(':'));
  expect_one_line(ask("localhost", {"--ca", ca(authority_)}), "connect 127.0.0.1" + port + ": TLS: hostname mismatch");
  expect_one_line(ask("127.0.0.1", {"--ca", ca(another)}),
                  "connect 127.0.0.1" + port + ": TLS: unable to get local issuer certificate");
  expect_one_line(ask("127.0.0.1", {}), "connect 127.0.0.1" + port + ": closed by the other side");
}

// At both doors; what is wrong with the new files leaves the old certificate where it was.
TEST_F(TlsStory, ACertificateIsReadAgainAtSighup_AndAMistakeChangesNothing) {
  const auto believed = [&](const certificates::Certificate& authority) {
    const auto at_hosts_door = ask("127.0.0.1", {"--ca", ca(authority)}).err;
    const auto at_the_page = visit(ca(authority), "TLSv1_3").out;
    return std::pair(at_hosts_door.find("fewer than two hosts") != std::string::npos,
                     at_the_page.find("hosts are registered") != std::string::npos);
  };
  const certificates::Certificate another({.name = "another authority", .authority = true});
  const certificates::Certificate fresh({.name = "127.0.0.1"}, another);
  EXPECT_EQ(believed(authority_), std::pair(true, true));

  files_.file("server.pem", "no certificate");
  ::kill(rendezvous_->pid(), SIGHUP);
  ASSERT_TRUE(rendezvous_->wait_for("natpunch: TLS certificate "));
  EXPECT_TRUE(rendezvous_->wait_for("; nothing was changed\n"));
  EXPECT_EQ(believed(authority_), std::pair(true, true));

  files_.file("server.pem", fresh.pem());  // and the key of the old one
  ::kill(rendezvous_->pid(), SIGHUP);
  ASSERT_TRUE(rendezvous_->wait_for("natpunch: TLS key "));
  EXPECT_EQ(believed(authority_), std::pair(true, true));

  files_.file("server.key", fresh.key_pem());
  ::kill(rendezvous_->pid(), SIGHUP);
  ASSERT_TRUE(rendezvous_->wait_for("natpunch: TLS certificate read again: "));
  EXPECT_EQ(believed(authority_), std::pair(false, false));
  EXPECT_EQ(believed(another), std::pair(true, true));
}

TEST_F(LoopbackStory, TlsWhereTheOtherSpeaksNone_IsRefused) {
  const certificates::Certificate authority({.name = "an authority", .authority = true});
  expect_one_line(programs::run(matrix({"--tcp", "--ca", files_.file("ca.pem", authority.pem())})),
                  "connect " + place_ + ": TLS: ");
}

// ---- by hand -------------------------------------------------------------------------------------------------------

TEST_F(LoopbackStory, TwoConsoles_SpeakWithEachOther) {
  const auto console = [&](const std::string& name, const std::string& input) {
    return std::make_unique<programs::Background>(
        programs::Argv{"sh", "-c",
                       "(" + input + ") | " + programs::located("natpunch") + " console --rendezvous " + place_ +
                           " --name " + name + " --behavior none/EIF --token-file " + token_});
  };
  auto b = console("b", "sleep 20");
  ASSERT_TRUE(b->wait_for("registered b at "));
  auto a = console("a", "echo peers; echo 'send b hello  there'; echo quit");
  const auto said = a->wait();
  EXPECT_EQ(said.exit_code, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr("b: acknowledged in "));
  EXPECT_THAT(said.out, HasSubstr("none/EIF  console"));
  EXPECT_TRUE(b->wait_for("a: hello  there\n"));
}

}  // namespace program_test
