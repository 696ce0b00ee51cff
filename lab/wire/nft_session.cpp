#include "lab/wire/nft_session.h"

#include <fmt/format.h>
#include <nftables/libnftables.h>

#include <string_view>

#include "net/cannot_work.h"

namespace lab {

NftSession::NftSession() : context_(nft_ctx_new(NFT_CTX_DEFAULT)) {
  if (!context_) throw net::CannotWork("load NAT rules: nftables cannot be used");
  nft_ctx_buffer_output(context_.get());
  nft_ctx_buffer_error(context_.get());
}

void NftSession::load(const std::string& ruleset) const {
  if (nft_run_cmd_from_buffer(context_.get(), ruleset.c_str()) == 0) return;
  const std::string_view complaint = nft_ctx_get_error_buffer(context_.get());
  throw net::CannotWork(fmt::format("load NAT rules: {}", complaint.substr(0, complaint.find('\n'))));
}

void NftSession::End::operator()(nft_ctx* context) const { nft_ctx_free(context); }

}  // namespace lab
