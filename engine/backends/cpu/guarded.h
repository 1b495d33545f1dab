#pragma once

#include <new>
#include <string>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl.hpp>

#include "engine/base/result.h"

namespace ty::engine {

inline Error outOfMemory(const std::string& what)
{
    return Error{
        ErrorKind::OutOfMemory,
        fmt::format("not enough memory for {}", what),
        "Choose a smaller batch size or a smaller network."};
}

/// Runs `work`, and turns what oneDNN and the allocator throw into an Error.
template<typename Work>
auto guarded(const std::string& what, Work work) -> decltype(work())
{
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return outOfMemory(what);
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
