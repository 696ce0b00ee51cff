// What of each document is redacted.

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <array>

#include "reports/redaction.h"

namespace reports {
namespace {

constexpr std::size_t stun_header = 20;
constexpr std::size_t attribute_header = 4;

// Type and size of every attribute stay, their values go; anything but STUN goes whole.
void blank(net::Bytes& payload) {
  const bool stun = payload.size() >= stun_header && (payload[0] & 0xC0U) == 0 &&
                    net::get_u32(net::BytesView(payload).subspan(4)) == 0x2112A442;
  for (std::size_t at = stun ? stun_header : 0; at < payload.size();) {
    std::size_t size = payload.size() - at;
    if (stun && size >= attribute_header) {
      const std::size_t value = net::get_u16(net::BytesView(payload).subspan(at + 2));
      at += attribute_header;
      size = std::min((value + 3) / 4 * 4, payload.size() - at);
    }
    std::fill_n(payload.begin() + static_cast<std::ptrdiff_t>(at), size, std::uint8_t{0});
    at += size;
  }
}

std::uint32_t hash_of_fill(const probe::Observation& seen) {
  const net::Bytes& fill = seen.query.fill;
  return static_cast<std::uint32_t>(::crc32(0, fill.data(), static_cast<uInt>(fill.size())));
}

// Whether FILL arrived as it was sent is a finding, and stays; what it held goes.
void blank_fill(probe::Observation& seen) {
  const bool as_sent = seen.arrival && seen.arrival->fill_hash == hash_of_fill(seen);
  std::ranges::fill(seen.query.fill, std::uint8_t{0});
  if (seen.arrival) seen.arrival->fill_hash = as_sent ? hash_of_fill(seen) : ~hash_of_fill(seen);
}

// What a product is called is nobody's; the other labels are the user's own words.
bool names_a_product(const std::string& label) {
  constexpr std::array<std::string_view, 3> products = {"vendor", "model", "firmware"};
  return std::ranges::find(products, label) != products.end();
}

}  // namespace

// A gateway's URL holds its serial number or MAC address as often as not.
std::string Redaction::url_path(const std::string& path) const {
  return path.empty() || depth_ == RedactionDepth::Prefix ? path : "/" + pseudonym("path", path);
}

void Redaction::redact(gateway::Answer& told) {
  redact(told.external_address);
  told.path = url_path(told.path);
  for (std::string* words : {&told.service, &told.vendor, &told.model}) *words = text(*words);
}

void Redaction::redact(probe::Observation& seen) {
  probe::Query& query = seen.query;
  query.to = (*this)(query.to);
  query.expected_from = (*this)(query.expected_from);
  redact(query.bound_to);
  if (query.assist) redact(query.assist->target);
  if (query.gateway) {
    redact(query.gateway->inside);
    query.gateway->path = url_path(query.gateway->path);
    query.gateway->service = text(query.gateway->service);
  }
  if (seen.gateway) redact(*seen.gateway);
  blank_fill(seen);
  for (auto* endpoint :
       {&seen.local, &seen.from, &seen.mapped, &seen.mapped_plain, &seen.response_origin, &seen.other_address}) {
    redact(*endpoint);
  }
  if (seen.icmp) redact(seen.icmp->from);
  if (seen.nat64) seen.nat64 = net::well_known_nat64();
  if (seen.assist) {
    for (auto* endpoint : {&seen.assist->asker, &seen.assist->local, &seen.assist->external}) redact(*endpoint);
  }
  seen.return_token.reset();
  seen.note = text(seen.note);
}

void Redaction::redact(probe::Verdict& verdict) {
  verdict.mapping.why = text(verdict.mapping.why);
  verdict.filtering.why = text(verdict.filtering.why);
  const auto redact_figure = [&](probe::Figure& figure) {
    if (auto* words = std::get_if<std::string>(&figure)) *words = text(*words);
  };
  for (auto& [name, finding, figures] : verdict.findings) {
    if (finding.value) redact_figure(*finding.value);
    finding.why = text(finding.why);
    for (auto& [key, figure] : figures) redact_figure(figure);
  }
}

probe::Report Redaction::operator()(const probe::Report& report) {
  learn(report);
  probe::Report out = report;
  redact(out.verdict);
  for (probe::Observation& seen : out.observations) redact(seen);
  redact(out.local);
  redact(out.external);
  for (auto& reflector : out.reflectors) {
    reflector.given = text(reflector.given);
    reflector.endpoint = (*this)(reflector.endpoint);
    redact(reflector.other_address);
    reflector.note = text(reflector.note);
  }
  for (auto& [key, value] : out.labels) {
    const bool stays = depth_ == RedactionDepth::Prefix || names_a_product(key);
    value = stays ? text(value) : pseudonym(key, value);
  }
  if (!out.interface.empty()) out.interface = pseudonym("interface", out.interface);
  for (probe::Report& path : out.paths) path = (*this)(path);
  return out;
}

std::string Redaction::host_name(const std::string& name) const {
  const auto known = hosts_.find(name);
  return known == hosts_.end() ? name : known->second;
}

void Redaction::redact(traversal::PairOutcome& pair) {
  pair.a = host_name(pair.a);
  pair.b = host_name(pair.b);
  pair.strategy = text(pair.strategy);
  pair.why = text(pair.why);
  for (auto& attempt : pair.attempts) {
    attempt.strategy = text(attempt.strategy);
    attempt.why = text(attempt.why);
    for (traversal::TimelineEvent& told : attempt.timeline) redact(told.event.where);
  }
}

MatrixDocument Redaction::operator()(const MatrixDocument& document) {
  learn(document);
  MatrixDocument out = document;
  for (auto& host : out.matrix.hosts) {
    host.name = host_name(host.name);
    host.local = text(host.local);
    host.external = text(host.external);
    host.external_other = text(host.external_other);
  }
  for (auto& pair : out.matrix.pairs) redact(pair);
  out.probes.clear();
  for (const auto& [name, report] : document.probes) out.probes[host_name(name)] = (*this)(report);
  return out;
}

Dossier Redaction::operator()(const Dossier& dossier) {
  Dossier out;
  for (DossierModel model : dossier.models) {
    for (std::string* words : {&model.key.vendor, &model.key.model, &model.key.firmware}) *words = text(*words);
    for (DossierFinding& finding : model.findings) {
      std::map<std::string, std::size_t> shown;
      for (const auto& [word, count] : finding.words) shown[text(word)] += count;
      finding.words = std::move(shown);
    }
    add(out, Dossier{{std::move(model)}});
  }
  return out;
}

std::vector<NamedDocument> Redaction::operator()(const std::vector<NamedDocument>& documents) {
  for (const NamedDocument& named : documents) learn(named.document);
  std::vector<NamedDocument> out;
  for (const auto& [name, document] : documents) {
    const bool stays = depth_ == RedactionDepth::Prefix;
    const std::string number = documents.size() == 1 ? "-" : fmt::format("document {}", out.size() + 1);
    out.push_back({stays ? name : number, (*this)(document)});
  }
  return out;
}

Document Redaction::operator()(const Document& document) {
  return std::visit([&](const auto& content) -> Document { return (*this)(content); }, document);
}

std::vector<probe::Packet> Redaction::operator()(const std::vector<probe::Packet>& packets) {
  std::vector<probe::Packet> out = packets;
  for (probe::Packet& packet : out) {
    redact(packet.local);
    packet.remote = (*this)(packet.remote);
    blank(packet.payload);
  }
  return out;
}

}  // namespace reports
