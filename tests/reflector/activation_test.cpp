// natreflector under a service manager: sockets it is given, and what it tells. The manager is played by a few lines
// of Python, since only a fresh process can be given descriptors from 3 on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>

#include "net/file_descriptor.h"
#include "tests/programs/loopback.h"
#include "tests/programs/program.h"

namespace activation_test {

using loopback::address;
using loopback::UdpClient;
using testing::HasSubstr;

const std::string manager = R"(
import os, socket, sys
# KIND ADDRESS PORT ... -- PROGRAM ARGUMENTS: opens the sockets, becomes the program.
words = sys.argv[1:]
end = words.index('--')
kept = []
for kind, address, port in zip(*[iter(words[:end])] * 3):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == 'udp' else socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, int(port)))
    if kind == 'tcp': s.listen(8)
    kept.append(os.dup2(s.fileno(), 100 + len(kept)))
for i, fd in enumerate(kept): os.dup2(fd, 3 + i, True)
os.closerange(3 + len(kept), 200)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(kept)), LISTEN_FDNAMES=':'.join(['stun'] * len(kept)))
os.execv(words[end + 1], words[end + 1:])
)";

programs::Argv given(const programs::Argv& sockets, const programs::Argv& options) {
  programs::Argv argv = {"python3", "-c", manager};
  argv.insert(argv.end(), sockets.begin(), sockets.end());
  argv.insert(argv.end(), {"--", NATSCOPE_BIN "/natreflector"});
  argv.insert(argv.end(), options.begin(), options.end());
  return argv;
}

TEST(Activation, SocketsThatAreGiven_AreServed) {
  const std::string own = address(1);
  programs::Background reflector(
      given({"udp", own, "3478", "tcp", own, "3478"}, {"--listen", own}));
  ASSERT_TRUE(reflector.wait_for("listening on tcp " + own + ":3478\n")) << reflector.err();
  EXPECT_EQ(UdpClient(address(9), own).ask(), 56U);
  const auto connection = loopback::connect(address(9), own);
  loopback::write(connection, loopback::bare_request);
  EXPECT_EQ(loopback::read(connection, 56).size(), 56U);
  EXPECT_EQ(reflector.stop().exit_code, 0);
}

TEST(Activation, SocketsThatAreNotGiven_AreOpened) {
  const std::string own = address(1);
  programs::Background reflector(given({"udp", own, "3478"}, {"--listen", own}));
  ASSERT_TRUE(reflector.wait_for("listening on tcp " + own + ":3478\n")) << reflector.err();
  EXPECT_EQ(UdpClient(address(9), own).ask(), 56U);
  EXPECT_TRUE(loopback::connect(address(9), own));
}

TEST(Activation, ASocketThatNobodyAsksFor_IsRefusedInOneLine) {
  const std::string own = address(1);
  for (const programs::Argv& wrong : {programs::Argv{"udp", own, "3499"}, programs::Argv{"tcp", own, "3499"}}) {
    const auto result = programs::run(given(wrong, {"--listen", own}));
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err,
              "natreflector: inherited socket " + wrong[0] + " " + own + ":3499: no option asks for it\n");
  }
}

TEST(Activation, AVariableForAnotherProcess_IsPassedOver) {
  programs::Background reflector({"natreflector", "--listen", address(1)},
                                 {.environment = {"LISTEN_PID=1", "LISTEN_FDS=3"}});
  EXPECT_TRUE(reflector.wait_for("listening on udp")) << reflector.err();
}

TEST(Activation, WhatIsNoSocket_IsRefusedInOneLine) {
  const auto result = programs::run({"sh", "-c", "LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\" 3</dev/null", "sh",
                                     NATSCOPE_BIN "/natreflector", "--listen", address(1)});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err, "natreflector: inherited socket 3: no UDP socket or TCP listener\n");
}

// ---- what the manager is told --------------------------------------------------------------------------------------

class Manager {
 public:
  explicit Manager(const std::filesystem::path& path)
      : path_(path), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.string().copy(name.sun_path, sizeof name.sun_path - 1);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    const timeval patience{.tv_sec = 5, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  [[nodiscard]] std::string variable() const { return "NOTIFY_SOCKET=" + path_.string(); }

  // Messages up to the first that begins so; the text of that one.
  [[nodiscard]] std::string told(const std::string& beginning) const {
    std::array<char, 512> text;
    while (true) {
      const auto size = ::recv(socket_.get(), text.data(), text.size(), 0);
      if (size < 0) return "nothing";
      const std::string message(text.data(), static_cast<std::size_t>(size));
      if (message.rfind(beginning, 0) == 0) return message;
    }
  }

 private:
  std::filesystem::path path_;
  net::FileDescriptor socket_;
};

TEST(Notices, AReflectorsLife_IsToldToItsManager) {
  const programs::TemporaryDirectory directory;
  const Manager manager_of_it(directory.path() / "notify");
  programs::Background reflector({"natreflector", "--listen", address(1)},
                                 {.environment = {manager_of_it.variable(), "WATCHDOG_USEC=200000"}});
  EXPECT_EQ(manager_of_it.told("READY=1"), "READY=1\nSTATUS=listening\n");
  EXPECT_EQ(manager_of_it.told("WATCHDOG"), "WATCHDOG=1\n");
  EXPECT_EQ(manager_of_it.told("WATCHDOG"), "WATCHDOG=1\n");
  ::kill(reflector.pid(), SIGHUP);
  EXPECT_THAT(manager_of_it.told("RELOADING=1"), HasSubstr("\nMONOTONIC_USEC="));
  EXPECT_EQ(manager_of_it.told("READY=1"), "READY=1\nSTATUS=reloaded\n");
  ::kill(reflector.pid(), SIGTERM);
  EXPECT_EQ(manager_of_it.told("STOPPING=1"), "STOPPING=1\n");
  EXPECT_EQ(reflector.wait().exit_code, 0);
}

}  // namespace activation_test
