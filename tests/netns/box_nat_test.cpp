// `natlab nat` between a client and a server that know nothing of it, with the interfaces, offloads, ARP and routes
// that any Linux machine has.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <thread>

#include "lab/icmp.h"
#include "lab/ip_packet.h"
#include "tests/netns/plain_prober.h"
#include "tests/programs/program.h"

namespace box_nat_test {

using namespace std::chrono_literals;
using netns::Reflectors;
using netns::source_seen;
using netns::UdpSocket;
using testing::HasSubstr;

std::string path_of(const lab::Namespace& where) { return fmt::format("/proc/{}/fd/{}", ::getpid(), where.fd()); }

programs::Argv inside(const lab::Namespace& where, const programs::Argv& command) {
  programs::Argv out = {"nsenter", "--net=" + path_of(where)};
  out.insert(out.end(), command.begin(), command.end());
  return out;
}

programs::Result run_in(const lab::Namespace& where, const programs::Argv& command) {
  return programs::run(inside(where, command));
}

// client 192.168.1.2 --- lan [box] wan --- server 203.0.113.9 and .10; IPv6 beside it.
struct Street {
  lab::Station client{.where = {}, .addresses = {net::address("192.168.1.2")}};
  lab::Station box{.where = {}, .addresses = {net::address("203.0.113.1")}};
  lab::Station server{.where = {}, .addresses = {net::address("203.0.113.9")}};

  Street() {
    join(client, "lan", {"192.168.1.2/24", "fd00:1::2/64"}, {"192.168.1.1/24", "fd00:1::1/64"});
    join(server, "wan", {"203.0.113.9/24", "203.0.113.10/24", "2001:db8::9/64"}, {"203.0.113.1/24", "2001:db8::1/64"});
    ip(client, "route add default via 192.168.1.1");
    ip(client, "route add default via fd00:1::1");
  }

  [[nodiscard]] Reflectors reflectors() const {
    return {server.where, server.addresses.front(), net::address("203.0.113.10")};
  }

 private:
  void join(const lab::Station& far, const std::string& name, const std::vector<std::string>& far_addresses,
            const std::vector<std::string>& near_addresses) const {
    ip(box, fmt::format("link add {} type veth peer name eth0 netns {}", name, path_of(far.where)));
    for (const auto& address : far_addresses) add_address(far, address, "eth0");
    for (const auto& address : near_addresses) add_address(box, address, name);
    ip(far, "link set eth0 up");
    ip(box, fmt::format("link set {} up", name));
  }
  static void add_address(const lab::Station& at, const std::string& address, const std::string& interface) {
    const bool v6 = address.find(':') != std::string::npos;
    ip(at, fmt::format("addr add {} dev {}{}", address, interface, v6 ? " nodad" : ""));
  }
  static void ip(const lab::Station& at, const std::string& words) {
    const auto result = run_in(at.where, {"sh", "-c", "ip " + words});
    EXPECT_EQ(result.exit_code, 0) << words << ": " << result.err;
  }
};

programs::Argv natlab_nat(const Street& street, const programs::Argv& options) {
  programs::Argv out = inside(street.box.where, {NATSCOPE_BIN "/natlab", "nat", "--inside", "lan", "--outside", "wan"});
  out.insert(out.end(), options.begin(), options.end());
  return out;
}

class RunningNat {
 public:
  RunningNat(const Street& street, const programs::Argv& options) : program_(natlab_nat(street, options)) {
    EXPECT_TRUE(program_.wait_for("NAT is up: ", 20s)) << program_.err();
  }
  programs::Background* operator->() { return &program_; }

