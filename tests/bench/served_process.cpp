#include "tests/bench/served_process.h"

#include <fmt/format.h>
#include <sched.h>

#include <csignal>
#include <ctime>
#include <fstream>

#include "lab/wire/system_call.h"

namespace bench {

namespace {

cpu_set_t current_cores() {
  cpu_set_t out;
  lab::checked(::sched_getaffinity(0, sizeof out, &out), "ask for the cores");
  return out;
}

void use_cores(const cpu_set_t& cores) {
  lab::checked(::sched_setaffinity(0, sizeof cores, &cores), "choose the cores");
}

}  // namespace

void run_on_cores(const Cores& cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const unsigned core : cores) CPU_SET(core, &set);
  use_cores(set);
}

ServedProcess::ServedProcess(const programs::Argv& argv, const Cores& cores, const std::string& ready) {
  const cpu_set_t before = current_cores();
  run_on_cores(cores);
  process_ = std::make_unique<programs::Background>(argv);
  use_cores(before);
  if (!process_->wait_for(ready)) throw net::CannotWork(argv.front() + " did not start: " + process_->err());
}

net::Duration ServedProcess::cpu_time() const {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process_->pid(), &clock) != 0 || ::clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

double ServedProcess::most_memory_mib() const {
  std::ifstream status(fmt::format("/proc/{}/status", process_->pid()));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  throw net::CannotWork("a program under measurement is gone");
}

void ServedProcess::freeze() { ::kill(process_->pid(), SIGSTOP); }
void ServedProcess::thaw() { ::kill(process_->pid(), SIGCONT); }

}  // namespace bench
