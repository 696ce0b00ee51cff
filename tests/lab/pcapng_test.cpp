// The blocks of a capture, byte by byte as the pcapng draft draws them, and the files that hold them.

#include "net/pcapng.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "lab/capture.h"
#include "lab/ip_packet.h"
#include "net/cannot_work.h"
#include "tests/programs/program.h"

namespace pcapng_test {

using net::from_hex;
using testing::ElementsAre;

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) out.push_back(entry.path().filename());
  std::ranges::sort(out);
  return out;
}

net::Bytes read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

lab::Packet datagram() {
  return {.source = {net::IpAddress::v4({10, 0, 0, 1}), 4000},
          .destination = {net::IpAddress::v4({192, 0, 2, 1}), 3478},
          .payload = {'h', 'i'}};
}

TEST(Pcapng, Section_NamesByteOrderAndProgram) {
  EXPECT_EQ(net::pcapng_section("natlab", ""), from_hex("0a0d0d0a 2c000000 4d3c2b1a 01000000 ffffffffffffffff"
                                                        "0400 0600 6e61746c6162 0000  0000 0000 2c000000"));
}

TEST(Pcapng, Interface_HasBareIpPackets_WithNanoseconds) {
  EXPECT_EQ(net::pcapng_interface("up", ""), from_hex("01000000 28000000 6500 0000 00000000"
                                                      "0200 0200 7570 0000  0900 0100 09 000000  0000 0000 28000000"));
}

TEST(Pcapng, Packet_HasItsTime_WholeBytes_CommentAndDirection) {
  const auto ip = from_hex("4500112233");
  const auto block = net::pcapng_packet({.interface = 1,
                                         .time = net::Duration(0x0102030405060708),
                                         .ip = ip,
                                         .direction = net::CaptureDirection::Outbound,
                                         .comment = "lost"});
  EXPECT_EQ(block, from_hex("06000000 3c000000 01000000 04030201 08070605 05000000 05000000 4500112233 000000"
                            "0100 0400 6c6f7374  0200 0400 02000000  0000 0000 3c000000"));
}

TEST(Pcapng, Packet_CommentTooLongForAnOption_IsCut) {
  const std::string comment(70'000, 'x');
  const auto block = net::pcapng_packet({.comment = comment});
  EXPECT_EQ(block.size(), 28 + 4 + 65'536 + 8 + 4 + 4);
}

TEST(Capture, HasNoName_BeforeTheEnd) {
  const programs::TemporaryDirectory folder;
  lab::Capture capture(folder.path(), {{lab::NodeId{1}, "a"}, {lab::NodeId{2}, "b"}}, {});
  EXPECT_THAT(names_in(folder.path()), ElementsAre());
  capture.finish();
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a.pcapng", "b.pcapng"));
}

TEST(Capture, EndedByAnException_IsNamedAsFarAsItGot) {
  const programs::TemporaryDirectory folder;
  try {
    const lab::Capture capture(folder.path(), {{lab::NodeId{1}, "a"}}, {});
    throw std::runtime_error("stopped");
  } catch (const std::runtime_error&) {
  }
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a.pcapng"));
}

TEST(Capture, ReplacesThatOfAnEarlierRun_AndPutsEachPacketIntoItsLinksFile) {
  const programs::TemporaryDirectory folder;
  folder.file("a.pcapng", "an earlier run's");
  lab::Capture capture(folder.path() / "", {{lab::NodeId{1}, "a"}, {lab::NodeId{2}, "b"}}, net::Duration(1000));
  const lab::Packet packet = datagram();
  capture.take({.time = net::TimePoint(net::Duration(23)),
                .link = lab::NodeId{2},
                .way = lab::Way::Down,
                .packet = packet,
                .fate = lab::Fate::Lost});
  capture.take({.link = lab::NodeId{9}, .packet = packet});  // a link that nobody named
  capture.finish();
  const auto ip = lab::to_ip(packet);
  const auto block = net::pcapng_packet({.interface = 1,
                                         .time = net::Duration(1023),
                                         .ip = ip,
                                         .direction = net::CaptureDirection::Inbound,
                                         .comment = "lost by the link"});
  const auto a = read(folder.path() / "a.pcapng");
  const auto b = read(folder.path() / "b.pcapng");
  ASSERT_EQ(b.size(), a.size() + block.size());
  EXPECT_EQ(net::Bytes(b.end() - static_cast<std::ptrdiff_t>(block.size()), b.end()), block);
}

TEST(Capture, EveryLinkHasAFileOfItsOwn) {
  lab::Scenario scenario;
  scenario.rendezvous = true;
  scenario.reflectors = {{.name = "r"}};
  scenario.nats = {{.name = "nat", .profile = *lab::find_profile("full-cone")}};
  scenario.hosts = {{.name = "rendezvous", .behind = "nat"}, {.name = "two", .behind = "nat"}};
  scenario.hosts.back().interfaces.emplace_back();
  std::vector<std::string> names;
  for (const auto& [node, name] : lab::link_names(lab::build(scenario))) names.push_back(name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("r", "nat", "rendezvous", "two", "two+eth1", "+rendezvous"));
}

TEST(Capture, FolderThatCannotBe_IsNamed) {
  const programs::TemporaryDirectory folder;
  const auto file = folder.file("file", "");
  try {
    const lab::Capture capture(file / "below", {}, {});
    FAIL();
  } catch (const net::CannotWork& e) {
    EXPECT_EQ(std::string(e.what()), "capture into " + (file / "below").string() + ": Not a directory");
  }
}

}  // namespace pcapng_test
