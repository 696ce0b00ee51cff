#include "reports/sql_journal.h"

#include <map>

#include "net/bytes.h"
#include "traversal/signal_codec.h"
#include "traversal/summary.h"

namespace reports {
namespace {

using traversal::FinishedPair;
using traversal::Matrix;
using traversal::MatrixOrder;
using traversal::WrittenRun;

std::string rows_text(const Matrix& matrix) {
  const auto rows = traversal::rows_of(matrix);
  return traversal::to_json(traversal::Rows{.rows = rows, .total = rows.size()});
}

template <typename Kind>
Kind parsed(const store::Value& text) {
  const auto signal = traversal::parse_signal(store::text(text));
  const auto* held = signal ? std::get_if<Kind>(&*signal) : nullptr;
  if (held == nullptr) throw store::Error("an entry of the rendezvous is damaged");
  return *held;
}

Matrix parsed_matrix(const store::Value& text) { return traversal::matrix_of(parsed<traversal::Rows>(text).rows); }

traversal::Id parsed_id(const store::Value& value) {
  const std::string hex = store::text(value);
  traversal::Id id{};
  if (hex.size() != 2 * id.size() || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw store::Error("the name of a matrix is damaged");
  }
  const net::Bytes bytes = net::from_hex(hex);
  std::copy(bytes.begin(), bytes.end(), id.begin());
  return id;
}

MatrixOrder parsed_order(const store::Row& row) {
  return {parsed_id(row.at(0)), parsed<traversal::MatrixRequest>(row.at(1)), parsed_matrix(row.at(2)).hosts};
}

FinishedPair parsed_pair(const store::Row& row) {
  Matrix held = parsed_matrix(row.at(2));
  if (held.pairs.size() != 1) throw store::Error("an outcome of the rendezvous is damaged");
  return {parsed_id(row.at(0)), static_cast<std::uint32_t>(store::integer(row.at(1))), std::move(held.pairs.front())};
}

// Whatever the database refuses becomes the reason.
template <typename Body>
auto attempted(Body body) -> net::Result<decltype(body()), std::string> {
  try {
    if constexpr (std::is_void_v<decltype(body())>) {
      body();
      return {};
    } else {
      return body();
    }
  } catch (const store::Error& error) {
    return net::Unexpected<std::string>(error.what());
  }
}

}  // namespace

store::Schema journal_schema() {
  return {"rendezvous",
          {{"CREATE TABLE natscope_matrix (number BIGINT PRIMARY KEY, id TEXT NOT NULL UNIQUE, request TEXT NOT NULL,"
            " hosts TEXT NOT NULL)",
            "CREATE TABLE natscope_pair (matrix TEXT NOT NULL, pair BIGINT NOT NULL, outcome TEXT NOT NULL,"
            " written_ms BIGINT NOT NULL, PRIMARY KEY (matrix, pair))",
            "CREATE INDEX natscope_pair_written ON natscope_pair (written_ms)",
            "CREATE TABLE natscope_host (name TEXT PRIMARY KEY, holder TEXT NOT NULL, lease_ms BIGINT NOT NULL)"}}};
}

std::unique_ptr<SqlJournal> open_journal(const store::Url& url, const std::string& holder) {
  const bool server = std::holds_alternative<store::PostgresqlServer>(url);
  return std::make_unique<SqlJournal>(store::open(url, journal_schema(), store::Sharing::Alone),
                                      server ? holder : std::string{});
}

SqlJournal::Loaded SqlJournal::load() {
  return attempted([this] {
    looked_at_ms_ = shared() ? now_ms() : 0;
    std::vector<WrittenRun> runs;
    std::map<traversal::Id, std::size_t> index_of;
    database_->each("SELECT id, request, hosts, number FROM natscope_matrix ORDER BY number", {},
                    [&](const store::Row& row) {
                      runs.push_back({parsed_order(row), {}});
                      index_of.emplace(runs.back().order.id, runs.size() - 1);
                      newest_matrix_ = store::integer(row.at(3));
                    });
    database_->each("SELECT matrix, pair, outcome FROM natscope_pair ORDER BY matrix, pair", {},
                    [&](const store::Row& row) {
                      FinishedPair finished = parsed_pair(row);
                      const auto run = index_of.find(finished.matrix);
                      if (run != index_of.end()) runs[run->second].finished.push_back(std::move(finished));
                    });
    return runs;
  });
}

SqlJournal::Written SqlJournal::begin(const MatrixOrder& order) {
  return attempted([&] {
    database_->run(
        "INSERT INTO natscope_matrix (number, id, request, hosts)"
        " SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3 FROM natscope_matrix",
        {net::to_hex(order.id), traversal::to_json(order.request), rows_text({.hosts = order.hosts})});
  });
}

SqlJournal::Written SqlJournal::finish(std::span<const FinishedPair> pairs) {
  return attempted([&] {
    store::Transaction transaction(*database_);
    const std::int64_t written = shared() ? now_ms() : 0;
    for (const FinishedPair& finished : pairs) {
      database_->run(
          "INSERT INTO natscope_pair (matrix, pair, outcome, written_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO "
          "NOTHING",
          {net::to_hex(finished.matrix), std::int64_t{finished.pair}, rows_text({.pairs = {finished.outcome}}),
           written});
      if (shared()) end_claim(finished.outcome);
    }
    transaction.commit();
  });
}

SqlJournal::Written SqlJournal::forget(const traversal::Id& matrix) {
  return attempted([&] {
    store::Transaction transaction(*database_);
    database_->run("DELETE FROM natscope_pair WHERE matrix = $1", {net::to_hex(matrix)});
    database_->run("DELETE FROM natscope_matrix WHERE id = $1", {net::to_hex(matrix)});
    transaction.commit();
  });
}

// ---- shared -------------------------------------------------------------------------------------------------------

namespace {

constexpr std::int64_t lease_ms = traversal::lease / std::chrono::milliseconds(1);
constexpr std::int64_t longest_transaction_ms = 10'000;  // what began before a look may be committed after it

}  // namespace

std::int64_t SqlJournal::now_ms() {
  return store::integer(database_->first("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")->at(0));
}

// The hosts are the rows that are claimed; whoever holds both is alone with the pair, so what it has by then is final.
net::Result<SqlJournal::Claim, std::string> SqlJournal::claim(const traversal::Id& matrix, std::uint32_t pair,
                                                              const traversal::NamePair& hosts) {
  if (!shared()) return Claim{.ours = true, .taken = {}};
  return attempted([&] {
    const std::int64_t now = now_ms();
    Claim claim{.ours = false, .taken = {hosts[0], hosts[1]}};
    database_->run(
        "INSERT INTO natscope_host (name, holder, lease_ms) VALUES ($1, '', 0), ($2, '', 0) ON CONFLICT DO NOTHING",
        {hosts[0], hosts[1]});
    store::Transaction transaction(*database_);
    database_->each("SELECT name FROM natscope_host WHERE name IN ($1, $2) AND lease_ms < $3 FOR UPDATE SKIP LOCKED",
                    {hosts[0], hosts[1], now},
                    [&claim](const store::Row& row) { std::erase(claim.taken, store::text(row.at(0))); });
    if (!claim.taken.empty()) return claim;
    const auto outcome = database_->first("SELECT pair FROM natscope_pair WHERE matrix = $1 AND pair = $2",
                                          {net::to_hex(matrix), std::int64_t{pair}});
    if (outcome) return claim;
    database_->run("UPDATE natscope_host SET holder = $1, lease_ms = $2 WHERE name IN ($3, $4)",
                   {holder_, now + lease_ms, hosts[0], hosts[1]});
    transaction.commit();
    claim.ours = true;
    return claim;
  });
}

SqlJournal::Written SqlJournal::renew_claims() {
  return attempted([&] {
    database_->run("UPDATE natscope_host SET lease_ms = $1 WHERE holder = $2 AND lease_ms > 0",
                   {now_ms() + lease_ms, holder_});
  });
}

void SqlJournal::end_claim(const traversal::PairOutcome& outcome) {
  database_->run("UPDATE natscope_host SET holder = '', lease_ms = 0 WHERE holder = $1 AND name IN ($2, $3)",
                 {holder_, outcome.a, outcome.b});
}

net::Result<SqlJournal::News, std::string> SqlJournal::news() {
  return attempted([&] {
    News news;
    const std::int64_t now = now_ms();
    database_->each("SELECT id, request, hosts, number FROM natscope_matrix WHERE number > $1 ORDER BY number",
                    {newest_matrix_}, [&](const store::Row& row) {
                      news.begun.push_back(parsed_order(row));
                      newest_matrix_ = store::integer(row.at(3));
                    });
    database_->each("SELECT matrix, pair, outcome FROM natscope_pair WHERE written_ms > $1",
                    {looked_at_ms_ - longest_transaction_ms},
                    [&](const store::Row& row) { news.finished.push_back(parsed_pair(row)); });
    looked_at_ms_ = now;
    return news;
  });
}

}  // namespace reports