 private:
  programs::Background program_;
};

class BoxNat : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

// ---- what passes ---------------------------------------------------------------------------------------------------

class BoxNatKind : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

TEST_P(BoxNatKind, ShowsTheDeclaredBehaviour) {
  const Street street;
  const RunningNat nat(street, {"--profile", GetParam()});
  const Reflectors reflectors = street.reflectors();
  const net::NatBehavior truth = lab::observed_truth(*lab::find_profile(GetParam()));
  EXPECT_EQ(netns::mapping_of(UdpSocket(street.client), reflectors), truth.mapping);
  EXPECT_EQ(netns::filtering_of(UdpSocket(street.client), reflectors), truth.filtering);
}

INSTANTIATE_TEST_SUITE_P(Profiles, BoxNatKind,
                         testing::Values("full-cone", "restricted-cone", "port-restricted-cone", "symmetric",
                                         "adm-adf-random", "linux-masquerade"),
                         [](const auto& of) {
                           std::string out = of.param;
                           std::ranges::replace(out, '-', '_');
                           return out;
                         });

// The sender's kernel hands over packets of up to 64 KiB, without checksums.
TEST_F(BoxNat, Tcp_PassesWhole_BothWays) {
  const Street street;
  RunningNat nat(street, {"--profile", "symmetric"});
  const auto listener = netns::listen_tcp(street.server, 80);
  const auto client = netns::connect_tcp(street.client, {street.server.addresses.front(), 80});
  net::Endpoint seen;
  const auto server = netns::accept_tcp(listener, seen);
  EXPECT_EQ(seen.address, street.box.addresses.front());

  std::string text(1'000'000, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 7 >> 3);
  for (const auto& [from, to] : {std::pair(&client, &server), std::pair(&server, &client)}) {
    std::thread sender([&, out = from->get()] { ::send(out, text.data(), text.size(), MSG_NOSIGNAL); });
    std::string got(text.size(), '\0');
    EXPECT_EQ(::recv(to->get(), got.data(), got.size(), MSG_WAITALL), static_cast<ssize_t>(text.size()));
    sender.join();
    EXPECT_TRUE(got == text);
  }
}

TEST_F(BoxNat, Fragments_PassBothWays) {
  const Street street;
  const RunningNat nat(street, {"--profile", "symmetric"});
  const UdpSocket client(street.client);
  const UdpSocket server(street.server, 3478);
  const std::string large(5000, 'f');
  client.send(server.local(), large);
  const auto got = server.receive();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->text, large);
  server.send(got->from, large);
  const auto back = client.receive();
  ASSERT_TRUE(back);
  EXPECT_EQ(back->text, large);
}

// An echo request as `ping` sends it, and the first ICMP message that comes back.
std::optional<lab::Packet> ping(const Street& street, std::uint8_t ttl) {
  net::FileDescriptor raw;
  street.client.where.run([&] { raw = net::FileDescriptor(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW)); });
  net::FileDescriptor heard;
  street.client.where.run(
      [&] { heard = net::FileDescriptor(::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP)); });
  lab::Packet request = lab::make_echo_request({street.client.addresses.front(), 77}, street.server.addresses.front(),
                                               1, net::as_bytes("ping"));
  request.ttl = ttl;
  const net::Bytes bytes = lab::to_ip(request);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  std::ranges::copy(street.server.addresses.front().bytes(), reinterpret_cast<std::uint8_t*>(&to.sin_addr));
  ::sendto(raw.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  pollfd watched{heard.get(), POLLIN, 0};
  if (::poll(&watched, 1, 5000) <= 0) return std::nullopt;
  std::array<std::uint8_t, 2048> buffer{};
  const auto size = ::recv(heard.get(), buffer.data(), buffer.size(), 0);
  return size > 0 ? lab::parse_ip(net::BytesView(buffer).first(static_cast<std::size_t>(size))) : std::nullopt;
}

