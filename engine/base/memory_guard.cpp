#include "engine/base/memory_guard.h"

#include <string>

namespace ty {

Error outOfMemory(std::string_view what)
{
    try {
        return Error{
            ErrorKind::OutOfMemory, "not enough memory for " + std::string(what),
            "Choose a smaller batch size or a smaller network, or close other programs."};
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, "out of memory", {}}; // so short that it needs none
    }
}

} // namespace ty
