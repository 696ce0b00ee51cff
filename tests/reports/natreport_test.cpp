// The program natreport: what it writes, and that a bad file changes nothing.

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "reports/document_file.h"
#include "reports/html_page.h"
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
  for (const std::string arguments :
       {"", "html", "markdown probe.json", "html --frob probe.json", "text probe.json -o"}) {
    EXPECT_EQ(run(arguments), 2) << arguments;
    expect_one_line("natreport: ");
    EXPECT_EQ(content("out"), "");
  }
}

TEST_F(Natreport, HelpAndVersion) {
  EXPECT_EQ(run("--help"), 0);
  EXPECT_THAT(content("out"), testing::AllOf(HasSubstr("html"), HasSubstr("text"), testing::Not(HasSubstr("dossier"))));
  EXPECT_EQ(run("--version"), 0);
  EXPECT_EQ(content("out"), "natreport " NATSCOPE_VERSION "\n");
}

}  // namespace natreport_test
