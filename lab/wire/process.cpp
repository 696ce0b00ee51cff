#include "lab/wire/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>

#include "lab/wire/child.h"
#include "lab/wire/system_call.h"

namespace lab {

namespace {

using namespace std::chrono_literals;

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::string name(text.substr(0, text.find('=')));
    if (!name.starts_with(command.hidden) && !command.environment.contains(name)) out.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) out.push_back(name + "=" + value);
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

bool has_line_with(const std::string& text, const std::string& words) {
  const auto found = text.find(words);
  return found != std::string::npos && text.find('\n', found) != std::string::npos;
}

}  // namespace

Process::Process(const Namespace& where, const Command& command, const StopSignals& stop)
    : name_(command.words.front()), stop_(&stop) {
  const auto environment = environment_of(command);
  const auto words = pointers(command.words);
  const auto variables = pointers(environment);
  std::array<int, 2> pipe{};
  checked(::pipe2(pipe.data(), O_CLOEXEC), "make a pipe");
  const net::FileDescriptor started_read(pipe[0]);
  net::FileDescriptor started_write(pipe[1]);
  const net::FileDescriptor nothing(checked(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null"));
  Start start{.where = where.fd(),
              .words = words.data(),
              .environment = variables.data(),
              .started_read = pipe[0],
              .started_write = pipe[1],
              .inherited = command.inherited};
  if (!command.foreground) {
    out_ = memory_file("stdout");
    err_ = memory_file("stderr");
    start.streams = {nothing.get(), out_.get(), err_.get()};
  }

  pid_ = checked(start_child(start), fmt::format("start a process for {}", name_));
  started_write.close();
  int reason = 0;
  if (::read(started_read.get(), &reason, sizeof reason) > 0) {
    ::kill(pid_, SIGKILL);
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

void Process::signal(int number) const { ::kill(pid_, number); }

// proc(5): the children of the first process, as we see their ids.
void Process::signal_program(int number) const {
  if (status_) return;
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", pid_));
  for (pid_t child = 0; children >> child;) ::kill(child, number);
}

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
    if (has_line_with(out(), words) || has_line_with(err(), words)) return;
    if (const auto status = wait(look_again))
      throw net::CannotWork(fmt::format("start {}: it ended with status {}: {}", name_, *status, err()));
  }
  throw net::CannotWork(fmt::format("start {}: no line \"{}\" within {} ms", name_, words, net::to_ms(limit)));
}

std::string Process::out() const { return content(out_); }
std::string Process::err() const { return content(err_); }

}  // namespace lab
