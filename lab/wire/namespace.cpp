#include "lab/wire/namespace.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>

#include <exception>
#include <thread>

#include "lab/wire/interfaces.h"
#include "lab/wire/system_call.h"

namespace lab {

namespace {

// A thread of its own: namespaces are a property of threads, and ours must keep the one it was born in.
void in_thread(const std::function<void()>& action) {
  std::exception_ptr thrown;
  std::thread([&] {
    try {
      action();
    } catch (...) {
      thrown = std::current_exception();
    }
  }).join();
  if (thrown) std::rethrow_exception(thrown);
}

std::string sysctl_file(std::string_view key) { return fmt::format("/proc/sys/net/{}", key); }

bool has_sysctl(std::string_view key) { return ::access(sysctl_file(key).c_str(), F_OK) == 0; }

}  // namespace

Namespace::Namespace() {
  in_thread([this] {
    checked(::unshare(CLONE_NEWNET), "make a network namespace");
    fd_ = net::FileDescriptor(
        checked(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC), "open the namespace made"));
  });
  set_up(*this, "lo");
  // IPv6 without link-local addresses (addr_gen_mode 1), so that nobody solicits routers and neighbours.
  if (constexpr auto key = "ipv6/conf/default/addr_gen_mode"; has_sysctl(key)) set_sysctl(key, "1");
}

void Namespace::run(const std::function<void()>& action) const {
  in_thread([&] {
    checked(::setns(fd_.get(), CLONE_NEWNET), "enter a network namespace");
    action();
  });
}

void Namespace::set_sysctl(std::string_view key, std::string_view value) const {
  run([&] {
    const auto path = sysctl_file(key);
    const net::FileDescriptor file(checked(::open(path.c_str(), O_WRONLY | O_CLOEXEC), fmt::format("open {}", path)));
    if (::write(file.get(), value.data(), value.size()) < 0) system_call_failed(fmt::format("write {}", path));
  });
}

}  // namespace lab
