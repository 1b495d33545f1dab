#include "engine/backends/cpu/aligned_buffer.h"

#include <cstring>

#include <sys/mman.h>

#include "engine/base/memory_guard.h"

namespace ty::engine {

namespace {

constexpr std::align_val_t kPage{4096};
constexpr std::align_val_t kLargePage{std::size_t{2} << 20};
/// From here on the part of a large page that may stay unused is little.
constexpr std::size_t kLarge = std::size_t{16} << 20;

} // namespace

AlignedBuffer::AlignedBuffer(std::size_t bytes) : m_bytes(bytes)
{
    requireMemory(bytes);
    const bool isLarge = bytes >= kLarge;
    const std::align_val_t alignment = isLarge ? kLargePage : kPage;
    m_memory = {static_cast<std::byte*>(::operator new(bytes == 0 ? 1 : bytes, alignment)), Free{alignment}};
    if (isLarge) {
        // A kernel without large pages refuses, which changes nothing but the time.
        ::madvise(m_memory.get(), bytes / static_cast<std::size_t>(kLargePage) * static_cast<std::size_t>(kLargePage), MADV_HUGEPAGE);
    }
    std::memset(m_memory.get(), 0, bytes);
}

} // namespace ty::engine
