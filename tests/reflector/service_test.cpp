// natreflector as a service, from outside: privileges, signals, reloads under load, its end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/programs/loopback.h"
#include "tests/programs/program.h"

namespace service_test {

using loopback::address;
using loopback::UdpClient;
using programs::Argv;
using testing::HasSubstr;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const std::string key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n";

Argv natreflector(const Argv& options) {
  Argv argv = {"natreflector", "--listen", address(1)};
  argv.insert(argv.end(), options.begin(), options.end());
  return argv;
}

unsigned number_from(const char* variable, unsigned otherwise) {
  const char* said = std::getenv(variable);
  return said != nullptr ? static_cast<unsigned>(std::stoul(said)) : otherwise;
}

// "CapEff:" of every thread; other lines of /proc/PID/task/*/status the same.
std::vector<std::string> status_of_threads(pid_t process, const std::string& field) {
  std::vector<std::string> values;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    std::ifstream file(task.path() / "status");
    for (std::string line; std::getline(file, line);) {
      if (line.rfind(field + ":\t", 0) == 0) values.push_back(line.substr(field.size() + 2));
    }
  }
  return values;
}

// A client that asks without a pause, from a thread of its own.
class Load {
 public:
  Load() : thread_([this] { run(); }) {}
  ~Load() { stop(); }
  void stop() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] unsigned asked() const { return asked_; }
  [[nodiscard]] unsigned unanswered() const { return unanswered_; }
  void wait_for(unsigned more) const {
    for (const unsigned until = asked_ + more; asked_ < until && unanswered_ == 0;) ::usleep(1000);
  }

 private:
  void run() {
    UdpClient client(address(9), address(1));
    while (!over_) {
      if (client.ask() == 0 && !over_) ++unanswered_;
      ++asked_;
    }
  }
  std::atomic<bool> over_ = false;
  std::atomic<unsigned> asked_ = 0;
  std::atomic<unsigned> unanswered_ = 0;
  std::thread thread_;
};

// ---- privileges ----------------------------------------------------------------------------------------------------

TEST(Privileges, AreGivenUpAfterTheStart_ByEveryThread) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root has any to give up";
  for (const Argv& user : {Argv{}, Argv{"--user", "nobody"}}) {
    Argv options = user;
    options.insert(options.end(), {"--metrics", address(1) + ":9478"});
    programs::Background reflector(natreflector(options));
    ASSERT_TRUE(reflector.wait_for("(metrics)\n")) << reflector.err();
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
      EXPECT_THAT(status_of_threads(reflector.pid(), set), testing::Each("0000000000000000")) << set;
    }
    EXPECT_THAT(status_of_threads(reflector.pid(), "NoNewPrivs"), testing::Each("1"));
    if (!user.empty()) {
      EXPECT_THAT(status_of_threads(reflector.pid(), "Uid"), testing::Each("65534\t65534\t65534\t65534"));
      EXPECT_THAT(status_of_threads(reflector.pid(), "Gid"), testing::Each(HasSubstr("65534\t65534\t65534\t65534")));
      EXPECT_THAT(status_of_threads(reflector.pid(), "Groups"), testing::Each(testing::MatchesRegex(" *")));
    }
    EXPECT_EQ(UdpClient(address(9), address(1)).ask(), 56U);
    EXPECT_EQ(reflector.stop().exit_code, 0);
  }
}

TEST(Privileges, LowPortsAndTheKeyFile_AreForRootToOpen) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root opens low ports";
  const programs::TemporaryDirectory directory;
  const std::string file = directory.file("key", key).string();
  programs::Background reflector({"natreflector", "--listen", address(1) + ":53", "--partner", address(2),
                                  "--partner-key-file", file, "--user", "nobody"});
  ASSERT_TRUE(reflector.wait_for("listening on udp " + address(1) + ":53\n")) << reflector.err();
  EXPECT_EQ(UdpClient(address(9), address(1), 53).ask(), 56U);
  ASSERT_TRUE(reflector.wait_for("user nobody cannot read it, so a reload (SIGHUP) will be refused\n"));
  ::kill(reflector.pid(), SIGHUP);
  EXPECT_TRUE(reflector.wait_for("reload: read secret " + file + ": Permission denied; nothing was changed\n"));
  EXPECT_EQ(reflector.stop().exit_code, 0);
}

