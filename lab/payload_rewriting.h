#pragma once
// What an application layer gateway that knows no better does to UDP data (RFC 4787 REQ-10): wherever it finds an
// address, as four or sixteen bytes or as text, it puts the translated one. The reason STUN has XOR-MAPPED-ADDRESS.

#include "net/bytes.h"
#include "net/endpoint.h"

namespace lab {

// Every `from` becomes `to`; the port before the bytes, or behind the text, only with its address. Text may change the
// size.
[[nodiscard]] net::Bytes with_rewritten(net::Bytes payload, const net::Endpoint& from, const net::Endpoint& to);

}  // namespace lab
