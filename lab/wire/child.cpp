#include "lab/wire/child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>

namespace lab {

namespace {

[[noreturn]] void give_up(const Start& start) {
  const int reason = errno;
  [[maybe_unused]] const auto written = ::write(start.started_write, &reason, sizeof reason);
  ::_exit(127);
}

// Whether the process that made us ended before we asked to be told: nobody is left to read the pipe.
bool is_orphan(const Start& start) {
  ::close(start.started_read);
  pollfd pipe{start.started_write, 0, 0};
  return ::poll(&pipe, 1, 0) > 0 && (pipe.revents & POLLERR) != 0;
}

[[noreturn]] void run_command(const Start& start) {
  sigset_t none{};
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (start.inherited >= 0 && ::fcntl(start.inherited, F_SETFD, 0) < 0) give_up(start);
  ::signal(SIGPIPE, SIG_DFL);                       // our programs ignore it
  environ = const_cast<char**>(start.environment);  // so that its PATH counts
  ::execvp(start.words[0], start.words);
  give_up(start);
}

// Until the command ends; orphans of its making are reaped on the way.
[[noreturn]] void wait_for(pid_t command, const sigset_t& watched) {
  while (true) {
    siginfo_t info{};
    if (::sigwaitinfo(&watched, &info) < 0) continue;
    if (info.si_signo != SIGCHLD) {
      if (info.si_code != SI_KERNEL) ::kill(-1, info.si_signo);  // all of the namespace but us, as Ctrl-C would
      continue;
    }
    int status = 0;
    for (pid_t ended = ::waitpid(-1, &status, WNOHANG); ended > 0; ended = ::waitpid(-1, &status, WNOHANG))
      if (ended == command) ::_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  }
}

[[noreturn]] void be_first_process(const Start& start) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || is_orphan(start)) give_up(start);
  if (::setns(start.where, CLONE_NEWNET) < 0) give_up(start);
  if (start.streams) {
    ::setpgid(0, 0);
    for (std::size_t i = 0; i < start.streams->size(); ++i)
      if (::dup2((*start.streams)[i], static_cast<int>(i)) < 0) give_up(start);
  }
  sigset_t watched{};
  ::sigemptyset(&watched);
  for (const int signal : {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) ::sigaddset(&watched, signal);
  ::sigprocmask(SIG_BLOCK, &watched, nullptr);
  const pid_t command = ::_Fork();  // fork() itself takes locks
  if (command < 0) give_up(start);
  if (command == 0) run_command(start);
  ::syscall(SYS_close_range, 0U, ~0U, 0U);  // our descriptors would keep namespaces and pipes alive
  wait_for(command, watched);
}

}  // namespace

pid_t start_child(const Start& start) {
  const auto child =
      static_cast<pid_t>(::syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
  if (child == 0) be_first_process(start);
  return child;
}

}  // namespace lab
