#include "lab/capture.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>
#include <system_error>

#include "lab/ip_packet.h"
#include "net/cannot_work.h"
#include "net/write_out.h"

namespace lab {

namespace {

constexpr std::size_t write_at = 64 * 1024;  // bytes that wait
constexpr std::uint32_t up = 0;              // the interfaces, by the order of their blocks
constexpr std::uint32_t down = 1;

std::string file_name(const std::string& name) { return name + ".pcapng"; }

[[noreturn]] void cannot_capture(const std::filesystem::path& where, const std::string& why) {
  throw net::CannotWork(fmt::format("capture into {}: {}", where.string(), why));
}

}  // namespace

std::map<NodeId, std::string> link_names(const Layout& layout) {
  std::map<NodeId, std::string> out;
  for (const auto* places : {&layout.hosts, &layout.reflectors, &layout.nats})
    for (const auto& [name, placed] : *places)
      if (placed.node) out[*placed.node] = name;
  for (const auto& [name, further] : layout.interfaces)
    for (std::size_t i = 0; i < further.size(); ++i)
      if (further[i].node) out[*further[i].node] = fmt::format("{}+eth{}", name, i + 1);
  if (layout.rendezvous) {
    const bool taken = layout.hosts.contains("rendezvous") || layout.reflectors.contains("rendezvous") ||
                       layout.nats.contains("rendezvous");
    out[*layout.rendezvous->node] = taken ? "+rendezvous" : "rendezvous";
  }
  return out;
}

Capture::Capture(std::filesystem::path folder, const std::map<NodeId, std::string>& names, net::Duration epoch)
    : folder_(std::move(folder)), epoch_(epoch) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) cannot_capture(folder_, error.message());
  for (const auto& [node, name] : names) files_.try_emplace(node, folder_, name);
}

Capture::~Capture() {
  for (auto& [node, file] : files_) file.finish(folder_);
}

void Capture::take(const Sighting& sighting) {
  const auto found = files_.find(sighting.link);
  if (found == files_.end()) return;
  to_ip(sighting.packet, ip_);
  const bool upwards = sighting.way == Way::Up;
  found->second.write(
      net::pcapng_packet({.interface = upwards ? up : down,
                          .time = epoch_ + sighting.time.time_since_epoch(),
                          .ip = ip_,
                          .direction = upwards ? net::CaptureDirection::Outbound : net::CaptureDirection::Inbound,
                          .comment = to_string(sighting)}));
}

void Capture::finish() {
  for (auto files = std::exchange(files_, {}); auto& [node, file] : files)
    if (const auto why = file.finish(folder_)) cannot_capture(folder_, *why);
}

// ---- one file ------------------------------------------------------------------------------------------------------

Capture::File::File(const std::filesystem::path& folder, const std::string& name)
    : name_(name), fd_(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644)) {
  if (!fd_) cannot_capture(folder, std::strerror(errno));
  write(net::pcapng_section("natlab", fmt::format("the link of {}", name)));
  write(net::pcapng_interface("up", fmt::format("from {}", name)));
  write(net::pcapng_interface("down", fmt::format("to {}", name)));
}

void Capture::File::write(net::BytesView block) {
  net::append(waiting_, block);
  if (waiting_.size() >= write_at) drain();
}

void Capture::File::drain() {
  if (error_ == 0 && !net::write_all(fd_.get(), net::as_text(waiting_))) error_ = errno;
  waiting_.clear();
}

// A link cannot replace a file, a rename can: so the file gets a name that is nobody's first.
std::optional<std::string> Capture::File::finish(const std::filesystem::path& folder) {
  drain();
  const auto place = folder / file_name(name_);
  const auto beside = folder / fmt::format(".{}.{}", file_name(name_), ::getpid());
  const auto open_file = fmt::format("/proc/self/fd/{}", fd_.get());
  if (error_ == 0 && ::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, beside.c_str(), AT_SYMLINK_FOLLOW) < 0)
    error_ = errno;
  if (error_ == 0 && ::rename(beside.c_str(), place.c_str()) < 0) {
    error_ = errno;
    ::unlink(beside.c_str());
  }
  if (error_ == 0) return std::nullopt;
  return fmt::format("write {}: {}", file_name(name_), std::strerror(error_));
}

}  // namespace lab
