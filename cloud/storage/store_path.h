#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "engine/base/result.h"

namespace ty::cloud {

/// Whether a name may become a path below a folder of this computer or a directory of another: no part of it is empty, "."
/// or "..", it does not begin with a slash, holds no NUL and no part is longer than 255 bytes. Names in a store are others'
/// input: a bucket may hold "../../.ssh/authorized_keys".
/// Errors: InvalidInput, naming the path.
Result<void> checkStorePath(std::string_view path);

/// "a/b" and "c" to "a/b/c"; an empty side gives the other one.
std::string joinStorePath(std::string_view folder, std::string_view name);
/// "a/b/c" to "c".
std::string_view storeName(std::string_view path);
/// "a/b/c" to "a/b"; "" for a name alone.
std::string_view storeFolder(std::string_view path);
/// "a/b/c" to "a" and "b/c"; the container and what is in it.
std::pair<std::string, std::string> splitContainer(std::string_view path);
/// Without slashes at both ends.
std::string trimmedPath(std::string_view path);

/// What a file is by its name's ending, as stores want to be told; "application/octet-stream" when not known.
std::string contentTypeOf(std::string_view path);

} // namespace ty::cloud
