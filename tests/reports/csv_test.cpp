// Tables for spreadsheets: what is in them, and that no cell acts.

#include "reports/csv.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "reports/csv_tables.h"
#include "reports/terminal.h"
#include "tests/reports/hostile_texts.h"
#include "tests/reports/samples.h"

namespace csv_test {

using reports::csv_cell;
using testing::HasSubstr;
using testing::StartsWith;

// What a reader of RFC 4180 makes of a document.
std::vector<std::vector<std::string>> read(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        rows.back().back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        rows.back().back() += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      rows.back().emplace_back();
    } else if (c == '\n') {
      rows.push_back({""});
    } else {
      rows.back().back() += c;
    }
  }
  rows.pop_back();
  return rows;
}

std::string table(std::vector<reports::NamedDocument> documents) {
  const auto text = reports::to_csv(documents);
  return text ? *text : "refused: " + text.error();
}

TEST(CsvCell, PlainText_IsAsItIs) {
  for (const std::string text : {"", "cone", "port-restricted cone", "a - b", "10.5", "-10.5", "-3"}) {
    EXPECT_EQ(csv_cell(text), text);
  }
}

TEST(CsvCell, CommaOrQuote_IsQuoted) {
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("say \"x\""), "\"say \"\"x\"\"\"");
}

TEST(CsvCell, WhatASpreadsheetWouldCalculate_GetsAnApostrophe) {
  EXPECT_EQ(csv_cell("=1+1"), "'=1+1");
  EXPECT_EQ(csv_cell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(csv_cell("-2+3"), "'-2+3");
  EXPECT_EQ(csv_cell("--2"), "'--2");
}

class HostileCell : public testing::TestWithParam<std::string_view> {};

TEST_P(HostileCell, StaysOneCellOfText) {
  const std::string row = reports::csv_line({std::string(GetParam()), "next"});
  EXPECT_TRUE(std::none_of(row.begin(), row.end() - 1, [](unsigned char c) { return c < 0x20 || c == 0x7F; })) << row;
  const auto rows = read(row);
  ASSERT_EQ(rows.size(), 1U);
  ASSERT_EQ(rows[0].size(), 2U);
  const std::string shown = reports::printable(GetParam());
  EXPECT_THAT(rows[0][0], testing::AnyOf(shown, "'" + shown));
  const auto first = rows[0][0].find_first_not_of(" \"");
  if (first != std::string::npos && rows[0][0].size() > 0) {
    EXPECT_EQ(std::string("=+-@").find(rows[0][0][first]), std::string::npos) << rows[0][0];
  }
}

INSTANTIATE_TEST_SUITE_P(Cells, HostileCell, testing::ValuesIn(hostile::cells));

TEST(Csv, ProbeReport_HasARowForEachFinding) {
  auto report = samples::port_restricted_cone();
  report.labels = {{"model", "WRT54G"}, {"site", "=1+1"}};
  const auto rows = read(table({{"a.json", report}}));
  EXPECT_THAT(rows[0], testing::ElementsAre("document", "path", "started_at", "vendor", "model", "firmware", "isp",
                                            "site", "note", "finding", "value", "confidence", "observations", "why"));
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
  EXPECT_EQ(rows[3][4], "WRT54G");
  EXPECT_EQ(rows[3][7], "'=1+1");
  EXPECT_EQ(rows[3][9], "mapping");
  EXPECT_EQ(rows[3][10], "endpoint-independent");
}

TEST(Csv, Unknown_IsAnEmptyValueWithItsReason) {
  const auto rows = read(table({{"a.json", samples::partner_silent()}}));
  EXPECT_EQ(rows[4][9], "filtering");
  EXPECT_EQ(rows[4][10], "");
  EXPECT_NE(rows[4][13], "");
}

TEST(Csv, Matrix_HasARowForEachPair) {
  const auto rows = read(table({{"m.json", samples::three_hosts()}}));
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[1][1] + rows[1][2], "ab");
  EXPECT_EQ(rows[1][4], "direct");
  EXPECT_EQ(rows[1][10], "44.2");
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
}

TEST(Csv, Dossier_HasARowForEachValue) {
  reports::Dossier dossier;
  add(dossier, samples::full_cone());
  add(dossier, samples::symmetric());
  const auto rows = read(table({{"d.json", dossier}}));
  EXPECT_EQ(std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row[6] == "class"; }), 2);
}

TEST(Csv, TwoKinds_AreRefusedByName) {
  EXPECT_EQ(table({{"a.json", samples::full_cone()}, {"m.json", samples::three_hosts()}}),
            "refused: a.json is a probe report and m.json is a matrix: a table holds one kind");
}

}  // namespace csv_test
