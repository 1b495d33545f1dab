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
constexpr std::uint64_t kMixStream = std::uint64_t{3} << 56;
constexpr std::uint64_t kPartStream = std::uint64_t{4} << 56;

constexpr std::size_t kPreparedBytes = std::size_t{8} << 20;
constexpr std::size_t kSlotBytes = std::size_t{32} << 10;
constexpr std::size_t kMostInSlot = 32;
constexpr std::size_t kMostPrepared = 4096;
constexpr std::size_t kOrderBytes = std::size_t{1} << 20;
constexpr std::size_t kMostOrders = 64;

struct SlotPlan {
    std::size_t slots = 1;
    std::size_t batches = 1; ///< of each
    std::size_t orders = 2;  ///< of epochs that are kept
};

/// As many batches ahead as fit into some memory: steps of a small network are far shorter than a busy system leaves a worker
/// waiting for its turn, and so are epochs of few samples; the orders of some of those are kept, of others of two, so that
/// less than an epoch is prepared. At least one slot more for each worker than are being filled and the one in use.
/// @param sampleSize  numbers of a sample and its target
SlotPlan planSlots(const BatchPlan& plan, std::size_t sampleSize, std::size_t workers)
{
    const std::size_t batchBytes = std::max<std::size_t>(1, plan.batchSize * sampleSize * sizeof(float));
    const std::size_t fewest = workers + 2;
    const auto steps = static_cast<std::size_t>(plan.stepsPerEpoch());
    SlotPlan result;
    result.batches = std::clamp<std::size_t>(kSlotBytes / batchBytes, 1, std::clamp<std::size_t>(steps / fewest, 1, kMostInSlot));
    const std::size_t orderBytes = steps * plan.batchSize * sizeof(std::uint32_t);
    result.orders = std::clamp<std::size_t>(kOrderBytes / orderBytes, 2, kMostOrders);
    const std::size_t prepared = std::min({kPreparedBytes / batchBytes, kMostPrepared, steps * (result.orders - 1)});
    result.slots = std::max(fewest, prepared / result.batches);
    return result;
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
    int workers,
    const Mixup& mixup)
    : m_source(source)
    , m_plan(plan)
    , m_augmentation(imageShape.size() == 3 ? augmentation : Augmentation{})
    , m_imageShape(imageShape)
    , m_mixup(imageShape.size() == 3 ? mixup : Mixup{})
{
    assert(plan.samples > 0 && plan.batchSize > 0);
    const SlotPlan slots = planSlots(
        plan, source.inputSize() + source.targetSize(), static_cast<std::size_t>(std::max(workers, 1)));
    m_orders.resize(slots.orders);
    m_slots.resize(slots.slots);
    for (Slot& slot : m_slots) {
        slot.batches.resize(slots.batches);
    }
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
    m_turnToFill = -1;
    m_changed.wait(lock, [&] {
        return std::none_of(m_slots.begin(), m_slots.end(), [](const Slot& s) { return s.state == SlotState::Filling; });
    });
    for (Slot& slot : m_slots) {
        slot.state = SlotState::Empty;
    }
    m_inHand = nullptr;
    m_begun = epoch * m_plan.stepsPerEpoch() + first;
    m_turnToTake = 0;
    m_turnToFill = 0;
    m_changed.notify_all();
}

Result<const Batch*> BatchPipeline::next()
{
    if (m_inHand == nullptr || m_next == m_inHand->count) {
        std::optional<std::chrono::steady_clock::time_point> start; // of the wait, if there is one
        const auto beginWait = [&start] { start = start.value_or(std::chrono::steady_clock::now()); };
        std::unique_lock lock(m_mutex, std::try_to_lock);
        if (!lock) {
            beginWait();
            lock.lock();
        }
        assert(m_turnToFill >= 0);
        if (m_inHand != nullptr) {
            m_inHand->state = SlotState::Empty;
            m_changed.notify_all();
        }
        const std::int64_t turn = m_turnToTake++;
        Slot& slot = slotOf(turn);
        const auto isReady = [&] { return slot.state == SlotState::Ready && slot.turn == turn; };
        while (!isReady()) {
            beginWait();
            if (isWorkLeft()) { // to be done here is sooner than when a worker has been woken and given a processor
                fillNext(lock, m_scratch);
            } else {
                m_changed.wait(lock, isReady);
            }
        }
        if (start) {
            m_waitSeconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - *start).count();
        }
        m_inHand = &slot; // nobody else touches it until it is empty again
        m_next = 0;
    }
    if (m_next == m_inHand->filled) {
        return *m_inHand->error;
    }
    return &m_inHand->batches[m_next++];
}

