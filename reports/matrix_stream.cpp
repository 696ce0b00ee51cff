#include "reports/matrix_stream.h"

#include "reports/json_values.h"

namespace reports {
namespace {

std::string line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string member(std::string_view key, const Json& value) { return "  \"" + std::string(key) + "\": " + line(value); }

}  // namespace

MatrixStream::MatrixStream(const std::string& path, const std::vector<traversal::Host>& hosts) : file_(path) {
  std::string text = "{\n" + member("schema", matrix_schema) + ",\n  \"hosts\": [";
  for (std::size_t i = 0; i < hosts.size(); ++i)
    text += (i == 0 ? "\n    " : ",\n    ") + line(json_host(hosts[i], {}));
  file_.write(text + "\n  ],\n  \"pairs\": [");
}

void MatrixStream::add(const traversal::PairOutcome& pair) {
  file_.write((std::exchange(empty_, false) ? "\n    " : ",\n    ") + line(json_pair(pair)));
}

void MatrixStream::finish(const std::optional<PopulationDraw>& drawn, std::chrono::system_clock::time_point started_at,
                          net::Duration duration) {
  std::string text = "\n  ],\n";
  if (drawn) text += member("drawn_from", json_draw(*drawn)) + ",\n";
  text += member("started_at", timestamp(started_at)) + ",\n" + member("duration_ms", milliseconds(duration)) + "\n}\n";
  file_.write(text);
  file_.finish();
}

}  // namespace reports
