#pragma once
// What a response makes of the observation it answers. Pure; nothing that comes from the network is believed for being
// there: the source must be the promised one, the address plausible, and text is made fit to show.

#include "probe/observation.h"
#include "stun/message.h"

namespace probe {

// `response` is a success or error response with the id of the query. True: the observation is settled by it. Else it
// was counted only: as ignored (another source, damaged), duplicate, or late.
bool take_response(Observation& seen, const stun::Message& response, const net::Endpoint& from, net::Duration elapsed);

void add_note(Observation& seen, std::string_view note);

}  // namespace probe
