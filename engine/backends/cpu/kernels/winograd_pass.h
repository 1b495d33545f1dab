#pragma once

#include <utility>

#include "engine/backends/cpu/kernel_builder.h"
#include "engine/backends/cpu/loops/winograd.h"

namespace ty::engine::kernels {

/// The pixels of a picture in its format.
class WinogradPixels {
public:
    WinogradPixels() = default;
    WinogradPixels(const KernelBuilder& builder, ValueId id)
        : m_floats(builder.isHalf(id) ? nullptr : builder.data(id)), m_halves(builder.isHalf(id) ? builder.halves(id) : nullptr)
    {
    }

    /// Calls `transform` with a float* or a BFloat16*.
    template<typename Transform>
    void visit(Transform&& transform) const
    {
        m_halves != nullptr ? std::forward<Transform>(transform)(m_halves) : std::forward<Transform>(transform)(m_floats);
    }

private:
    float* m_floats = nullptr;
    BFloat16* m_halves = nullptr;
};

/// A convolution or the gradient of its input, which (of stride 1) is one the other way.
struct WinogradPass {
    loops::WinogradKind kind = loops::WinogradKind::Same;
    WinogradPixels x;
    loops::WinogradWeight weight;
    const float* bias = nullptr; ///< {dst.channels}, or null
    WinogradPixels y;
    loops::WinogradPicture src;
    loops::WinogradPicture dst;
    Activation activation;

    bool isStrided() const { return kind != loops::WinogradKind::Same; }
    void transformInput(const loops::WinogradBlock& block, float* v) const
    {
        x.visit([&](const auto* pixels) { loops::winogradInput(src, block, pixels, v); });
    }
    /// With bias and activation.
    void transformOutput(const loops::WinogradBlock& block, const loops::ChannelRange& range, const float* m) const;
    /// The pictures that the tiles share out.
    const loops::WinogradPicture& results() const { return kind == loops::WinogradKind::StridedGrad ? src : dst; }
};

loops::WinogradPicture winogradPictureOf(const Value& value);

/// Whether the node is, or belongs to, a convolution of stride 2.
bool isWinogradStrided(const Node& node);

} // namespace ty::engine::kernels
