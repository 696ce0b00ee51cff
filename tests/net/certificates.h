#pragma once
// Certificates made on the spot, good and bad.

#include <memory>
#include <string>

#include "tests/programs/program.h"

typedef struct x509_st X509;
typedef struct evp_pkey_st EVP_PKEY;

namespace certificates {

struct Wish {
  std::string name = "rendezvous.test";  // host name or IP address
  long valid_from = -3600;               // seconds from the present
  long valid_to = 3600;
  bool authority = false;
};

class Certificate {
 public:
  explicit Certificate(const Wish& wish);  // signed by itself
  Certificate(const Wish& wish, const Certificate& issuer);

  [[nodiscard]] std::string pem() const;
  [[nodiscard]] std::string key_pem() const;

 private:
  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;

  Certificate(const Wish& wish, const Certificate* issuer);
};

// Its two files in a folder: NAME.pem and NAME.key.
struct Files {
  std::string certificate;
  std::string key;
};
[[nodiscard]] Files written(const Certificate& certificate, const programs::TemporaryDirectory& folder,
                            const std::string& name);

}  // namespace certificates
