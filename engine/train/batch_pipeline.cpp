#include "engine/train/batch_pipeline.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <numeric>
#include <stop_token>

#include "engine/base/memory_guard.h"
#include "engine/base/random.h"

namespace ty::engine {

namespace {

// Streams of the run's seed: one purpose each, so that none disturbs another.
constexpr std::uint64_t kOrderStream = std::uint64_t{1} << 56;
constexpr std::uint64_t kAugmentStream = std::uint64_t{2} << 56;

constexpr std::size_t kPreparedBytes = std::size_t{8} << 20;
constexpr std::size_t kMostPrepared = 48; ///< fewer than an automatic epoch has

/// Batches in preparation or ready: one more for each worker than are being filled and the one in use, and as many as
/// fit into some memory. Steps of a small network are shorter than a busy system leaves a worker waiting for its turn.
/// @param sampleSize  numbers of a sample and its target
std::size_t slotsFor(const BatchPlan& plan, std::size_t sampleSize, std::size_t workers)
{
    const std::size_t batchBytes = plan.batchSize * sampleSize * sizeof(float);
    return std::max(workers + 2, std::min(kPreparedBytes / std::max<std::size_t>(1, batchBytes), kMostPrepared));
}

} // namespace

std::int64_t BatchPlan::stepsPerEpoch() const
{
    const std::size_t total = samples * repeats;
    return static_cast<std::int64_t>((total + batchSize - 1) / batchSize);
}

LargeVector<std::uint32_t> BatchPlan::orderOf(std::int64_t epoch) const
{
    assert(samples > 0);
    const auto wanted = static_cast<std::size_t>(stepsPerEpoch()) * batchSize;
    const LargeAllocator<std::uint32_t> place(placeFor((wanted + samples) * sizeof(std::uint32_t)));
    LargeVector<std::uint32_t> order(place);
    order.reserve(wanted + samples);
    if (isInOrder) {
        const auto steps = static_cast<std::size_t>(stepsPerEpoch());
        for (std::size_t step = 0; step < steps; ++step) {
            for (std::size_t row = 0; row < batchSize; ++row) {
                order.push_back(static_cast<std::uint32_t>((row * steps + step) % samples));
            }
        }
        return order;
    }
    LargeVector<std::uint32_t> pass(samples, 0, place);
    for (std::uint64_t passIndex = 0; order.size() < wanted; ++passIndex) {
        std::iota(pass.begin(), pass.end(), 0U);
        Random random(seed, kOrderStream + (static_cast<std::uint64_t>(epoch) << 24) + passIndex);
        random.shuffle(pass);
        order.insert(order.end(), pass.begin(), pass.end());
    }
    order.resize(wanted);
    return order;
}

BatchPipeline::BatchPipeline(
    const SampleSource& source,
    const BatchPlan& plan,
    const Augmentation& augmentation,
    const Shape& imageShape,
    int workers)
    : m_source(source)
    , m_plan(plan)
    , m_augmentation(imageShape.size() == 3 ? augmentation : Augmentation{})
    , m_imageShape(imageShape)
    , m_slots(slotsFor(
          plan, source.inputSize() + source.targetSize(), static_cast<std::size_t>(std::max(workers, 1))))
{
    assert(plan.samples > 0 && plan.batchSize > 0);
    for (int i = 0; i < std::max(workers, 1); ++i) {
        m_workers.emplace_back([this](std::stop_token stop) { workerLoop(std::move(stop)); });
    }
}

BatchPipeline::~BatchPipeline()
{
    for (auto& worker : m_workers) {
        worker.request_stop();
    }
    m_changed.notify_all();
}

void BatchPipeline::begin(std::int64_t epoch, std::int64_t first)
{
    std::unique_lock lock(m_mutex);
    m_nextToFill = -1;
    m_changed.wait(lock, [&] {
        return std::none_of(m_slots.begin(), m_slots.end(), [](const Slot& s) { return s.state == SlotState::Filling; });
    });
    for (Slot& slot : m_slots) {
        slot.state = SlotState::Empty;
    }
    m_taken = -1;
    m_nextToTake = epoch * m_plan.stepsPerEpoch() + first;
    m_nextToFill = m_nextToTake;
    m_changed.notify_all();
}

Result<const Batch*> BatchPipeline::next()
{
    std::unique_lock lock(m_mutex);
    assert(m_nextToFill >= 0);
    if (m_taken >= 0) {
        slotOf(m_taken).state = SlotState::Empty;
        m_taken = -1;
        m_changed.notify_all();
    }
    const std::int64_t sequence = m_nextToTake;
    Slot& slot = slotOf(sequence);
    const auto isReady = [&] { return slot.state == SlotState::Ready && slot.sequence == sequence; };
    if (!isReady()) {
        const auto start = std::chrono::steady_clock::now();
        m_changed.wait(lock, isReady);
        m_waitSeconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    if (slot.error) {
        return *slot.error;
    }
    m_taken = sequence;
    ++m_nextToTake;
    return &slot.batch;
}

double BatchPipeline::takeWaitSeconds()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_waitSeconds, 0.0);
}

