#include "engine/kernels/kernel_rows.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "engine/base/processor_clones.h"

namespace ty::engine {

namespace {

// The attributes stand behind the name: clang heeds `aligned` there alone.
using Lanes __attribute__((vector_size(64), aligned(4), may_alias)) = float;

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

/// into[i] = ofCount[bits that differ, or that both have].
template<bool AreDifferent>
inline void countBits(
    const std::uint64_t* bits, std::size_t words, const std::uint32_t* order, std::size_t count, const std::uint64_t* one,
    const float* ofCount, float* into)
{
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t* const row = bits + (order == nullptr ? i : order[i]) * words;
        int found = 0;
        for (std::size_t w = 0; w < words; ++w) {
            found += std::popcount(AreDifferent ? row[w] ^ one[w] : row[w] & one[w]);
        }
        into[i] = ofCount[found];
    }
}

TY_FOR_EACH_PROCESSOR
void differingBits(
    const std::uint64_t* bits, std::size_t words, const std::uint32_t* order, std::size_t count, const std::uint64_t* one,
    const float* ofCount, float* into)
{
    countBits<true>(bits, words, order, count, one, ofCount, into);
}

TY_FOR_EACH_PROCESSOR
void commonBits(
    const std::uint64_t* bits, std::size_t words, const std::uint32_t* order, std::size_t count, const std::uint64_t* one,
    const float* ofCount, float* into)
{
    countBits<false>(bits, words, order, count, one, ofCount, into);
}

} // namespace

KernelRows::KernelRows(const KernelFunction& kernel, const DenseRows& rows) : m_kernel(kernel), m_rows(rows), m_norms(rows.rows())
{
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const float* const row = rows.data() + i * rows.stride();
        products(row, rows.stride(), nullptr, 1, row, &m_norms[i]);
    }
    const float* const numbers = rows.data();
    if (std::all_of(numbers, numbers + rows.rows() * rows.stride(), [](float x) { return x == 0.0F || x == 1.0F; })) {
        packBits();
    }
}

void KernelRows::packBits()
{
    m_words = (m_rows.columns() + 63) / 64;
    m_bits.resize(m_rows.rows() * m_words);
    for (std::size_t i = 0; i < m_rows.rows(); ++i) {
        const auto row = m_rows.row(i);
        for (std::size_t j = 0; j < row.size(); ++j) {
            m_bits[i * m_words + j / 64] |= static_cast<std::uint64_t>(row[j] != 0.0F ? 1 : 0) << (j % 64);
        }
    }
    std::vector<float> counts(m_rows.columns() + 1);
    std::iota(counts.begin(), counts.end(), 0.0F);
    m_ofCount = counts;
    if (m_kernel.kind == KernelKind::Rbf) { // the way of other rows, from products of 0: distances are exact, so are the values
        std::fill(m_ofCount.begin(), m_ofCount.end(), 0.0F);
        toRbf(counts.data(), nullptr, counts.size(), 0, static_cast<float>(m_kernel.gamma), m_ofCount.data());
    }
}

KernelRow KernelRows::row(std::size_t i) const
{
    return {m_rows.data() + i * m_rows.stride(), m_bits.empty() ? nullptr : m_bits.data() + i * m_words, m_norms[i]};
}

void KernelRows::compare(const KernelRow& one, std::span<const std::uint32_t> order, std::span<float> into) const
{
    const std::uint32_t* const places = order.empty() ? nullptr : order.data();
    if (!m_bits.empty() && one.bits != nullptr) {
        const auto count = m_kernel.kind == KernelKind::Rbf ? differingBits : commonBits;
        count(m_bits.data(), m_words, places, into.size(), one.bits, m_ofCount.data(), into.data());
        return;
    }
    products(m_rows.data(), m_rows.stride(), places, into.size(), one.numbers, into.data());
    if (m_kernel.kind == KernelKind::Rbf) {
        toRbf(m_norms.data(), places, into.size(), one.norm, static_cast<float>(m_kernel.gamma), into.data());
    }
}

} // namespace ty::engine
