#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cloud/secrets/secret.h"
#include "engine/base/result.h"

namespace ty::cloud {

enum class StoreKind : std::uint8_t { Local, Blob, Files, Google, Sftp, Web };

/// "local", "blob", "files", "google", "sftp", "web".
const char* storeKindName(StoreKind kind);
Result<StoreKind> storeKindFromName(const std::string& name);

/// Where data lies, and what a pasted text tells about the way in.
struct StoreAddress {
    StoreKind kind = StoreKind::Local;
    std::string account;   ///< of Azure; of Google the project whose buckets these are, or empty
    std::string endpoint;  ///< "https://research.blob.core.windows.net", without slash at its end; of Web the server
    std::string container; ///< share, bucket; empty: the whole account
    std::string path;      ///< inside of it; of Local absolute, of Sftp as the machine has it ("/data", "data" below home)
    std::string host;      ///< of Sftp, and the next two
    std::string user;
    int port = 22;
    std::string identityFile;           ///< private key; empty: the person's own
    std::vector<std::string> hostKeys;  ///< fingerprints that were given, beside those in known_hosts
    std::string auth; ///< "key", "sas", "query", "account", "anonymous", "" (not said)
    std::string signInAccount; ///< of "account": the name of the account of a cloud by whose sign-in it is opened
    /// Account key, or shared access signature or query of a web address without question mark; of "account" the sign-in as
    /// signInText() writes it.
    Secret secret;

    /// For lists and files, without secrets: "az://research/images/cats".
    std::string uri() const;
};

/// Reads whatever people paste: a connection string, an address with a shared access signature, az://ACCOUNT/CONTAINER/PATH,
/// azfile://, gs://BUCKET/PATH, sftp://USER@HOST:PORT/PATH, http(s)://, file://, a path of this computer, and the address of
/// a blob, share or bucket as its portal shows it. No message holds the text: it may be a secret.
/// Errors: InvalidInput, telling what is missing.
Result<StoreAddress> parseStoreAddress(const std::string& text);

/// Completes an address of Azure by what was pasted as its secret: a key, a shared access signature, a connection string or a
/// signed address of the same account; nothing makes it anonymous. Errors: InvalidInput when it is none of these.
Result<void> giveSecret(StoreAddress& address, const Secret& pasted);

/// Whether a text is the key of a storage account by its form: base64 of 64 bytes.
bool isAccountKey(const std::string& text);

} // namespace ty::cloud
