#include "widgets/chart/compact_column.h"

#include <algorithm>
#include <cmath>

namespace ty::widgets {

namespace {

/// The numbers to append to: ours alone, a copy if others read them.
template <class T>
std::vector<T>& own(std::shared_ptr<std::vector<T>>& numbers)
{
    if (numbers.use_count() > 1) {
        numbers = std::make_shared<std::vector<T>>(*numbers);
    }
    return *numbers;
}

} // namespace

double CompactColumn::Chunk::at(std::size_t index) const
{
    if (exact) {
        return (*exact)[index];
    }
    if (offsets) {
        return first + static_cast<double>((*offsets)[index]);
    }
    return index == 0 ? first : first + slope * static_cast<double>(index);
}

bool CompactColumn::isNear(double a, double b) const
{
    return std::abs(a - b) <= m_tolerance || (std::isnan(a) && std::isnan(b));
}

void CompactColumn::appendTo(Chunk& chunk, std::size_t count, double value) const
{
    if (chunk.exact) {
        own(chunk.exact).push_back(value);
        return;
    }
    const auto offset = static_cast<float>(value - chunk.first);
    const bool fitsOffset = isNear(chunk.first + static_cast<double>(offset), value);
    if (chunk.offsets) {
        if (fitsOffset) {
            own(chunk.offsets).push_back(offset);
            return;
        }
    } else {
        if (count == 0) {
            chunk.first = value;
            return;
        }
        if (count == 1) {
            chunk.slope = value - chunk.first;
        }
        if (isNear(chunk.first + chunk.slope * static_cast<double>(count), value)) {
            return;
        }
        bool doAllFit = fitsOffset;
        std::vector<float> offsets(count);
        for (std::size_t i = 0; i < count && doAllFit; ++i) {
            offsets[i] = static_cast<float>(chunk.at(i) - chunk.first);
            doAllFit = isNear(chunk.first + static_cast<double>(offsets[i]), chunk.at(i));
        }
        if (doAllFit) {
            offsets.push_back(offset);
            chunk.offsets = std::make_shared<std::vector<float>>(std::move(offsets));
            return;
        }
    }
    std::vector<double> exact(count);
    for (std::size_t i = 0; i < count; ++i) {
        exact[i] = chunk.at(i);
    }
    exact.push_back(value);
    chunk.offsets.reset();
    chunk.exact = std::make_shared<std::vector<double>>(std::move(exact));
}

void CompactColumn::append(double value)
{
    const std::size_t inChunk = m_size % kChunk;
    if (inChunk == 0) {
        m_chunks.emplace_back();
    }
    appendTo(m_chunks.back(), inChunk, value);
    ++m_size;
}

double CompactColumn::at(std::size_t index) const
{
    return m_chunks[index / kChunk].at(index % kChunk);
}

std::size_t CompactColumn::lowerBound(double value, std::size_t begin, std::size_t end) const
{
    if (begin >= end) {
        return end;
    }
    // Which chunk: the last one that starts below the value, within [begin, end).
    // Callers walk along, so it is usually near the first: gallop, then halve.
    std::size_t low = begin / kChunk;
    std::size_t high = (end - 1) / kChunk;
    for (std::size_t stride = 1; low < high; stride *= 2) {
        const std::size_t next = std::min(low + stride, high);
        if (!(m_chunks[next].first < value)) {
            high = next - 1;
            break;
        }
        low = next;
    }
    while (low < high) {
        const std::size_t middle = (low + high + 1) / 2;
        if (m_chunks[middle].first < value) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    const Chunk& chunk = m_chunks[low];
    const std::size_t base = low * kChunk;
    std::size_t from = std::max(begin, base) - base;
    std::size_t to = std::min(end, base + kChunk) - base;
    if (!chunk.offsets && !chunk.exact && chunk.slope > 0) {
        // A straight chunk: solve, then correct for rounding.
        const double guess = std::ceil((value - chunk.first) / chunk.slope);
        std::size_t index = from;
        if (guess > static_cast<double>(from)) {
            index = guess >= static_cast<double>(to) ? to : static_cast<std::size_t>(guess);
        }
        while (index > from && chunk.at(index - 1) >= value) {
            --index;
        }
        while (index < to && chunk.at(index) < value) {
            ++index;
        }
        return base + index;
    }
    while (from < to) {
        const std::size_t middle = (from + to) / 2;
        if (chunk.at(middle) < value) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return base + from;
}

std::size_t CompactColumn::byteCount() const
{
    std::size_t bytes = m_chunks.capacity() * sizeof(Chunk);
    for (const Chunk& chunk : m_chunks) {
        bytes += chunk.offsets ? chunk.offsets->capacity() * sizeof(float) : 0;
        bytes += chunk.exact ? chunk.exact->capacity() * sizeof(double) : 0;
    }
    return bytes;
}

} // namespace ty::widgets
