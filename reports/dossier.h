#pragma once
// A router's dossier: many probe reports of one vendor, model and firmware joined. Each finding says which values were
// seen in how many reports, so what is constant and what varies from network to network can be told apart. Pure values.
//
//   Dossier dossier;
//   for (const probe::Report& report : reports) add(dossier, report);

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probe/report.h"
#include "reports/timestamp.h"

namespace reports {

// Whose reports are counted together: the labels of the reports, and the kind of path, since a router does one thing to
// IPv4 and another to IPv6. Empty: not told.
struct DossierKey {
  std::string vendor;
  std::string model;
  std::string firmware;
  std::string path;  // "IPv4", "IPv6", "IPv4 by NAT64"

  friend auto operator<=>(const DossierKey&, const DossierKey&) = default;
};

// Of findings that are measures: from the least to the greatest seen, intervals of rates included.
struct NumberRange {
  double low = 0;
  double high = 0;
  std::size_t count = 0;  // reports

  friend bool operator==(const NumberRange&, const NumberRange&) = default;
};
[[nodiscard]] std::string range_text(const NumberRange& range);  // "120", "90 to 120"

struct DossierFinding {
  std::string name;
  std::map<std::string, std::size_t> words;  // value: reports that found it
  std::optional<NumberRange> numbers;
  std::size_t unknown = 0;  // reports that asked and could not tell

  [[nodiscard]] std::size_t known() const;
  [[nodiscard]] std::size_t asked() const { return known() + unknown; }
  [[nodiscard]] bool constant() const;  // all that could tell found the same

  friend bool operator==(const DossierFinding&, const DossierFinding&) = default;
};

struct DossierModel {
  DossierKey key;
  std::size_t reports = 0;
  Moment first;  // when the oldest and the newest report were made
  Moment last;
  std::vector<DossierFinding> findings;  // those asked in any report, by name

  [[nodiscard]] const DossierFinding* find(std::string_view name) const;
  friend bool operator==(const DossierModel&, const DossierModel&) = default;
};

struct Dossier {
  std::vector<DossierModel> models;  // by key
  friend bool operator==(const Dossier&, const Dossier&) = default;
};

void add(Dossier& dossier, const probe::Report& report);  // every path of it
void add(Dossier& dossier, const Dossier& other);

}  // namespace reports
