#pragma once
// Runs built programs in tests, as a user would: argv, environment, stdin in; stdout, stderr, exit code out.
//
//   auto result = programs::run({"natprobe", "--bogus"});
//   EXPECT_EQ(result.exit_code, 2);
//   EXPECT_EQ(result.err, "natprobe: --bogus: unknown option\n");
//
// A name without a slash that the build has made is taken from its bin directory, else it is looked up in PATH.

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace programs {

using Argv = std::vector<std::string>;

// Where a program of that name was built; else the name.
[[nodiscard]] std::string located(const std::string& name);

struct Surroundings {
  std::vector<std::string> environment;  // "NAME=value", added to the inherited one without what would steer programs
  std::string input;                     // on stdin, then end of file
  std::filesystem::path directory;       // empty: the current one
  std::chrono::milliseconds timeout{30'000};
};

struct Result {
  int exit_code = -1;  // 128 + n when killed by signal n
  bool timed_out = false;
  std::string out;
  std::string err;
};

// Runs it to its end; killed after the timeout. A program that cannot be started has exit code 127.
[[nodiscard]] Result run(const Argv& argv, const Surroundings& surroundings = {});

// A program that goes on beside the test; ended with the object (SIGTERM, after two seconds SIGKILL).
class Background {
 public:
  explicit Background(const Argv& argv, const Surroundings& surroundings = {});
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  [[nodiscard]] pid_t pid() const;
  // Waits until stdout or stderr holds `text`; false when it ends, or the time is up, before that.
  [[nodiscard]] bool wait_for(std::string_view text, std::chrono::milliseconds timeout = std::chrono::seconds(10));
  [[nodiscard]] std::string out() const;  // so far
  [[nodiscard]] std::string err() const;
  Result stop(int signal = SIGTERM);  // sends it and waits for the end
  Result wait();                      // for its own end, at most the timeout of its surroundings

 private:
  class Process;
  std::unique_ptr<Process> process_;
};

// A directory of its own, removed with its content.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Writes a file into it and returns its path; `mode` as in chmod.
  std::filesystem::path file(const std::string& name, std::string_view content, unsigned mode = 0600) const;

 private:
  std::filesystem::path path_;
};

}  // namespace programs
