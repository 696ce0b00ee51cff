#include "lab/wire/privileges.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string_view>

#include "lab/wire/system_call.h"
#include "net/file_descriptor.h"

namespace lab {

namespace {

bool have(const std::array<__user_cap_data_struct, 2>& capabilities, unsigned wanted) {
  return (capabilities[wanted / 32].effective >> (wanted % 32) & 1) != 0;
}

// CAP_SYS_ADMIN makes namespaces, CAP_NET_ADMIN the links in them, CAP_NET_RAW the packet sockets.
bool may_all() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> ours{};
  checked(static_cast<int>(::syscall(SYS_capget, &header, ours.data())), "look at our capabilities");
  return have(ours, CAP_SYS_ADMIN) && have(ours, CAP_NET_ADMIN) && have(ours, CAP_NET_RAW);
}

void write_to(const char* path, std::string_view text) {
  const net::FileDescriptor file(checked(::open(path, O_WRONLY | O_CLOEXEC), fmt::format("open {}", path)));
  if (::write(file.get(), text.data(), text.size()) < 0) system_call_failed(fmt::format("write {}", path));
}

}  // namespace

void be_allowed_namespaces() {
  if (may_all()) return;
  const auto user = ::geteuid();
  const auto group = ::getegid();
  if (::unshare(CLONE_NEWUSER) < 0)
    throw net::CannotWork(fmt::format(
        "real packets need root, or a user namespace, which this machine refuses: {} (verify --backend sim needs "
        "neither)",
        errno == ENOSPC ? "there may be no more of them" : std::strerror(errno)));
  write_to("/proc/self/setgroups", "deny");  // user_namespaces(7): else the group may not be mapped
  write_to("/proc/self/uid_map", fmt::format("0 {} 1", user));
  write_to("/proc/self/gid_map", fmt::format("0 {} 1", group));
}

}  // namespace lab
