#include "tests/reflector/prometheus.h"

#include <regex>
#include <set>
#include <sstream>

namespace prometheus {
namespace {

const std::string name_pattern = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const std::string label_pattern = R"re([a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*")re";

class Reader {
 public:
  Page page;

  void take(const std::string& line) {
    line_ = line;
    static const std::regex help("# HELP (" + name_pattern + ") (.+)");
    static const std::regex type("# TYPE (" + name_pattern + ") (counter|gauge|histogram|summary|untyped)");
    static const std::regex sample("(" + name_pattern + ")(?:\\{(" + label_pattern + "(?:," + label_pattern +
                                   ")*)\\})? (\\S+)");
    std::smatch match;
    if (std::regex_match(line, match, help)) {
      begin(match[1]);
    } else if (std::regex_match(line, match, type)) {
      set_type(match[1], match[2]);
    } else if (std::regex_match(line, match, sample)) {
      add(match[1], match[2], match[3]);
    } else {
      complain("no line of the format");
    }
  }

 private:
  std::string line_;
  std::string current_;

  void complain(const std::string& what) { page.complaints.push_back(what + ": " + line_); }

  void begin(const std::string& name) {
    if (page.families.contains(name)) complain("a second HELP");
    page.families[name];
    current_ = name;
  }

  void set_type(const std::string& name, const std::string& type) {
    if (name != current_) complain("TYPE without its HELP before it");
    Family& family = page.families[name];
    if (!family.type.empty() || !family.samples.empty()) complain("a late or second TYPE");
    family.type = type;
    if ((type == "counter") != name.ends_with("_total")) complain("counters, and only they, end in _total");
  }

  void add(const std::string& name, const std::string& labels, const std::string& value) {
    if (name != current_) complain("a sample outside its family");
    Family& family = page.families[name];
    if (family.type.empty()) complain("a sample before its TYPE");
    std::istringstream number(value);
    double parsed = 0;
    if (!(number >> parsed) || !number.eof()) complain("no number");
    if (family.type == "counter" && parsed < 0) complain("a counter below zero");
    if (!family.samples.emplace(labels, parsed).second) complain("a sample twice");
  }
};

}  // namespace

Page read(const std::string& text) {
  Reader reader;
  if (!text.ends_with('\n')) reader.page.complaints.emplace_back("the last line has no end");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) reader.take(line);
  return reader.page;
}

}  // namespace prometheus
