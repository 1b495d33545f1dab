#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/loops/loss_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

/// What a batch's losses are divided by, from the sum of the weights of its labels. 1 if that is 0: no sample counts.
inline double divisorOf(double weightSum)
{
    return weightSum > 0 ? weightSum : 1;
}

/// How a softmax or a loss visits the rows of a value, which are shared out over the threads.
struct RowWork {
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::int64_t grain = 1;
    std::int64_t atOnce = 1;

    explicit RowWork(const Value& value)
        : rows(value.size() / value.shape.back())
        , columns(value.shape.back())
        , grain(std::max<std::int64_t>(1, kElementGrain / 8 / value.shape.back())) // an exponential is dear
        , atOnce(static_cast<std::int64_t>(loops::rowsAtOnce(static_cast<std::size_t>(value.shape.back()))))
    {
    }

    /// Calls work(first row, number of rows) for all rows, as many at once as the loops take. A thread takes whole blocks
    /// of rows, in their order.
    template<typename Work>
    void forRows(int threads, const Work& work, std::int64_t block = 1) const
    {
        const std::int64_t blocks = (rows + block - 1) / block;
        parallelRanges(threads, blocks, (grain + block - 1) / block, [&](std::int64_t first, std::int64_t last) {
            const std::int64_t end = std::min(rows, last * block);
            for (std::int64_t i = first * block; i < end; i += atOnce) {
                work(i, static_cast<std::size_t>(std::min(atOnce, end - i)));
            }
        });
    }
};

/// Rows of a result that are made in float32: in their place, or, where the result is kept in bfloat16, in memory of each
/// thread's own.
class HalfRows {
public:
    HalfRows(KernelBuilder& builder, ValueId id, const RowWork& work)
        : m_columns(work.columns)
        , m_ofThread(work.columns * work.atOnce)
        , m_halves(builder.isHalf(id) ? builder.halves(id) : nullptr)
        , m_floats(m_halves == nullptr ? builder.data(id) : nullptr)
    {
        if (m_halves != nullptr) {
            builder.wishScratch(static_cast<std::size_t>(builder.threads() * m_ofThread) * sizeof(float));
        }
    }

    /// That it takes from the begin of the scratch.
    std::int64_t scratchFloats(int threads) const { return m_halves != nullptr ? threads * m_ofThread : 0; }
    /// Where row i, and those that are made with it, are to be written.
    float* begin(const RunContext& context, std::int64_t i) const;
    /// Once they are written.
    void finish(const float* made, std::int64_t i, std::size_t rows) const
    {
        if (m_halves != nullptr) {
            loops::convert(made, m_halves + i * m_columns, rows * static_cast<std::size_t>(m_columns));
        }
    }

private:
    std::int64_t m_columns;
    std::int64_t m_ofThread; ///< floats
    BFloat16* m_halves;
    float* m_floats;
};

} // namespace ty::engine::kernels
