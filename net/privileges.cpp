#include "net/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "net/cannot_work.h"

namespace net {
namespace {

[[noreturn]] void fail(const std::string& attempt) {
  throw CannotWork(attempt + ": " + std::generic_category().message(errno));
}

// The C library has all threads do it.
void become(const User& user) {
  const std::string attempt = "become user " + user.name;
  if (::setgroups(0, nullptr) != 0) fail(attempt + ", leave groups");
  if (::setresgid(user.gid, user.gid, user.gid) != 0) fail(attempt + ", change group");
  if (::setresuid(user.uid, user.uid, user.uid) != 0) fail(attempt);
}

// Only who has CAP_SETPCAP may; for others it allows nothing, as there are no new privileges.
void empty_bounding_set() {
  for (int capability = 0; ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; ++capability) continue;
}

void empty_capability_sets() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  if (::syscall(SYS_capset, &header, none.data()) != 0) fail("give up capabilities");
}

}  // namespace

User user_to_become(const std::string& name) {
  const std::string option = "--user " + name;
  const passwd* entry = ::getpwnam(name.c_str());
  if (entry == nullptr) throw CannotWork(option + ": no such user");
  if (entry->pw_uid == 0) throw CannotWork(option + ": has all the rights that are to be given up");
  if (::geteuid() != 0) throw CannotWork(option + ": only root can become another user");
  return {name, entry->pw_uid, entry->pw_gid};
}

void give_up_privileges(const std::optional<User>& user) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail("forbid new privileges");
  empty_bounding_set();
  if (user) become(*user);
  empty_capability_sets();
}

}  // namespace net