void BatchPipeline::workerLoop(std::stop_token stop)
{
    std::vector<float> scratch;
    std::unique_lock lock(m_mutex);
    for (;;) {
        const bool isWork = m_changed.wait(lock, stop, [&] {
            return m_nextToFill >= 0 && slotOf(m_nextToFill).state == SlotState::Empty;
        });
        if (!isWork || stop.stop_requested()) {
            return;
        }
        const std::int64_t sequence = m_nextToFill++;
        Slot& slot = slotOf(sequence);
        slot.state = SlotState::Filling;
        slot.sequence = sequence;
        lock.unlock();
        auto filled = guardMemory("preparing a batch", [&] { return fill(slot.batch, sequence, scratch); });
        lock.lock();
        slot.error = filled ? std::nullopt : std::optional<Error>(filled.error());
        slot.state = SlotState::Ready;
        m_changed.notify_all();
    }
}

Result<void> BatchPipeline::fill(Batch& batch, std::int64_t sequence, std::vector<float>& scratch)
{
    const std::int64_t steps = m_plan.stepsPerEpoch();
    const std::int64_t epoch = sequence / steps;
    batch.index = sequence % steps;
    const auto order = orderOf(epoch, batch.index);
    const std::size_t width = m_source.inputSize();
    batch.inputs.resize(m_plan.batchSize * width);
    const std::size_t targetWidth = m_source.targetSize();
    batch.targets.resize(m_plan.batchSize * targetWidth);
    for (std::size_t row = 0; row < m_plan.batchSize; ++row) {
        const std::size_t place = static_cast<std::size_t>(batch.index) * m_plan.batchSize + row;
        const std::size_t position = (*order)[place];
        const auto input = std::span(batch.inputs).subspan(row * width, width);
        TY_CHECK(m_source.readInput(position, input));
        if (!m_augmentation.isOff()) {
            Random random(m_plan.seed, kAugmentStream + (static_cast<std::uint64_t>(epoch) << 36) + place);
            augmentImage(m_augmentation, input, m_imageShape[0], m_imageShape[1], m_imageShape[2], random, scratch);
        }
        TY_CHECK(m_source.readTarget(position, input, std::span(batch.targets).subspan(row * targetWidth, targetWidth)));
    }
    return {};
}

std::shared_ptr<const LargeVector<std::uint32_t>> BatchPipeline::orderOf(std::int64_t epoch, std::int64_t firstBatch)
{
    const std::lock_guard lock(m_mutex);
    Order& order = m_orders[static_cast<std::size_t>(epoch) % m_orders.size()];
    if (order.epoch != epoch) {
        order.positions = std::make_shared<const LargeVector<std::uint32_t>>(m_plan.orderOf(epoch));
        order.epoch = epoch;
        const std::size_t begun = static_cast<std::size_t>(firstBatch) * m_plan.batchSize; // of a run that was resumed
        m_source.expect(std::span(*order.positions).subspan(std::min(begun, order.positions->size())));
    }
    return order.positions;
}

} // namespace ty::engine
