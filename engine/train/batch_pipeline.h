#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "engine/base/large_vector.h"
#include "engine/base/result.h"
#include "engine/tensor/tensor.h"
#include "engine/train/augment.h"
#include "engine/train/mixup.h"
#include "engine/train/sample_source.h"

namespace ty::engine {

/// Which samples the batches of an epoch hold. Everything follows from (seed, epoch), so a resumed run sees the same.
struct BatchPlan {
    std::size_t samples = 0;
    std::size_t batchSize = 1;
    std::size_t repeats = 1; ///< passes over the data in one epoch
    std::uint64_t seed = 0;
    /// Whether each row of a batch goes on where that row of the batch before ended: as many runs through the samples, in
    /// their order, as a batch has rows.
    bool isInOrder = false;

    /// Batches of one epoch. All are full: the last is filled up from one more shuffle, so that one executable
    /// serves all steps and no update rests on a handful of samples.
    std::int64_t stepsPerEpoch() const;
    /// Positions of all samples of epoch `epoch` (0-based), stepsPerEpoch() * batchSize long.
    LargeVector<std::uint32_t> orderOf(std::int64_t epoch) const;
};

/// One batch, laid out as TrainingSession::step takes it.
struct Batch {
    std::int64_t index = 0; ///< in its epoch
    std::vector<float> inputs;
    std::vector<float> targets;
};

/// The batches of one epoch after another. Worker threads decode, vary and lay out the next ones while the caller, always
/// the same thread, trains on this one. A caller that would have to wait helps them instead.
class BatchPipeline {
public:
    /// @param imageShape  {channels, height, width}; empty for tables, which are never varied
    /// @param workers     threads, at least 1
    /// @param mixup       of pictures alone
    BatchPipeline(
        const SampleSource& source,
        const BatchPlan& plan,
        const Augmentation& augmentation,
        const Shape& imageShape,
        int workers,
        const Mixup& mixup = {});
    ~BatchPipeline();
    BatchPipeline(const BatchPipeline&) = delete;
    BatchPipeline& operator=(const BatchPipeline&) = delete;

    /// Starts with batch `first` of `epoch`; what was prepared for another place is thrown away.
    void begin(std::int64_t epoch, std::int64_t first);
    /// The next batch, valid until the next call. Goes on from an epoch's last batch to the next epoch's first.
    /// Errors: a sample that cannot be read, no memory for a batch.
    Result<const Batch*> next();
    /// Seconds that next() has waited, or prepared batches itself, since the last call of this function.
    double takeWaitSeconds();

private:
    enum class SlotState : std::uint8_t { Empty, Filling, Ready };
    /// Successive batches that one worker fills in one go: with a batch of a microsecond, handing over would be the dearest.
    struct Slot {
        SlotState state = SlotState::Empty;
        std::int64_t turn = -1;  ///< which slot it is, counted from begin()
        std::vector<Batch> batches;
        std::size_t count = 0;   ///< of `batches` that it is to hold: the first portion is one, for the first step waits for it
        std::size_t filled = 0;  ///< fewer than `count` if the next one has the error
        std::optional<Error> error;
    };

    void workerLoop(std::stop_token stop);
    /// Whether there is a portion that nobody has begun, and room for it.
    bool isWorkLeft() { return m_turnToFill >= 0 && slotOf(m_turnToFill).state == SlotState::Empty; }
    /// Fills the portion whose turn it is. Precondition: isWorkLeft(), `lock` holds m_mutex, which it lets go meanwhile.
    void fillNext(std::unique_lock<std::mutex>& lock, std::vector<float>& scratch);
    /// @param first  epoch * stepsPerEpoch + batch
    Result<void> fill(Slot& slot, std::int64_t first, std::vector<float>& scratch);
    Result<void> fill(
        Batch& batch, std::int64_t epoch, std::span<const std::uint32_t> order, std::vector<float>& scratch) const;
    /// @param firstBatch  of it that is needed, the first time that it is asked for
    std::shared_ptr<const LargeVector<std::uint32_t>> orderOf(std::int64_t epoch, std::int64_t firstBatch);
    Slot& slotOf(std::int64_t turn) { return m_slots[static_cast<std::size_t>(turn) % m_slots.size()]; }

    const SampleSource& m_source;
    BatchPlan m_plan;
    Augmentation m_augmentation;
    Shape m_imageShape;
    Mixup m_mixup;

    // Of the caller's thread.
    Slot* m_inHand = nullptr; ///< the slot it takes batches from
    std::size_t m_next = 0;   ///< of its batches
    double m_waitSeconds = 0;
    std::vector<float> m_scratch; ///< for what it prepares itself

    std::mutex m_mutex; ///< guards all up to the orders
    std::condition_variable_any m_changed;
    std::vector<Slot> m_slots;
    std::int64_t m_begun = 0;      ///< the first batch of the first turn: epoch * stepsPerEpoch + batch
    std::int64_t m_turnToFill = -1; ///< -1: not begun
    std::int64_t m_turnToTake = 0;

    std::mutex m_orderMutex; ///< guards what follows; an epoch's order takes a while, in which batches are taken all the same
    struct Order {
        std::int64_t epoch = -1;
        std::shared_ptr<const LargeVector<std::uint32_t>> positions;
    };
    std::vector<Order> m_orders; ///< of the epoch at hand and those that are prepared

    std::vector<std::jthread> m_workers; ///< last, so that the threads end before what they use
};

} // namespace ty::engine
