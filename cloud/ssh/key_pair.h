#pragma once

#include <string>

#include "engine/base/result.h"

namespace ty::cloud {

/// An SSH key of ours: an Ed25519 pair in OpenSSH's form. The private half is a file of mode 0600 that never leaves this
/// computer; machines get the public line.
struct KeyPair {
    std::string privateFile;
    std::string publicLine; ///< "ssh-ed25519 AAAA... trainyard@host"

    /// The pair in `folder` ("id_ed25519" and "id_ed25519.pub"); made there the first time.
    /// Errors: Permission, DiskFull, Io, InvalidInput (the file is no key).
    static Result<KeyPair> openOrCreate(const std::string& folder, const std::string& comment);
};

} // namespace ty::cloud
