#pragma once
// Giving up what a program needed only to start: once its sockets are bound it becomes another user, and in any case
// keeps no capability, also not as root.

#include <sys/types.h>

#include <optional>
#include <string>

namespace net {

struct User {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
};

// Looked up before anything is opened. CannotWork: "--user nobdy: no such user", "--user root: ...", or that only root
// can become another.
[[nodiscard]] User user_to_become(const std::string& name);

// The whole process becomes that user, if there is one, with its primary group and no other. Capabilities are given up
// in any case, of this thread and of threads started later, also as root; nothing executed later can gain any. There is
// no way back. CannotWork.
void give_up_privileges(const std::optional<User>& user);

}  // namespace net
