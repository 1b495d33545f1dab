#include "engine/kernels/kernel_function.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace ty::engine {

namespace {

using Lanes = float __attribute__((vector_size(64), aligned(4), may_alias));

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define TY_FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TY_FOR_EACH_PROCESSOR
#endif

TY_FOR_EACH_PROCESSOR
void products(const float* rows, std::size_t stride, const std::uint32_t* order, std::size_t count, const float* one, float* into)
{
    for (std::size_t i = 0; i < count; ++i) {
        const float* row = rows + (order == nullptr ? i : order[i]) * stride;
        Lanes sum{};
        for (std::size_t at = 0; at < stride; at += DenseRows::kLanes) {
            sum += *reinterpret_cast<const Lanes*>(row + at) * *reinterpret_cast<const Lanes*>(one + at);
        }
        float total = 0;
        for (std::size_t lane = 0; lane < DenseRows::kLanes; ++lane) {
            total += sum[lane];
        }
        into[i] = total;
    }
}

/// exp(x) for x <= 0, to a few units of the last digit. Source: the polynomial of Cephes' expf (Moshier, 1989).
inline float quickExp(float x)
{
    x = x < -87.0F ? -87.0F : x;
    const float scaled = x * 1.44269504F;
    const auto whole = static_cast<float>(static_cast<std::int32_t>(scaled - 0.5F));
    const float rest = x - whole * 0.693359375F + whole * 2.12194440e-4F;
    float value = 1.9875691500e-4F;
    value = value * rest + 1.3981999507e-3F;
    value = value * rest + 8.3334519073e-3F;
    value = value * rest + 4.1665795894e-2F;
    value = value * rest + 1.6666665459e-1F;
    value = value * rest + 5.0000001201e-1F;
    value = value * rest * rest + rest + 1.0F;
    return value * std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
}

TY_FOR_EACH_PROCESSOR
void toRbf(const float* norms, const std::uint32_t* order, std::size_t count, float oneNorm, float gamma, float* into)
{
    for (std::size_t i = 0; i < count; ++i) {
        const float distance = norms[order == nullptr ? i : order[i]] + oneNorm - 2 * into[i];
        into[i] = quickExp(-gamma * (distance > 0 ? distance : 0));
    }
}

} // namespace

std::vector<float> squaredNorms(const DenseRows& rows)
{
    std::vector<float> norms(rows.rows());
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        products(rows.data() + i * rows.stride(), rows.stride(), nullptr, 1, rows.data() + i * rows.stride(), &norms[i]);
    }
    return norms;
}

void kernelValues(
    const KernelFunction& kernel, const DenseRows& rows, std::span<const float> norms, std::span<const std::uint32_t> order,
    const float* one, float oneNorm, std::span<float> into)
{
    const std::uint32_t* const places = order.empty() ? nullptr : order.data();
    products(rows.data(), rows.stride(), places, into.size(), one, into.data());
    if (kernel.kind == KernelKind::Rbf) {
        toRbf(norms.data(), places, into.size(), oneNorm, static_cast<float>(kernel.gamma), into.data());
    }
}

} // namespace ty::engine
