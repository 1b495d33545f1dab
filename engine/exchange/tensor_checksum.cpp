#include "engine/exchange/tensor_checksum.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include <fmt/format.h>

namespace ty::engine {

namespace {

/// FNV-1a over 8 bytes at a time.
class Checksum {
public:
    void add(std::string_view bytes)
    {
        std::size_t i = 0;
        for (; i + sizeof(std::uint64_t) <= bytes.size(); i += sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data() + i, sizeof(word));
            mix(word);
        }
        for (; i < bytes.size(); ++i) {
            mix(static_cast<unsigned char>(bytes[i]));
        }
        mix(bytes.size());
    }
    std::string text() const { return fmt::format("{:016x}", m_state); }

private:
    void mix(std::uint64_t word)
    {
        m_state = (m_state ^ word) * 0x100000001b3ULL;
        m_state ^= m_state >> 29; // carries high bytes down, which the multiplication alone never does
    }

    std::uint64_t m_state = 0xcbf29ce484222325ULL;
};

} // namespace

std::string tensorChecksum(std::span<const NamedTensor> tensors, std::string_view text)
{
    std::vector<const NamedTensor*> sorted;
    for (const NamedTensor& item : tensors) {
        sorted.push_back(&item);
    }
    std::sort(sorted.begin(), sorted.end(), [](const NamedTensor* a, const NamedTensor* b) { return a->name < b->name; });
    Checksum checksum;
    checksum.add(text);
    for (const NamedTensor* item : sorted) {
        checksum.add(item->name);
        checksum.add({static_cast<const char*>(item->tensor.data()), item->tensor.bytes()});
    }
    return checksum.text();
}

} // namespace ty::engine
