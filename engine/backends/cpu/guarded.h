#pragma once

#include <cstdint>
#include <new>
#include <string>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl.hpp>

#include "engine/base/available_memory.h"
#include "engine/base/memory_guard.h"
#include "engine/base/result.h"

namespace ty::engine {

/// oneDNN does not survive an allocation that fails while it makes a kernel (2.6: it writes through the null pointer), so
/// there has to be room before. Throws std::bad_alloc.
inline void requireRoomForKernels()
{
    constexpr std::uint64_t kRoom = std::uint64_t{16} << 20;
    if (availableMemoryBytes() < kRoom) {
        throw std::bad_alloc();
    }
}

/// Runs `work`, and turns what oneDNN and the allocator throw into an Error.
template<typename Work>
auto guarded(const std::string& what, Work work) -> decltype(work())
{
    try {
        return guardMemory(what, work);
    } catch (const dnnl::error& error) {
        if (error.status == dnnl_out_of_memory) {
            return outOfMemory(what);
        }
        return Error{
            ErrorKind::Unsupported,
            fmt::format("{}: oneDNN: {} (status {})", what, error.what(), static_cast<int>(error.status)),
            {}};
    }
}

} // namespace ty::engine
