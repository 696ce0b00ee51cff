#include "reports/history.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "net/agent.h"
#include "net/cannot_work.h"
#include "reports/document.h"
#include "reports/history_statements.h"
#include "reports/terminal.h"
#include "stun/crypto.h"

namespace reports {
namespace {

constexpr std::size_t id_bytes = 8;
constexpr std::size_t page = 100;  // entries that are read before their documents

std::int64_t to_ms(Moment moment) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(moment.time_since_epoch()).count();
}

Moment from_ms(std::int64_t ms) { return Moment(std::chrono::milliseconds(ms)); }

std::string label_of(const probe::Report& report, const std::string& key) {
  const auto found = report.labels.find(key);
  return found == report.labels.end() ? std::string() : printable(found->second);
}

HistoryEntry entry_of(const probe::Report& report) {
  return {.kind = "probe-report",
          .started_at = report.started_at,
          .vendor = label_of(report, "vendor"),
          .model = label_of(report, "model"),
          .firmware = label_of(report, "firmware"),
          .isp = label_of(report, "isp"),
          .site = label_of(report, "site"),
          .nat_class = std::string(net::to_string(report.verdict.nat_class))};
}

HistoryEntry entry_of(const MatrixDocument& document) {
  return {.kind = "traversal-matrix", .started_at = document.matrix.started_at};
}

// Of several models none can be named.
HistoryEntry entry_of(const Dossier& dossier) {
  HistoryEntry out{.kind = "router-dossier", .started_at = Moment()};
  for (const DossierModel& model : dossier.models) out.started_at = std::max(out.started_at, model.last);
  if (dossier.models.size() != 1) return out;
  const DossierKey& key = dossier.models.front().key;
  out.vendor = printable(key.vendor);
  out.model = printable(key.model);
  out.firmware = printable(key.firmware);
  return out;
}

HistoryEntry entry_in(const store::Row& row) {
  return {.id = store::text(row.at(0)),
          .kind = store::text(row.at(1)),
          .started_at = from_ms(store::integer(row.at(2))),
          .vendor = store::text(row.at(3)),
          .model = store::text(row.at(4)),
          .firmware = store::text(row.at(5)),
          .isp = store::text(row.at(6)),
          .site = store::text(row.at(7)),
          .nat_class = store::text(row.at(8))};
}

store::Values values_of(const HistoryEntry& entry, std::int64_t added_at) {
  return {entry.id,  entry.kind, to_ms(entry.started_at), added_at, entry.vendor, entry.model, entry.firmware,
          entry.isp, entry.site, entry.nat_class};
}

// `after` the first page: the last entry of the one before.
store::Values values_of(const HistoryFilter& filter, const HistoryEntry* after, std::size_t most) {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
  store::Values out;
  for (const std::string* word :
       {&filter.kind, &filter.vendor, &filter.model, &filter.firmware, &filter.isp, &filter.site, &filter.nat_class}) {
    out.emplace_back(printable(*word));
  }
  out.emplace_back(filter.since ? to_ms(*filter.since) : least);
  const std::int64_t until = filter.until ? to_ms(*filter.until) : greatest;
  out.emplace_back(after == nullptr ? until
                                    : std::min(until, to_ms(after->started_at) + 1));  // what was read is passed over
  out.emplace_back(after == nullptr ? greatest : to_ms(after->started_at));
  out.emplace_back(after == nullptr ? std::string() : after->id);
  out.emplace_back(static_cast<std::int64_t>(most));
  return out;
}

std::vector<HistoryEntry> page_of(store::Database& database, const HistoryFilter& filter, const HistoryEntry* after,
                                  std::size_t most) {
  std::vector<HistoryEntry> out;
  database.each(statements::list(filter), values_of(filter, after, most),
                [&](const store::Row& row) { out.push_back(entry_in(row)); });
  return out;
}

}  // namespace

std::string history_id(std::string_view text) {
  const auto digest = stun::sha256(net::as_bytes(text));
  std::string out;
  for (std::size_t i = 0; i < id_bytes; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

History::History(const store::Url& url) : database_(store::open(url, statements::schema())) {}

net::Result<History::Added, std::string> History::add(std::string_view text, Moment now) {
  const auto document = parse_document(text);
  if (!document) return net::Unexpected(document.error());
  HistoryEntry entry = std::visit([](const auto& content) { return entry_of(content); }, *document);
  entry.id = history_id(text);
  if (entry.started_at == Moment()) entry.started_at = now;  // a document that does not say when it was made
  store::Transaction transaction(*database_);
  database_->run(statements::add_entry, values_of(entry, to_ms(now)));
  const bool is_new = database_->changed() == 1;
  if (is_new) database_->run(statements::add_text, {entry.id, std::string(text)});
  transaction.commit();
  return Added{entry.id, is_new};
}

void History::keep(std::string_view text, Moment now) {
  const auto added = add(text, now);
  if (!added) throw net::CannotWork("keep the document: " + added.error());
}

std::vector<HistoryEntry> History::list(const HistoryFilter& filter, std::size_t most) {
  return page_of(*database_, filter, nullptr, most);
}

std::vector<History::Kept> History::find(std::string_view id_start) {
  std::vector<Kept> out;
  const std::string start(id_start);
  // "g" follows every hexadecimal digit.
  database_->each(statements::find, {start, start + "g"}, [&](const store::Row& row) {
    out.push_back({store::text(row.at(0)), store::text(row.at(1))});
  });
  return out;
}

void History::each(const HistoryFilter& filter, const std::function<void(const Kept&)>& take) {
  std::optional<HistoryEntry> last;
  for (;;) {
    const auto entries = page_of(*database_, filter, last ? &*last : nullptr, page);
    for (const HistoryEntry& entry : entries) {
      const auto row = database_->first(statements::text, {entry.id});
      if (row) take({entry.id, store::text(row->at(0))});  // else it was pruned meanwhile
    }
    if (entries.size() < page) return;
    last = entries.back();
  }
}

std::uint64_t History::prune(Moment before) {
  database_->run(statements::prune, {to_ms(before)});
  return database_->changed();
}

std::uint64_t History::size() {
  const auto row = database_->first(statements::count);
  return row ? static_cast<std::uint64_t>(store::integer(row->at(0))) : 0;
}

}  // namespace reports
