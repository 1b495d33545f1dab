#pragma once

#include <string>

#include "engine/base/result.h"

namespace ty::sandbox {

/// What the HTTPS server shows, and what its clients are told to trust. Paths of PEM files.
struct Certificates {
    std::string authority;   ///< ca.pem: give this to clients
    std::string certificate; ///< server.pem, for localhost, *.localhost and 127.0.0.1
    std::string key;         ///< server-key.pem, readable by its owner alone
};

/// Finds them in `folder`, or makes them: an authority of this sandbox's own and a certificate that it signed, both good
/// for ten years. The authority may sign for localhost and 127.0.0.0/8 alone (name constraints), and its key is never
/// written: a program that trusts ca.pem trusts this one certificate and no other. When fewer than 30 days are left, both
/// are made anew.
Result<Certificates> ensureCertificates(const std::string& folder);

} // namespace ty::sandbox
