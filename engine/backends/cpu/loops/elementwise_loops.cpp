#include "engine/backends/cpu/loops/elementwise_loops.h"

#include "engine/backends/cpu/loops/vector_math.h"

namespace ty::engine::loops {

namespace {

template<typename Function>
TY_INLINE void map(const float* x, float* y, std::size_t count, Function function)
{
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        y[i] = function(x[i]);
    }
}

template<typename Function>
TY_INLINE void map2(const float* a, const float* b, float* y, std::size_t count, Function function)
{
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        y[i] = function(a[i], b[i]);
    }
}

TY_INLINE float hardSigmoid(float x)
{
    const float y = x / 6.0F + 0.5F;
    const float below = y > 0.0F ? y : 0.0F;
    return below < 1.0F ? below : 1.0F;
}

} // namespace

TY_CLONES
void activate(const Activation& activation, const float* x, float* y, std::size_t count)
{
    const float alpha = activation.alpha;
    switch (activation.kind) {
    case ActivationKind::None: map(x, y, count, [](float v) { return v; }); break;
    case ActivationKind::Relu: map(x, y, count, [](float v) { return v > 0.0F ? v : 0.0F; }); break;
    case ActivationKind::LeakyRelu: map(x, y, count, [alpha](float v) { return v > 0.0F ? v : alpha * v; }); break;
    case ActivationKind::Elu:
        map(x, y, count, [alpha](float v) {
            const float below = alpha * (fastExp(v) - 1.0F);
            return v > 0.0F ? v : below;
        });
        break;
    case ActivationKind::Gelu:
        map(x, y, count, [](float v) { return 0.5F * v * (1.0F + fastErf(v * 0.70710678118654752F)); });
        break;
    case ActivationKind::Silu: map(x, y, count, [](float v) { return v * fastSigmoid(v); }); break;
    case ActivationKind::Sigmoid: map(x, y, count, [](float v) { return fastSigmoid(v); }); break;
    case ActivationKind::Tanh: map(x, y, count, [](float v) { return fastTanh(v); }); break;
    case ActivationKind::HardSigmoid: map(x, y, count, [](float v) { return hardSigmoid(v); }); break;
    case ActivationKind::HardSwish: map(x, y, count, [](float v) { return v * hardSigmoid(v); }); break;
    case ActivationKind::HardTanh:
        map(x, y, count, [](float v) {
            const float below = v > -1.0F ? v : -1.0F;
            return below < 1.0F ? below : 1.0F;
        });
        break;
    case ActivationKind::Scale: map(x, y, count, [alpha](float v) { return alpha * v; }); break;
    }
}

TY_CLONES
void activateGrad(
    const Activation& activation, const float* grad, const float* reference, float* dx, std::size_t count)
{
    const float alpha = activation.alpha;
    switch (activation.kind) {
    case ActivationKind::None: map(grad, dx, count, [](float g) { return g; }); break;
    case ActivationKind::Relu:
        map2(grad, reference, dx, count, [](float g, float y) { return y > 0.0F ? g : 0.0F; });
        break;
    case ActivationKind::LeakyRelu:
        map2(grad, reference, dx, count, [alpha](float g, float y) { return y > 0.0F ? g : alpha * g; });
        break;
    case ActivationKind::Elu:
        map2(grad, reference, dx, count, [alpha](float g, float y) {
            const float below = g * (y + alpha);
            return y > 0.0F ? g : below;
        });
        break;
    case ActivationKind::Gelu:
        map2(grad, reference, dx, count, [](float g, float x) {
            const float density = 0.39894228040143268F * fastExp(-0.5F * x * x);
            return g * (0.5F * (1.0F + fastErf(x * 0.70710678118654752F)) + x * density);
        });
        break;
    case ActivationKind::Silu:
        map2(grad, reference, dx, count, [](float g, float x) {
            const float s = fastSigmoid(x);
            return g * s * (1.0F + x * (1.0F - s));
        });
        break;
    case ActivationKind::Sigmoid:
        map2(grad, reference, dx, count, [](float g, float y) { return g * y * (1.0F - y); });
        break;
    case ActivationKind::Tanh:
        map2(grad, reference, dx, count, [](float g, float y) { return g * (1.0F - y * y); });
        break;
    case ActivationKind::HardSigmoid:
        map2(grad, reference, dx, count, [](float g, float y) { return y > 0.0F && y < 1.0F ? g / 6.0F : 0.0F; });
        break;
    case ActivationKind::HardSwish:
        map2(grad, reference, dx, count, [](float g, float x) {
            const float middle = g * (x / 3.0F + 0.5F);
            const float above = x < 3.0F ? middle : g;
            return x > -3.0F ? above : 0.0F;
        });
        break;
    case ActivationKind::HardTanh:
        map2(grad, reference, dx, count, [](float g, float y) { return y > -1.0F && y < 1.0F ? g : 0.0F; });
        break;
    case ActivationKind::Scale: map(grad, dx, count, [alpha](float g) { return alpha * g; }); break;
    }
}

