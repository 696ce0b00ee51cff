#include "reports/commands/read.h"

namespace reports {

NamedDocument read_named(const std::string& file, Attempts attempts) {
  return {.name = file, .document = load_document(file, attempts)};
}

std::vector<NamedDocument> read_all(const std::vector<std::string>& files, Attempts attempts) {
  std::vector<NamedDocument> out;
  for (const std::string& file : files) out.push_back(read_named(file, attempts));
  return out;
}

}  // namespace reports
