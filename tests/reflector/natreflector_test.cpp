// The program from outside, on loopback addresses that nobody else uses.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "tests/programs/loopback.h"
#include "tests/programs/program.h"
#include "tests/require.h"

namespace natreflector_test {

using programs::Argv;

const std::string key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";

using loopback::address;

// Of a bare Binding request from `from`; 0 for none within two seconds.
std::size_t answer_size(const std::string& from, const std::string& to) { return loopback::UdpClient(from, to).ask(); }

// One line on stderr that names what went wrong, nothing on stdout, exit code 2.
void expect_refused(const Argv& options, const std::string& text) {
  Argv argv = {"natreflector"};
  argv.insert(argv.end(), options.begin(), options.end());
  const auto result = programs::run(argv);
  EXPECT_EQ(result.exit_code, 2) << text;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  EXPECT_EQ(result.err.rfind("natreflector: ", 0), 0U) << result.err;
  EXPECT_NE(result.err.find(text), std::string::npos) << result.err;
}

// The program, with a standard output that is full.
Argv into_full(const Argv& options) {
  Argv argv = {"sh", "-c", "exec \"$@\" >/dev/full", "sh", programs::located("natreflector")};
  argv.insert(argv.end(), options.begin(), options.end());
  return argv;
}
const std::string nothing_written = "natreflector: write to standard output: No space left on device\n";

TEST(Natreflector, SaysWhereItListens_Answers_AndEndsOnSignalWith0) {
  const std::string own = address(1);
  for (const int signal : {SIGTERM, SIGINT}) {
    programs::Background reflector({"natreflector", "--listen", own});
    ASSERT_TRUE(reflector.wait_for("listening on tcp " + own + ":3478\n")) << reflector.err();
    EXPECT_EQ(reflector.out(), "listening on udp " + own + ":3478\nlistening on tcp " + own + ":3478\n");
    EXPECT_EQ(answer_size(address(9), own), 56U);
    const auto result = reflector.stop(signal);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "");
  }
}

TEST(Natreflector, StrictWithoutTcp_DoesAsItSays) {
  const std::string own = address(1);
  programs::Background reflector({"natreflector", "--listen", own, "--mode", "strict", "--no-tcp"});
  ASSERT_TRUE(reflector.wait_for("listening on udp " + own + ":3478\n")) << reflector.err();
  EXPECT_EQ(answer_size(address(9), own), 32U);
  EXPECT_EQ(reflector.stop().out, "listening on udp " + own + ":3478\n");
}

