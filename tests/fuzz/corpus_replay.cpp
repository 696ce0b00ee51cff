// corpus_replay DIRECTORY MUTATIONS: a fuzz target's properties over its corpus, its seeds and so many seeded mutations
// of both, with any compiler.
#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/mutation.h"
#include "tests/fuzz/target.h"

namespace {

std::vector<net::Bytes> seeds_with(const std::filesystem::path& corpus) {
  std::vector<net::Bytes> seeds = fuzz::seeds();
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    std::ifstream file(entry.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto seeds = seeds_with(argv[1]);
  for (const auto& seed : seeds) fuzz::check(seed);
  net::Random random(5769);
  const unsigned long mutations = std::stoul(argv[2]);
  unsigned long inside = 0;
  for (unsigned long i = 0; i < mutations; ++i) {
    net::Bytes input = fuzz::mutated(seeds, random);
    if (random.chance(0.8)) fuzz::mend(input);
    inside += fuzz::check(input) ? 1U : 0U;
  }
  fmt::print("{} seeds, {} mutations, {} of them got past the first checks\n", seeds.size(), mutations, inside);
  return inside > mutations / 10 ? 0 : 1;  // else the properties were hardly tried
}
