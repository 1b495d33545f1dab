#pragma once

#include <new>
#include <string_view>
#include <system_error>

#include "engine/base/result.h"

namespace ty {

/// "not enough memory for a training step of 64 samples", with advice that fits a training. Where not even these words can
/// be had, "out of memory" without advice.
Error outOfMemory(std::string_view what);

/// Runs `work`, which gives a Result, and makes an Error of what is thrown when there is no memory, be it for values or for
/// a thread's stack. A thread's function must not let it through, or the program ends.
template<typename Work>
auto guardMemory(std::string_view what, Work work) -> decltype(work())
{
    try {
        return work();
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
