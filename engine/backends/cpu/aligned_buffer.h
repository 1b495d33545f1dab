#pragma once

#include <cstddef>
#include <memory>
#include <new>

namespace ty::engine {

/// Zeroed memory that begins on a page; large ones ask the system for large pages. Throws std::bad_alloc.
class AlignedBuffer {
public:
    AlignedBuffer() = default;
    explicit AlignedBuffer(std::size_t bytes);

    std::byte* data() const { return m_memory.get(); }
    float* floats() const { return reinterpret_cast<float*>(m_memory.get()); }
    std::size_t bytes() const { return m_bytes; }

private:
    struct Free {
        std::align_val_t alignment;
        void operator()(std::byte* memory) const { ::operator delete(memory, alignment); }
    };
    std::unique_ptr<std::byte, Free> m_memory;
    std::size_t m_bytes = 0;
};

} // namespace ty::engine
