#pragma once
// A conversation with nftables in the language of nft(8), in the network namespace it was begun in. A table with
// "flags owner" lives as long as this object: the kernel removes it when we go, however we go, and lets nobody else
// change it meanwhile.

#include <memory>
#include <string>

struct nft_ctx;

namespace lab {

class NftSession {
 public:
  NftSession();

  // All of the ruleset or nothing; throws CannotWork ("load NAT rules: ...").
  void load(const std::string& ruleset) const;

 private:
  struct End {
    void operator()(nft_ctx* context) const;
  };
  std::unique_ptr<nft_ctx, End> context_;
};

}  // namespace lab
