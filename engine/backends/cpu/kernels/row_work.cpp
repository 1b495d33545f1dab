#include "engine/backends/cpu/kernels/row_work.h"

#include <omp.h>

namespace ty::engine::kernels {

float* HalfRows::begin(const RunContext& context, std::int64_t i) const
{
    return m_floats != nullptr ? m_floats + i * m_columns
                               : reinterpret_cast<float*>(context.scratch) + omp_get_thread_num() * m_ofThread;
}

} // namespace ty::engine::kernels
