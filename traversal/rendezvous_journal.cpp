// How outcomes are written down before anybody is told of them, and found again after a restart.

#include <utility>

#include "traversal/rendezvous.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration time_to_return = 2min;  // of hosts, after a restart: their longest wait is one minute
constexpr net::Duration write_interval = 3ms;   // pairs that finish within it share one write to the disk
constexpr net::Duration write_again_after = 1s;
constexpr net::Duration news_interval = 1s;  // claims are renewed as often

}  // namespace

void Rendezvous::load(net::TimePoint now) {
  auto written = config_.journal->load();
  if (!written) {
    failure_ = written.error();
    return;
  }
  for (WrittenRun& run : *written) {
    add_run(now, run.order, HostState::Busy);
    for (FinishedPair& finished : run.finished) publish(now, finished);
    if (!runs_.at(run.order.id).finished()) patience_ = now + time_to_return;
  }
  if (shared()) next_news_ = now + news_interval;
}

// What the others began and finished. A pair they hold is looked at again, as it may have been given up.
void Rendezvous::take_news(net::TimePoint now) {
  next_news_ = now + news_interval;
  const auto renewed = config_.journal->renew_claims();
  auto news = config_.journal->news();
  note_unable(!renewed ? std::optional(renewed.error()) : !news ? std::optional(news.error()) : std::nullopt);
  if (!news) return;
  for (const MatrixOrder& order : news->begun) {
    if (!runs_.contains(order.id)) add_run(now, order, HostState::Busy);
  }
  for (FinishedPair& finished : news->finished) publish(now, finished);
  for (const std::string& name : std::exchange(busy_elsewhere_, {})) free_host(name);
  for (auto& [id, run] : runs_) run.queue().look_again();
}

void Rendezvous::add_run(net::TimePoint now, const MatrixOrder& order, HostState absent) {
  MatrixRun& run = runs_.emplace(order.id, MatrixRun(order, now, !tokens_.open(), config_.tcp)).first->second;
  runs_by_age_.push_back(order.id);
  happened(MatrixBegun{order});
  for (const RegisteredHost& host : run.hosts()) {
    const bool present = registry_.find(host.name) != nullptr;
    const bool busy = jobs_.of_host(host.name) != nullptr;
    run.set(host.name, busy ? HostState::Busy : present ? HostState::Idle : absent);
  }
}

void Rendezvous::conclude(net::TimePoint now, const Id& matrix, std::uint32_t pair, PairOutcome outcome) {
  ++counted_.pairs.at(static_cast<std::size_t>(outcome.outcome));
  FinishedPair finished{matrix, pair, std::move(outcome)};
  if (config_.journal == nullptr) return publish(now, finished);
  unwritten_.push_back(std::move(finished));
  if (!write_at_) write_at_ = now + write_interval;
}

// What cannot be written is kept and tried again; until then nobody is told, and nothing new is begun.
void Rendezvous::write(net::TimePoint now) {
  const auto written = config_.journal->finish(unwritten_);
  write_at_.reset();
  note_unable(written ? std::nullopt : std::optional(written.error()));
  if (!written) {
    write_at_ = now + write_again_after;
    return;
  }
  for (FinishedPair& finished : std::exchange(unwritten_, {})) publish(now, finished);
  for (auto& [request, response] : std::exchange(held_, {})) {
    responses_.keep(now, request.first, request.second, response);
    send({server_socket, request.first, {}}, std::move(response));  // a host in a job speaks UDP
  }
}

void Rendezvous::publish(net::TimePoint now, FinishedPair& finished) {
  const auto run = runs_.find(finished.matrix);
  if (run == runs_.end() || finished.pair >= run->second.total()) return;
  const auto hosts = run->second.pair(finished.pair).values;
  if (config_.watched) happened(PairEnded{finished.matrix, finished.pair, finished.outcome});
  run->second.close(finished.pair, std::move(finished.outcome), now);
  for (const RegisteredHost* host : hosts) free_host(host->name);
}

void Rendezvous::note_unable(std::optional<std::string> why) {
  if (why && !unable_) notes_.trouble(*why + ": no new jobs until it works again");
  if (!why && unable_) notes_.trouble("the journal can be written again");
  unable_ = std::move(why);
}

}  // namespace traversal