TEST(Privileges, AUserThatCannotBe_IsRefusedInOneLine) {
  const auto refused = [](const Argv& argv) {
    const auto result = programs::run(argv);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  EXPECT_EQ(refused(natreflector({"--user", "no-such-user"})), "natreflector: --user no-such-user: no such user\n");
  EXPECT_EQ(refused(natreflector({"--user", "root"})),
            "natreflector: --user root: has all the rights that are to be given up\n");
  if (::geteuid() != 0) {
    EXPECT_THAT(refused(natreflector({"--user", "nobody"})), HasSubstr("only root can become another user"));
  }
}

// ---- reloads -------------------------------------------------------------------------------------------------------

class Reload : public testing::Test {
 protected:
  // The file's content, while the process runs.
  void configure(const std::string& text) { file_ = directory_.file("reflector.conf", text).string(); }
  [[nodiscard]] Argv argv() const { return {"natreflector", "--config", file_}; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const programs::TemporaryDirectory& directory() const { return directory_; }

  static std::string listen(const std::string& more = {}) {
    return "listen = " + address(1) + "\nrate-limit = off\n" + more;
  }

 private:
  programs::TemporaryDirectory directory_;
  std::string file_;
};

TEST_F(Reload, TakesOverWhatMayChange_AndAnswersEveryRequest) {
  configure(listen());
  programs::Background reflector(argv());
  ASSERT_TRUE(reflector.wait_for("listening on tcp")) << reflector.err();
  Load load;
  load.wait_for(100);
  for (int i = 0; i < 20; ++i) {
    configure(listen(i % 2 == 0 ? "mode = strict\n" : "mode = compatible\n"));
    ::kill(reflector.pid(), SIGHUP);
    load.wait_for(50);
  }
  load.stop();
  EXPECT_GE(load.asked(), 1000U);
  EXPECT_EQ(load.unanswered(), 0U);
  configure(listen("mode = strict\n"));
  ::kill(reflector.pid(), SIGHUP);
  UdpClient client(address(9), address(1));
  std::size_t size = client.ask();
  for (const auto limit = Clock::now() + 10s; size != 32 && Clock::now() < limit;) size = client.ask();
  EXPECT_EQ(size, 32U);
  const auto result = reflector.stop();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("natreflector: reloaded\n"));
}

TEST_F(Reload, ABadConfiguration_ChangesNothing_AndIsNamedInOneLine) {
  configure(listen("mode = strict\n"));
  programs::Background reflector(argv());
  ASSERT_TRUE(reflector.wait_for("listening on tcp")) << reflector.err();
  UdpClient client(address(9), address(1));
  const std::string no_partner = ": --partner-key-file: without --partner";
  const std::vector<std::pair<std::string, std::string>> rows = {
      {listen("mode = lax\n"), file() + ":3: --mode: 'lax' is not compatible or strict"},
      {listen("mode = compatible\nbogus = 1\n"), file() + ":4: unknown option 'bogus'"},
      {listen("mode = compatible\npartner-key-file = " + file() + "\n"), file() + ":4" + no_partner},
      {"listen = " + address(2) + "\n", file() + ":1: --listen cannot change while it runs (restart)"},
      {listen("no-tcp = true\n"), file() + ":3: --no-tcp cannot change while it runs (restart)"},
      {"", "--listen cannot change while it runs (restart)"},
  };
  for (const auto& [text, complaint] : rows) {
    configure(text);
    ::kill(reflector.pid(), SIGHUP);
    EXPECT_TRUE(reflector.wait_for("natreflector: reload: " + complaint + "; nothing was changed\n"))
        << complaint << '\n' << reflector.err();
    EXPECT_EQ(client.ask(), 32U) << complaint;
  }
  EXPECT_EQ(reflector.stop().exit_code, 0);
}

TEST_F(Reload, AKeyFile_IsReadAgain) {
  const std::string key_file = directory().file("key", key).string();
  const std::string more = "partner = " + address(2) + "\npartner-key-file = " + key_file + "\n";
  configure(listen(more));
  programs::Background first(argv());
  programs::Background second({"natreflector", "--listen", address(2), "--partner", address(1), "--partner-key-file",
                               directory().file("other", "f" + key).string()});
  ASSERT_TRUE(second.wait_for("partner " + address(1) + ": ")) << second.err();
  EXPECT_THAT(second.err(), HasSubstr("messages under a key this host does not have"));
  (void)directory().file("key", "f" + key);
  ::kill(first.pid(), SIGHUP);
  EXPECT_TRUE(first.wait_for("partner " + address(2) + " answers\n")) << first.err();
  EXPECT_TRUE(second.wait_for("partner " + address(1) + " answers\n")) << second.err();
}

// ---- the end -------------------------------------------------------------------------------------------------------

TEST(End, UnderLoad_IsInGoodOrder_ManyTimes) {
  const unsigned runs = number_from("NATSCOPE_RUNS", 5);
  for (unsigned run = 0; run < runs; ++run) {
    SCOPED_TRACE(run);
    programs::Background reflector(natreflector({"--rate-limit", "off"}));
    ASSERT_TRUE(reflector.wait_for("listening on tcp")) << reflector.err();
    Load load;
    load.wait_for(50);
    ::kill(reflector.pid(), SIGHUP);
    ASSERT_TRUE(reflector.wait_for("natreflector: reloaded\n"));
    load.wait_for(50 + run);
    EXPECT_EQ(load.unanswered(), 0U);
    const auto begin = Clock::now();
    const auto result = reflector.stop(run % 2 == 0 ? SIGTERM : SIGINT);
    EXPECT_LT(Clock::now() - begin, 5s);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "natreflector: reloaded\n");
  }
}

