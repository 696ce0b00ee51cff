#pragma once
// The journal of a rendezvous on a database: matrices as they were asked for, and the outcome of every finished pair,
// both as the JSON that also goes over the wire. Nothing here decides anything.

#include <memory>

#include "store/database.h"
#include "store/open.h"
#include "traversal/journal.h"

namespace reports {

// The tables it keeps its entries in.
[[nodiscard]] store::Schema journal_schema();

class SqlJournal final : public traversal::Journal {
 public:
  // `holder`: a name no other rendezvous on this database has, where it is shared; empty: it is not.
  explicit SqlJournal(std::unique_ptr<store::Database> database, std::string holder = {})
      : database_(std::move(database)), holder_(std::move(holder)) {}

  [[nodiscard]] Loaded load() override;
  [[nodiscard]] Written begin(const traversal::MatrixOrder& order) override;
  [[nodiscard]] Written finish(std::span<const traversal::FinishedPair> pairs) override;
  [[nodiscard]] Written forget(const traversal::Id& matrix) override;

  [[nodiscard]] bool shared() const override { return !holder_.empty(); }
  [[nodiscard]] net::Result<Claim, std::string> claim(const traversal::Id& matrix, std::uint32_t pair,
                                                      const traversal::NamePair& hosts) override;
  [[nodiscard]] Written renew_claims() override;
  [[nodiscard]] net::Result<News, std::string> news() override;

 private:
  std::unique_ptr<store::Database> database_;
  std::string holder_;
  std::int64_t newest_matrix_ = 0;  // known here, by number
  std::int64_t looked_at_ms_ = 0;   // for finished pairs, by the database's clock

  [[nodiscard]] std::int64_t now_ms();  // the database's clock: the only one all its rendezvous share
  void end_claim(const traversal::PairOutcome& outcome);
};

// A file is locked as long as the journal lives: one rendezvous at a time; a server's database is shared. store::Error,
// as store::open(). `holder` as above.
[[nodiscard]] std::unique_ptr<SqlJournal> open_journal(const store::Url& url, const std::string& holder);

}  // namespace reports
