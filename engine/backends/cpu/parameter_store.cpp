#include "engine/backends/cpu/parameter_store.h"

#include <algorithm>
#include <cstring>
#include <map>

#include <fmt/format.h>

#include "engine/base/memory_guard.h"
#include "engine/base/random.h"
#include "engine/nn/initializers.h"

namespace ty::engine {

namespace {

constexpr std::int64_t kAlignment = 16; // floats, a cache line

std::int64_t aligned(std::int64_t count)
{
    return (count + kAlignment - 1) / kAlignment * kAlignment;
}

/// The node that reads a parameter, and its attributes: only convolutions want a layout of their own.
const Node* convolutionOf(const Graph& graph, ValueId parameter)
{
    for (const Node& node : graph.nodes()) {
        const bool isConvolution = node.kind == OpKind::Conv2d || node.kind == OpKind::Conv2dInputGrad;
        if (isConvolution && node.inputs[1] == parameter) {
            return &node;
        }
    }
    return nullptr;
}

} // namespace

ParameterStore::ParameterStore(
    const LoweredNetwork& network,
    const dnnl::engine& engine,
    ConvolutionPlanner& planner,
    std::vector<std::string> slots)
    : m_engine(engine), m_slotNames(std::move(slots))
{
    const Graph& graph = network.graph;
    std::vector<const NetworkVariable*> kinds;
    for (const NetworkVariable& variable : network.parameters) {
        const Value& value = graph.value(variable.value);
        Entry entry;
        entry.name = value.name;
        entry.shape = value.shape;
        entry.plainDims = value.shape;
        entry.count = value.size();
        entry.initial = variable.initial;
        if (const Node* node = convolutionOf(graph, variable.value)) {
            const auto& attributes = node->as<ConvolutionAttributes>();
            entry.plainDims = weightDims(value.shape, attributes.groups);
            entry.layout = planner.planOf(convolutionShapes(graph, *node), attributes).weights;
            entry.count = static_cast<std::int64_t>(entry.layout->get_size() / sizeof(float));
        }
        m_parameters.push_back(std::move(entry));
        kinds.push_back(&variable);
    }
    std::int64_t allCount = 0;
    const auto place = [&](const auto& isWanted) {
        for (std::size_t i = 0; i < m_parameters.size(); ++i) {
            if (isWanted(*kinds[i])) {
                // On cache lines of its own, but for what goes wholly into the rest of one: the update walks over all lines.
                const std::int64_t next = allCount + m_parameters[i].count;
                allCount = next <= aligned(allCount) ? allCount : aligned(allCount);
                m_parameters[i].offset = allCount;
                allCount += m_parameters[i].count;
            }
        }
        return allCount = aligned(allCount);
    };
    m_decayedCount = place([](const NetworkVariable& one) { return !one.isFrozen && one.isDecayed; });
    m_count = place([](const NetworkVariable& one) { return !one.isFrozen && !one.isDecayed; });
    place([](const NetworkVariable& one) { return one.isFrozen; });
    std::int64_t stateCount = 0;
    for (const NetworkVariable& variable : network.states) {
        const Value& value = graph.value(variable.value);
        Entry entry;
        entry.name = value.name;
        entry.shape = value.shape;
        entry.plainDims = value.shape;
        entry.count = value.size();
        entry.initial = variable.initial;
        entry.offset = stateCount;
        stateCount += aligned(entry.count);
        m_states.push_back(std::move(entry));
    }
    const auto bytes = static_cast<std::size_t>(m_count) * sizeof(float); // nothing frozen is ever updated
    const auto allBytes = static_cast<std::size_t>(allCount) * sizeof(float);
    requireMemory(allBytes + bytes * (1 + m_slotNames.size())); // rather than when half of them are there
    m_values = AlignedBuffer(allBytes);
    m_gradients = AlignedBuffer(bytes);
    for (std::size_t i = 0; i < m_slotNames.size(); ++i) {
        m_slots.emplace_back(bytes);
    }
    m_stateValues = AlignedBuffer(static_cast<std::size_t>(stateCount) * sizeof(float));
}

void ParameterStore::initialise(std::uint64_t seed)
{
    std::uint64_t stream = 0;
    for (const Entry& entry : m_parameters) {
        Random random(seed, stream++); // one stream a parameter: a changed layer does not change the others
        Tensor plain(DType::Float32, entry.shape);
        fillInitial(entry.initial, random, plain.floats());
        writePlain(entry, plain.floats().data(), values());
    }
    for (const Entry& entry : m_states) {
        Random random(seed, stream++);
        fillInitial(
            entry.initial, random, {stateValues() + entry.offset, static_cast<std::size_t>(entry.count)});
    }
}

std::size_t ParameterStore::bytes() const
{
    return m_values.bytes() + m_gradients.bytes() * (1 + m_slots.size()) + m_stateValues.bytes();
}

std::size_t ParameterStore::exportedBytes() const
{
    return m_values.bytes() + m_gradients.bytes() * m_slots.size() + m_stateValues.bytes();
}

std::vector<ParameterStore::Place> ParameterStore::valuePlaces() const
{
    std::vector<Place> places;
    for (const Entry& entry : m_parameters) {
        places.push_back({&entry, entry.name, values()});
    }
    for (const Entry& entry : m_states) {
        places.push_back({&entry, entry.name, stateValues()});
    }
    return places;
}

std::vector<ParameterStore::Place> ParameterStore::slotPlaces() const
{
    std::vector<Place> places;
    for (const Entry& entry : m_parameters) {
        for (std::size_t i = 0; i < m_slots.size() && entry.offset < m_count; ++i) {
            places.push_back({&entry, entry.name + "." + m_slotNames[i], slot(i)});
        }
    }
    return places;
}

Tensor ParameterStore::readPlain(const Entry& entry, const float* array) const
{
    Tensor tensor(DType::Float32, entry.shape);
    const float* source = array + entry.offset;
    if (!entry.layout) {
        std::memcpy(tensor.data(), source, tensor.bytes());
        return tensor;
    }
    dnnl::stream stream(m_engine);
    dnnl::memory src(*entry.layout, m_engine, const_cast<float*>(source)); // oneDNN only reads it
    dnnl::memory dst(plainDesc(entry.plainDims), m_engine, tensor.data());
    dnnl::reorder(src, dst).execute(stream, src, dst);
    stream.wait();
    return tensor;
}

void ParameterStore::writePlain(const Entry& entry, const float* plain, float* array) const
{
    float* target = array + entry.offset;
    if (!entry.layout) {
        std::memcpy(target, plain, static_cast<std::size_t>(entry.count) * sizeof(float));
        return;
    }
    dnnl::stream stream(m_engine);
    dnnl::memory src(plainDesc(entry.plainDims), m_engine, const_cast<float*>(plain)); // oneDNN only reads it
    dnnl::memory dst(*entry.layout, m_engine, target);
    dnnl::reorder(src, dst).execute(stream, src, dst);
    stream.wait();
}

Result<std::vector<const Tensor*>> ParameterStore::match(
    const std::vector<Place>& places, const std::vector<NamedTensor>& tensors, const char* what)
{
    std::map<std::string, const Tensor*> byName;
    for (const NamedTensor& tensor : tensors) {
        byName[tensor.name] = &tensor.tensor;
    }
    std::vector<const Tensor*> matched;
    for (const Place& place : places) {
        const auto found = byName.find(place.name);
        if (found == byName.end()) {
            return Error{ErrorKind::InvalidInput, fmt::format("{}: \"{}\" is missing", what, place.name), {}};
        }
        const Tensor& tensor = *found->second;
        if (tensor.isEmpty() || tensor.dtype() != DType::Float32 || tensor.shape() != place.entry->shape) {
            return Error{
                ErrorKind::InvalidInput,
                fmt::format(
                    "{}: \"{}\" is {} {}, the network has float32 {}",
                    what,
                    place.name,
                    dtypeName(tensor.dtype()),
                    toString(tensor.shape()),
                    toString(place.entry->shape)),
                {}};
        }
        matched.push_back(&tensor);
        byName.erase(found);
    }
    if (!byName.empty()) {
        return Error{
            ErrorKind::InvalidInput,
            fmt::format("{}: the network has no \"{}\"", what, byName.begin()->first),
            {}};
    }
    return matched;
}

void ParameterStore::import(const std::vector<Place>& places, const std::vector<const Tensor*>& tensors)
{
    for (std::size_t i = 0; i < places.size(); ++i) {
        writePlain(*places[i].entry, tensors[i]->floats().data(), places[i].array);
    }
}

std::vector<NamedTensor> ParameterStore::exportValues() const
{
    std::vector<NamedTensor> tensors;
    for (const Place& place : valuePlaces()) {
        tensors.push_back({place.name, readPlain(*place.entry, place.array)});
    }
    return tensors;
}

Result<void> ParameterStore::importValues(const std::vector<NamedTensor>& tensors)
{
    const std::vector<Place> places = valuePlaces();
    TY_TRY(const auto matched, match(places, tensors, "parameters"));
    import(places, matched);
    return {};
}

std::vector<NamedTensor> ParameterStore::exportSlots() const
{
    std::vector<NamedTensor> tensors;
    for (const Place& place : slotPlaces()) {
        tensors.push_back({place.name, readPlain(*place.entry, place.array)});
    }
    return tensors;
}

Result<void> ParameterStore::importSlots(const std::vector<NamedTensor>& tensors)
{
    const std::vector<Place> places = slotPlaces();
    TY_TRY(const auto matched, match(places, tensors, "optimizer state"));
    import(places, matched);
    return {};
}

} // namespace ty::engine
