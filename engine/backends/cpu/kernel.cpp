#include "engine/backends/cpu/kernel.h"

#include <algorithm>
#include <cassert>

#include "engine/backends/cpu/parallel.h"

namespace ty::engine {

namespace {

void runParts(const KernelParts& parts, const RunContext& context)
{
    if (parts.begin) {
        parts.begin(context);
    }
    parallelShares(parts.shares, [&](int share) { parts.work(context, share); });
    if (parts.end) {
        parts.end(context);
    }
}

} // namespace

Kernel::Kernel(KernelParts parts) : m_parts(std::make_shared<const KernelParts>(std::move(parts)))
{
    m_run = [parts = m_parts](const RunContext& context) { runParts(*parts, context); };
}

Kernel besideEachOther(const Kernel& first, const Kernel& second)
{
    assert(first.parts() != nullptr && second.parts() != nullptr);
    constexpr std::size_t kLine = 64;
    const KernelParts& a = *first.parts();
    const KernelParts& b = *second.parts();
    const std::size_t offset = (a.scratchBytes + kLine - 1) / kLine * kLine;
    const auto behind = [offset](RunContext context) {
        context.scratch += offset;
        return context;
    };
    KernelParts both;
    both.shares = std::max(a.shares, b.shares);
    both.scratchBytes = offset + b.scratchBytes;
    both.begin = [a, b, behind](const RunContext& context) {
        if (a.begin) {
            a.begin(context);
        }
        if (b.begin) {
            b.begin(behind(context));
        }
    };
    both.work = [a, b, behind](const RunContext& context, int share) {
        if (share < a.shares) {
            a.work(context, share);
        }
        if (share < b.shares) {
            b.work(behind(context), share);
        }
    };
    both.end = [a, b, behind](const RunContext& context) {
        if (a.end) {
            a.end(context);
        }
        if (b.end) {
            b.end(behind(context));
        }
    };
    return both;
}

} // namespace ty::engine
