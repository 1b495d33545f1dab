#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace ty::widgets {

/// Append-only values in chunks that copies share.
///
/// A copy costs one pointer a chunk; the first append after it copies at most one chunk. So a picture of
/// a million points is taken in microseconds, and going on after it costs no more than before. A copy may
/// be read by another thread, but must be destroyed on the thread that appends.
template <class T, std::size_t kChunk>
class SharedArray {
  public:
    void append(const T& value)
    {
        const std::size_t place = m_size % kChunk;
        if (place == 0) {
            m_chunks.push_back(std::make_shared<Chunk>());
        } else if (m_chunks.back().use_count() > 1) {
            m_chunks.back() = std::make_shared<Chunk>(*m_chunks.back());
        }
        (*m_chunks.back())[place] = value;
        ++m_size;
    }

    const T& operator[](std::size_t index) const
    {
        return (*m_chunks[index / kChunk])[index % kChunk];
    }

    std::size_t size() const { return m_size; }

    /// What lies side by side from `begin` on, up to `end` at most; not empty unless begin >= end.
    std::span<const T> stretch(std::size_t begin, std::size_t end) const
    {
        if (begin >= end) {
            return {};
        }
        const std::size_t place = begin % kChunk;
        return {m_chunks[begin / kChunk]->data() + place, std::min(end - begin, kChunk - place)};
    }

    std::size_t byteCount() const
    {
        return m_chunks.size() * sizeof(Chunk) + m_chunks.capacity() * sizeof(m_chunks[0]);
    }

  private:
    using Chunk = std::array<T, kChunk>;

    std::vector<std::shared_ptr<Chunk>> m_chunks;
    std::size_t m_size = 0;
};

} // namespace ty::widgets
