#pragma once
// Records of the DNS, asked of the system's name servers before a driver runs. What a response holds is read by pure
// functions beside each kind of record (net/service_records.h, net/address_records.h).

#include <string>

#include "net/bytes.h"

namespace net {

// The response to a question for records of this type (the numbers of <arpa/nameser.h>); empty when there are none, or
// nobody can tell within about a second a name server.
[[nodiscard]] Bytes ask_name_servers(const std::string& name, int type);

}  // namespace net
