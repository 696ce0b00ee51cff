// write_pages DIR: the pages the browser tests look at, made from the samples.

#include <fmt/core.h>

#include <filesystem>
#include <map>

#include "net/program.h"
#include "reports/document_file.h"
#include "reports/html_page.h"
#include "tests/reports/payloads.h"
#include "tests/reports/samples.h"

namespace {

// Payloads as names of hosts, with the report of another in between; up to 30 of them on a page with cards.
reports::MatrixDocument hostile_names(std::size_t count) {
  auto document = samples::many_hosts(count);
  auto& [hosts, pairs, started, duration] = document.matrix;
  std::map<std::string, std::string> payload_of;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string payload(payloads::injections[i]);
    payload_of[hosts[i].name] = payload;
    hosts[i].name = hosts[i].local = hosts[i].external = payload;
    probe::Report report = samples::every_field();
    report.verdict.filtering.why = payload;
    for (auto& seen : report.observations) seen.note = seen.query.discovery = payload;
    document.probes[payload] = report;
  }
  for (auto& pair : pairs) {
    pair.a = pair.strategy = payload_of.at(pair.a);
    pair.b = payload_of.at(pair.b);
    for (auto& attempt : pair.attempts) attempt.strategy = attempt.why = pair.a;
  }
  return document;
}

// As people call their machines.
reports::MatrixDocument long_names() {
  auto document = samples::many_hosts(5);
  const std::vector<std::string> names = {"raspberrypi-living-room.example.org", "office-gateway-berlin-07", "W",
                                          "WWWWWWWWWWWWWWWW", "laptop-of-anne-marie"};
  for (auto& pair : document.matrix.pairs) {
    for (std::string* end : {&pair.a, &pair.b}) *end = names[static_cast<std::size_t>(end->back() - '1')];
  }
  for (std::size_t i = 0; i < names.size(); ++i) document.matrix.hosts[i].name = names[i];
  return document;
}

int write_pages(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& name, const auto& value) {
    reports::write_document(folder / (name + ".html"), reports::to_html(value));
  };
  write("three_hosts", samples::three_hosts());
  write("all_outcomes", samples::all_outcomes());
  write("many_hosts_2", samples::many_hosts(2));
  write("many_hosts_6", samples::many_hosts(6));
  write("many_hosts_9", samples::many_hosts(9));
  write("long_names", long_names());
  write("many_hosts_30", samples::many_hosts(30));
  write("crowd_300", samples::crowd(300));
  write("crowd_1000", samples::crowd(1000));
  write("hostile_few", hostile_names(12));
  write("hostile_many", hostile_names(payloads::injections.size()));
  write("full_cone", samples::full_cone());
  write("port_restricted_cone", samples::port_restricted_cone());
  write("symmetric", samples::symmetric());
  write("two_plain_servers", samples::two_plain_servers());
  write("udp_blocked", samples::udp_blocked());
  write("every_field", samples::every_field());
  write("thorough", samples::thorough());
  return net::ExitCode::Done;
}

}  // namespace

int main(int argc, char** argv) {
  return net::run_program("write_pages", [&] { return write_pages(argc > 1 ? argv[1] : "pages"); });
}