TEST(Natreflector, TwoProcesses_BecomeOnePair) {
  const programs::TemporaryDirectory directory;
  const std::string file = directory.file("key", key).string();
  const std::string a = address(1);
  const std::string b = address(2);
  programs::Background first({"natreflector", "--listen", a, "--partner", b, "--partner-key-file", file});
  programs::Background second({"natreflector", "--listen", b, "--partner", a, "--partner-key-file", file});
  ASSERT_TRUE(first.wait_for("(partner link)\n")) << first.err();
  ASSERT_TRUE(second.wait_for("(partner link)\n")) << second.err();
  std::size_t size = 0;
  for (int i = 0; i < 500 && size != 68; ++i) {  // OTHER-ADDRESS comes with the link
    size = answer_size(address(9), a);
    ::usleep(20'000);
  }
  EXPECT_EQ(size, 68U);
  EXPECT_EQ(first.stop().exit_code, 0);
  EXPECT_EQ(second.stop().exit_code, 0);
}

TEST(Natreflector, APortInUse_IsNamed_AndNothingIsLeftOpen) {
  const std::string own = address(1);
  programs::Background holder({"natreflector", "--listen", own + ":3479", "--no-tcp"});
  ASSERT_TRUE(holder.wait_for("listening")) << holder.err();
  expect_refused({"--listen", own, "--alternate-port", "3479"}, "bind " + own + ":3479: ");
}

TEST(Natreflector, APortInUse_IsNamed_OfEverySocketThereIs) {
  const programs::TemporaryDirectory directory;
  const std::string file = directory.file("key", key).string();
  const std::string own = address(1);
  const std::string metrics = own + ":9478";
  struct Row {
    Argv holder, victim;
    std::string text;
  };
  for (const Row& row : {
           Row{{"--listen", own + ":4000", "--metrics", own + ":3478"}, {"--listen", own}, own + ":3478: "},
           Row{{"--listen", own + ":3481", "--no-tcp"},
               {"--listen", own, "--partner", address(2), "--partner-key-file", file},
               own + ":3481: "},
           Row{{"--listen", own + ":4000", "--metrics", metrics},
               {"--listen", own, "--metrics", metrics},
               metrics + ": "},
       }) {
    Argv argv = {"natreflector"};
    argv.insert(argv.end(), row.holder.begin(), row.holder.end());
    programs::Background holder(argv);
    ASSERT_TRUE(holder.wait_for("listening on")) << holder.err();
    expect_refused(row.victim, row.text + "Address already in use");
  }
}

// The owner of a file of mode 0 cannot read it, unless he is root: then somebody else is the one who cannot.
TEST(Natreflector, AKeyFileThatItMayNotRead_IsNamed) {
  const bool root = ::geteuid() == 0;
  const programs::TemporaryDirectory directory;
  std::filesystem::permissions(directory.path(), std::filesystem::perms{0755});
  const std::string file = directory.file("key", key, root ? 0600 : 0).string();
  Argv argv = {programs::located("natreflector")};
  if (root) argv.insert(argv.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
  Argv version = argv;
  version.emplace_back("--version");
  if (programs::run(version).exit_code != 0)
    NATSCOPE_SKIP("programs", "an ordinary user cannot start what is built here");
  argv.insert(argv.end(), {"--listen", address(1), "--partner", address(2), "--partner-key-file", file});
  const auto result = programs::run(argv);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "natreflector: read secret " + file + ": Permission denied\n");
}

TEST(Natreflector, BadKeyFiles_AreRefused) {
  const programs::TemporaryDirectory directory;
  const std::string own = address(1);
  const auto with_key = [&](const std::filesystem::path& file) {
    return Argv{"--listen", own, "--partner", address(2), "--partner-key-file", file.string()};
  };
  expect_refused(with_key(directory.path() / "missing"), "missing");
  expect_refused(with_key(directory.file("open", key, 0644)), "open");
  expect_refused(with_key(directory.file("group", key, 0640)), "group");
  expect_refused(with_key(directory.file("empty", "")), "empty");
  expect_refused(with_key(directory.file("short", "too short\n")), "shorter than 32");
  expect_refused(with_key(directory.path()), "regular file");
}

TEST(Natreflector, OptionsThatCannotBe_AreRefused) {
  const programs::TemporaryDirectory directory;
  const std::string file = directory.file("key", key).string();
  const Argv pair = {"--listen", "127.0.0.2", "--partner", "127.0.0.3", "--partner-key-file", file};
  const auto pair_and = [&](const Argv& more) {
    Argv out = pair;
    out.insert(out.end(), more.begin(), more.end());
    return out;
  };
  struct Row {
    Argv options;
    std::string text;
  };
  for (const Row& row : {
           Row{{}, "--listen"},
           Row{{"--listen", "127.0.0.2", "--bogus"}, "--bogus"},
           Row{{"--listen", "127.0.0.256"}, "--listen"},
           Row{{"--listen", "reflector.example"}, "--listen"},
           Row{{"--listen", "127.0.0.2:70000"}, "--listen"},
           Row{{"--listen", "0.0.0.0"}, "0.0.0.0"},
           Row{{"--listen", "127.0.0.2:0"}, "port 0"},
           Row{{"--listen", "127.0.0.2", "--listen", "127.0.0.3"}, "given twice"},
           Row{{"--listen", "127.0.0.2", "--partner", "127.0.0.3"}, "--partner-key-file"},
           Row{{"--listen", "127.0.0.2", "--partner-key-file", file}, "without --partner"},
           Row{{"--listen", "127.0.0.2", "--partner", "::1", "--partner-key-file", file}, "family"},
           Row{{"--listen", "127.0.0.2", "--partner", "127.0.0.2", "--partner-key-file", file}, "own"},
           Row{pair_and({"--alternate-address", "127.0.0.4"}), "together"},
           Row{pair_and({"--alternate-port", "3478"}), "--alternate-port"},
           Row{pair_and({"--link-port", "3479"}), "--link-port"},
           Row{pair_and({"--partner-advertise", "127.0.0.2"}), "own"},
           Row{{"--listen", "127.0.0.2", "--alternate-address", "127.0.0.2"}, "the same as --listen"},
           Row{{"--listen", "127.0.0.2", "--link-port", "3481"}, "without --partner"},
           Row{{"--listen", "127.0.0.2", "--partner-advertise", "127.0.0.3"}, "--partner-advertise"},
           Row{{"--listen", "127.0.0.2", "--mode", "lax"}, "--mode"},
           Row{{"--listen", "127.0.0.2", "--rate-limit", "0"}, "--rate-limit"},
           Row{{"--listen", "127.0.0.2", "--rate-limit", "off", "--rate-limit-in-all", "5"}, "--rate-limit-in-all"},
           Row{{"--listen", "127.0.0.2", "--workers", "0"}, "--workers"},
           Row{{"--listen", "127.0.0.2", "--allow-destination", "10.0.0.0/40"}, "--allow-destination"},
       }) {
    expect_refused(row.options, row.text);
  }
}

TEST(Natreflector, AFullStandardOutput_IsSaidOnce_AndItServesAllTheSame) {
  const std::string own = address(1);
  programs::Background reflector(into_full({"--listen", own}));
  ASSERT_TRUE(reflector.wait_for("\n")) << reflector.err();
  EXPECT_EQ(answer_size(address(9), own), 56U);
  const auto result = reflector.stop();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, nothing_written);
}

