#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace ty {

/// Where the elements of a LargeVector lie.
enum class LargePlace : std::uint8_t {
    Memory,
    File, ///< a mapped ScratchFile: the system keeps in memory what fits, and writes the rest out
};

/// Where `bytes` more should lie: in a file if memory would be left with less than a quarter of what the process may have
/// at all, and the disk has room for them.
LargePlace placeFor(std::uint64_t bytes);

/// Elements that LargeVector needs in one piece. Throws std::bad_alloc when there is no room.
void* takeLargeBlock(std::size_t bytes, LargePlace place);
/// `bytes` and `place` as they were given to takeLargeBlock().
void giveLargeBlock(void* block, std::size_t bytes, LargePlace place) noexcept;

/// The block's pages in memory are no longer ours, if it lies in a file: the system has what was written in them and gives it back.
void letGoOfLargeBlock(const void* block, std::size_t bytes, LargePlace place) noexcept;

/// A place belongs to a vector for life: assigning and swapping take it along.
template<typename T>
class LargeAllocator {
public:
    using value_type = T;
    using propagate_on_container_copy_assignment = std::true_type;
    using propagate_on_container_move_assignment = std::true_type;
    using propagate_on_container_swap = std::true_type;

    LargeAllocator() = default;
    explicit LargeAllocator(LargePlace place) : m_place(place) {}
    template<typename U>
    LargeAllocator(const LargeAllocator<U>& other) : m_place(other.place())
    {
    }

    T* allocate(std::size_t count)
    {
        if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) {
            throw std::bad_array_new_length();
        }
        return static_cast<T*>(takeLargeBlock(count * sizeof(T), m_place));
    }
    void deallocate(T* elements, std::size_t count) noexcept { giveLargeBlock(elements, count * sizeof(T), m_place); }

    LargePlace place() const { return m_place; }
    friend bool operator==(const LargeAllocator& a, const LargeAllocator& b) { return a.m_place == b.m_place; }

private:
    LargePlace m_place = LargePlace::Memory;
};

/// A vector that may be larger than the memory. Its place is chosen when it is
/// made: LargeVector<float> values{LargeAllocator<float>(placeFor(bytes))}; memory, if nothing is said.
template<typename T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

/// Moves the elements into a file, if they are not there; later ones follow.
/// @param capacity  elements that will come in all, as far as known
template<typename T>
void moveToFile(LargeVector<T>& elements, std::size_t capacity)
{
    if (elements.get_allocator().place() == LargePlace::File) {
        return;
    }
    LargeVector<T> moved{LargeAllocator<T>(LargePlace::File)};
    moved.reserve(capacity < elements.size() ? elements.size() : capacity);
    moved.assign(elements.begin(), elements.end());
    elements = std::move(moved);
}

/// letGoOfLargeBlock() of all elements.
template<typename T>
void letGoOfPages(const LargeVector<T>& elements)
{
    letGoOfLargeBlock(elements.data(), elements.capacity() * sizeof(T), elements.get_allocator().place());
}

} // namespace ty