double BatchPipeline::takeWaitSeconds()
{
    return std::exchange(m_waitSeconds, 0.0);
}

void BatchPipeline::workerLoop(std::stop_token stop)
{
    std::vector<float> scratch;
    std::unique_lock lock(m_mutex);
    for (;;) {
        const bool isWork = m_changed.wait(lock, stop, [&] { return isWorkLeft(); });
        if (!isWork || stop.stop_requested()) {
            return;
        }
        fillNext(lock, scratch);
    }
}

void BatchPipeline::fillNext(std::unique_lock<std::mutex>& lock, std::vector<float>& scratch)
{
    const std::int64_t turn = m_turnToFill++;
    Slot& slot = slotOf(turn);
    slot.state = SlotState::Filling;
    slot.turn = turn;
    const auto usual = static_cast<std::int64_t>(slot.batches.size());
    slot.count = turn == 0 ? 1 : slot.batches.size();
    const std::int64_t first = turn == 0 ? m_begun : m_begun + 1 + (turn - 1) * usual;
    lock.unlock();
    auto filled = guardMemory("preparing a batch", [&] { return fill(slot, first, scratch); });
    lock.lock();
    slot.error = filled ? std::nullopt : std::optional<Error>(filled.error());
    slot.state = SlotState::Ready;
    m_changed.notify_all();
}

Result<void> BatchPipeline::fill(Slot& slot, std::int64_t first, std::vector<float>& scratch)
{
    const std::int64_t steps = m_plan.stepsPerEpoch();
    std::shared_ptr<const LargeVector<std::uint32_t>> order;
    for (slot.filled = 0; slot.filled < slot.count; ++slot.filled) {
        const std::int64_t sequence = first + static_cast<std::int64_t>(slot.filled);
        Batch& batch = slot.batches[slot.filled];
        batch.index = sequence % steps;
        if (order == nullptr || batch.index == 0) {
            order = orderOf(sequence / steps, batch.index);
        }
        TY_CHECK(fill(batch, sequence / steps, *order, scratch));
    }
    return {};
}

Result<void> BatchPipeline::fill(
    Batch& batch, std::int64_t epoch, std::span<const std::uint32_t> order, std::vector<float>& scratch) const
{
    const std::size_t width = m_source.inputSize();
    batch.inputs.resize(m_plan.batchSize * width);
    const std::size_t targetWidth = m_source.targetSize();
    batch.targets.resize(m_plan.batchSize * targetWidth);
    for (std::size_t row = 0; row < m_plan.batchSize; ++row) {
        const std::size_t place = static_cast<std::size_t>(batch.index) * m_plan.batchSize + row;
        const std::size_t position = order[place];
        const auto input = std::span(batch.inputs).subspan(row * width, width);
        if (m_augmentation.isPartDrawn) {
            Random random(m_plan.seed, kPartStream + (static_cast<std::uint64_t>(epoch) << 36) + place);
            TY_CHECK(m_source.readPart(position, random, input));
        } else {
            TY_CHECK(m_source.readInput(position, input));
        }
        if (!m_augmentation.isOff()) {
            Random random(m_plan.seed, kAugmentStream + (static_cast<std::uint64_t>(epoch) << 36) + place);
            augmentImage(m_augmentation, input, m_imageShape[0], m_imageShape[1], m_imageShape[2], random, scratch);
        }
        TY_CHECK(m_source.readTarget(position, input, std::span(batch.targets).subspan(row * targetWidth, targetWidth)));
    }
    if (!m_mixup.isOff()) {
        Random random(
            m_plan.seed, kMixStream + (static_cast<std::uint64_t>(epoch) << 36) + static_cast<std::uint64_t>(batch.index));
        mixSamples(m_mixup, m_plan.batchSize, batch.inputs, batch.targets, random);
    }
    return {};
}

std::shared_ptr<const LargeVector<std::uint32_t>> BatchPipeline::orderOf(std::int64_t epoch, std::int64_t firstBatch)
{
    const std::lock_guard lock(m_orderMutex);
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
