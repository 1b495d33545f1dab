#include "engine/backends/cpu/loops/bfloat16.h"

#include "engine/backends/cpu/loops/channel_vector.h"

namespace ty::engine::loops {

namespace {

/// Whole vectors first: the compiler alone would take half ones.
template<typename From, typename To>
TY_INLINE void convertAll(const From* x, To* y, std::size_t count)
{
    constexpr auto kStep = static_cast<std::size_t>(kLanes);
    std::size_t i = 0;
    for (; i + kStep <= count; i += kStep) {
        Vec values;
        load(x + i, values);
        store(values, y + i);
    }
    for (; i < count; ++i) {
        y[i] = fromFloat<To>(toFloat(x[i]));
    }
}

} // namespace

TY_CLONES
void convert(const float* x, BFloat16* y, std::size_t count)
{
    convertAll(x, y, count);
}

TY_CLONES
void convert(const BFloat16* x, float* y, std::size_t count)
{
    convertAll(x, y, count);
}

} // namespace ty::engine::loops
