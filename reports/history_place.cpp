#include "reports/history_place.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "net/cannot_work.h"

namespace reports {
namespace {

std::filesystem::path variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::filesystem::path history_file() {
  const auto data = variable("XDG_DATA_HOME");  // to be ignored unless it is absolute
  if (data.is_absolute()) return data / "natscope/history.sqlite";
  const auto home = variable("HOME");
  return home.is_absolute() ? home / ".local/share/natscope/history.sqlite" : "natscope-history.sqlite";
}

}  // namespace

std::string history_url() { return "sqlite:" + history_file().string(); }

void make_history_folder() {
  const auto folder = history_file().parent_path();
  std::error_code error;
  if (!folder.empty() && std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  if (error) throw net::CannotWork("make folder " + folder.string() + ": " + error.message());
}

}  // namespace reports
