#pragma once
// Reports that are kept for months, found again by router, site, class and time; in a SQLite file, or in PostgreSQL for
// a fleet. A document is kept byte by byte as it came, beside what one looks for.
//
//   History history(url);                        // store/url.h
//   history.add(text, now);
//   for (const HistoryEntry& entry : history.list({.model = "WRT54G"}, 100)) ...
//
// Whatever fails is a store::Error that names the database; then nothing has changed. A report is there whole or not at
// all, and on the disk once add() returned.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.h"
#include "reports/timestamp.h"
#include "store/open.h"

namespace reports {

// What is found again. Labels are shown as they are printed: control characters are escapes.
struct HistoryEntry {
  std::string id;    // 16 hexadecimal digits, see history_id()
  std::string kind;  // "probe-report", "traversal-matrix", "router-dossier"
  Moment started_at;
  std::string vendor;  // of a probe report's first path, like the rest
  std::string model;
  std::string firmware;
  std::string isp;
  std::string site;
  std::string nat_class;  // "cone"
};

// Empty: any.
struct HistoryFilter {
  std::string kind;
  std::string vendor;
  std::string model;
  std::string firmware;
  std::string isp;
  std::string site;
  std::string nat_class;
  std::optional<Moment> since;  // not before
  std::optional<Moment> until;  // before
};

// Of a document's text: the same in every database.
[[nodiscard]] std::string history_id(std::string_view text);

class History {
 public:
  explicit History(const store::Url& url);

  // Of the document's text; `now` is when it is added. The error says what is wrong with the text. A document that is
  // there already is left as it is.
  struct Added {
    std::string id;
    bool is_new = false;
  };
  [[nodiscard]] net::Result<Added, std::string> add(std::string_view text, Moment now);

  void keep(std::string_view text, Moment now);  // the same of a document of our own; net::CannotWork

  // The newest first.
  [[nodiscard]] std::vector<HistoryEntry> list(const HistoryFilter& filter, std::size_t most);

  // The documents whose id begins so: none, one, or two of more.
  struct Kept {
    std::string id;
    std::string text;
  };
  [[nodiscard]] std::vector<Kept> find(std::string_view id_start);

  // Every document the filter lets through, the newest first.
  void each(const HistoryFilter& filter, const std::function<void(const Kept&)>& take);

  // Removes what was made, or added, before; how many those were.
  std::uint64_t prune(Moment before);
  [[nodiscard]] std::uint64_t size();

 private:
  std::unique_ptr<store::Database> database_;
};

}  // namespace reports
