#include "tests/bench/paths.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>

#include "lab/wire/system_call.h"

namespace bench {

namespace {

using lab::checked;

net::IpAddress address(std::uint8_t network) { return net::IpAddress::v4({10, 9, network, 2}); }

lab::LinkEnd eth0(const lab::Station& station) { return {station.where, "eth0"}; }

// What arrives at this interface is worked on by that core (receive packet steering), not by the core that sent it.
void steer(const lab::LinkEnd& end, unsigned core) {
  end.where.run([&] {
    checked(::unshare(CLONE_NEWNS), "make a mount namespace");
    checked(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "keep mounts to ourselves");
    checked(::mount("sysfs", "/sys", "sysfs", 0, nullptr), "mount the namespace's /sys");
    const auto path = fmt::format("/sys/class/net/{}/queues/rx-0/rps_cpus", end.name);
    const net::FileDescriptor file(checked(::open(path.c_str(), O_WRONLY | O_CLOEXEC), "open " + path));
    const auto mask = fmt::format("{:x}", 1U << core);
    checked(static_cast<int>(::write(file.get(), mask.data(), mask.size())), "write " + path);
  });
}

lab::Scenario one_nat(const std::string& profile) {
  lab::Scenario out;
  out.nats = {{.name = "nat", .profile = *lab::find_profile(profile)}};
  out.hosts = {{.name = "inside", .behind = "nat"}, {.name = "outside"}};
  return out;
}

}  // namespace

void run_on_core(unsigned core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  checked(::sched_setaffinity(0, sizeof set, &set), "stay on one core");
}

Ends::Ends() : inside{.where = {}, .addresses = {address(1)}}, outside{.where = {}, .addresses = {address(2)}} {}

VethPath::VethPath() {
  lab::connect(eth0(ends_.inside), eth0(ends_.outside));
  for (const lab::Station* end : {&ends_.inside, &ends_.outside}) lab::give_address(eth0(*end), end->addresses.front());
}

KernelPath::KernelPath() : router_(net::Family::V4, lab::Implementation::KernelMasquerade) {
  lab::connect(router_.outside(), eth0(ends_.outside));
  lab::give_address(router_.outside(), address(3));
  router_.add_host(eth0(ends_.inside), ends_.inside.addresses.front());
  lab::give_address(eth0(ends_.outside), ends_.outside.addresses.front());
  steer({router_.outside().where, "inside0"}, worker_core);
}

LabPath::LabPath(const std::string& profile)
    : lab_([&] {
        run_on_core(worker_core);
        return one_nat(profile);
      }()) {
  run_on_core(load_core);
}

}  // namespace bench
