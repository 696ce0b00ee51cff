#include "probe/estimate.h"

#include "probe/discovery.h"
#include "probe/layers_evidence.h"
#include "probe/lifetime_trials.h"

namespace probe {

net::Duration may_take(std::string_view discovery) {
  if (discovery == names::lifetime) return longest_lifetime_run();
  if (discovery == names::layers) return longest_layers_run();
  return {};
}

}  // namespace probe
