// natreflector's configuration file: it is refused in one line that names file and line or option, or it is a sound
// configuration.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>

#include "net/cannot_work.h"
#include "net/config_file.h"
#include "net/file_descriptor.h"
#include "net/program.h"
#include "reflector/options.h"
#include "tests/fuzz/target.h"

namespace fuzz {
namespace {

// A file that only this process sees, by the path the program is given.
class HiddenFile {
 public:
  explicit HiddenFile(net::BytesView content) : descriptor_(::memfd_create("config", MFD_CLOEXEC)) {
    require(::write(descriptor_.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()),
            "the input can be written", content);
  }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_.get()); }

 private:
  net::FileDescriptor descriptor_;
};

// What is printed to stderr while this lives.
class Printed {
 public:
  Printed() : memory_(::open_memstream(&text_, &size_)), before_(std::exchange(stderr, memory_)) {}
  ~Printed() { stop(); }
  Printed(const Printed&) = delete;
  Printed& operator=(const Printed&) = delete;

  std::string take() {
    stop();
    std::string out(text_, size_);
    std::free(std::exchange(text_, nullptr));
    return out;
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* memory_;
  std::FILE* before_;

  void stop() {
    if (memory_ == nullptr) return;
    stderr = before_;
    std::fclose(std::exchange(memory_, nullptr));
  }
};

void require_sound(const reflector::ReflectorConfig& config, net::BytesView input) {
  require(!config.hosts.empty() && config.hosts.size() <= 2, "one or two address families", input);
  for (const reflector::HostConfig& host : config.hosts) {
    require(host.listen.port != 0 && host.alternate_port != host.listen.port, "ports that can be served", input);
    require(!host.partner || !config.link_keys.empty(), "a partner link has a key", input);
    require(!host.partner || !host.second_address, "one other address", input);
    const auto same_family = std::count_if(config.hosts.begin(), config.hosts.end(), [&](const auto& other) {
      return other.listen.family() == host.listen.family();
    });
    require(same_family == 1, "a family once", input);
  }
  for (const net::Bytes& key : config.link_keys) require(key.size() >= 32, "a key of 32 characters", input);
}

// The lines themselves, without the options: whatever is taken comes from one line, in order.
void check_lines(net::BytesView input) {
  std::istringstream text{std::string(net::as_text(input))};
  const auto settings = net::parse_config(text, "f");
  if (!settings) {
    require(settings.error().rfind("f:", 0) == 0, "an error names the file", input);
    return;
  }
  const auto lines = 1 + std::count(input.begin(), input.end(), '\n');
  require(static_cast<std::ptrdiff_t>(settings->size()) <= lines, "at most one setting a line", input);
  for (const net::Setting& setting : *settings) {
    require(!setting.key.empty() && !setting.value.empty(), "a setting has a key and a value", input);
    require(setting.value.find('\n') == std::string::npos, "a value is in one line", input);
  }
}

}  // namespace

bool check(net::BytesView input) {
  check_lines(input);
  const HiddenFile file(input);
  const std::string path = file.path();
  const char* const argv[] = {"natreflector", "--config", path.c_str()};
  Printed printed;
  bool sound = false;
  const int code = net::run_program("natreflector", [&] {
    reflector::Options options;
    if (const auto end = reflector::parse_options(3, argv, options)) return *end;
    require_sound(reflector::config_of(options), input);
    sound = true;
    return 0;
  });
  const std::string said = printed.take();
  require(sound == (code == 0) && (sound || code == 2), "refused with 2, or taken", input);
  require(sound ? said.empty() : std::count(said.begin(), said.end(), '\n') == 1, "refused in one line", input);
  require(sound || said.rfind("natreflector: ", 0) == 0, "the line begins with the program", input);
  return sound;
}

// What no reflector can do without comes first.
void mend(net::Bytes& input) {
  net::Bytes start;
  net::append(start, net::as_bytes("listen = 192.0.2.1\n#"));
  net::append(start, input);
  input = std::move(start);
}

std::vector<net::Bytes> seeds() {
  std::vector<net::Bytes> all;
  for (const char* text : {
           "listen = 192.0.2.1\n",
           "# a plain one\nlisten = 192.0.2.1:3478\nlisten = [2001:db8::1]\nno-tcp = true\n",
           "listen = 192.0.2.1\nalternate-address = 192.0.2.2\nalternate-port = 3479\nmode = strict\n",
           "listen = 10.0.0.1\nadvertise = 198.51.100.1\nrate-limit = off\nallow-destination = 10.0.0.0/8\n",
           "listen = 10.0.0.1\npartner = 10.0.0.2:3481\npartner-key-file = /etc/passwd\npartner-advertise = "
           "198.51.100.2\n",
           "listen = 192.0.2.1\nrate-limit = 100\nrate-limit-in-all = 100000\nlink-port = 3481\n",
           "listen = nowhere\n",
           "listen\n",
           "bogus = 1\n",
       }) {
    const net::BytesView bytes = net::as_bytes(text);
    all.emplace_back(bytes.begin(), bytes.end());
  }
  return all;
}

}  // namespace fuzz
