#include "net/name_servers.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>

namespace net {
namespace {

// The resolver's state, with less patience than its own: who has no name server still has a name to look up.
class Resolver {
 public:
  Resolver() : usable_(::res_ninit(&state_) == 0) {
    state_.retrans = 1;  // seconds
    state_.retry = 1;
  }
  ~Resolver() {
    if (usable_) ::res_nclose(&state_);
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  [[nodiscard]] Bytes ask(const std::string& name, int type) {
    Bytes response(NS_MAXMSG);
    const int size =
        usable_ ? ::res_nquery(&state_, name.c_str(), ns_c_in, type, response.data(), static_cast<int>(response.size()))
                : 0;
    response.resize(static_cast<std::size_t>(std::clamp(size, 0, static_cast<int>(response.size()))));
    return response;
  }

 private:
  struct __res_state state_ {};
  bool usable_;
};

}  // namespace

Bytes ask_name_servers(const std::string& name, int type) { return Resolver().ask(name, type); }

}  // namespace net
