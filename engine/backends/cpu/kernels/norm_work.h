#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/backends/cpu/kernels/kernels.h"
#include "engine/backends/cpu/loops/norm_loops.h"
#include "engine/backends/cpu/parallel.h"

namespace ty::engine::kernels {

/// How batch norm visits a value: chunks of images whose channels fit the cache, each chunk alone. Chunks do not depend
/// on the thread count, so neither do the sums.
struct NormWork {
    ChannelView view;
    std::int64_t imagesPerChunk = 1;
    std::int64_t chunks = 1;
    std::int64_t channels = 1;
    std::int64_t grain = 1;

    explicit NormWork(const Value& value) : view(viewOf(value))
    {
        constexpr std::int64_t kRows = 256;
        imagesPerChunk = std::clamp<std::int64_t>(kRows / view.spatial, 1, view.batch);
        chunks = (view.batch + imagesPerChunk - 1) / imagesPerChunk;
        channels = view.outer * view.inner;
        grain = std::max<std::int64_t>(
            1, kElementGrain / (imagesPerChunk * view.spatial * view.inner));
    }

    std::int64_t tasks() const { return chunks * view.outer; }
    std::int64_t groups() const { return view.outer; }
    /// In blocks of 16 channels, and more than a core's own cache keeps until it is read.
    bool isLarge() const
    {
        constexpr std::int64_t kLarge = 400'000; // floats
        return view.inner == 16 && view.batch * channels * view.spatial >= kLarge;
    }
    double samples() const { return static_cast<double>(view.batch * view.spatial); }
    double samplesOf(std::int64_t chunk) const
    {
        return static_cast<double>(std::min(imagesPerChunk, view.batch - chunk * imagesPerChunk) * view.spatial);
    }

    struct Task {
        loops::ChannelGroup group;
        std::int64_t offset = 0;  ///< of the first element
        std::int64_t chunk = 0;
        std::int64_t channel = 0; ///< the first
    };
    Task task(std::int64_t index) const
    {
        Task task;
        task.chunk = index / view.outer;
        const std::int64_t outer = index % view.outer;
        const std::int64_t first = task.chunk * imagesPerChunk;
        task.group.images = std::min(imagesPerChunk, view.batch - first);
        task.group.imageStride = channels * view.spatial;
        task.group.rows = view.spatial;
        task.group.width = view.inner;
        task.channel = outer * view.inner;
        task.offset = first * task.group.imageStride + task.channel * view.spatial;
        return task;
    }
};

/// Whether each thread can have groups of channels of its own, about as many as the others.
inline bool isSharedByGroups(const NormWork& work, int threads)
{
    constexpr std::int64_t kEven = 8; // with so many a group more or less makes little difference
    return work.groups() % threads == 0 || work.groups() >= kEven * threads;
}

/// Calls first(task) for each task, then combine(begin, end) for the channels, then second(task) again. Where there are
/// groups of channels for all threads, one group after the other, so that it still lies in the cache when it is read again
/// (and from its end, which was read last). The results are the same.
template<typename First, typename Combine, typename Second>
void visitTwice(const NormWork& work, int threads, const First& first, const Combine& combine, const Second& second)
{
    if (isSharedByGroups(work, threads)) {
        const std::int64_t grain = std::max<std::int64_t>(1, work.grain / work.chunks);
        parallelUnits(work.groups() < 2 * grain ? 1 : threads, work.groups(), grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t group = begin; group < end; ++group) {
                for (std::int64_t chunk = 0; chunk < work.chunks; ++chunk) {
                    first(work.task(chunk * work.groups() + group));
                }
                combine(group * work.view.inner, (group + 1) * work.view.inner);
                for (std::int64_t chunk = work.chunks; chunk-- > 0;) {
                    second(work.task(chunk * work.groups() + group));
                }
            }
        });
        return;
    }
    const auto visitAll = [&](const auto& visit) {
        parallelRanges(threads, work.tasks(), work.grain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                visit(work.task(i));
            }
        });
    };
    visitAll(first);
    combine(std::int64_t{0}, work.channels);
    visitAll(second);
}

inline std::shared_ptr<std::vector<float>> makeBuffer(std::int64_t count)
{
    return std::make_shared<std::vector<float>>(static_cast<std::size_t>(count));
}

template<typename T>
T* picture(const KernelBuilder& builder, ValueId id)
{
    return static_cast<T*>(builder.pointer(id));
}

/// What is added to the normalised value before its activation; null if nothing is.
template<typename T>
const T* addendOf(const KernelBuilder& builder, const Node& node)
{
    return node.inputs.size() > 5 ? picture<T>(builder, node.inputs[5]) : nullptr;
}

template<typename T>
const T* placeIn(const T* values, std::int64_t offset)
{
    return values == nullptr ? nullptr : values + offset;
}

} // namespace ty::engine::kernels
