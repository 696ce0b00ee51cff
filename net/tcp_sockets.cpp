#include "net/tcp_sockets.h"

#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "net/socket_address.h"
#include "net/socket_driver.h"

namespace net {
namespace {

using Poco::Net::ServerSocket;
using Poco::Net::StreamSocket;

constexpr int backlog = 1024;

FileDescriptor spare_descriptor() { return FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

ServerSocket listening_on(const Endpoint& local) {
  ServerSocket socket;
  if (local.family() == Family::V6) {
    socket.bind6(to_poco(local), true, false, true);
  } else {
    socket.bind(to_poco(local), true, false);
  }
  socket.listen(backlog);
  socket.setBlocking(false);
  return socket;
}

StreamSocket start_connecting(const Connect& request, std::string& attempt) {
  StreamSocket socket(request.to.family() == Family::V4 ? Poco::Net::SocketAddress::IPv4
                                                        : Poco::Net::SocketAddress::IPv6);
  ::fcntl(socket.impl()->sockfd(), F_SETFD, FD_CLOEXEC);
  bind_to_interface(socket.impl()->sockfd(), request.interface);
  if (request.local) {
    attempt = "bind " + to_string(*request.local) + ": ";
    socket.impl()->bind(to_poco(*request.local), true);
    attempt.clear();
  }
  socket.connectNB(to_poco(request.to));
  return socket;
}

}  // namespace

TcpSockets::TcpSockets(EventPoll& poll, InheritedSockets& inherited)
    : poll_(poll), inherited_(inherited), spare_(spare_descriptor()) {}

void TcpSockets::listen(const Listen& request, std::vector<Input>& inputs) {
  try {
    FileDescriptor ours = inherited_.take(InheritedSockets::Kind::Tcp, request.local);
    const ServerSocket socket =
        ours ? ServerSocket(AdoptedSocket<Poco::Net::ServerSocketImpl>(ours)) : listening_on(request.local);
    const int descriptor = socket.impl()->sockfd();
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    poll_.add(descriptor, request.socket.value, EPOLLIN);
    listeners_.emplace(request.socket.value, socket);
    inputs.emplace_back(Opened{request.socket, local_endpoint(descriptor)});
  } catch (const Poco::Exception& error) {
    inputs.emplace_back(OpenFailed{request.socket, "listen on " + to_string(request.local) + ": " + reason(error)});
  }
}

void TcpSockets::connect(const Connect& request, std::vector<Input>& inputs) {
  std::string attempt;
  try {
    adopt(request.connection, start_connecting(request, attempt), TcpStream::State::Connecting);
  } catch (const Poco::Exception& error) {
    inputs.emplace_back(Closed{request.connection, attempt + reason(error)});
  }
}

void TcpSockets::send(const SendStream& request, std::vector<Input>& inputs) {
  const auto found = streams_.find(request.connection.value);
  if (found == streams_.end()) return;
  found->second.stream.send(request.payload, inputs);
  settle(request.connection.value);
}

void TcpSockets::close(SocketId socket, TimePoint now) {
  listeners_.erase(socket.value);
  const auto found = streams_.find(socket.value);
  if (found == streams_.end() || found->second.stream.closing()) return;
  found->second.stream.close();
  lingering_.push_back({now + max_linger, socket.value});
  settle(socket.value);
}

void TcpSockets::close_all() {
  listeners_.clear();
  streams_.clear();
  lingering_.clear();
}

void TcpSockets::on_event(SocketId socket, std::uint32_t events, std::vector<Input>& inputs) {
  if (listeners_.contains(socket.value)) return accept(socket, inputs);
  const auto found = streams_.find(socket.value);
  if (found == streams_.end()) return;
  found->second.stream.on_event(events, inputs);
  settle(socket.value);
}

// One connection an event: the poll tells again while more are waiting.
void TcpSockets::accept(SocketId listener, std::vector<Input>& inputs) {
  const int listening = listeners_.at(listener.value).impl()->sockfd();
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int accepted = ::accept4(listening, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted < 0) {
    if (errno == EMFILE || errno == ENFILE) refuse_one(listening);
    return;  // any other error is of a connection that went away again
  }
  const SocketId name{next_accepted_++};
  adopt(name, StreamSocket(new Poco::Net::StreamSocketImpl(accepted)), TcpStream::State::Open);
  inputs.emplace_back(Accepted{listener, name, from_system(reinterpret_cast<const sockaddr*>(&from))});
}

void TcpSockets::refuse_one(int listener) {
  spare_.close();
  FileDescriptor refused(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  if (refused) ++refused_accepts_;
  refused.close();
  spare_ = spare_descriptor();
}

void TcpSockets::adopt(SocketId name, const StreamSocket& socket, TcpStream::State state) {
  TcpStream stream(name, socket, state);
  const auto events = stream.wanted_events();
  poll_.add(stream.descriptor(), name.value, events);
  streams_.emplace(name.value, Watched{std::move(stream), events});
}

// After anything was done to a stream: forget it, or tell the poll what it waits for.
void TcpSockets::settle(std::uint32_t socket) {
  auto& [stream, events] = streams_.at(socket);
  if (stream.over()) {
    streams_.erase(socket);
  } else if (stream.wanted_events() != events) {
    events = stream.wanted_events();
    poll_.change(stream.descriptor(), socket, events);
  }
}

std::optional<TimePoint> TcpSockets::next_deadline() const {
  if (lingering_.empty()) return std::nullopt;
  return lingering_.front().until;
}

void TcpSockets::drop_lingering(TimePoint now) {
  while (!lingering_.empty() && lingering_.front().until <= now) {
    streams_.erase(lingering_.front().socket);
    lingering_.pop_front();
  }
}

bool TcpSockets::has_unsent() const {
  return std::any_of(streams_.begin(), streams_.end(),
                     [](const auto& entry) { return entry.second.stream.has_unsent(); });
}

std::size_t TcpSockets::unsent(SocketId stream) const {
  const auto found = streams_.find(stream.value);
  return found == streams_.end() ? 0 : found->second.stream.unsent();
}

}  // namespace net