TEST(End, WaitsForAMessageInItsMidst_ASecondSignalDoesNot) {
  for (const bool twice : {false, true}) {
    programs::Background reflector(natreflector({}));
    ASSERT_TRUE(reflector.wait_for("listening on tcp")) << reflector.err();
    const auto idle = loopback::connect(address(9), address(1));
    const auto amid = loopback::connect(address(8), address(1));
    loopback::write(amid, loopback::bare_request + loopback::bare_request.substr(0, 10));
    ASSERT_EQ(loopback::read(amid, 56).size(), 56U);  // so both are accepted
    const auto begin = Clock::now();
    ::kill(reflector.pid(), SIGTERM);
    EXPECT_EQ(loopback::read_to_end(idle), "");  // at once
    EXPECT_LT(Clock::now() - begin, 1s);
    EXPECT_FALSE(loopback::connect(address(7), address(1)));
    if (twice) {
      EXPECT_EQ(reflector.stop(SIGTERM).exit_code, 0);
    } else {
      loopback::write(amid, loopback::bare_request.substr(10));
      EXPECT_EQ(loopback::read_to_end(amid).size(), 56U);
      EXPECT_EQ(reflector.wait().exit_code, 0);
    }
    EXPECT_LT(Clock::now() - begin, 1s);
  }
}

// ---- floods --------------------------------------------------------------------------------------------------------

// No packet is worth a line, whatever is in it; what is counted is on the metrics page.
TEST(Log, AFloodOfBadPackets_LeavesItEmpty) {
  const programs::TemporaryDirectory directory;
  programs::Background reflector(natreflector({"--partner", address(2), "--partner-key-file",
                                               directory.file("key", key).string(), "--metrics", address(1) + ":9478"}));
  ASSERT_TRUE(reflector.wait_for("(metrics)\n")) << reflector.err();
  UdpClient client(address(9), address(1));
  const UdpClient stranger(address(9), address(1), 3481);
  const UdpClient partner(address(2), address(1), 3481);
  // A Hello under a key of its own (reflector/link_message.h).
  const std::string hello = "NSPL" + std::string("\1\1\2\0", 4) + "wxyz" + std::string(112, 'x');
  for (int i = 0; i < 10'000; ++i) {
    client.send(std::string(40, static_cast<char>(i)));
    stranger.send("not for you");
    partner.send(i % 2 == 0 ? hello : std::string(124, static_cast<char>(i)));
  }
  ASSERT_TRUE(reflector.wait_for("messages under a key this host does not have"));
  const std::string page = loopback::get(address(9), address(1), 9478, "/metrics");
  EXPECT_EQ(page.find("outcome=\"undecodable\"} 0\n"), std::string::npos);
  EXPECT_EQ(page.find("reason=\"stranger\"} 0\n"), std::string::npos);
  EXPECT_EQ(page.find("reason=\"unknown_key\"} 0\n"), std::string::npos);
  const auto result = reflector.stop();
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

// ---- scarce descriptors --------------------------------------------------------------------------------------------

double cpu_seconds(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream rest(text.substr(text.rfind(')') + 2));
  std::vector<std::string> fields{std::istream_iterator<std::string>(rest), {}};
  return static_cast<double>(std::stol(fields.at(11)) + std::stol(fields.at(12))) /
         static_cast<double>(::sysconf(_SC_CLK_TCK));
}

TEST(Descriptors, OfSixtyFour_AThousandConnections_DoNoHarm) {
  programs::Background reflector({"sh", "-c", "ulimit -n 64; exec \"$@\"", "sh", std::string(NATSCOPE_BIN) + "/natreflector",
                                  "--listen", address(1), "--rate-limit", "off"});
  ASSERT_TRUE(reflector.wait_for("listening on tcp")) << reflector.err();
  std::vector<net::FileDescriptor> all;
  UdpClient client(address(9), address(1));
  for (unsigned i = 0; i < 1000; ++i) all.push_back(loopback::connect(address(10 + i % 200), address(1)));
  const double before = cpu_seconds(reflector.pid());
  const auto begin = Clock::now();
  unsigned answered = 0;
  for (int i = 0; i < 20; ++i) {
    answered += client.ask() == 56U;
    ::usleep(100'000);
  }
  const double span = std::chrono::duration<double>(Clock::now() - begin).count();
  EXPECT_LT((cpu_seconds(reflector.pid()) - before) / span, 0.1);
  EXPECT_EQ(answered, 20U);
  all.clear();
  const auto connection = [&] {
    for (const auto until = Clock::now() + 1s; Clock::now() < until; ::usleep(10'000)) {
      auto fresh = loopback::connect(address(8), address(1));
      loopback::write(fresh, loopback::bare_request);
      char first = 0;
      if (::read(fresh.get(), &first, 1) == 1) return true;
    }
    return false;
  };
  EXPECT_TRUE(connection());
  const auto result = reflector.stop();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("too many TCP connections: "));
  EXPECT_LE(std::count(result.err.begin(), result.err.end(), '\n'), 3) << result.err;
}

}  // namespace service_test
