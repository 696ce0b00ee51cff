// Documents of earlier programs open for ever, in every form.

#include <gmock/gmock.h>

#include <filesystem>

#include "reports/csv_tables.h"
#include "reports/document_cases.h"
#include "reports/document_file.h"
#include "reports/html_page.h"
#include "reports/markdown.h"

namespace older_test {

std::vector<reports::NamedDocument> older_documents() {
  std::vector<reports::NamedDocument> out;
  for (const auto& file : std::filesystem::directory_iterator(NATSCOPE_OLDER)) {
    if (file.path().extension() != ".json") continue;
    auto document = reports::parse_document(reports::read_document(file.path()));
    EXPECT_TRUE(document) << file.path() << ": " << document.error();
    if (document) out.push_back({file.path().filename(), *std::move(document)});
  }
  return out;
}

TEST(OlderDocuments, OpenAndAreShown) {
  const auto documents = older_documents();
  EXPECT_GE(documents.size(), 2U);
  for (const auto& document : documents) {
    EXPECT_FALSE(reports::to_html({document}).empty());
    EXPECT_FALSE(reports::to_markdown({document}).empty());
    EXPECT_TRUE(reports::to_csv({document}));
    EXPECT_FALSE(reports::cases_of({document}, {}).at(0).cases.empty());
    const auto again = reports::parse_document(to_json(document.document));
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->index(), document.document.index());
  }
}

}  // namespace older_test