TY_CLONES
void add(const float* a, const float* b, float* y, std::size_t count)
{
    map2(a, b, y, count, [](float u, float v) { return u + v; });
}

TY_CLONES
void multiply(const float* a, const float* b, float* y, std::size_t count)
{
    map2(a, b, y, count, [](float u, float v) { return u * v; });
}

TY_CLONES
void fill(float value, float* y, std::size_t count)
{
#pragma omp simd
    for (std::size_t i = 0; i < count; ++i) {
        y[i] = value;
    }
}

TY_CLONES
void addScalar(const float* x, float value, float* y, std::size_t count)
{
    map(x, y, count, [value](float v) { return v + value; });
}

TY_CLONES
void addRows(const float* x, const float* addend, float* y, std::size_t rows, std::size_t width)
{
    for (std::size_t row = 0; row < rows; ++row) {
        map2(x + row * width, addend, y + row * width, width, [](float u, float v) { return u + v; });
    }
}

TY_CLONES
void sumRows(const float* x, float* total, std::size_t rows, std::size_t width, std::size_t stride)
{
    for (std::size_t row = 0; row < rows; ++row) {
        map2(total, x + row * stride, total, width, [](float u, float v) { return u + v; });
    }
}

TY_CLONES
void sumRows(const BFloat16* x, float* total, std::size_t rows, std::size_t width, std::size_t stride)
{
    for (std::size_t row = 0; row < rows; ++row) {
        const BFloat16* source = x + row * stride;
#pragma omp simd
        for (std::size_t i = 0; i < width; ++i) {
            total[i] += toFloat(source[i]);
        }
    }
}

namespace {

template<typename T>
TY_INLINE void sumTinyRowsOf(const T* x, float* total, std::int64_t rows, std::int64_t columns)
{
    for (std::int64_t column = 0; column < columns; ++column) {
        double even = 0; // two sums, as an addition waits for the one before it
        double odd = 0;
        std::int64_t row = 0;
        for (; row + 1 < rows; row += 2) {
            even += static_cast<double>(toFloat(x[row * columns + column]));
            odd += static_cast<double>(toFloat(x[(row + 1) * columns + column]));
        }
        if (row < rows) {
            even += static_cast<double>(toFloat(x[row * columns + column]));
        }
        total[column] = static_cast<float>(even + odd);
    }
}

} // namespace

void sumTinyRows(const float* x, float* total, std::int64_t rows, std::int64_t columns)
{
    sumTinyRowsOf(x, total, rows, columns);
}

void sumTinyRows(const BFloat16* x, float* total, std::int64_t rows, std::int64_t columns)
{
    sumTinyRowsOf(x, total, rows, columns);
}

namespace {

template<typename T>
TY_INLINE float sumOf(const T* x, std::size_t count)
{
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < count; ++i) {
        total += toFloat(x[i]);
    }
    return total;
}

} // namespace

TY_CLONES
float sum(const float* x, std::size_t count)
{
    return sumOf(x, count);
}

TY_CLONES
float sum(const BFloat16* x, std::size_t count)
{
    return sumOf(x, count);
}

TY_CLONES
double sum(const double* x, std::size_t count)
{
    double total = 0;
#pragma omp simd reduction(+ : total)
    for (std::size_t i = 0; i < count; ++i) {
        total += x[i];
    }
    return total;
}

TY_CLONES
void dropout(const DropoutMask& mask, const float* x, float* y, std::size_t begin, std::size_t end)
{
    const DropoutMask m = mask;
#pragma omp simd
    for (std::size_t i = begin; i < end; ++i) {
        y[i] = isDropped(m, i) ? 0.0F : x[i] * m.scale;
    }
}

} // namespace ty::engine::loops
