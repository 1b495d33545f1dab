#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "engine/backends/cpu/aligned_buffer.h"
#include "engine/backends/cpu/convolution_planner.h"
#include "engine/base/result.h"
#include "engine/nn/lowering.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// The learned parameters of one network with gradients and optimizer slots, each kind in one array, in the layout of
/// the kernels: an update is one loop over everything, and no step reorders a weight forwards. The decayed ones come
/// first, the frozen ones last: those have neither gradients nor slots. Running statistics lie in an array of their own.
class ParameterStore {
public:
    struct Entry {
        std::string name;
        Shape shape;
        std::optional<dnnl::memory::desc> layout; ///< of convolution weights
        dnnl::memory::dims plainDims;             ///< the shape, with the groups apart
        std::int64_t offset = 0;                  ///< floats
        std::int64_t count = 0;                   ///< floats, as large as the layout wants
        Initialisation initial;
    };

    /// `slots`: optimizer arrays beside each parameter, by suffix: {"m", "v"}.
    ParameterStore(
        const LoweredNetwork& network,
        const dnnl::engine& engine,
        ConvolutionPlanner& planner,
        std::vector<std::string> slots);

    void initialise(std::uint64_t seed);

    const std::vector<Entry>& parameters() const { return m_parameters; }
    const std::vector<Entry>& states() const { return m_states; }
    std::int64_t count() const { return m_count; } ///< floats that are updated
    std::int64_t decayedCount() const { return m_decayedCount; }

    float* values() const { return m_values.floats(); }
    float* gradients() const { return m_gradients.floats(); }
    float* slot(std::size_t index) const { return m_slots[index].floats(); }
    float* stateValues() const { return m_stateValues.floats(); }
    std::int64_t stateCount() const { return m_states.empty() ? 0 : m_states.back().offset + m_states.back().count; } ///< floats
    std::size_t bytes() const;
    std::size_t exportedBytes() const; ///< of exportValues() and exportSlots()

    std::vector<NamedTensor> exportValues() const;
    Result<void> importValues(const std::vector<NamedTensor>& tensors);
    std::vector<NamedTensor> exportSlots() const;
    Result<void> importSlots(const std::vector<NamedTensor>& tensors);

private:
    struct Place {
        const Entry* entry = nullptr;
        std::string name;
        float* array = nullptr;
    };
    std::vector<Place> valuePlaces() const;
    std::vector<Place> slotPlaces() const;
    Tensor readPlain(const Entry& entry, const float* array) const;
    void writePlain(const Entry& entry, const float* plain, float* array) const;
    static Result<std::vector<const Tensor*>> match(
        const std::vector<Place>& places, const std::vector<NamedTensor>& tensors, const char* what);
    void import(const std::vector<Place>& places, const std::vector<const Tensor*>& tensors);

    dnnl::engine m_engine;
    std::vector<Entry> m_parameters;
    std::vector<Entry> m_states;
    std::vector<std::string> m_slotNames;
    std::int64_t m_count = 0;
    std::int64_t m_decayedCount = 0;
    AlignedBuffer m_values;
    AlignedBuffer m_gradients;
    std::vector<AlignedBuffer> m_slots;
    AlignedBuffer m_stateValues;
};

} // namespace ty::engine
