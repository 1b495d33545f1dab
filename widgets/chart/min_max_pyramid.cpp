#include "widgets/chart/min_max_pyramid.h"

namespace ty::widgets {

void MinMaxPyramid::append(double value)
{
    m_open.include(value);
    if (++m_size % kBlock != 0) {
        return;
    }
    Extent done = m_open;
    m_open = {};
    for (std::size_t level = 0;; ++level) {
        if (level == m_levels.size()) {
            m_levels.emplace_back();
        }
        auto& blocks = m_levels[level];
        blocks.append(done);
        if (blocks.size() % kFan != 0) {
            return;
        }
        done = {};
        for (std::size_t i = blocks.size() - kFan; i < blocks.size(); ++i) {
            done.include(blocks[i]);
        }
    }
}

void MinMaxPyramid::clear()
{
    *this = {};
}

std::size_t MinMaxPyramid::byteCount() const
{
    std::size_t bytes = 0;
    for (const auto& level : m_levels) {
        bytes += level.byteCount();
    }
    return bytes;
}

Extent MinMaxPyramid::blocks(std::size_t begin, std::size_t end) const
{
    Extent result;
    for (std::size_t level = 0; begin < end; ++level) {
        const auto& here = m_levels[level];
        if (level + 1 == m_levels.size()) {
            for (std::size_t i = begin; i < end; ++i) {
                result.include(here[i]);
            }
            break;
        }
        while (begin < end && begin % kFan != 0) {
            result.include(here[begin++]);
        }
        while (begin < end && end % kFan != 0) {
            result.include(here[--end]);
        }
        begin /= kFan;
        end /= kFan;
    }
    return result;
}

} // namespace ty::widgets
