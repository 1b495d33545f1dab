#pragma once

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <vector>

namespace ty::engine {

/// The line of each row in its file, from 1. Rows mostly lie line after line, so only where one does not is kept.
class RowLines {
public:
    void add(std::uint64_t line)
    {
        if (m_runs.empty() || line != m_next) {
            m_runs.push_back({m_rows, line});
        }
        m_next = line + 1;
        ++m_rows;
    }

    void add(const RowLines& later)
    {
        for (const Run& run : later.m_runs) {
            if (m_runs.empty() || run.row > 0 || run.line != m_next) {
                m_runs.push_back({m_rows + run.row, run.line});
            }
        }
        m_next = later.isEmpty() ? m_next : later.m_next;
        m_rows += later.m_rows;
    }

    bool isEmpty() const { return m_rows == 0; }

    /// @param row  one of those that were added
    std::uint64_t at(std::uint64_t row) const
    {
        assert(row < m_rows);
        const auto behind
            = std::upper_bound(m_runs.begin(), m_runs.end(), row, [](std::uint64_t wanted, const Run& run) { return wanted < run.row; });
        const Run& run = *(behind - 1);
        return run.line + (row - run.row);
    }

private:
    struct Run {
        std::uint64_t row;
        std::uint64_t line;
    };
    std::vector<Run> m_runs;
    std::uint64_t m_rows = 0;
    std::uint64_t m_next = 0; ///< line that would go on the last run
};

} // namespace ty::engine
