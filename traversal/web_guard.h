#pragma once
// Who may ask a rendezvous over HTTP at all, before anything is looked at. A page of another site may neither read from
// it nor order anything: the request's Host must be an address, localhost, or a name the operator has given (so a name
// that is made to point here, DNS rebinding, is none), and its Origin, where there is one, this very server. Pure.

#include <optional>
#include <string>
#include <vector>

#include "net/http_message.h"

namespace traversal {

[[nodiscard]] std::optional<net::HttpReply> turned_away(const net::HttpRequest& request,
                                                        const std::vector<std::string>& names);

// The token of "Authorization: Bearer TOKEN" (RFC 6750 section 2.1), or nothing.
[[nodiscard]] std::optional<std::string> bearer_token(const net::HttpRequest& request);

}  // namespace traversal
