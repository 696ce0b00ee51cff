#include "lab/wire/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "lab/wire/system_call.h"

namespace lab {

namespace {

using namespace std::chrono_literals;

std::vector<std::string> environment_with(const std::map<std::string, std::string>& added) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!added.contains(std::string(text.substr(0, text.find('='))))) out.emplace_back(text);
  }
  for (const auto& [name, value] : added) out.push_back(name + "=" + value);
  return out;
}

// The shape exec wants; borrows.
std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

net::FileDescriptor memory_file(const char* name) {
  return net::FileDescriptor(checked(::memfd_create(name, MFD_CLOEXEC), "make a memory file"));
}

std::string content(const net::FileDescriptor& file) {
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) < 0) return {};
  std::string out(static_cast<std::size_t>(status.st_size), '\0');
  const auto got = ::pread(file.get(), out.data(), out.size(), 0);
  out.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return out;
}

// What the child needs, all made before fork: between fork and exec only async-signal-safe calls are allowed.
struct Start {
  int where;
  std::optional<std::array<int, 3>> streams;  // stdin, stdout, stderr
  pid_t parent;
  char* const* words;
  char* const* environment;
  int failure;  // where errno goes when it cannot be started
};

bool enter(const Start& start) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return false;
  if (::getppid() != start.parent) return false;  // the parent died before that
  if (::setns(start.where, CLONE_NEWNET) < 0) return false;
  if (start.streams) {
    ::setpgid(0, 0);
    for (int i = 0; i < 3; ++i)
      if (::dup2((*start.streams)[static_cast<std::size_t>(i)], i) < 0) return false;
  }
  ::signal(SIGPIPE, SIG_DFL);  // we ignore it, a shell would not
  sigset_t none{};
  ::sigemptyset(&none);
  return ::sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

[[noreturn]] void become(const Start& start) {
  if (enter(start)) ::execvpe(start.words[0], start.words, start.environment);
  const int reason = errno;
  [[maybe_unused]] const auto written = ::write(start.failure, &reason, sizeof reason);
  ::_exit(127);
}

}  // namespace

Process::Process(const Namespace& where, const Command& command, const StopSignals& stop)
    : name_(command.words.front()), stop_(&stop), leads_group_(!command.foreground) {
  const auto environment = environment_with(command.environment);
  const auto words = pointers(command.words);
  const auto variables = pointers(environment);
  std::array<int, 2> pipe{};
  checked(::pipe2(pipe.data(), O_CLOEXEC), "make a pipe");
  net::FileDescriptor failed(pipe[0]);
  net::FileDescriptor failure(pipe[1]);
  const net::FileDescriptor nothing(checked(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null"));
  Start start{where.fd(), std::nullopt, ::getpid(), words.data(), variables.data(), failure.get()};
  if (!command.foreground) {
    out_ = memory_file("stdout");
    err_ = memory_file("stderr");
    start.streams = {nothing.get(), out_.get(), err_.get()};
  }

  pid_ = checked(::fork(), "fork");
  if (pid_ == 0) become(start);
  failure.close();
  int reason = 0;
  if (::read(failed.get(), &reason, sizeof reason) > 0) {
    ::waitpid(pid_, nullptr, 0);
    throw net::CannotWork(fmt::format("run {}: {}", name_, std::strerror(reason)));
  }
  pidfd_ = net::FileDescriptor(checked(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)), "watch a process"));
}

Process::~Process() {
  if (pidfd_.get() < 0) return;  // moved from
  for (const int number : {SIGTERM, SIGKILL}) {
    if (status_) return;
    signal(number);
    pollfd watched{pidfd_.get(), POLLIN, 0};
    if (::poll(&watched, 1, number == SIGTERM ? 1000 : -1) > 0) reap();
  }
}

void Process::signal(int number) const { ::kill(leads_group_ ? -pid_ : pid_, number); }

int Process::reap() {
  if (!status_) {
    int status = 0;
    checked(::waitpid(pid_, &status, 0), fmt::format("wait for {}", name_));
    status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
  return *status_;
}

std::optional<int> Process::wait(net::Duration limit) {
  if (!status_ && !stop_->wait_readable(pidfd_.get(), limit)) return std::nullopt;
  return reap();
}

int Process::wait_and_forward_signals() {
  while (const auto got = stop_->readable_or_signal(pidfd_.get()))
    if (!got->by_terminal) signal(got->number);
  return reap();
}

void Process::wait_for_line(const std::string& words, net::Duration limit) {
  // A memory file gives no sign when it grows; the process's own end does.
  constexpr net::Duration look_again = 2ms;
  for (net::Duration waited{}; waited < limit; waited += look_again) {
    const auto text = out();
    const auto found = text.find(words);
    if (found != std::string::npos && text.find('\n', found) != std::string::npos) return;
    if (const auto status = wait(look_again))
      throw net::CannotWork(fmt::format("start {}: it ended with status {}: {}", name_, *status, err()));
  }
  throw net::CannotWork(fmt::format("start {}: no line \"{}\" within {} ms", name_, words, net::to_ms(limit)));
}

std::string Process::out() const { return content(out_); }
std::string Process::err() const { return content(err_); }

}  // namespace lab
