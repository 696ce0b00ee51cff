#include "postgresql_server.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>

namespace tests {
namespace {

// Debian keeps the server's programs out of PATH, in a directory for each version.
std::optional<std::filesystem::path> programs_of_the_server() {
  std::error_code none;
  std::optional<std::filesystem::path> newest;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const auto bin = version.path() / "bin";
    if (std::filesystem::exists(bin / "initdb") && (!newest || bin > *newest)) newest = bin;
  }
  return newest;
}

// The server refuses to run as root.
programs::Argv as_an_ordinary_user(programs::Argv argv) {
  if (::geteuid() != 0) return argv;
  programs::Argv all = {"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

}  // namespace

PostgresqlServer::PostgresqlServer() {
  const auto bin = programs_of_the_server();
  if (!bin) {
    trouble_ = "PostgreSQL's server is not installed";
    return;
  }
  if (::geteuid() == 0) {
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr || ::chown(files_.path().c_str(), user->pw_uid, user->pw_gid) != 0) {
      trouble_ = "no user to run PostgreSQL as";
      return;
    }
  }
  const std::string data = files_.path() / "data";
  const auto made =
      programs::run(as_an_ordinary_user({*bin / "initdb", "--no-sync", "--auth=trust", "--username=tester",
                                         "--encoding=UTF8", "--locale=C", "-D", data}));
  if (made.exit_code != 0) {
    trouble_ = "initdb: " + made.err.substr(0, made.err.find('\n'));
    return;
  }
  server_ = std::make_unique<programs::Background>(as_an_ordinary_user(
      {*bin / "postgres", "-D", data, "-k", files_.path(), "-c", "listen_addresses=", "-c", "fsync=off"}));
  if (!server_->wait_for("ready to accept connections")) trouble_ = "postgres: " + server_->err();
}

// "Fast": SIGTERM would wait for clients that are still connected.
PostgresqlServer::~PostgresqlServer() {
  if (server_) server_->stop(SIGINT);
}

std::string PostgresqlServer::url() const {
  return "postgresql:///postgres?user=tester&host=" + files_.path().string();
}

}  // namespace tests
