#include "net/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>

namespace net {

std::size_t raise_descriptor_limit(std::size_t of_use) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  rlimit wanted = limit;
  wanted.rlim_cur = std::max(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, of_use));
  return ::setrlimit(RLIMIT_NOFILE, &wanted) == 0 ? wanted.rlim_cur : limit.rlim_cur;
}

}  // namespace net
