// For SHA256_CTX: the only form of OpenSSL's hash whose state can be kept. Deprecated in favour of EVP, and the same code below.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/err.h>
#include <openssl/sha.h>