TEST_F(BoxNat, Ping_IsAnswered_AndTheHopIsSeen) {
  const Street street;
  const RunningNat nat(street, {"--profile", "port-restricted-cone"});
  const auto reply = ping(street, 64);
  ASSERT_TRUE(reply);
  EXPECT_EQ(lab::icmp_kind(*reply), lab::IcmpKind::EchoReply);
  EXPECT_EQ(reply->source.address, street.server.addresses.front());

  const auto hop = ping(street, 1);
  ASSERT_TRUE(hop);
  EXPECT_EQ(hop->source.address, net::address("192.168.1.1"));
  EXPECT_EQ(lab::icmp_type(*hop), lab::icmp_type(lab::IcmpError::TimeExceeded, net::Family::V4));
}

TEST_F(BoxNat, Ipv6_IsTranslated_WhileTheKernelKeepsItsNeighbours) {
  const Street street;
  const RunningNat nat(street, {"--profile", "eim-apdf-random"});
  const UdpSocket client(street.client.where, net::address("fd00:1::2"));
  const UdpSocket server(street.server.where, net::address("2001:db8::9"), 3478);
  const auto outside = source_seen(client, server);
  EXPECT_EQ(outside.address, net::address("2001:db8::1"));
  server.send(outside, "back");
  EXPECT_TRUE(client.receive());
}

TEST_F(BoxNat, AFirewall_TranslatesNothing) {
  const Street street;
  const RunningNat nat(street, {"--profile", "udp-firewall"});
  ASSERT_EQ(run_in(street.server.where, {"ip", "route", "add", "192.168.1.0/24", "via", "203.0.113.1"}).exit_code, 0);
  const UdpSocket client(street.client);
  const Reflectors reflectors = street.reflectors();
  EXPECT_EQ(source_seen(client, reflectors.a1), client.local());
  EXPECT_EQ(netns::filtering_of(UdpSocket(street.client), reflectors), net::FilteringBehavior::AddressAndPortDependent);
}

TEST_F(BoxNat, AProfileOfOnesOwn_IsReadFromAFile) {
  const programs::TemporaryDirectory folder;
  const auto file = folder.file("mine.json", R"({"like": "full-cone", "first_port": 40000, "last_port": 40010,
                                                 "allocation": "random"})");
  const Street street;
  RunningNat nat(street, {"--profile", file.string()});
  EXPECT_THAT(nat->out(), HasSubstr("NAT is up: custom, from lan (192.168.1.1, fd00:1::1) to wan (203.0.113.1, "));
  const auto seen = source_seen(UdpSocket(street.client), UdpSocket(street.server, 3478));
  EXPECT_GE(seen.port, 40000);
  EXPECT_LE(seen.port, 40010);
}

// ---- the machine itself --------------------------------------------------------------------------------------------

TEST_F(BoxNat, TheMachineItself_HearsItsLocalServicesOnly) {
  const Street street;
  const RunningNat nat(street, {"--profile", "full-cone", "--local", "udp/5000", "--local", "tcp/22"});
  const UdpSocket server(street.server, 3478);
  const UdpSocket hidden(street.box, 5001);
  const UdpSocket service(street.box, 5000);
  server.send(hidden.local(), "nobody");
  server.send(service.local(), "somebody");
  const auto got = service.receive();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->text, "somebody");
  EXPECT_FALSE(hidden.receive(20ms));

  const auto listener = netns::listen_tcp(street.box, 22);
  const auto connection = netns::connect_tcp(street.client, {street.box.addresses.front(), 22});
  net::Endpoint from;
  const auto accepted = netns::accept_tcp(listener, from);
  EXPECT_EQ(from.address, street.client.addresses.front());
}

TEST_F(BoxNat, ALocalPort_IsNeverTakenForAMapping) {
  const Street street;
  const RunningNat nat(street, {"--profile", "full-cone", "--local", "udp/5000"});
  const UdpSocket server(street.server, 3478);
  EXPECT_EQ(source_seen(UdpSocket(street.client, 4999), server).port, 4999);
  EXPECT_NE(source_seen(UdpSocket(street.client, 5000), server).port, 5000);
}

