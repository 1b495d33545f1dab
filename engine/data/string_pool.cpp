#include "engine/data/string_pool.h"

#include <algorithm>

#include "engine/data/content_hash.h"

namespace ty::engine {

std::size_t StringPool::slotOf(std::string_view text) const
{
    const std::size_t mask = m_slots.size() - 1;
    std::size_t slot = quickHash({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}) & mask;
    while (m_slots[slot] != kNone && at(m_slots[slot]) != text) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

void StringPool::grow()
{
    const std::vector<std::int32_t> old = std::move(m_slots);
    m_slots.assign(std::max<std::size_t>(16, old.size() * 2), kNone);
    for (const std::int32_t code : old) {
        if (code != kNone) {
            m_slots[slotOf(at(code))] = code;
        }
    }
}

std::int32_t StringPool::append(std::string_view text)
{
    m_text.append(text);
    m_ends.push_back(m_text.size());
    return static_cast<std::int32_t>(m_ends.size() - 1);
}

std::int32_t StringPool::intern(std::string_view text)
{
    if (m_slots.size() < 2 * (m_used + 1)) {
        grow();
    }
    const std::size_t slot = slotOf(text);
    if (m_slots[slot] == kNone) {
        m_slots[slot] = append(text);
        ++m_used;
    }
    return m_slots[slot];
}

std::int32_t StringPool::find(std::string_view text) const
{
    return m_slots.empty() ? kNone : m_slots[slotOf(text)];
}

std::string_view StringPool::at(std::int32_t code) const
{
    const auto index = static_cast<std::size_t>(code);
    const std::uint64_t begin = index == 0 ? 0 : m_ends[index - 1];
    return std::string_view(m_text).substr(begin, m_ends[index] - begin);
}

} // namespace ty::engine
