// The program natreport: what it writes, and that a bad file changes nothing.

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "reports/csv_tables.h"
#include "reports/document_file.h"
#include "reports/html_page.h"
#include "reports/markdown.h"
#include "reports/matrix_text.h"
#include "reports/probe_report_json.h"
#include "tests/programs/program.h"
#include "tests/reports/samples.h"

namespace natreport_test {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Natreport : public testing::Test {
 protected:
  void SetUp() override {
    reports::write_document(path("probe.json"), reports::to_json(samples::port_restricted_cone()));
    reports::write_document(path("matrix.json"), reports::to_json(samples::three_hosts()));
    reports::write_document(path("bad.json"), R"({"schema": "natscope/probe-report/1"})");
  }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::string content(const std::string& name) const { return reports::read_document(path(name)); }

  // In the test's folder; output and errors go to files "out" and "err" there.
  [[nodiscard]] int run(const std::string& arguments) const {
    const std::string command = "cd " + folder_.string() + " && '" NATSCOPE_NATREPORT "' " + arguments + " >out 2>err";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  void expect_one_line(const std::string& says) const {
    const std::string error = content("err");
    EXPECT_THAT(error, HasSubstr(says));
    EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << error;
  }

  programs::TemporaryDirectory directory_;
  const fs::path& folder_ = directory_.path();
};

TEST_F(Natreport, Html_WritesThePage) {
  EXPECT_EQ(run("html matrix.json -o page.html"), 0);
  EXPECT_EQ(content("page.html"), reports::to_html(samples::three_hosts()));
  EXPECT_EQ(content("out"), "");
  EXPECT_EQ(run("html probe.json"), 0);
  EXPECT_EQ(content("out"), reports::to_html(samples::port_restricted_cone()));
}

TEST_F(Natreport, Text_WritesBothKinds) {
  EXPECT_EQ(run("text matrix.json"), 0);
  EXPECT_EQ(content("out"), reports::to_text(samples::three_hosts()));
  EXPECT_EQ(run("text - < probe.json"), 0);
  EXPECT_EQ(content("out"), reports::to_text(samples::port_restricted_cone()));
}

TEST_F(Natreport, SeveralFiles_BecomeSectionsUnderTheirNames) {
  EXPECT_EQ(run("text probe.json matrix.json"), 0);
  EXPECT_THAT(content("out"),
              testing::AllOf(HasSubstr("probe.json\nNAT type: Cone"), HasSubstr("matrix.json\n2 of 3")));
  EXPECT_EQ(run("html probe.json matrix.json -o page.html"), 0);
  EXPECT_THAT(content("page.html"), testing::AllOf(HasSubstr(">probe.json</p>"), HasSubstr(">matrix.json</p>")));
}

TEST_F(Natreport, Verbose_AddsTheObservations) {
  EXPECT_EQ(run("text --verbose probe.json"), 0);
  EXPECT_THAT(content("out"), HasSubstr("#10"));
}

TEST_F(Natreport, Markdown_Csv_Junit) {
  EXPECT_EQ(run("markdown probe.json"), 0);
  EXPECT_EQ(content("out"), reports::to_markdown(samples::port_restricted_cone()));
  EXPECT_EQ(run("csv matrix.json -o pairs.csv"), 0);
  EXPECT_EQ(content("pairs.csv"), *reports::to_csv({{"matrix.json", samples::three_hosts()}}));
  EXPECT_EQ(run("junit matrix.json"), 0);
  EXPECT_THAT(content("out"), HasSubstr("<testsuite name=\"matrix.json\" tests=\"3\""));
  EXPECT_EQ(run("csv matrix.json probe.json"), 2);
  expect_one_line("natreport: csv: matrix.json is a matrix and probe.json is a probe report");
}

TEST_F(Natreport, Junit_EndsWithOne_WhenAnExpectationIsNotMet) {
  EXPECT_EQ(run("junit --expect class=cone probe.json"), 0);
  EXPECT_EQ(run("junit --expect class=cone --expect class=symmetric probe.json"), 1);
  EXPECT_THAT(content("out"), HasSubstr("tests=\"2\" failures=\"1\""));
}

TEST_F(Natreport, Merge_MakesOneDocument) {
  EXPECT_EQ(run("merge matrix.json matrix.json -o both.json"), 0);
  const auto both = reports::parse_matrix(content("both.json"));
  ASSERT_TRUE(both) << both.error();
  EXPECT_EQ(both->matrix.pairs[0].trials, 2 * samples::three_hosts().matrix.pairs[0].trials);
  EXPECT_EQ(run("merge matrix.json probe.json -o both.json"), 2);
  expect_one_line("natreport: merge matrix.json and probe.json: documents of different kinds");
  EXPECT_TRUE(reports::parse_matrix(content("both.json")));
}

TEST_F(Natreport, Dossier_FeedsEveryForm) {
  EXPECT_EQ(run("dossier probe.json matrix.json -o routers.json"), 0);
  for (const std::string form : {"text", "html", "markdown", "csv", "junit"}) {
    EXPECT_EQ(run(form + " routers.json"), 0) << form;
    EXPECT_THAT(content("out"), HasSubstr("port-restricted-cone")) << form;
  }
}

TEST_F(Natreport, Diff_FailsOnChangeOnlyWhenAsked) {
  reports::write_document(path("other.json"), reports::to_json(samples::full_cone()));
  EXPECT_EQ(run("diff probe.json other.json"), 0);
  EXPECT_THAT(content("out"),
              testing::ContainsRegex("changed +filtering +address-and-port-dependent -> endpoint-independent"));
  EXPECT_EQ(run("diff --fail-on-change probe.json other.json"), 1);
  EXPECT_EQ(run("diff --fail-on-change probe.json probe.json"), 0);
}

TEST_F(Natreport, Diff_AsJson) {
  reports::write_document(path("other.json"), reports::to_json(samples::full_cone()));
  EXPECT_EQ(run("diff probe.json other.json --json diff.json --fail-on-change"), 1);
  EXPECT_THAT(content("out"), HasSubstr("changed"));
  EXPECT_THAT(content("diff.json"), HasSubstr("\"before\": \"address-and-port-dependent\""));
  EXPECT_EQ(run("diff probe.json other.json --json -"), 0);
  EXPECT_EQ(content("out"), content("diff.json"));
  const std::string kept = content("diff.json");
  EXPECT_EQ(run("diff probe.json bad.json --json diff.json"), 2);
  expect_one_line("natreport: read bad.json: key \"observations\" is missing");
  EXPECT_EQ(content("diff.json"), kept);
  EXPECT_EQ(run("diff probe.json other.json --json no/such/file"), 2);
  expect_one_line("natreport: write no/such/file: No such file or directory");
  EXPECT_EQ(content("out"), "");
}

TEST_F(Natreport, BadFile_IsNamedAndNothingIsWritten) {
  reports::write_document(path("page.html"), "old");
  EXPECT_EQ(run("html matrix.json bad.json -o page.html"), 2);
  expect_one_line("natreport: read bad.json: key \"observations\" is missing");
  EXPECT_EQ(content("page.html"), "old");
  EXPECT_EQ(run("text none.json"), 2);
  expect_one_line("read none.json: No such file or directory");
  EXPECT_EQ(run("html matrix.json -o no/such/page.html"), 2);
  expect_one_line("write no/such/page.html: No such file or directory");
  EXPECT_EQ(run("html matrix.json -o /dev/full"), 2);
  expect_one_line("write /dev/full: No space left on device");
}

TEST_F(Natreport, MistakesOnTheCommandLine_AreOneLineAndTwo) {
  for (const std::string arguments : {"", "html", "pdf probe.json", "html --frob probe.json", "text probe.json -o",
                                      "text --expect class=cone probe.json", "junit --expect class=conic probe.json",
                                      "junit --expect shape=cone probe.json", "diff probe.json",
                                      "diff probe.json probe.json probe.json", "merge", "dossier"}) {
    EXPECT_EQ(run(arguments), 2) << arguments;
    expect_one_line("natreport: ");
    EXPECT_EQ(content("out"), "");
  }
}

TEST_F(Natreport, HelpAndVersion) {
  EXPECT_EQ(run("--help"), 0);
  EXPECT_THAT(content("out"),
              testing::AllOf(HasSubstr("html"), HasSubstr("markdown"), HasSubstr("dossier"), HasSubstr("history")));
  EXPECT_EQ(run("--version"), 0);
  EXPECT_EQ(content("out"), "natreport " NATSCOPE_VERSION "\n");
}

}  // namespace natreport_test