TEST_F(BoxNat, TheKernel_TranslatesNothingOfOurs) {
  const Street street;
  ASSERT_EQ(run_in(street.box.where, {"nft", R"(table ip box { chain post { type nat hook postrouting priority srcnat;
                                                  oifname "wan" masquerade fully-random; }; })"})
                .exit_code,
            0);
  const RunningNat nat(street, {"--profile", "full-cone"});
  const UdpSocket client(street.client, 4000);
  EXPECT_EQ(source_seen(client, UdpSocket(street.server, 3478)).port, 4000);
}

// ---- its end -------------------------------------------------------------------------------------------------------

class BoxNatStopped : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

TEST_P(BoxNatStopped, LeavesTheRulesAsTheyWere) {
  const Street street;
  ASSERT_EQ(run_in(street.box.where, {"nft", "add table inet box"}).exit_code, 0);
  const programs::Argv list = {"nft", "list", "ruleset"};
  const std::string before = run_in(street.box.where, list).out;
  RunningNat nat(street, {"--profile", "symmetric", "--verbose"});
  const UdpSocket server(street.server, 3478);
  (void)source_seen(UdpSocket(street.client), server);
  EXPECT_THAT(run_in(street.box.where, list).out, HasSubstr("flags owner"));

  const auto ended = nat->stop(GetParam());
  EXPECT_EQ(ended.exit_code, GetParam() == SIGKILL ? 128 + SIGKILL : 0);
  EXPECT_THAT(ended.err, HasSubstr(GetParam() == SIGKILL ? "" : "natlab: 1 packets out, 0 in"));
  std::string after = run_in(street.box.where, list).out;
  for (int i = 0; i < 100 && after != before; ++i, after = run_in(street.box.where, list).out)
    std::this_thread::sleep_for(10ms);
  EXPECT_EQ(after, before);
  const UdpSocket box(street.box, 5001);
  server.send(box.local(), "again");
  EXPECT_TRUE(box.receive());
}

INSTANTIATE_TEST_SUITE_P(Signals, BoxNatStopped, testing::Values(SIGINT, SIGTERM, SIGKILL),
                         [](const auto& of) { return std::string(::sigabbrev_np(of.param)); });

TEST_F(BoxNat, WhatCannotBe_IsOneLine_AndTwo) {
  const Street street;
  ASSERT_EQ(run_in(street.box.where, {"ip", "link", "add", "bare", "type", "veth", "peer", "name", "other"}).exit_code,
            0);
  const struct {
    programs::Argv options;
    std::string line;
  } cases[] = {
      {{"--inside", "lan", "--outside", "nowhere", "--profile", "symmetric"}, "find interface nowhere: No such device"},
      {{"--inside", "lan", "--outside", "bare", "--profile", "symmetric"}, "interface bare has no address"},
      {{"--inside", "bare", "--outside", "wan", "--profile", "symmetric"}, "interface bare has no address"},
      {{"--inside", "lan", "--outside", "lan", "--profile", "symmetric"},
       "--outside: lan is the inside interface already"},
      {{"--inside", "lan", "--outside", "wan", "--profile", "kernel-masquerade"},
       "--profile: kernel-masquerade was written elsewhere (masquerade) and needs no natlab"},
      {{"--inside", "lan", "--outside", "wan", "--profile", "/no/such.json"},
       "--profile: read /no/such.json: No such file or directory"},
      {{"--inside", "lan", "--outside", "wan", "--profile", "symmetric", "--local", "sctp/7"},
       "--local: 'sctp/7' is no service, like tcp/22"},
      {{"--inside", "lan", "--profile", "symmetric"}, "--outside is required"},
  };
  for (const auto& [options, line] : cases) {
    SCOPED_TRACE(line);
    programs::Argv command = inside(street.box.where, {NATSCOPE_BIN "/natlab", "nat"});
    command.insert(command.end(), options.begin(), options.end());
    const auto result = programs::run(command);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "natlab: " + line + "\n");
  }
}

}  // namespace box_nat_test
