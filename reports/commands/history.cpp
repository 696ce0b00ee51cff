#include "reports/commands/history.h"

#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>

#include "net/cannot_work.h"
#include "reports/commands/read.h"
#include "reports/commands/show.h"
#include "reports/document_file.h"
#include "reports/history.h"
#include "reports/history_export.h"
#include "reports/history_json.h"
#include "reports/history_place.h"

namespace reports {
namespace {

Moment now() { return std::chrono::system_clock::now(); }

// A history that is only read must be there: an empty one made by a slip of the keyboard would hide it.
History existing(const store::Url& url) {
  const auto* file = std::get_if<store::SqliteFile>(&url);
  if (file != nullptr && !std::filesystem::exists(file->file)) {
    throw net::CannotWork(fmt::format("read {}: no such file; history add makes one", file->file.string()));
  }
  return History(url);
}

int run(const HistoryAdd& add, const HistoryOptions& options, const net::CommonOptions& common) {
  // Everything is read before anything is added.
  std::vector<std::string> texts;
  for (const std::string& file : add.files) {
    texts.push_back(read_document(file));
    if (const auto document = parse_document(texts.back()); !document) {
      throw net::CannotWork(fmt::format("read {}: {}", file, document.error()));
    }
  }
  if (options.usual_place) make_history_folder();
  History history(options.store);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto added = history.add(texts[i], now());
    if (!added) throw net::CannotWork(fmt::format("read {}: {}", add.files[i], added.error()));
    if (common.quiet) continue;
    write_document("-",
                   fmt::format("{}  {}{}\n", added->id, printable(add.files[i]), added->is_new ? "" : " (was there)"));
  }
  return net::Done;
}

std::string router_words(const HistoryEntry& entry) {
  std::string out;
  for (const std::string* part : {&entry.vendor, &entry.model, &entry.firmware}) {
    if (!part->empty()) out += (out.empty() ? "" : " ") + *part;
  }
  return out;
}

std::string table_of(const std::vector<HistoryEntry>& entries, bool with_heading) {
  std::vector<TextRow> rows;
  if (with_heading) rows.push_back({"id", "made", "class", "router", "site", "isp", "kind"});
  for (const HistoryEntry& entry : entries) {
    rows.push_back({entry.id, timestamp(entry.started_at), entry.nat_class, router_words(entry), entry.site, entry.isp,
                    entry.kind});
  }
  return text_table(rows);
}

int run(const HistoryList& list, const HistoryOptions& options, const net::CommonOptions& common) {
  if (common.json_file) check_writable(*common.json_file);
  History history = existing(options.store);
  auto entries = history.list(list.filter, list.most + 1);
  const bool more = entries.size() > list.most;
  if (more) entries.pop_back();
  if (common.json_file) write_document(*common.json_file, to_json(entries, more));
  if (common.json_file != "-") write_document("-", table_of(entries, !common.quiet));
  if (more) net::print_diagnostic("natreport", fmt::format("older ones are left out: --limit {}", list.most));
  return net::Done;
}

History::Kept found(History& history, const std::string& id) {
  auto kept = history.find(id);
  if (kept.empty()) throw net::CannotWork(fmt::format("show {}: no report's id begins so", id));
  if (kept.size() > 1) throw net::CannotWork(fmt::format("show {}: several ids begin so", id));
  return std::move(kept.front());
}

int run(const HistoryShow& show, const HistoryOptions& options, const net::CommonOptions& common) {
  if (common.json_file) check_writable(*common.json_file);
  History history = existing(options.store);
  const History::Kept kept = found(history, show.id);
  if (common.json_file) write_document(*common.json_file, kept.text);
  if (common.json_file == "-") return net::Done;
  const auto document = parse_document(kept.text);
  if (!document) throw net::CannotWork(fmt::format("show {}: {}", kept.id, document.error()));
  const auto ink = net::colored(common.color, STDOUT_FILENO) ? Ink::Color : Ink::Plain;
  write_document("-", shown_text(*document, common.verbose, ink));
  return net::Done;
}

std::string age_words(net::Duration age) {
  const auto days = std::chrono::duration_cast<std::chrono::days>(age);
  return days == age ? fmt::format("{} days", days.count()) : net::to_string(age);
}

int run(const HistoryPrune& prune, const HistoryOptions& options, const net::CommonOptions& common) {
  History history = existing(options.store);
  const std::uint64_t removed = history.prune(now() - prune.older_than);
  if (!common.quiet) {
    write_document("-", fmt::format("{} of {} removed: made or added more than {} ago\n", removed,
                                    removed + history.size(), age_words(prune.older_than)));
  }
  return net::Done;
}

int run(const HistoryExport& wanted, const HistoryOptions& options, const net::CommonOptions&) {
  const bool to_folder = wanted.out != "-" && std::filesystem::is_directory(wanted.out);
  if (!to_folder) check_writable(wanted.out);
  History history = existing(options.store);
  to_folder ? export_to_folder(history, wanted.filter, wanted.out, wanted.redact)
            : export_as_lines(history, wanted.filter, wanted.out, wanted.redact);
  return net::Done;
}

}  // namespace

int history(const HistoryOptions& options, const net::CommonOptions& common) {
  return std::visit([&](const auto& action) { return run(action, options, common); }, options.action);
}

}  // namespace reports
