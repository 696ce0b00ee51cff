#include "tests/netns/remains.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

namespace netns {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string link_target(const fs::path& link) {
  std::error_code gone;  // processes come and go while we look
  return fs::read_symlink(link, gone).string();
}

}  // namespace

Names network_namespaces() {
  Names out;
  std::error_code gone;
  for (const auto& process : fs::directory_iterator("/proc", gone)) {
    out.insert(link_target(process.path() / "ns/net"));
    for (const auto& open : fs::directory_iterator(process.path() / "fd", gone)) {
      const auto target = link_target(open.path());
      if (target.starts_with("net:[")) out.insert(target);
    }
  }
  out.erase("");
  return out;
}

Names interfaces() {
  Names out;
  std::ifstream file("/proc/net/dev");
  for (std::string line; std::getline(file, line);) out.insert(line.substr(0, line.find(':')));
  return out;
}

Names processes_marked(const std::string& mark) {
  Names out;
  std::error_code gone;
  for (const auto& process : fs::directory_iterator("/proc", gone)) {
    std::ifstream file(process.path() / "environ", std::ios::binary);
    const std::string environment{std::istreambuf_iterator<char>(file), {}};
    if (environment.find(mark) != std::string::npos) out.insert(process.path().filename());
  }
  return out;
}

bool eventually(const std::function<bool()>& done) {
  for (int i = 0; i < 500 && !done(); ++i) std::this_thread::sleep_for(10ms);
  return done();
}

Names open_descriptors() {
  Names out;
  std::error_code gone;
  for (const auto& open : fs::directory_iterator("/proc/self/fd", gone)) {
    const auto target = link_target(open.path());
    if (!target.ends_with("/fd")) out.insert(open.path().filename().string() + " " + target);  // not our own look
  }
  return out;
}

}  // namespace netns
