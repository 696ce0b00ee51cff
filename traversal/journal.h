#pragma once
// What a rendezvous writes down, so that a matrix outlives it: values in, values out. What a call accepted is on the
// disk when it returns, and is acknowledged to hosts and clients only then. reports/sql_journal.h is the one on a
// database; tests have one in memory.
//
// Several rendezvous may share one (a database server's): each host registers with all of them, each of them sees all
// matrices, and a pair is played by whoever claims its hosts. A claim that is not renewed for `lease` is void, so that
// the others take over what a rendezvous that died had begun.

#include <span>
#include <string>
#include <vector>

#include "traversal/matrix_order.h"

namespace traversal {

struct FinishedPair {
  Id matrix{};
  std::uint32_t pair = 0;  // index into pairs_of(order)
  PairOutcome outcome;
};

struct WrittenRun {
  MatrixOrder order;
  std::vector<FinishedPair> finished;
};

inline constexpr net::Duration lease = std::chrono::seconds(10);

class Journal {
 public:
  using Written = net::Result<void, std::string>;  // or why it could not be, ready to print; then nothing is written
  using Loaded = net::Result<std::vector<WrittenRun>, std::string>;

  virtual ~Journal() = default;

  // Every matrix that was begun and not forgotten, in the order of beginning.
  [[nodiscard]] virtual Loaded load() = 0;
  [[nodiscard]] virtual Written begin(const MatrixOrder& order) = 0;
  // All or none. A pair has one outcome: of a second one nothing is kept.
  [[nodiscard]] virtual Written finish(std::span<const FinishedPair> pairs) = 0;
  [[nodiscard]] virtual Written forget(const Id& matrix) = 0;

  // For a journal that others may write to as well.
  struct News {
    std::vector<MatrixOrder> begun;
    std::vector<FinishedPair> finished;  // may be known already
  };
  [[nodiscard]] virtual bool shared() const { return false; }
  // Whether the pair is this rendezvous' to play: it has no outcome, and neither host plays for another one. The
  // outcome, when it is written, ends the claim.
  struct Claim {
    bool ours = false;
    std::vector<std::string> taken;  // hosts that play for another one; none: the pair has its outcome
  };
  [[nodiscard]] virtual net::Result<Claim, std::string> claim(const Id&, std::uint32_t, const NamePair&) {
    return Claim{.ours = true, .taken = {}};
  }
  [[nodiscard]] virtual Written renew_claims() { return {}; }
  // What the others did since the last time. Not what was forgotten.
  [[nodiscard]] virtual net::Result<News, std::string> news() { return News{}; }
};

}  // namespace traversal
