#include "store/postgresql.h"

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <map>

namespace store {
namespace {

// Types of the catalog pg_type, which never change.
constexpr Oid boolean_type = 16;
constexpr Oid bytes_type = 17;
constexpr Oid bigint_type = 20;
constexpr Oid smallint_type = 21;
constexpr Oid integer_type = 23;
constexpr Oid real_type = 700;
constexpr Oid double_type = 701;

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Result = std::unique_ptr<PGresult, Clear>;

std::string first_line(const char* message) {
  const std::string_view whole = message;
  return std::string(whole.substr(0, whole.find('\n')));
}

std::string number(double value) {
  std::array<char, 40> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

// What libpq borrows while a statement is sent.
class Parameters {
 public:
  explicit Parameters(const Values& values) {
    texts_.reserve(values.size());
    for (const Value& value : values) std::visit([this](const auto& held) { add(held); }, value);
  }
  [[nodiscard]] int count() const { return static_cast<int>(texts_.size()); }
  [[nodiscard]] const char* const* texts() const { return pointers_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  std::vector<std::string> texts_;  // reserved: never moved
  std::vector<const char*> pointers_;
  std::vector<int> lengths_;
  std::vector<int> formats_;  // 1: as bytes

  void add(std::string held, int format) {
    texts_.push_back(std::move(held));
    pointers_.push_back(texts_.back().c_str());
    lengths_.push_back(static_cast<int>(texts_.back().size()));
    formats_.push_back(format);
  }
  void add(const std::monostate&) {
    add({}, 0);
    pointers_.back() = nullptr;
  }
  void add(std::int64_t value) { add(std::to_string(value), 0); }
  void add(double value) { add(number(value), 0); }
  void add(const std::string& value) { add(value, 0); }
  void add(const Blob& value) { add(std::string(value.begin(), value.end()), 1); }
};

template <typename Number>
Number parsed(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Blob bytes_of(const char* escaped) {
  std::size_t size = 0;
  std::unique_ptr<unsigned char, decltype(&PQfreemem)> plain(
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(escaped), &size), PQfreemem);
  return plain ? Blob(plain.get(), plain.get() + size) : Blob{};
}

Value column(const PGresult* result, int row, int at) {
  if (PQgetisnull(result, row, at) != 0) return std::monostate{};
  const char* held = PQgetvalue(result, row, at);
  switch (PQftype(result, at)) {
    case boolean_type: return std::int64_t{*held == 't'};
    case smallint_type:
    case integer_type:
    case bigint_type: return parsed<std::int64_t>(held);
    case real_type:
    case double_type: return parsed<double>(held);
    case bytes_type: return bytes_of(held);
    default: return std::string(held, static_cast<std::size_t>(PQgetlength(result, row, at)));
  }
}

class Postgresql final : public Database {
 public:
  explicit Postgresql(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) fail();
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
  }

  void each(Sql sql, const Values& values, const TakeRow& take) override {
    connect_again();
    const std::string& statement = prepared(sql.text());
    const Parameters parameters(values);
    if (PQsendQueryPrepared(connection_.get(), statement.c_str(), parameters.count(), parameters.texts(),
                            parameters.lengths(), parameters.formats(), 0) == 0) {
      fail();
    }
    PQsetSingleRowMode(connection_.get());
    std::string complaint;
    while (const Result result{PQgetResult(connection_.get())}) take_rows(result.get(), take, complaint);
    if (!complaint.empty()) throw Error(name() + ": " + complaint);
    if (PQstatus(connection_.get()) != CONNECTION_OK) fail();
  }

  [[nodiscard]] std::uint64_t changed() const override { return changed_; }

  [[nodiscard]] std::vector<std::string> tables() override {
    std::vector<std::string> names;
    each(
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()"
        " AND table_name LIKE 'natscope\\_%'",
        {}, [&names](const Row& row) { names.push_back(text(row.at(0))); });
    return names;
  }

  void set_durable() override {}                // it is, unless its administrator wants otherwise
  void keep_copy(std::string_view) override {}  // also the administrator's

  [[nodiscard]] std::string name() const override {
    const auto known = [](const char* held) { return std::string(held == nullptr ? "" : held); };
    return "database " + known(PQdb(connection_.get())) + " at " + known(PQhost(connection_.get())) + " port " +
           known(PQport(connection_.get()));
  }

 private:
  std::unique_ptr<PGconn, Finish> connection_;
  std::map<std::string_view, std::string> prepared_;
  std::uint64_t changed_ = 0;

  [[noreturn]] void fail() const { throw Error(name() + ": " + first_line(PQerrorMessage(connection_.get()))); }

  void connect_again() {
    if (PQstatus(connection_.get()) == CONNECTION_OK) return;
    prepared_.clear();
    PQreset(connection_.get());
    if (PQstatus(connection_.get()) != CONNECTION_OK) fail();
  }

  const std::string& prepared(std::string_view sql) {
    const auto known = prepared_.find(sql);
    if (known != prepared_.end()) return known->second;
    std::string statement = "s" + std::to_string(prepared_.size());
    const Result result(PQprepare(connection_.get(), statement.c_str(), std::string(sql).c_str(), 0, nullptr));
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) fail();
    return prepared_.emplace(sql, std::move(statement)).first->second;
  }

  void take_rows(const PGresult* result, const TakeRow& take, std::string& complaint) {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_FATAL_ERROR) {
      if (complaint.empty()) complaint = first_line(PQresultErrorMessage(result));
      return;
    }
    for (int row = 0; row < PQntuples(result); ++row) {
      Row values;
      for (int at = 0; at < PQnfields(result); ++at) values.push_back(column(result, row, at));
      take(values);
    }
    if (status != PGRES_SINGLE_TUPLE) changed_ = parsed<std::uint64_t>(PQcmdTuples(const_cast<PGresult*>(result)));
  }
};

}  // namespace

std::unique_ptr<Database> open_postgresql(const std::string& url) { return std::make_unique<Postgresql>(url); }

}  // namespace store