// ---- natreflector check --------------------------------------------------------------------------------------------

TEST(Check, WhoseTableCannotBeWritten_IsTwo) {
  const std::string own = address(1);
  programs::Background reflector({"natreflector", "--listen", own});
  ASSERT_TRUE(reflector.wait_for("listening on tcp")) << reflector.err();
  const auto result = programs::run(into_full({"check", own}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err, nothing_written);
}

TEST(Check, StoppedByASignal_ConcludesNothing) {
  const std::string own = address(1);
  const loopback::UdpSocket silent(own, 3478);
  for (const int signal : {SIGTERM, SIGINT}) {
    programs::Background check({"natreflector", "check", own});
    ASSERT_FALSE(silent.receive().bytes.empty()) << check.err();
    const auto result = check.stop(signal);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "natreflector: stopped by a signal before the check was finished\n");
    while (!silent.receive(0).bytes.empty()) continue;
  }
}

TEST(Check, WhereNobodyAnswersOverUdp_IsThree_WhereOneDoes_One) {
  const std::string own = address(1);
  const auto nobody = programs::run({"natreflector", "check", address(7), address(8)});
  EXPECT_EQ(nobody.exit_code, 3) << nobody.err;
  EXPECT_NE(nobody.out.find("no answer to 3 requests"), std::string::npos) << nobody.out;
  programs::Background reflector({"natreflector", "--listen", own});
  ASSERT_TRUE(reflector.wait_for("listening on tcp")) << reflector.err();
  EXPECT_EQ(programs::run({"natreflector", "check", own}).exit_code, 0);
  EXPECT_EQ(programs::run({"natreflector", "check", own, address(8)}).exit_code, 1);
}

TEST(Check, HostsThatCannotBeAsked_AreRefused) {
  expect_refused({"check", "127.0.0.1", "127.0.0.1"}, "'127.0.0.1': the same host twice");
  expect_refused({"check", "127.0.0.1", "127.0.0.1:3480"}, "'127.0.0.1:3480': the same host twice");
  expect_refused({"check", "::1", "0:0::1"}, "check 0:0::1: ::1 is the other host's address too");
  expect_refused({"check", "127.0.0.1:0"}, "port 0 cannot be asked");
  expect_refused({"check", "fe80::1%lo"}, "link-local addresses with a zone are not supported");
}

TEST(Natreflector, AnAddressThatIsNotHere_IsNamed) {
  expect_refused({"--listen", "192.0.2.77"}, "bind 192.0.2.77:3478: ");
}

}  // namespace natreflector_test
