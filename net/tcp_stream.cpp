#include "net/tcp_stream.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>

#include <cerrno>

#include "net/socket_address.h"
#include "net/socket_driver.h"

namespace net {
namespace {

constexpr std::size_t read_size = 16 * 1024;

int pending_error(int descriptor) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

bool would_block(int error) { return error == EAGAIN || error == EINTR; }

}  // namespace

TcpStream::TcpStream(SocketId name, const Poco::Net::StreamSocket& socket, State state)
    : name_(name), socket_(socket), state_(state) {
  const int on = 1;  // messages are small and complete: waiting for more only delays them
  ::setsockopt(descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

std::uint32_t TcpStream::wanted_events() const {
  if (state_ == State::Connecting) return EPOLLOUT;
  const bool reading = !peer_finished_ && outgoing_.size() - sent_ <= pause_reading_above;
  return (reading ? EPOLLIN : 0U) | (has_unsent() ? EPOLLOUT : 0U);
}

void TcpStream::send(BytesView bytes, std::vector<Input>& inputs) {
  if (closing_ || over_) return;
  if (outgoing_.size() - sent_ + bytes.size() > max_stream_buffer) {
    return fail("the other side does not read: too much is waiting to be sent", inputs);
  }
  append(outgoing_, bytes);
  if (state_ == State::Open) flush(inputs);
}

void TcpStream::close() {
  closing_ = true;
  if (!has_unsent()) finish_sending();
}

void TcpStream::on_event(std::uint32_t events, std::vector<Input>& inputs) {
  if (state_ == State::Connecting) return finish_connecting(inputs);
  if ((events & EPOLLOUT) != 0) flush(inputs);
  const bool readable = (wanted_events() & EPOLLIN) != 0;
  if (over_) return;
  if (readable && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) return read(inputs);
  if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
    const int error = pending_error(descriptor());
    fail(error != 0 ? reason(error) : "closed by the other side", inputs);
  }
}

void TcpStream::finish_connecting(std::vector<Input>& inputs) {
  if (const int error = pending_error(descriptor()); error != 0) return fail(reason(error), inputs);
  state_ = State::Open;
  if (!closing_) inputs.emplace_back(Connected{name_, local_endpoint(descriptor())});
  flush(inputs);
}

void TcpStream::read(std::vector<Input>& inputs) {
  std::array<std::uint8_t, read_size> buffer;
  const auto n = ::recv(descriptor(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (n < 0 && would_block(errno)) return;
  if (n < 0) return fail(reason(errno), inputs);
  if (n == 0) {
    peer_finished_ = true;
    if (!closing_) inputs.emplace_back(PeerFinished{name_});
    if (closing_ && !has_unsent()) over_ = true;
  } else if (!closing_) {
    inputs.emplace_back(StreamBytes{name_, Bytes(buffer.begin(), buffer.begin() + n)});
  }
}

void TcpStream::flush(std::vector<Input>& inputs) {
  while (has_unsent()) {
    const auto n = ::send(descriptor(), &outgoing_[sent_], outgoing_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && would_block(errno)) break;
    if (n < 0) return fail(reason(errno), inputs);
    sent_ += static_cast<std::size_t>(n);
  }
  if (!has_unsent()) {
    outgoing_.clear();
    sent_ = 0;
    if (closing_) finish_sending();
  } else if (sent_ > max_stream_buffer) {  // keep what is gone from piling up
    outgoing_.erase(outgoing_.begin(), outgoing_.begin() + static_cast<std::ptrdiff_t>(sent_));
    sent_ = 0;
  }
}

// Closing with bytes unread would reset the connection and could lose the last answer on its way. So our side says it
// is done, and the rest of the other side's words are read and dropped.
void TcpStream::finish_sending() {
  if (state_ == State::Connecting || peer_finished_) {
    over_ = true;
  } else {
    ::shutdown(descriptor(), SHUT_WR);
  }
}

void TcpStream::fail(const std::string& why, std::vector<Input>& inputs) {
  over_ = true;
  if (!closing_) inputs.emplace_back(Closed{name_, why});
}

}  // namespace net
