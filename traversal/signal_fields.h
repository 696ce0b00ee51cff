#pragma once
// The fields of every signal, listed once for writing and reading alike. `f` is the writer or the reader of
// signal_codec.cpp; each field has a key, a value and, where the type alone is too wide, a limit. Internal to the
// codec.

#include "traversal/signal.h"

namespace traversal::fields {

using namespace std::chrono_literals;

inline constexpr std::size_t longest_text = 300;
inline constexpr std::uint64_t largest_count = 10'000'000;
inline constexpr double largest_step = 65'535;
inline constexpr net::Duration longest_time = 1h;

template <typename F>
void list(F& f, Register& s) {
  f.name("name", s.name);
  f("session", s.session);
  f("behavior", s.behavior);
  f("local", s.local);
  f("texts", s.texts);
  f("ports", s.ports);
  f("port_mapping", s.port_mapping);
}
template <typename F>
void list(F& f, Refresh& s) {
  f.name("name", s.name);
  f("session", s.session);
}
template <typename F>
void list(F& f, Unregister& s) {
  f.name("name", s.name);
  f("session", s.session);
}
template <typename F>
void list(F& f, ListRequest& s) {
  f("from", s.from);
}
template <typename F>
void list(F& f, Observe& s) {
  f("nonce", s.nonce);
  f("local", s.local);
  f("mapped", s.mapped);
  f("no_mapping", s.no_mapping);
}
template <typename F>
void list(F& f, Result& s) {
  f("attempt", s.attempt);
  f("nonce", s.nonce);
  f("half", s.half);
}
template <typename F>
void list(F& f, MatrixRequest& s) {
  f("pairs", s.pairs);
  f("strategies", s.strategies);
  f("trials", s.trials);
  f("hold_ms", s.hold);
}
template <typename F>
void list(F& f, StatusRequest& s) {
  f("matrix", s.matrix);
}
template <typename F>
void list(F& f, RowsRequest& s) {
  f("matrix", s.matrix);
  f("from", s.from);
}
template <typename F>
void list(F& f, PeersRequest& s) {
  f("from", s.from);
}
template <typename F>
void list(F& f, Relay& s) {
  f.name("name", s.name);
  f("session", s.session);
  f.name("to", s.to);
  f("id", s.id);
  f("text", s.text);
}
template <typename F>
void list(F& f, Prepare& s) {
  f("session", s.session);
  f("attempt", s.attempt);
  f("nonce", s.nonce);
  f("strategy", s.strategy);
  f("job", s.job);
  f("trial", s.trial);
  f("family", s.family);
}
template <typename F>
void list(F& f, Start& s) {
  f("session", s.session);
  f("attempt", s.attempt);
  f("key", s.key);
  f("own", s.own);
  f("remote", s.remote);
  f("in_ms", s.in);
  f.name("with", s.with);
  f("hold_ms", s.hold);
}
template <typename F>
void list(F& f, Stop& s) {
  f("session", s.session);
  f("attempt", s.attempt);
}
template <typename F>
void list(F& f, Relayed& s) {
  f("session", s.session);
  f.name("from", s.from);
  f("id", s.id);
  f("text", s.text);
}
template <typename F>
void list(F&, Done&) {}
template <typename F>
void list(F& f, Registered& s) {
  f("mapped", s.mapped);
  f("heartbeat_ms", s.heartbeat);
  f("return_within_ms", s.return_within);
  f("other", s.other);
}
template <typename F>
void list(F& f, HostPage& s) {
  f("names", s.names);
  f("total", s.total);
}
template <typename F>
void list(F& f, PeerEntry& s) {
  f.name("name", s.name);
  f("behavior", s.behavior);
  f("mapped", s.mapped);
  f("over_tcp", s.over_tcp);
  f("texts", s.texts);
}
template <typename F>
void list(F& f, PeerPage& s) {
  f("peers", s.peers);
  f("total", s.total);
}
template <typename F>
void list(F& f, Observed& s) {
  f("mapped", s.mapped);
}
template <typename F>
void list(F& f, Accepted& s) {
  f("matrix", s.matrix);
  f("pairs", s.pairs);
  f("length_s", s.length_s);
  f("not_run", s.not_run);
  f("why", s.why);
}
template <typename F>
void list(F& f, Status& s) {
  f("done", s.done);
  f("total", s.total);
}
template <typename F>
void list(F& f, Rows& s) {
  f("rows", s.rows);
  f("total", s.total);
}

template <typename F>
void list(F& f, net::NatBehavior& s) {
  f("mapping", s.mapping);
  f("filtering", s.filtering);
  f("allocation", s.allocation);
  f("udp_blocked", s.udp_blocked);
}
template <typename F>
void list(F& f, Candidate& s) {
  f("type", s.type);
  f("endpoint", s.endpoint);
}
template <typename F>
void list(F& f, PortRange& s) {
  f("first", s.first);
  f("last", s.last);
}
template <typename F>
void list(F& f, PortPattern& s) {
  f("step", s.step);
  f("range", s.range);
}
template <typename F>
void list(F& f, Description& s) {
  f("behavior", s.behavior);
  f("candidates", s.candidates);
  f("ports", s.ports);
}
template <typename F>
void list(F& f, Held& s) {
  f("sent", s.sent);
  f("answered", s.answered);
  f("round_trip_ms", s.round_trip);
  f("survived", s.survived);
}
template <typename F>
void list(F& f, Event& s) {
  f("at_ms", s.at);
  f("step", s.step);
  f("where", s.where);
}
template <typename F>
void list(F& f, TimelineEvent& s) {
  f("by", s.by);
  list(f, s.event);
}
template <typename F>
void list(F& f, Reflected& s) {
  f("reflector", s.reflector);
  f("at_ms", s.at);
  f("where", s.where);
}
template <typename F>
void list(F& f, Half& s) {
  f("heard", s.heard);
  f("proof", s.proof);
  f("proven_ms", s.proven_after);
  f("packets", s.packets);
  f("ports", s.ports);
  f("held", s.held);
  f("events", s.events);
  f("reflected", s.reflected);
}
template <typename F>
void list(F& f, ConnectTimes& s) {
  f("min", s.min);
  f("median", s.median);
  f("max", s.max);
}
template <typename F>
void list(F& f, Host& s) {
  f.name("host", s.name);
  f("behavior", s.behavior);
  f("local", s.local);
  f("external", s.external);
  f("external_other", s.external_other);
  f("port_mapping", s.port_mapping);
}
template <typename F>
void list(F& f, PairOutcome& s) {
  f.name("a", s.a);
  f.name("b", s.b);
  f("predicted", s.predicted);
  f("outcome", s.outcome);
  f("direction", s.direction);
  f("trials", s.trials);
  f("successes", s.successes);
  f("strategy", s.strategy);
  f("connect_ms", s.connect);
  f("why", s.why);
}
template <typename F>
void list(F& f, Attempt& s) {
  f("trial", s.trial);
  f("strategy", s.strategy);
  f("outcome", s.outcome);
  f("connect_ms", s.time_to_connect);
  f("packets_a", s.packets_a);
  f("packets_b", s.packets_b);
  f("ports_a", s.ports_a);
  f("ports_b", s.ports_b);
  f("held_a", s.held_a);
  f("held_b", s.held_b);
  f("why", s.why);
}

}  // namespace traversal::fields
