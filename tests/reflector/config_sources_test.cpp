// Every option of natreflector by command line, environment and file; and files that are wrong in every way. The
// parser alone: nothing is opened, whatever is said.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "net/cannot_work.h"
#include "net/random.h"
#include "reflector/options.h"
#include "reflector/reload.h"
#include "tests/programs/program.h"

namespace reflector {
namespace config_sources_test {

using testing::HasSubstr;

net::Result<Options, std::string> parsed(std::vector<std::string> words) {
  words.insert(words.begin(), "natreflector");
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  return reread_options(static_cast<int>(argv.size()), argv.data());
}

class Variable {
 public:
  Variable(const std::string& name, const std::string& value) : name_(name) { ::setenv(name.c_str(), value.c_str(), 1); }
  ~Variable() { ::unsetenv(name_.c_str()); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  std::string name_;
};

struct Row {
  std::string option;
  std::string value;
  std::string other;  // another one
  std::function<std::string(const Options&)> shown;
};

template <typename T>
std::string first_of(const std::vector<T>& values) {
  return values.empty() ? "none" : net::to_string(values.front());
}
template <typename T>
std::string number(const std::optional<T>& value) {
  return value ? std::to_string(*value) : "none";
}

const std::vector<Row> rows = {
    {"listen", "192.0.2.1:3478", "192.0.2.9:3478", [](const Options& o) { return first_of(o.listen); }},
    {"partner", "192.0.2.2:3481", "192.0.2.9:3481", [](const Options& o) { return first_of(o.partner); }},
    {"partner-key-file", "/a", "/b", [](const Options& o) { return o.partner_key_file; }},
    {"link-port", "4000", "4001", [](const Options& o) { return number(o.link_port); }},
    {"alternate-address", "192.0.2.3", "192.0.2.9", [](const Options& o) { return first_of(o.alternate_address); }},
    {"alternate-port", "4002", "4003", [](const Options& o) { return number(o.alternate_port); }},
    {"advertise", "203.0.113.1", "203.0.113.9", [](const Options& o) { return first_of(o.advertise); }},
    {"partner-advertise", "203.0.113.2", "203.0.113.9",
     [](const Options& o) { return first_of(o.partner_advertise); }},
    {"mode", "strict", "compatible", [](const Options& o) { return o.mode == Mode::Strict ? "strict" : "compatible"; }},
    {"rate-limit", "7", "9", [](const Options& o) { return number(o.rate_limit); }},
    {"rate-limit-in-all", "700", "900", [](const Options& o) { return number(o.rate_limit_in_all); }},
    {"workers", "3", "5", [](const Options& o) { return number(o.workers); }},
    {"no-tcp", "true", "false", [](const Options& o) { return o.no_tcp ? "true" : "false"; }},
    {"allow-destination", "10.0.0.0", "10.0.0.9",
     [](const Options& o) { return o.allow_destination.empty() ? "none" : net::to_string(o.allow_destination[0].address); }},
    {"user", "nobody", "daemon", [](const Options& o) { return o.user.value_or("none"); }},
    {"metrics", "127.0.0.1:9478", "127.0.0.1:9479",
     [](const Options& o) { return o.metrics ? net::to_string(*o.metrics) : "none"; }},
};

std::string variable_of(std::string option) {
  for (char& c : option) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return "NATSCOPE_" + option;
}

TEST(Sources, EachOption_ComesFromEach_TheCommandLineWins_ThenTheEnvironment) {
  const programs::TemporaryDirectory directory;
  for (const Row& row : rows) {
    SCOPED_TRACE(row.option);
    const auto value_of = [&](const std::vector<std::string>& words) {
      const auto options = parsed(words);
      return options ? row.shown(*options) : options.error();
    };
    const std::string typed = row.option == "no-tcp" ? "--no-tcp" : "--" + row.option + "=" + row.value;
    const std::string file = directory.file("ours.conf", row.option + " = " + row.value + "\n");
    const std::string other = directory.file("other.conf", row.option + " = " + row.other + "\n");
    EXPECT_NE(value_of({}), row.value);
    EXPECT_EQ(value_of({typed}), row.value);
    EXPECT_EQ(value_of({"--config", file}), row.value);
    EXPECT_EQ(value_of({"--config", other, typed}), row.value);
    {
      const Variable variable(variable_of(row.option), row.value);
      EXPECT_EQ(value_of({}), row.value);
      EXPECT_EQ(value_of({"--config", other}), row.value);
    }
    const Variable variable(variable_of(row.option), row.other);
    EXPECT_EQ(value_of({typed}), row.value);
  }
}

// What may change while it runs: all the others are sockets, or what the process is.
TEST(Sources, WhatAReloadMayChange) {
  const std::vector<std::string> sockets = {"listen",         "alternate-address", "alternate-port", "link-port",
                                            "no-tcp",         "user",              "metrics",        "workers"};
  for (const Row& row : rows) {
    const bool fixed = std::find(sockets.begin(), sockets.end(), row.option) != sockets.end();
    const programs::TemporaryDirectory directory;
    const auto one = parsed({"--config", directory.file("one", row.option + " = " + row.value + "\n")});
    const auto two = parsed({"--config", directory.file("two", row.option + " = " + row.other + "\n")});
    ASSERT_TRUE(one && two) << row.option;
    EXPECT_EQ(cannot_change(*one, *two).value_or(""), fixed ? "--" + row.option : "") << row.option;
    EXPECT_EQ(cannot_change(*one, *one), std::nullopt);
  }
  const auto without = parsed({"--listen", "192.0.2.1"});
  const auto with = parsed({"--listen", "192.0.2.1", "--partner", "192.0.2.2"});
  EXPECT_EQ(cannot_change(*without, *with), "--partner");
}

TEST(Sources, AWrongCombination_NamesFileAndLine) {
  const programs::TemporaryDirectory directory;
  const std::string file = directory.file("r.conf", "# a reflector\nlisten = 192.0.2.1\nlink-port = 3481\n");
  const auto options = parsed({"--config", file});
  ASSERT_TRUE(options);
  try {
    (void)config_of(*options);
    FAIL();
  } catch (const net::CannotWork& error) {
    EXPECT_EQ(std::string(error.what()), file + ":3: --link-port: without --partner");
  }
}

// ---- three hundred damaged files -----------------------------------------------------------------------------------

const std::string whole = R"(# the first of a pair
listen = 192.0.2.1:3478
partner = 192.0.2.2:3481
partner-key-file = KEY
advertise = 203.0.113.1
partner-advertise = 203.0.113.2
mode = strict
rate-limit = 50
rate-limit-in-all = 20000
allow-destination = 10.0.0.0/8
metrics = 127.0.0.1:9478
verbose = true
)";

std::string damaged(std::string text, net::Random& random) {
  for (auto times = random.between(1, 3); times > 0 && !text.empty(); --times) {
    const auto at = static_cast<std::size_t>(random.below(text.size()));
    switch (random.below(6)) {
      case 0: text[at] = static_cast<char>(random.below(256)); break;
      case 1: text.erase(at, random.between(1, 20)); break;
      case 2: text.insert(at, 1, static_cast<char>(random.below(256))); break;
      case 3: text.insert(at, text.substr(random.below(text.size()), random.between(1, 40))); break;
      case 4: text.resize(at); break;
      default: text.insert(at, std::string("=\n\0#:/[]-", 9).substr(random.below(9), 1)); break;
    }
  }
  return text;
}

TEST(DamagedFiles, AreRefusedWithFileAndLine_OrAreSound) {
  const programs::TemporaryDirectory directory;
  const std::string key = directory.file("key", "0123456789abcdef0123456789abcdef\n");
  std::string text = whole;
  text.replace(text.find("KEY"), 3, key);
  net::Random random(16);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string content = damaged(text, random);
    const std::string file = directory.file("r.conf", content);
    const auto options = parsed({"--config", file});
    std::string complaint = options ? "" : options.error();
    if (options) {
      try {
        EXPECT_FALSE(config_of(*options).hosts.empty());
      } catch (const net::CannotWork& error) {
        complaint = error.what();
      }
    }
    if (complaint.empty()) continue;
    ++refused;
    const bool names_its_place = complaint.find(file + ":") == 0 || complaint.find("--listen ADDRESS") == 0 ||
                                 complaint.find("read secret ") == 0 || complaint.find("--partner") == 0;
    EXPECT_TRUE(names_its_place) << complaint << "\n----\n" << content;
  }
  EXPECT_GT(refused, 150);
  EXPECT_LT(refused, 300);
}

}  // namespace config_sources_test
}  // namespace reflector
