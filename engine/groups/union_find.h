#pragma once

#include <cstdint>
#include <numeric>
#include <vector>

namespace ty::engine {

/// Numbers that are joined into sets; the root stands for its set.
class UnionFind {
public:
    explicit UnionFind(std::size_t count) : m_parents(count) { std::iota(m_parents.begin(), m_parents.end(), 0U); }

    std::uint32_t rootOf(std::uint32_t number)
    {
        while (m_parents[number] != number) {
            m_parents[number] = m_parents[m_parents[number]];
            number = m_parents[number];
        }
        return number;
    }
    /// @param child  a root, @param root  of the joined set
    void setRoot(std::uint32_t child, std::uint32_t root) { m_parents[child] = root; }

private:
    std::vector<std::uint32_t> m_parents;
};

} // namespace ty::engine
