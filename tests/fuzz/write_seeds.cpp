// write_seeds DIRECTORY: the hostile requests as files, for libFuzzer to begin with.
#include <filesystem>
#include <fstream>

#include "tests/stun/hostile_cases.h"

int main(int, char** argv) {
  const std::filesystem::path directory = argv[1];
  std::filesystem::create_directories(directory);
  for (const auto& hostile_case : hostile::hostile_cases()) {
    const auto text = net::as_text(hostile_case.datagram);
    std::ofstream(directory / hostile_case.id, std::ios::binary) << text;
  }
}
