// A document read as it comes: the same value as when read whole, in whatever pieces, and the same complaints.

#include <gmock/gmock.h>

#include "net/cannot_work.h"
#include "reports/document.h"
#include "reports/document_file.h"
#include "reports/json_reader.h"
#include "reports/matrix_stream.h"
#include "tests/programs/program.h"
#include "tests/reports/samples.h"

namespace streaming_test {

using reports::Attempts;
using testing::HasSubstr;

class Streaming : public testing::Test {
 protected:
  // What load_document() makes of the text, or its complaint.
  std::string loaded(const std::string& text, Attempts attempts = Attempts::Kept) {
    reports::write_document(file_, text);
    try {
      const auto document = reports::load_document(file_, attempts);
      const auto* matrix = std::get_if<reports::MatrixDocument>(&document);
      return matrix != nullptr ? to_json(*matrix) : "no matrix";
    } catch (const net::CannotWork& error) {
      return error.what();
    }
  }

  programs::TemporaryDirectory directory_;
  std::string file_ = directory_.path() / "matrix.json";
};

TEST_F(Streaming, AMatrix_IsTheSameAsReadWhole) {
  for (const auto& document :
       {samples::three_hosts(), samples::all_outcomes(), samples::many_hosts(31), reports::MatrixDocument{}}) {
    EXPECT_EQ(loaded(to_json(document)), to_json(document));
  }
}

// What a stream writes, a line a pair, comes back too.
TEST_F(Streaming, WhatWasWrittenAsAStream_IsReadAsOne) {
  const auto document = samples::crowd(20);
  reports::MatrixStream stream(file_, document.matrix.hosts);
  for (const auto& pair : document.matrix.pairs) stream.add(pair);
  stream.finish({}, document.matrix.started_at, document.matrix.duration);
  EXPECT_EQ(to_json(std::get<reports::MatrixDocument>(reports::load_document(file_))), to_json(document));
}

TEST_F(Streaming, MembersInAnotherOrder_AreReadToo) {
  const auto json = nlohmann::json::parse(to_json(samples::three_hosts()));  // keys by the alphabet: schema is last
  EXPECT_EQ(loaded(json.dump()), to_json(samples::three_hosts()));
}

TEST_F(Streaming, AttemptsOfManyHosts_AreLeftOutOnDemand) {
  auto document = samples::many_hosts(31);
  EXPECT_EQ(loaded(to_json(samples::many_hosts(30)), Attempts::OfFewHosts), to_json(samples::many_hosts(30)));
  const std::string all = to_json(document);
  for (auto& pair : document.matrix.pairs) pair.attempts.clear();
  EXPECT_EQ(loaded(all, Attempts::OfFewHosts), to_json(document));
}

TEST_F(Streaming, AComplaint_NamesFileAndPlace) {
  auto json = nlohmann::ordered_json::parse(to_json(samples::three_hosts()));
  json["pairs"][1]["b"] = "z";
  EXPECT_EQ(loaded(json.dump()), "read " + file_ + ": pairs[1].b: no such host");
  json["pairs"][1] = 7;
  EXPECT_EQ(loaded(json.dump()), "read " + file_ + ": pairs[1]: expected an object");
  EXPECT_EQ(loaded("{\n\n\"schema\": x}"), "read " + file_ + ": line 3: not JSON");
  EXPECT_THAT(loaded(to_json(samples::three_hosts()).substr(0, 5000)), HasSubstr(": not JSON"));
}

// A text in pieces of one byte has the same value, and its line ends are counted.
TEST(JsonInput, PiecesOfAnySize_AreOneText) {
  const std::string text = "{\"a\": [1, \"b\u00FC\"],\n \"c\": null}";
  for (std::size_t size = 1; size < 9; ++size) {
    std::string_view rest = text;
    const auto next = [&] {
      const auto piece = rest.substr(0, size);
      rest.remove_prefix(piece.size());
      return piece;
    };
    EXPECT_EQ(reports::parse_json(next, {}), nlohmann::json::parse(text)) << size;
  }
}

// Elements that are taken do not count towards the limit; what is kept does.
TEST(JsonInput, OnlyWhatIsKept_IsLimited) {
  const std::string element = "[" + std::string(std::size_t{8} << 20, ' ') + "]";
  std::size_t taken = 0;
  const reports::Taker all = [&](const auto&, const std::string& list, std::size_t index, const auto&) {
    EXPECT_EQ(list, "list");
    EXPECT_EQ(index, taken++);
    return true;
  };
  std::vector<std::string_view> pieces = {"{\"list\": [0"};
  for (int i = 0; i < 9; ++i) pieces.insert(pieces.end(), {",", element});
  pieces.push_back("]}");
  const auto one_by_one = [&pieces] {
    return [&pieces, at = std::size_t{0}]() mutable { return at < pieces.size() ? pieces[at++] : std::string_view(); };
  };
  EXPECT_TRUE(reports::parse_json(one_by_one(), all)["list"].empty());
  EXPECT_EQ(taken, 10U);
  EXPECT_THROW((void)reports::parse_json(one_by_one(), {}), reports::Malformed);
}

}  // namespace streaming_test
