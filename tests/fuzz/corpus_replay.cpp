// corpus_replay DIRECTORY MUTATIONS: the fuzz target's properties over the corpus, the hostile requests and so many
// seeded mutations of both, with any compiler.
#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "stun/message.h"
#include "tests/fuzz/mutation.h"
#include "tests/fuzz/stun_properties.h"
#include "tests/stun/hostile_cases.h"

namespace {

std::vector<net::Bytes> seeds_with(const std::filesystem::path& corpus) {
  std::vector<net::Bytes> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    std::ifstream file(entry.path(), std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  for (const auto& hostile_case : hostile::hostile_cases()) {
    if (hostile_case.datagram.size() <= 5000) seeds.push_back(hostile_case.datagram);
  }
  return seeds;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto seeds = seeds_with(argv[1]);
  for (const auto& seed : seeds) fuzz::check_stun_properties(seed);
  net::Random random(5769);
  const unsigned long mutations = std::stoul(argv[2]);
  unsigned long decoded = 0;
  for (unsigned long i = 0; i < mutations; ++i) {
    const net::Bytes input = fuzz::mutated(seeds, random);
    fuzz::check_stun_properties(input);
    if (stun::Message::decode(input)) ++decoded;
  }
  fmt::print("{} seeds, {} mutations, {} of them decode\n", seeds.size(), mutations, decoded);
  return decoded > mutations / 10 ? 0 : 1;  // else the properties were hardly tried
}
