#include "traversal/registry.h"

#include <algorithm>
#include <iterator>

namespace traversal {
namespace {

template <typename Page, typename Item, typename Make>
Page page_of(const std::map<std::string, RegisteredHost>& hosts, std::uint64_t from, std::vector<Item> Page::*list,
             const Make& make, const std::function<bool(const Page&)>& fits) {
  Page page{.total = hosts.size()};
  if (from >= hosts.size()) return page;
  for (auto at = std::next(hosts.begin(), static_cast<std::ptrdiff_t>(from)); at != hosts.end(); ++at) {
    (page.*list).push_back(make(at->second));
    if ((page.*list).size() == 1 || fits(page)) continue;
    (page.*list).pop_back();
    break;
  }
  return page;
}

}  // namespace

bool may_relay(RegisteredHost& sender, net::TimePoint now) {
  constexpr net::Duration each = std::chrono::milliseconds(200);
  if (sender.relays_used_until > now + 4 * each) return false;
  sender.relays_used_until = std::max(sender.relays_used_until, now) + each;
  return true;
}

bool same_nat(const RegisteredHost& a, const RegisteredHost& b) {
  const auto translated = [](const RegisteredHost& host) {
    return !host.local || host.local->address != host.external.address;
  };
  return !a.external.address.unspecified() && a.external.address == b.external.address && translated(a) &&
         translated(b);
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

void Registry::put(RegisteredHost host) {
  remove(host.name);
  ++of_key_[host.key];
  std::string name = host.name;
  hosts_.emplace(std::move(name), std::move(host));
}

void Registry::remove(const std::string& name) {
  const auto found = hosts_.find(name);
  if (found == hosts_.end()) return;
  const auto same = of_key_.find(found->second.key);
  if (--same->second == 0) of_key_.erase(same);
  hosts_.erase(found);
}

std::size_t Registry::of_key(const Key& key) const {
  const auto found = of_key_.find(key);
  return found == of_key_.end() ? 0 : found->second;
}

HostPage Registry::page(std::uint64_t from, const std::function<bool(const HostPage&)>& fits) const {
  const auto name = [](const RegisteredHost& host) { return host.name; };
  return page_of(hosts_, from, &HostPage::names, name, fits);
}

PeerPage Registry::peers(std::uint64_t from, const std::function<bool(const PeerPage&)>& fits) const {
  const auto entry = [](const RegisteredHost& host) {
    return PeerEntry{host.name, host.behavior, host.external, host.over_tcp(), host.texts};
  };
  return page_of(hosts_, from, &PeerPage::peers, entry, fits);
}

std::vector<std::string> Registry::lapsed(net::TimePoint now) const {
  std::vector<std::string> names;
  for (const auto& [name, host] : hosts_) {
    if (host.last_seen + lapse_after <= now) names.push_back(name);
  }
  return names;
}

void Registry::forget_other_paths(net::TimePoint now) {
  for (auto& [name, host] : hosts_) {
    if (host.other && now >= host.other_seen + lapse_after) host.other.reset();
  }
}

}  // namespace traversal
