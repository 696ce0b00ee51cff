#include "lab/wire/kernel_router.h"

#include <fmt/format.h>
#include <nftables/libnftables.h>

#include <cassert>
#include <memory>

#include "net/cannot_work.h"

namespace lab {

namespace {

void load(const std::string& ruleset) {
  const std::unique_ptr<nft_ctx, decltype(&nft_ctx_free)> context(nft_ctx_new(NFT_CTX_DEFAULT), nft_ctx_free);
  nft_ctx_buffer_output(context.get());
  nft_ctx_buffer_error(context.get());
  if (nft_run_cmd_from_buffer(context.get(), ruleset.c_str()) != 0)
    throw net::CannotWork(fmt::format("load NAT rules: {}", nft_ctx_get_error_buffer(context.get())));
}

}  // namespace

std::string masquerade_ruleset(net::Family family, KernelNat kernel) {
  assert(kernel != KernelNat::None);
  return fmt::format(R"(table {} nat {{
  chain input {{ type filter hook input priority filter; policy drop; }}
  chain forward {{
    type filter hook forward priority filter; policy drop;
    iifname "inside*" accept
    ct state established,related accept
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat;
    oifname "outside" masquerade {}
  }}
}}
)",
                     family == net::Family::V4 ? "ip" : "ip6", kernel == KernelNat::FullyRandom ? "fully-random" : "");
}

KernelRouter::KernelRouter(net::Family family, KernelNat kernel) {
  where_.set_sysctl(family == net::Family::V4 ? "ipv4/ip_forward" : "ipv6/conf/all/forwarding", "1");
  where_.run([&] { load(masquerade_ruleset(family, kernel)); });
}

void KernelRouter::add_host(const LinkEnd& host, const net::IpAddress& address) {
  const LinkEnd inside{where_, fmt::format("inside{}", hosts_++)};
  connect(inside, host);
  add_route(inside, address);
  give_address(host, address);
}

}  // namespace lab
