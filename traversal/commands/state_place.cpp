#include "traversal/commands/state_place.h"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#include "net/cannot_work.h"

namespace traversal {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view file_name = "rendezvous.sqlite";

std::string_view state_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

fs::path state_folder() {
  const std::string_view given = state_variable("STATE_DIRECTORY");
  if (const fs::path first = given.substr(0, given.find(':')); first.is_absolute()) return first;
  if (const fs::path state = state_variable("XDG_STATE_HOME"); state.is_absolute()) return state / "natscope";
  if (::geteuid() == 0) return "/var/lib/natscope";
  const fs::path home = state_variable("HOME");
  return home.is_absolute() ? home / ".local/state/natscope" : fs::path();
}

}  // namespace

store::SqliteFile state_place() {
  const fs::path folder = state_folder();
  return {folder.empty() ? fs::path("natscope-" + std::string(file_name)) : folder / file_name};
}

void make_state_folder(const store::SqliteFile& file) {
  const fs::path folder = file.file.parent_path();
  std::error_code error;
  if (!folder.empty() && fs::create_directories(folder, error)) {
    fs::permissions(folder, fs::perms::owner_all, error);
  }
  if (error) throw net::CannotWork("make folder " + folder.string() + ": " + error.message());
}

}  // namespace traversal
