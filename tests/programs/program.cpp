#include "tests/programs/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "net/file_descriptor.h"

extern char** environ;  // NOLINT: the system's own name

namespace programs {

using net::FileDescriptor;

struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe: " + std::string(std::strerror(errno)));
    read_end = FileDescriptor(ends[0]);
    write_end = FileDescriptor(ends[1]);
  }
};

namespace {

using Clock = std::chrono::steady_clock;

// What a program keeps without being told where stays out of the user's own folders, and each has its own.
std::string state_of_its_own() {
  static const TemporaryDirectory all;
  static std::atomic<unsigned> programs = 0;
  return "XDG_STATE_HOME=" + (all.path() / std::to_string(++programs)).string();
}

std::vector<std::string> environment_of(const Surroundings& surroundings) {
  constexpr std::array<std::string_view, 3> left_out = {"NATSCOPE_", "XDG_STATE_HOME=", "STATE_DIRECTORY="};
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    if (std::none_of(left_out.begin(), left_out.end(), [=](auto name) { return variable.starts_with(name); })) {
      all.emplace_back(variable);
    }
  }
  all.insert(all.end(), surroundings.environment.begin(), surroundings.environment.end());
  all.push_back(state_of_its_own());  // the first of a name counts
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (auto& string : strings) out.push_back(string.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

std::string located(const std::string& name) {
  const auto built = std::filesystem::path(NATSCOPE_BIN) / name;
  return name.find('/') == std::string::npos && std::filesystem::exists(built) ? built.string() : name;
}

class Background::Process {
 public:
  Process(const Argv& argv, const Surroundings& surroundings) : timeout_(surroundings.timeout) {
    Argv words = argv;
    words.front() = located(words.front());
    auto variables = environment_of(surroundings);
    const auto argv_pointers = pointers(words);
    const auto environment_pointers = pointers(variables);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork: " + std::string(std::strerror(errno)));
    if (pid_ == 0) become(argv_pointers, environment_pointers, surroundings.directory);
    input_.read_end.close();
    output_.write_end.close();
    errors_.write_end.close();
    feed(surroundings.input);
  }

  ~Process() {
    if (result_) return;
    ::kill(pid_, SIGTERM);
    if (!read_until(Clock::now() + std::chrono::seconds(2), [] { return false; })) kill_hard();
    reap();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::string& out() const { return out_; }
  [[nodiscard]] const std::string& err() const { return err_; }

  bool wait_for(std::string_view text, std::chrono::milliseconds timeout) {
    bool found = false;
    read_until(Clock::now() + timeout,
               [&] { return found = out_.find(text) != std::string::npos || err_.find(text) != std::string::npos; });
    return found;
  }

  Result wait() {
    if (result_) return *result_;
    const bool ended = read_until(Clock::now() + timeout_, [] { return false; });
    if (!ended) kill_hard();
    reap();
    result_->timed_out = !ended;
    return *result_;
  }

  void signal(int number) {
    if (!result_) ::kill(pid_, number);
  }

 private:
  // In the child: only what is safe between fork and exec.
  [[noreturn]] void become(const std::vector<char*>& argv, const std::vector<char*>& environment,
                           const std::filesystem::path& directory) const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);
    ::dup2(input_.read_end.get(), STDIN_FILENO);
    ::dup2(output_.write_end.get(), STDOUT_FILENO);
    ::dup2(errors_.write_end.get(), STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (directory.empty() || ::chdir(directory.c_str()) == 0) ::execvpe(argv[0], argv.data(), environment.data());
    ::_exit(127);
  }

  // Inputs of tests are smaller than a pipe's buffer (64 KiB).
  void feed(const std::string& input) {
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    if (::write(input_.write_end.get(), input.data(), input.size()) < 0) input_.write_end.close();
    input_.write_end.close();
    std::signal(SIGPIPE, before);
  }

  // Collects output until both pipes are closed (true), `enough` says so, or the time is up (false).
  template <typename Enough>
  bool read_until(Clock::time_point until, Enough enough) {
    while (!enough()) {
      std::array<pollfd, 2> pipes{pollfd{output_.read_end.get(), POLLIN, 0}, pollfd{errors_.read_end.get(), POLLIN, 0}};
      if (pipes[0].fd < 0 && pipes[1].fd < 0) return true;
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
      if (left <= 0) return false;
      if (::poll(pipes.data(), pipes.size(), static_cast<int>(left)) <= 0) continue;
      if (pipes[0].revents != 0) take(output_.read_end, out_);
      if (pipes[1].revents != 0) take(errors_.read_end, err_);
    }
    return false;
  }

  static void take(FileDescriptor& from, std::string& into) {
    std::array<char, 65'536> buffer;
    const auto n = ::read(from.get(), buffer.data(), buffer.size());
    if (n > 0) into.append(buffer.data(), static_cast<std::size_t>(n));
    if (n == 0 || (n < 0 && errno != EINTR)) from.close();
  }

  void kill_hard() const { ::kill(-pid_, SIGKILL); }  // with all it started

  void reap() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    result_ = Result{WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), false, out_, err_};
  }

  std::chrono::milliseconds timeout_;
  Pipe input_;
  Pipe output_;
  Pipe errors_;
  pid_t pid_ = -1;
  std::string out_;
  std::string err_;
  std::optional<Result> result_;
};

Result run(const Argv& argv, const Surroundings& surroundings) { return Background(argv, surroundings).wait(); }

Background::Background(const Argv& argv, const Surroundings& surroundings)
    : process_(std::make_unique<Process>(argv, surroundings)) {}
Background::~Background() = default;

pid_t Background::pid() const { return process_->pid(); }
std::string Background::out() const { return process_->out(); }
std::string Background::err() const { return process_->err(); }
Result Background::wait() { return process_->wait(); }

bool Background::wait_for(std::string_view text, std::chrono::milliseconds timeout) {
  return process_->wait_for(text, timeout);
}

Result Background::stop(int signal) {
  process_->signal(signal);
  return process_->wait();
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "natscope-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp " + pattern);
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryDirectory::file(const std::string& name, std::string_view content, unsigned mode) const {
  const auto path = path_ / name;
  ::unlink(path.c_str());
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file || ::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
      ::fchmod(file.get(), mode) != 0) {
    throw std::runtime_error("write " + path.string());
  }
  return path;
}

}  // namespace programs
