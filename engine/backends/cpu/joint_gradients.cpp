#include "engine/backends/cpu/joint_gradients.h"

#include <algorithm>
#include <functional>

namespace ty::engine {

namespace {

std::size_t bytesOf(const Value& value)
{
    return static_cast<std::size_t>(value.size()) * dtypeBytes(value.dtype);
}

/// Whether neither node reads or writes what the other writes.
bool areApart(const KernelBuilder& builder, const Node& a, const Node& b)
{
    const auto overlap = [&builder](ValueId left, ValueId right) {
        const std::byte* leftBegin = builder.bytes(left);
        const std::byte* rightBegin = builder.bytes(right);
        return std::less<>()(leftBegin, rightBegin + bytesOf(builder.value(right)))
            && std::less<>()(rightBegin, leftBegin + bytesOf(builder.value(left)));
    };
    const auto isUntouched = [&overlap](const Node& writer, const Node& other) {
        return std::none_of(writer.outputs.begin(), writer.outputs.end(), [&](ValueId written) {
            const auto isSame = [&](ValueId id) { return overlap(written, id); };
            return std::any_of(other.inputs.begin(), other.inputs.end(), isSame)
                || std::any_of(other.outputs.begin(), other.outputs.end(), isSame);
        });
    };
    return isUntouched(a, b) && isUntouched(b, a);
}

} // namespace

Kernel jointGradients(const KernelBuilder& builder, const Node& a, const Kernel& ofA, const Node& b, const Kernel& ofB)
{
    if (a.kind == OpKind::Conv2dInputGrad && b.kind == OpKind::Conv2dWeightGrad) {
        return jointGradients(builder, b, ofB, a, ofA);
    }
    const bool isPair = a.kind == OpKind::Conv2dWeightGrad && b.kind == OpKind::Conv2dInputGrad
        && ofA.parts() != nullptr && ofB.parts() != nullptr && areApart(builder, a, b);
    return isPair ? besideEachOther(ofA, ofB) : Kernel();
}

} // namespace ty::engine
