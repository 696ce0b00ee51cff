#include "reflector/metrics_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "tests/reflector/prometheus.h"

namespace reflector {
namespace metrics_text_test {

using testing::IsEmpty;

// Every number its own, so that none can stand in another's place.
MetricsPage full_page() {
  HostStatus v4{.family = net::Family::V4, .connections = 71, .connections_refused = 72, .delayed = 73};
  v4.partner = net::address("192.0.2.2");
  v4.partner_usable = true;
  for (std::size_t i = 0; i < disposition_count; ++i) v4.counts.requests[i] = 100 + i;
  for (std::size_t i = 0; i < link_fault_count; ++i) v4.counts.link_faults[i] = 200 + i;
  v4.counts.relayed = 1;
  v4.counts.sent_for_partner = 2;
  v4.counts.destination_refused = 3;
  v4.counts.destination_limited = 4;
  v4.counts.delayed_sent = 5;
  v4.counts.delayed_limited = 6;
  v4.counts.strangers = 7;
  HostStatus v6{.family = net::Family::V6};
  return {.status = {.listening = true, .hosts = {v4, v6}},
          .received = 11,
          .sent = 12,
          .send_failed = 13,
          .reloads_applied = 14,
          .reloads_refused = 15,
          .process = {.start_time = 1.5e9, .cpu_seconds = 2.25, .resident_bytes = 4096, .open_descriptors = 17}};
}

TEST(MetricsText, IsAsTheFormatSays_AndEveryNumberIsInItsPlace) {
  const auto page = prometheus::read(metrics_text(full_page()));
  EXPECT_THAT(page.complaints, IsEmpty());
  const auto value = [&](const std::string& name, const std::string& labels = {}) {
    const auto family = page.families.find(name);
    if (family == page.families.end() || !family->second.samples.contains(labels)) return -1.0;
    return family->second.samples.at(labels);
  };
  struct Row {
    std::string name;
    std::string labels;
    double value;
  };
  const std::string of = "natscope_reflector_";
  for (const Row& row : {
           Row{"natscope_build_info", "version=\"" NATSCOPE_VERSION "\"", 1},
           Row{of + "listening", "", 1},
           Row{of + "requests_total", R"(family="ipv4",outcome="success")", 100},
           Row{of + "requests_total", R"(family="ipv4",outcome="over_limit")", 111},
           Row{of + "requests_total", R"(family="ipv6",outcome="success")", 0},
           Row{of + "replies_total", R"(family="ipv4",kind="asked_of_partner")", 1},
           Row{of + "replies_total", R"(family="ipv4",kind="sent_for_partner")", 2},
           Row{of + "replies_total", R"(family="ipv4",kind="delayed")", 5},
           Row{of + "replies_refused_total", R"(family="ipv4",kind="sent_for_partner",reason="destination")", 3},
           Row{of + "replies_refused_total", R"(family="ipv4",kind="sent_for_partner",reason="limit")", 4},
           Row{of + "replies_refused_total", R"(family="ipv4",kind="delayed",reason="limit")", 6},
           Row{of + "link_messages_ignored_total", R"(family="ipv4",reason="wrong_mac")", 203},
           Row{of + "link_messages_ignored_total", R"(family="ipv4",reason="stranger")", 7},
           Row{of + "partner_up", R"(family="ipv4")", 1},
           Row{of + "delayed_replies", R"(family="ipv4")", 73},
           Row{of + "tcp_connections", R"(family="ipv4")", 71},
           Row{of + "tcp_connections_refused_total", R"(family="ipv4")", 72},
           Row{of + "datagrams_received_total", "", 11},
           Row{of + "datagrams_sent_total", "", 12},
           Row{of + "datagrams_send_failed_total", "", 13},
           Row{of + "reloads_total", R"(result="applied")", 14},
           Row{of + "reloads_total", R"(result="refused")", 15},
           Row{"process_start_time_seconds", "", 1.5e9},
           Row{"process_cpu_seconds_total", "", 2.25},
           Row{"process_resident_memory_bytes", "", 4096},
           Row{"process_open_fds", "", 17},
       }) {
    EXPECT_EQ(value(row.name, row.labels), row.value) << row.name << '{' << row.labels << '}';
  }
  EXPECT_EQ(value(of + "partner_up", R"(family="ipv6")"), -1.0) << "no partner, so it is neither up nor down";
  EXPECT_EQ(page.families.at(of + "requests_total").samples.size(), 2 * disposition_count);
}

TEST(MetricsText, TheReader_SeesWhatIsWrong) {
  for (const char* text : {"a_total 1\n", "# HELP a_total x\n# TYPE a_total gauge\n", "# HELP a x\n# TYPE a counter\na 1\n",
                           "# HELP a x\n# TYPE a gauge\na one\n", "# HELP a x\n# TYPE a gauge\na 1\na 2\n",
                           "# HELP a x\n# TYPE a gauge\na{b=c} 1\n", "# HELP a x\n# TYPE a gauge\na 1",
                           "# HELP a x\n# TYPE a gauge\nb 1\n", "nothing at all\n"}) {
    EXPECT_FALSE(prometheus::read(text).complaints.empty()) << text;
  }
}

TEST(HealthText, NamesThePartner) {
  Status status = full_page().status;
  EXPECT_EQ(health_text(status), "listening: yes\npartner ipv4: up\n");
  status.listening = false;
  status.hosts[0].partner_usable = false;
  EXPECT_EQ(health_text(status), "listening: no\npartner ipv4: silent\n");
}

// Every query of the dashboard names metrics, and label values, that the page has.
TEST(Dashboard, AsksForNothingThatIsNotThere) {
  const auto page = prometheus::read(metrics_text(full_page()));
  std::ifstream file(NATSCOPE_DOCS "/grafana/natreflector.json");
  const auto dashboard = nlohmann::json::parse(file);
  std::size_t queries = 0;
  for (const auto& panel : dashboard.at("panels")) {
    for (const auto& target : panel.value("targets", nlohmann::json::array())) {
      ++queries;
      const std::string query = target.at("expr");
      const std::regex metric("(?:natscope|process)_[a-z_]+");
      const auto begin = std::sregex_iterator(query.begin(), query.end(), metric);
      EXPECT_NE(begin, std::sregex_iterator()) << query;
      for (auto it = begin; it != std::sregex_iterator(); ++it) EXPECT_TRUE(page.families.contains(it->str())) << query;
      const std::regex label("([a-z]+)=\"([a-z_0-9]+)\"");
      for (auto it = std::sregex_iterator(query.begin(), query.end(), label); it != std::sregex_iterator(); ++it) {
        EXPECT_THAT(metrics_text(full_page()), testing::HasSubstr(it->str())) << query;
      }
    }
  }
  EXPECT_GE(queries, 10U);
}

// The guide lists them all.
TEST(Guide, NamesEveryMetric) {
  std::ifstream file(NATSCOPE_DOCS "/natreflector.md");
  const std::string guide((std::istreambuf_iterator<char>(file)), {});
  for (const auto& [name, family] : prometheus::read(metrics_text(full_page())).families) {
    EXPECT_THAT(guide, testing::HasSubstr("`" + name)) << name;
  }
}

}  // namespace metrics_text_test
}  // namespace reflector
