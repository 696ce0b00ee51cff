// The program from outside, on loopback addresses that nobody else uses.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "tests/programs/program.h"

namespace natreflector_test {

using programs::Argv;

const std::string key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";

// 127.x.y.z of this process, so that tests may run side by side.
std::string loopback(unsigned host) {
  const auto pid = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(64 + pid / 250 % 64) + "." + std::to_string(pid % 250) + "." + std::to_string(host);
}

// Sends a bare Binding request from `from` and returns the size of the answer, 0 for none within two seconds.
std::size_t answer_size(const std::string& from, const std::string& to) {
  const int descriptor = ::socket(AF_INET, SOCK_DGRAM, 0);
  const auto address = [](const std::string& text, std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    ::inet_pton(AF_INET, text.c_str(), &out.sin_addr);
    return out;
  };
  const sockaddr_in local = address(from, 0);
  const sockaddr_in remote = address(to, 3478);
  const timeval patience{.tv_sec = 2, .tv_usec = 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr any{};
  std::memcpy(&any, &local, sizeof local);
  EXPECT_EQ(::bind(descriptor, &any, sizeof any), 0);
  std::memcpy(&any, &remote, sizeof remote);
  const unsigned char request[20] = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};
  EXPECT_EQ(::sendto(descriptor, request, sizeof request, 0, &any, sizeof any), 20);
  unsigned char reply[2048];
  const auto size = ::recv(descriptor, reply, sizeof reply, 0);
  ::close(descriptor);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

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

TEST(Natreflector, SaysWhereItListens_Answers_AndEndsOnSignalWith0) {
  const std::string own = loopback(1);
  for (const int signal : {SIGTERM, SIGINT}) {
    programs::Background reflector({"natreflector", "--listen", own});
    ASSERT_TRUE(reflector.wait_for("listening on tcp " + own + ":3478\n")) << reflector.err();
    EXPECT_EQ(reflector.out(), "listening on udp " + own + ":3478\nlistening on tcp " + own + ":3478\n");
    EXPECT_EQ(answer_size(loopback(9), own), 56U);
    const auto result = reflector.stop(signal);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "");
  }
}

TEST(Natreflector, StrictWithoutTcp_DoesAsItSays) {
  const std::string own = loopback(1);
  programs::Background reflector({"natreflector", "--listen", own, "--mode", "strict", "--no-tcp"});
  ASSERT_TRUE(reflector.wait_for("listening on udp " + own + ":3478\n")) << reflector.err();
  EXPECT_EQ(answer_size(loopback(9), own), 32U);
  EXPECT_EQ(reflector.stop().out, "listening on udp " + own + ":3478\n");
}

TEST(Natreflector, TwoProcesses_BecomeOnePair) {
  const programs::TemporaryDirectory directory;
  const std::string file = directory.file("key", key).string();
  const std::string a = loopback(1);
  const std::string b = loopback(2);
  programs::Background first({"natreflector", "--listen", a, "--partner", b, "--partner-key-file", file});
  programs::Background second({"natreflector", "--listen", b, "--partner", a, "--partner-key-file", file});
  ASSERT_TRUE(first.wait_for("(partner link)\n")) << first.err();
  ASSERT_TRUE(second.wait_for("(partner link)\n")) << second.err();
  std::size_t size = 0;
  for (int i = 0; i < 100 && size != 68; ++i) {  // OTHER-ADDRESS comes with the link
    size = answer_size(loopback(9), a);
    ::usleep(20'000);
  }
  EXPECT_EQ(size, 68U);
  EXPECT_EQ(first.stop().exit_code, 0);
  EXPECT_EQ(second.stop().exit_code, 0);
}

TEST(Natreflector, APortInUse_IsNamed_AndNothingIsLeftOpen) {
  const std::string own = loopback(1);
  programs::Background holder({"natreflector", "--listen", own + ":3479", "--no-tcp"});
  ASSERT_TRUE(holder.wait_for("listening")) << holder.err();
  expect_refused({"--listen", own, "--alternate-port", "3479"}, "bind " + own + ":3479: ");
}

TEST(Natreflector, BadKeyFiles_AreRefused) {
  const programs::TemporaryDirectory directory;
  const std::string own = loopback(1);
  const auto with_key = [&](const std::filesystem::path& file) {
    return Argv{"--listen", own, "--partner", loopback(2), "--partner-key-file", file.string()};
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
           Row{{"--listen", "127.0.0.2", "--allow-destination", "10.0.0.0/40"}, "--allow-destination"},
       }) {
    expect_refused(row.options, row.text);
  }
}

TEST(Natreflector, AnAddressThatIsNotHere_IsNamed) {
  expect_refused({"--listen", "192.0.2.77"}, "bind 192.0.2.77:3478: ");
}

}  // namespace natreflector_test
