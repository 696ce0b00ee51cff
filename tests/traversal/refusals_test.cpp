// Whoever has no right to is refused (security row 18): every command and every door of a rendezvous, with no token, a
// wrong one, one that ran out and one taken back; and TLS with whom it should not be spoken. Two hosts wait for a job
// all the while, and none begins.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "net/endpoint.h"
#include "tests/net/certificates.h"
#include "tests/programs/loopback.h"
#include "tests/programs/program.h"

namespace refusals_test {

using testing::HasSubstr;
using Words = std::vector<std::string>;

Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

// A rendezvous with all its doors, and two hosts that wait to be asked.
class Guarded {
 public:
  Guarded(const programs::TemporaryDirectory& files, const Words& how)
      : rendezvous_(Words{"natpunch", "rendezvous", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--store",
                          "none", "--token-file", files.file("table", with_all_tokens)} +
                    how) {
    EXPECT_TRUE(rendezvous_.wait_for("listening on http"));
    EXPECT_TRUE(rendezvous_.wait_for("/\n"));
    files.file("table", "# tokens\nhonest an-honest-token\nold an-old-token until 2020-01-01\n");
    ::kill(rendezvous_.pid(), SIGHUP);
    EXPECT_TRUE(rendezvous_.wait_for("tokens read again: 2"));
    const std::string honest = files.file("honest", "an-honest-token");
    for (const char* name : {"a", "b"}) {
      hosts_.push_back(
          std::make_unique<programs::Background>(Words{"natpunch", "peer", "--name", name, "--behavior", "none/EIF",
                                                       "--rendezvous", signals(), "--token-file", honest}));
      EXPECT_TRUE(hosts_.back()->wait_for("registered"));
    }
  }
  [[nodiscard]] std::string signals() const { return place_after("listening on udp "); }
  [[nodiscard]] std::string page() const { return place_after("://"); }

 private:
  static constexpr auto with_all_tokens =
      "# tokens\nhonest an-honest-token\nold an-old-token until 2020-01-01\ngone a-token-taken-back\n";

  programs::Background rendezvous_;
  std::vector<std::unique_ptr<programs::Background>> hosts_;

  [[nodiscard]] std::string place_after(const std::string& text) const {
    const std::string out = rendezvous_.out();
    const auto begin = out.find(text) + text.size();
    return out.substr(begin, out.find_first_of("/\n", begin) - begin);
  }
};

// What a rendezvous answers to a request over HTTP.
std::string asked(const std::string& page, const std::string& request, const std::string& body = {}) {
  const auto to = net::endpoint(page);
  const auto connection = loopback::connect("127.0.0.1", "127.0.0.1", to.port);
  loopback::write(connection, request + "\r\nHost: " + page + "\r\nContent-Type: application/json\r\nContent-Length: " +
                                  std::to_string(body.size()) + "\r\n\r\n" + body);
  return loopback::read_to_end(connection);
}

void expect_no_job(const std::string& metrics) {
  EXPECT_THAT(metrics, HasSubstr("natscope_rendezvous_jobs_begun_total 0\n"));
  EXPECT_THAT(metrics, HasSubstr("natscope_rendezvous_matrices{state=\"running\"} 0\n"));
  EXPECT_THAT(metrics, HasSubstr("natscope_rendezvous_matrices{state=\"finished\"} 0\n"));
  EXPECT_THAT(metrics, HasSubstr("natscope_rendezvous_registered_hosts 2\n"));
}

const std::vector<Words> commands = {
    {"natpunch", "matrix", "--pairs", "a,b"},
    {"natpunch", "peer", "--name", "c", "--behavior", "none/EIF"},
    {"natpunch", "console", "--name", "d", "--behavior", "none/EIF"},
};

TEST(Refusals, WithoutTheRightToken_NothingIsGot_ByAnyCommandAtAnyDoor) {
  const programs::TemporaryDirectory files;
  const Guarded rendezvous(files, {});
  const std::vector<std::pair<std::string, std::string>> tokens = {
      {"none", ""}, {"wrong", "a-guess"}, {"expired", "an-old-token"}, {"revoked", "a-token-taken-back"}};
  unsigned refused = 0;
  for (const auto& [what, token] : tokens) {
    const Words shown = token.empty() ? Words{} : Words{"--token-file", files.file(what, token)};
    for (const Words& door : {Words{}, Words{"--tcp"}}) {
      for (const Words& command : commands) {
        const auto result =
            programs::run(command + Words{"--rendezvous", rendezvous.signals()} + door + shown, {.input = "peers\n"});
        const bool as_wanted =
            result.exit_code == 2 && result.out.empty() &&
            result.err == "natpunch: rendezvous " + rendezvous.signals() + ": the token was refused\n";
        EXPECT_TRUE(as_wanted) << what << testing::PrintToString(command + door) << result.out << result.err;
        refused += as_wanted ? 1U : 0U;
      }
    }
    const std::string bearer = token.empty() ? "" : "\r\nAuthorization: Bearer " + token;
    const auto answer =
        asked(rendezvous.page(), "POST /api/v1/matrices HTTP/1.1" + bearer, R"({"pairs": [["a", "b"]]})");
    EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 401 ")) << what;
    refused += answer.starts_with("HTTP/1.1 401 ") ? 1U : 0U;
  }
  EXPECT_EQ(refused, 28U);
  expect_no_job(asked(rendezvous.page(), "GET /metrics HTTP/1.1"));
  const auto honest = programs::run({"natpunch", "matrix", "--rendezvous", rendezvous.signals(), "--token-file",
                                     files.file("right", "an-honest-token"), "--hold", "50ms"});
  EXPECT_EQ(honest.exit_code, 0) << honest.err;
}

// A client in Python, which may be told to speak an older TLS: prints what it got, or why it got nothing.
constexpr auto in_tls = R"(
import socket, ssl, sys
place, ca, name, version, request = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.maximum_version = getattr(ssl.TLSVersion, version)
with socket.create_connection(place.split(":"), timeout=10) as plain, context.wrap_socket(plain, server_hostname=name) as s:
    s.sendall(request.encode().decode("unicode_escape").encode())
    got = b""
    while part := s.recv(65536):
        got += part
    print(got.decode())
)";

