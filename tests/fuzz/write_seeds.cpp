// write_seeds DIRECTORY: a target's seeds as files, for libFuzzer to begin with.
#include <filesystem>
#include <fstream>

#include "tests/fuzz/target.h"

int main(int, char** argv) {
  const std::filesystem::path directory = argv[1];
  std::filesystem::create_directories(directory);
  std::size_t number = 0;
  for (const net::Bytes& seed : fuzz::seeds()) {
    std::ofstream(directory / ("seed-" + std::to_string(number++)), std::ios::binary) << net::as_text(seed);
  }
}
