#include "traversal/registry.h"

#include <iterator>

namespace traversal {

bool same_nat(const RegisteredHost& a, const RegisteredHost& b) {
  const auto translated = [](const RegisteredHost& host) {
    return !host.local || host.local->address != host.external.address;
  };
  return a.external.address == b.external.address && translated(a) && translated(b);
}

Registry::Session Registry::session_of(const std::string& name, const Id& session) const {
  const auto found = hosts_.find(name);
  if (found == hosts_.end()) return Session::NotKnown;
  return found->second.session == session ? Session::Current : Session::Replaced;
}

RegisteredHost* Registry::find(const std::string& name) {
  const auto found = hosts_.find(name);
  return found == hosts_.end() ? nullptr : &found->second;
}

const RegisteredHost* Registry::find(const std::string& name) const {
  const auto found = hosts_.find(name);
  return found == hosts_.end() ? nullptr : &found->second;
}

HostPage Registry::page(std::uint64_t from, const std::function<bool(const HostPage&)>& fits) const {
  HostPage page{.total = hosts_.size()};
  if (from >= hosts_.size()) return page;
  for (auto at = std::next(hosts_.begin(), static_cast<std::ptrdiff_t>(from)); at != hosts_.end(); ++at) {
    page.names.push_back(at->first);
    if (page.names.size() == 1 || fits(page)) continue;
    page.names.pop_back();
    break;
  }
  return page;
}

std::vector<std::string> Registry::lapsed(net::TimePoint now) const {
  std::vector<std::string> names;
  for (const auto& [name, host] : hosts_) {
    if (host.last_seen + lapse_after <= now) names.push_back(name);
  }
  return names;
}

}  // namespace traversal
