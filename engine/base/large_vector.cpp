#include "engine/base/large_vector.h"

#include <new>

#include <sys/mman.h>

#include "engine/base/available_memory.h"
#include "engine/base/scratch_file.h"

namespace ty {

namespace {

constexpr std::size_t kSmallestMapped = std::size_t{1} << 16; ///< less is no burden for the memory

/// A large block begins at a large page and asks for such: a page that is touched first costs as much as copying it, and 2 MiB
/// cost little more than 4 KiB.
constexpr std::size_t kSmallestPaged = std::size_t{1} << 23;
constexpr std::align_val_t kPage{std::size_t{1} << 21};

bool isMapped(std::size_t bytes, LargePlace place)
{
    return place == LargePlace::File && bytes >= kSmallestMapped;
}

} // namespace

LargePlace placeFor(std::uint64_t bytes)
{
    if (bytes < kSmallestMapped) {
        return LargePlace::Memory;
    }
    const std::uint64_t free = availableMemoryBytes();
    const bool isRoom = bytes < free && free - bytes >= memoryLimitBytes() / 4;
    return isRoom || scratchBytes() < bytes ? LargePlace::Memory : LargePlace::File;
}

void* takeLargeBlock(std::size_t bytes, LargePlace place)
{
    if (!isMapped(bytes, place)) {
        if (bytes < kSmallestPaged) {
            return ::operator new(bytes);
        }
        void* const block = ::operator new(bytes, kPage);
        ::madvise(block, bytes, MADV_HUGEPAGE); // a wish; small pages do as well
        return block;
    }
    // Room on the disk is taken before the file is mapped: a page that cannot be written would end the process.
    auto file = ScratchFile::create();
    if (!file || !file.value().reserve(bytes)) {
        throw std::bad_alloc();
    }
    void* const block = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.value().descriptor(), 0);
    if (block == MAP_FAILED) {
        throw std::bad_alloc();
    }
    return block; // the mapping keeps the file
}

void letGoOfLargeBlock(const void* block, std::size_t bytes, LargePlace place) noexcept
{
    if (isMapped(bytes, place)) {
        ::madvise(const_cast<void*>(block), bytes, MADV_DONTNEED); // of a shared mapping: nothing that was written is lost
    }
}

void giveLargeBlock(void* block, std::size_t bytes, LargePlace place) noexcept
{
    if (isMapped(bytes, place)) {
        ::munmap(block, bytes);
    } else if (bytes < kSmallestPaged) {
        ::operator delete(block);
    } else {
        ::operator delete(block, kPage);
    }
}

} // namespace ty
