#pragma once
// What an agent has to tell whoever watches it, besides its outcome. Bounded: what nobody takes is dropped.

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace traversal {

struct Note {
  enum class Kind : std::uint8_t {
    Trouble,  // for every user: something is wrong, or right again
    Step,     // for --verbose
  };
  Kind kind = Kind::Step;
  std::string text;  // one line; may quote names other hosts chose
};

class Notes {
 public:
  static constexpr std::size_t most_kept = 1000;

  void step(std::string text) { add({Note::Kind::Step, std::move(text)}); }
  void trouble(std::string text) { add({Note::Kind::Trouble, std::move(text)}); }
  [[nodiscard]] std::vector<Note> take() { return std::exchange(notes_, {}); }

 private:
  std::vector<Note> notes_;

  void add(Note note) {
    if (notes_.size() < most_kept) notes_.push_back(std::move(note));
  }
};

}  // namespace traversal
