#pragma once

#include <cstdint>
#include <new>
#include <string_view>
#include <system_error>

#include "engine/base/result.h"

namespace ty {

/// Thrown by requireMemory().
struct MemoryShortage : std::bad_alloc {
    std::uint64_t wanted = 0; ///< bytes
    std::uint64_t free = 0;

    MemoryShortage(std::uint64_t wantedBytes, std::uint64_t freeBytes) : wanted(wantedBytes), free(freeBytes) {}
    const char* what() const noexcept override { return "more memory is wanted than is free"; }
};

/// Throws MemoryShortage unless so many bytes can still be had (availableMemoryBytes). To be asked before a large allocation:
/// the system grants more than there is, and ends the program when it is written to. Below 16 MiB nothing is asked.
void requireMemory(std::uint64_t bytes);

/// "not enough memory for a training step of 64 samples", with advice that fits a training. Where not even these words can
/// be had, "out of memory" without advice.
Error outOfMemory(std::string_view what);
/// The same, with both numbers.
Error outOfMemory(std::string_view what, const MemoryShortage& shortage);

/// Runs `work`, which gives a Result, and makes an Error of what is thrown when there is no memory, be it for values or for
/// a thread's stack. A thread's function must not let it through, or the program ends.
template<typename Work>
auto guardMemory(std::string_view what, Work work) -> decltype(work())
{
    try {
        return work();
    } catch (const MemoryShortage& shortage) {
        return outOfMemory(what, shortage);
    } catch (const std::bad_alloc&) {
        return outOfMemory(what);
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::resource_unavailable_try_again && error.code() != std::errc::not_enough_memory) {
            throw;
        }
        return outOfMemory(what);
    }
}

} // namespace ty
