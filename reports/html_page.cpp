#include "reports/html_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "reports/html_dossier.h"
#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/html_style.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

std::string title_of(const probe::Report& report) {
  return fmt::format("NAT type: {}", plain(report.verdict.nat_class));
}

std::string title_of(const MatrixDocument&) { return "Which networks connect"; }

std::string title_of(const Dossier& dossier) { return heading_of(dossier); }

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

std::string section_of(const NamedDocument& named, const Anchor& anchor) {
  if (const auto* report = std::get_if<probe::Report>(&named.document)) return probe_sections(*report, anchor);
  if (const auto* dossier = std::get_if<Dossier>(&named.document)) return dossier_section(*dossier);
  return matrix_section(std::get<MatrixDocument>(named.document), anchor, named.name);
}

bool holds_matrix(const std::vector<NamedDocument>& documents) {
  return std::ranges::any_of(
      documents, [](const NamedDocument& named) { return std::holds_alternative<MatrixDocument>(named.document); });
}

// Two hosts, and what runs between them through a wall.
constexpr std::string_view brand =
    R"(<span class="brand"><svg viewBox="0 0 24 24" aria-hidden="true" class="good"><path class="wire" d="M5 12h14"/>)"
    R"(<path class="edge" d="M12 4v4M12 16v4"/><circle class="share" cx="4" cy="12" r="3"/>)"
    R"(<circle class="share" cx="20" cy="12" r="3"/></svg>natscope</span>)";

// By Scripts.
constexpr std::array<std::string_view, 3> footers = {
    "This file is complete: it loads nothing and runs nothing",
    "This file is complete: it loads nothing, and its one script only sorts and shows what is in it",
    "This page follows the rendezvous that serves it, and asks nobody else"};

// The empty data: icon keeps browsers from asking for /favicon.ico.
std::string page(std::string_view title, std::string_view body, Scripts scripts) {
  const std::string code = script_of(scripts);
  const std::string script = code.empty() ? code : fmt::format("<script>{}</script>\n", code);
  return ascii_html(fmt::format(R"(<!doctype html>
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
<footer class="colophon">Made by natscope {}. {}.</footer>
{}</body>
</html>
)",
                                security_policy(scripts), html_escaped(title), style_sheet(), brand, body,
                                NATSCOPE_VERSION, footers.at(static_cast<std::size_t>(scripts)), script));
}

std::string article(const std::string& section, std::string_view name = {}) {
  const std::string heading = name.empty() ? std::string()
                                           : fmt::format(R"(<p class="document-name">{}</p>
)",
                                                         html_escaped(name));
  return fmt::format(R"(<article class="document">
{}{}</article>
)",
                     heading, section);
}

const Anchor first{"d0"};

}  // namespace

std::string to_html(const probe::Report& report) {
  return page(title_of(report), article(probe_sections(report, first)), Scripts::None);
}

std::string to_html(const MatrixDocument& document) {
  return page(title_of(document), article(matrix_section(document, first, "")), Scripts::Page);
}

std::string to_html(const std::vector<NamedDocument>& documents) {
  const bool several = documents.size() > 1;
  std::string body;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    body += article(section_of(documents[i], Anchor{fmt::format("d{}", i)}), several ? documents[i].name : "");
  }
  const std::string title = several || documents.empty()
                                ? fmt::format("{} documents", documents.size())
                                : std::visit([](const auto& one) { return title_of(one); }, documents[0].document);
  return page(title, body, holds_matrix(documents) ? Scripts::Page : Scripts::None);
}

std::string followed_page(std::string_view title, std::string_view above, std::string_view section) {
  return page(title, std::string(above) + article(std::string(section)), Scripts::Followed);
}

}  // namespace reports
