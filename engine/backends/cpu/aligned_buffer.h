#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

namespace ty::engine {

/// Zeroed memory that begins on a page. Throws std::bad_alloc.
class AlignedBuffer {
public:
    AlignedBuffer() = default;
    explicit AlignedBuffer(std::size_t bytes) : m_bytes(bytes)
    {
        m_memory.reset(static_cast<std::byte*>(::operator new(bytes == 0 ? 1 : bytes, kAlignment)));
        std::memset(m_memory.get(), 0, bytes);
    }

    std::byte* data() const { return m_memory.get(); }
    float* floats() const { return reinterpret_cast<float*>(m_memory.get()); }
    std::size_t bytes() const { return m_bytes; }

private:
    static constexpr std::align_val_t kAlignment{4096};
    struct Free {
        void operator()(std::byte* memory) const { ::operator delete(memory, kAlignment); }
    };
    std::unique_ptr<std::byte, Free> m_memory;
    std::size_t m_bytes = 0;
};

} // namespace ty::engine
