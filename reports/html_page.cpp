#include "reports/html_page.h"

#include <fmt/core.h>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/html_style.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

std::string title_of(const Document& document) {
  if (const auto* report = std::get_if<probe::Report>(&document)) {
    return fmt::format("NAT type: {}", plain(report->verdict.nat_class));
  }
  return "Which networks connect";
}

// A section a path; what they are called stands above each where there are several.
std::string probe_sections(const probe::Report& report, const Anchor& anchor) {
  const auto paths = probe::paths_of(report);
  if (paths.size() == 1) return probe_section(report, anchor);
  std::string out;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    out += fmt::format("<p class=\"document-name\">{}</p>\n", html_escaped(path_name(*paths[i])));
    out += probe_section(*paths[i], i == 0 ? anchor : anchor.path(i));
  }
  return out;
}

std::string section_of(const Document& document, const Anchor& anchor) {
  if (const auto* report = std::get_if<probe::Report>(&document)) return probe_sections(*report, anchor);
  return matrix_section(std::get<MatrixDocument>(document), anchor);
}

// Two hosts, and what runs between them through a wall.
constexpr std::string_view brand =
    R"(<span class="brand"><svg viewBox="0 0 24 24" aria-hidden="true" class="good"><path class="wire" d="M5 12h14"/>)"
    R"(<path class="edge" d="M12 4v4M12 16v4"/><circle class="share" cx="4" cy="12" r="3"/>)"
    R"(<circle class="share" cx="20" cy="12" r="3"/></svg>natscope</span>)";

// The empty data: icon keeps browsers from asking for /favicon.ico.
std::string page(std::string_view title, std::string_view body) {
  return fmt::format(R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{} · natscope</title>
<link rel="icon" href="data:,">
<style>{}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="masthead">{}<span>NAT behaviour, observed</span></header>
<main id="content">
{}</main>
<footer class="colophon">Made by natscope {}. This file is complete: it loads nothing and runs nothing.</footer>
</body>
</html>
)",
                     security_policy(), html_escaped(title), style_sheet(), brand, body, NATSCOPE_VERSION);
}

std::string document_part(const NamedDocument& named, const Anchor& anchor, bool show_name) {
  const std::string name = show_name ? fmt::format(R"(<p class="document-name">{}</p>
)",
                                                   html_escaped(named.name))
                                     : std::string();
  return fmt::format(R"(<article class="document">
{}{}</article>
)",
                     name, section_of(named.document, anchor));
}

}  // namespace

std::string to_html(const probe::Report& report) { return to_html({NamedDocument{.document = report}}); }

std::string to_html(const MatrixDocument& document) { return to_html({NamedDocument{.document = document}}); }

std::string to_html(const std::vector<NamedDocument>& documents) {
  const bool several = documents.size() > 1;
  std::string body;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    body += document_part(documents[i], Anchor{fmt::format("d{}", i)}, several);
  }
  const std::string title =
      several || documents.empty() ? fmt::format("{} documents", documents.size()) : title_of(documents[0].document);
  return page(title, body);
}

}  // namespace reports
