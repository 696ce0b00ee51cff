#include "tests/net/certificates.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace certificates {
namespace {

char curve[] = "P-256";  // OpenSSL takes it as one that may be changed

void extend(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

bool is_address(const std::string& name) {
  return name.find(':') != std::string::npos || name.find_first_not_of("0123456789.") == std::string::npos;
}

template <typename Write>
std::string text_of(Write write) {
  BIO* out = BIO_new(BIO_s_mem());
  write(out);
  std::string text(BIO_ctrl_pending(out), '\0');
  BIO_read(out, text.data(), static_cast<int>(text.size()));
  BIO_free(out);
  return text;
}

}  // namespace

Certificate::Certificate(const Wish& wish) : Certificate(wish, nullptr) {}
Certificate::Certificate(const Wish& wish, const Certificate& issuer) : Certificate(wish, &issuer) {}

Certificate::Certificate(const Wish& wish, const Certificate* issuer)
    : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", std::data(curve)), &EVP_PKEY_free), certificate_(X509_new(), &X509_free) {
  static long serial = 0;
  X509* x = certificate_.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x), wish.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(x), wish.valid_to);
  X509_set_pubkey(x, key_.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(issuer != nullptr ? issuer->certificate_.get() : x));
  extend(x, NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  extend(x, NID_subject_alt_name, (is_address(wish.name) ? "IP:" : "DNS:") + wish.name);
  EXPECT_GT(X509_sign(x, (issuer != nullptr ? issuer->key_ : key_).get(), EVP_sha256()), 0);
}

std::string Certificate::pem() const {
  return text_of([this](BIO* out) { PEM_write_bio_X509(out, certificate_.get()); });
}

std::string Certificate::key_pem() const {
  return text_of(
      [this](BIO* out) { PEM_write_bio_PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

Files written(const Certificate& certificate, const programs::TemporaryDirectory& folder, const std::string& name) {
  return {folder.file(name + ".pem", certificate.pem()), folder.file(name + ".key", certificate.key_pem())};
}

}  // namespace certificates