TEST(Refusals, TlsIsSpokenWithNobodyElse_AndTakesTheRightTokenToo) {
  const programs::TemporaryDirectory files;
  const certificates::Certificate authority({.name = "an authority", .authority = true});
  const certificates::Certificate stranger({.name = "127.0.0.1"});  // signed by itself
  const certificates::Certificate own({.name = "127.0.0.1"}, authority);
  const auto server = certificates::written(own, files, "server");
  const Guarded rendezvous(files, {"--tls-cert", server.certificate, "--tls-key", server.key});
  const std::string ca = files.file("ca.pem", authority.pem());
  const std::string other_ca = files.file("other.pem", stranger.pem());
  const std::string right = files.file("right", "an-honest-token");
  const std::string at_localhost = "localhost" + rendezvous.signals().substr(rendezvous.signals().find(':'));

  const std::vector<std::pair<Words, std::string>> cases = {
      {{"--rendezvous", at_localhost, "--ca", ca, "--token-file", right}, "TLS: hostname mismatch"},
      {{"--rendezvous", rendezvous.signals(), "--ca", other_ca, "--token-file", right},
       "TLS: unable to get local issuer"},
      {{"--rendezvous", rendezvous.signals(), "--token-file", right}, "closed by the other side"},
      {{"--rendezvous", rendezvous.signals(), "--ca", ca}, "the token was refused"},
      {{"--rendezvous", rendezvous.signals(), "--ca", ca, "--token-file", files.file("wrong", "a-guess")},
       "the token was refused"},
  };
  unsigned refused = 0;
  for (const auto& [how, why] : cases) {
    const Words argv = commands[refused % commands.size()] + Words{"--tcp"} + how;
    const auto result = programs::run(argv, {.input = "peers\n"});
    EXPECT_EQ(result.exit_code, 2) << testing::PrintToString(argv);
    EXPECT_THAT(result.err, HasSubstr(why)) << testing::PrintToString(argv);
    refused += result.exit_code == 2 ? 1U : 0U;
  }

  const std::string order = R"({"pairs": [["a", "b"]]})";
  const auto over_http = [&](const std::string& place, const std::string& its_ca, const std::string& name,
                             const std::string& version, const std::string& request) {
    return programs::run({"/usr/bin/python3", "-c", in_tls, place, its_ca, name, version, request});
  };
  const std::string request = "POST /api/v1/matrices HTTP/1.1\\r\\nHost: " + rendezvous.page() +
                              "\\r\\nAuthorization: Bearer an-honest-token\\r\\nContent-Type: application/json"
                              "\\r\\nContent-Length: " +
                              std::to_string(order.size()) + "\\r\\n\\r\\n" + order;
  const std::string page = rendezvous.page();
  for (const auto& result :
       {over_http(rendezvous.signals(), ca, "127.0.0.1", "TLSv1_2", "x"),
        over_http(page, ca, "127.0.0.1", "TLSv1_2", request), over_http(page, ca, "localhost", "TLSv1_3", request),
        over_http(page, other_ca, "127.0.0.1", "TLSv1_3", request)}) {
    EXPECT_NE(result.exit_code, 0) << result.out;
    EXPECT_THAT(result.err, HasSubstr("ssl.SSL")) << result.err;
    refused += result.exit_code != 0 ? 1U : 0U;
  }
  EXPECT_EQ(refused, 9U);
  expect_no_job(
      over_http(page, ca, "127.0.0.1", "TLSv1_3", "GET /metrics HTTP/1.1\\r\\nHost: " + page + "\\r\\n\\r\\n").out);
  EXPECT_THAT(over_http(page, ca, "127.0.0.1", "TLSv1_3", request).out, HasSubstr("HTTP/1.1 202 "));
}

}  // namespace refusals_test
