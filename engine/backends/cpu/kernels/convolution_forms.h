#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "engine/backends/cpu/convolution_planner.h"

namespace ty::engine::kernels {

/// A way in which a convolution can be told its pictures: as they lie in memory, or after a copy of them.
struct ConvolutionForm {
    PicturePair told; ///< what the primitive reads and writes
    PicturePair kept; ///< the pictures as they lie; another layout than `told` where they must be copied
    PicturePair hint; ///< `told`, both in the type of `dst`: for the forward primitive that gradients want as a hint
};

enum class ConvolutionUse : std::uint8_t { Forward, InputGrad, WeightGrad };

/// The ways, the likeliest to be fast first. One channel, or 8 or 16 in all, lie the same under several names, and the library
/// has kernels for some of them only; the last ways copy the pictures, which takes a hundredth of the reference's time.
std::vector<ConvolutionForm> convolutionForms(
    const Value& src, const Value& dst, const Shape& weight, std::int64_t groups, ConvolutionUse use);

/// What `make(form)` gives for the first form for which the library has a fast kernel, else for the first that it has at all.
/// @throws dnnl::error if it has none
template<typename Make>
auto chooseForm(const std::vector<ConvolutionForm>& forms, Make make)
{
    using Chosen = std::pair<decltype(make(forms[0])), ConvolutionForm>;
    std::optional<Chosen> chosen;
    for (const ConvolutionForm& form : forms) {
        try {
            auto made = make(form);
            const bool isFast = !isReference(made.impl_info_str());
            if (isFast || !chosen) {
                chosen.emplace(std::move(made), form);
            }
            if (isFast) {
                break;
            }
        } catch (const dnnl::error& error) {
            if (error.status != dnnl_unimplemented || (!chosen && &form == &forms.back())) {
                throw;
            }
        }
    }
    return *std::move(chosen);
}

} // namespace ty::engine::kernels
