#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>
#include <oneapi/dnnl/dnnl.hpp>

#include "engine/base/memory_guard.h"
#include "engine/base/result.h"

namespace ty::engine {

/// oneDNN does not survive an allocation that fails while it makes a kernel (2.6: it writes through the null pointer), so
/// there has to be room before. Throws what requireMemory() throws.
inline void requireRoomForKernels()
{
    requireMemory(std::uint64_t{16} << 20);
}

/// Runs `work`, and turns what oneDNN and the allocator throw into an Error.
template<typename Work>
auto guarded(std::string_view what, const Work& work) -> decltype(work())
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

/// The same for work on a batch. The words are put together when they are needed: a step of a small network is done
/// before its sentence is written.
template<typename Work>
auto guarded(const char* what, std::int64_t batch, const Work& work) -> decltype(work())
{
    try {
        return work();
    } catch (...) {
        std::array<char, 80> words{};
        const auto written = fmt::format_to_n(words.data(), words.size(), "{} of {} sample{}", what, batch, batch == 1 ? "" : "s");
        auto failed = guarded(
            std::string_view(words.data(), std::min(written.size, words.size())),
            []() -> decltype(work()) { throw; }); // what is being handled
        Error error = std::move(failed).error(); // what was thrown is one, whatever it was
        if (batch == 1 && error.kind == ErrorKind::OutOfMemory) {
            error.advice = "Choose a smaller network or smaller samples, or close other programs.";
        }
        return error;
    }
}

} // namespace ty::engine
