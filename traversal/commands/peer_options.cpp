#include "traversal/commands/own_behavior.h"

namespace traversal {

void add_options(CLI::App& command, net::CommonOptions&, PeerOptions& own) {
  add_access(command, own.access);
  net::require(net::add_parsed(command, "--name", own.name, parse_name, "NAME", "of this host"));
  net::add_parsed(command, "-r,--reflector", own.reflectors, parse_reflector, "HOST[:PORT]",
                  "a reflector to probe the own NAT with, once for each; else NATSCOPE_REFLECTORS");
  net::add_parsed(command, "--behavior", own.nat, stated_nat, "MAPPING/FILTERING",
                  "state the NAT's behaviour (EIM/APDF, or APDM/APDF/random, or the file of a probe report) instead of "
                  "probing it");
}

}  // namespace traversal
