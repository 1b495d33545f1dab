#include "engine/base/memory_guard.h"

#include <string>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <fmt/format.h>

#include "engine/base/available_memory.h"

namespace ty {

namespace {

constexpr const char* kAdvice = "Choose a smaller batch size or a smaller network, or close other programs.";

std::string mebibytes(std::uint64_t bytes)
{
    constexpr double kMebi = 1024.0 * 1024.0;
    const double count = static_cast<double>(bytes) / kMebi;
    return count < 10'000 ? fmt::format("{:.0f} MiB", count) : fmt::format("{:.1f} GiB", count / 1024);
}

} // namespace

void requireMemory(std::uint64_t bytes)
{
    constexpr std::uint64_t kWorthAsking = std::uint64_t{16} << 20;
    if (bytes < kWorthAsking) {
        return;
    }
    std::uint64_t free = availableMemoryBytes();
#ifdef __GLIBC__
    if (bytes > free && malloc_trim(0) != 0) { // what was freed is the process's until it is given back
        free = availableMemoryBytes();
    }
#endif
    if (bytes > free) {
        throw MemoryShortage(bytes, free);
    }
}

Error outOfMemory(std::string_view what)
{
    try {
        return Error{ErrorKind::OutOfMemory, "not enough memory for " + std::string(what), kAdvice};
    } catch (const std::bad_alloc&) {
        return Error{ErrorKind::OutOfMemory, "out of memory", {}}; // so short that it needs none
    }
}

Error outOfMemory(std::string_view what, const MemoryShortage& shortage)
{
    try {
        return Error{
            ErrorKind::OutOfMemory,
            fmt::format(
                "not enough memory for {}: {} more are wanted, {} are free",
                what,
                mebibytes(shortage.wanted),
                mebibytes(shortage.free)),
            kAdvice};
    } catch (const std::bad_alloc&) {
        return outOfMemory(what);
    }
}

} // namespace ty
