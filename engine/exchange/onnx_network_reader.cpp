#include "engine/exchange/onnx_network_reader.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "engine/exchange/float_weights.h"

namespace ty::engine {

namespace {

// What a file may grow to while it is read: weights that several nodes share, and constants that are computed.
constexpr std::int64_t kMaxMade = std::int64_t{1} << 24;
constexpr std::int64_t kMaxGrowth = 16; // times the file's own constants

} // namespace

OnnxNetworkReader::OnnxNetworkReader(const OnnxFile& file, const Shape& input, std::int64_t batch)
    : m_file(file), m_batch(batch), m_layers(input, batch)
{
    for (const auto& node : file.nodes) {
        for (const auto& output : node.outputs) {
            m_producers.emplace(output, &node);
        }
        for (const auto& name : node.inputs) {
            m_consumers.emplace(name, &node);
        }
    }
    std::int64_t stored = 0;
    for (const auto& [name, array] : file.constants) {
        stored += static_cast<std::int64_t>(array.size());
    }
    m_limit = kMaxMade + kMaxGrowth * stored;
}

void OnnxNetworkReader::setInput(const std::string& name, bool isChannelsLast)
{
    OnnxActivation input = m_layers.input();
    if (isChannelsLast) {
        input.view = input.view.permuted({0, 2, 3, 1});
    }
    m_values.emplace(name, std::move(input));
}

int OnnxNetworkReader::uses(const std::string& value) const
{
    const auto found = m_uses.find(value);
    return found == m_uses.end() ? 0 : found->second;
}

const OnnxActivation* OnnxNetworkReader::findValue(const std::string& name) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? nullptr : &found->second;
}

const OnnxArray* OnnxNetworkReader::constant(const OnnxNode& node, std::size_t index) const
{
    if (!isThere(node, index)) {
        return nullptr;
    }
    if (const auto computed = m_constants.find(node.inputs[index]); computed != m_constants.end()) {
        return &computed->second;
    }
    const auto stored = m_file.constants.find(node.inputs[index]);
    return stored == m_file.constants.end() ? nullptr : &stored->second;
}

Result<const OnnxArray*> OnnxNetworkReader::needConstant(const OnnxNode& node, std::size_t index) const
{
    const OnnxArray* array = constant(node, index);
    if (array == nullptr) {
        return onnxUnsupported(
            fmt::format("input {} {}", index + 1, isThere(node, index) ? "depends on the samples" : "is missing"),
            "Only fixed weights and settings can be read.");
    }
    return array;
}

Result<std::vector<float>> OnnxNetworkReader::needWeights(const OnnxNode& node, std::size_t index, std::size_t rank) const
{
    TY_TRY(const OnnxArray* array, needConstant(node, index));
    if (array->shape.size() != rank || array->size() == 0) {
        return onnxError(
            fmt::format("input {} is {}, expected {} axes", index + 1, toString(array->shape), rank));
    }
    TY_TRY(const auto values, onnxFloats(*array));
    TY_CHECK(checkFinite(values, fmt::format("weights \"{}\"", onnxShown(node.inputs[index]))));
    return values;
}

bool OnnxNetworkReader::isThere(const OnnxNode& node, std::size_t index) const
{
    return index < node.inputs.size() && !node.inputs[index].empty();
}

bool OnnxNetworkReader::isComputed(const OnnxNode& node, std::size_t index) const
{
    return isThere(node, index) && m_values.contains(node.inputs[index]);
}

Result<OnnxActivation> OnnxNetworkReader::value(const OnnxNode& node, std::size_t index) const
{
    if (isComputed(node, index)) {
        return m_values.at(node.inputs[index]);
    }
    const bool isScores = isThere(node, index) && m_scores.contains(node.inputs[index]);
    return onnxUnsupported(fmt::format(
        "input {} {}",
        index + 1,
        isScores               ? "is a product of two computed values, which only attention has"
            : constant(node, index) ? "is a constant"
                                    : "is never computed"));
}

OnnxScores* OnnxNetworkReader::scores(const OnnxNode& node, std::size_t index)
{
    const auto found = isThere(node, index) ? m_scores.find(node.inputs[index]) : m_scores.end();
    return found == m_scores.end() ? nullptr : &found->second;
}

void OnnxNetworkReader::give(const OnnxNode& node, OnnxActivation value, std::size_t index)
{
    if (index < node.outputs.size() && !node.outputs[index].empty()) {
        value.isSole = value.isSole && uses(node.outputs[index]) <= 1;
        m_values.insert_or_assign(node.outputs[index], std::move(value));
    }
}

void OnnxNetworkReader::giveScores(const OnnxNode& node, OnnxScores scores)
{
    if (!node.outputs.empty()) {
        m_scores.insert_or_assign(node.outputs.front(), std::move(scores));
    }
}

const OnnxNode* OnnxNetworkReader::producer(const std::string& value) const
{
    const auto found = m_producers.find(value);
    return found == m_producers.end() ? nullptr : found->second;
}

bool OnnxNetworkReader::isGiven(const OnnxNode& node) const
{
    return std::any_of(node.outputs.begin(), node.outputs.end(), [&](const std::string& name) {
        return m_values.contains(name);
    });
}

bool OnnxNetworkReader::isOnlyLookedUp(const OnnxNode& node) const
{
    const auto found = m_consumers.find(node.outputs.front());
    return found != m_consumers.end() && uses(node.outputs.front()) == 1 && found->second->type == "Gather"
        && found->second->inputs.size() == 2 && found->second->inputs[1] == node.outputs.front();
}

std::string OnnxNetworkReader::hint(const OnnxNode& node) const
{
    // "conv1.weight" says more than "Conv_0"; "onnx::MatMul_217" says nothing.
    for (const auto& input : node.inputs) {
        const auto dot = input.rfind(".weight");
        if (dot != std::string::npos && dot > 0 && dot + 7 == input.size() && m_file.constants.contains(input)) {
            return input.substr(0, dot);
        }
    }
    std::string name = node.name;
    if (name.empty()) {
        name = node.type.substr(node.type.rfind(':') + 1);
        name.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(name.front())));
        return name;
    }
    // "/layer1/conv1/Conv" is layer1.conv1.
    if (name.front() == '/') {
        name.erase(name.begin());
        const auto slash = name.rfind('/');
        if (slash != std::string::npos && name.compare(slash + 1, node.type.size(), node.type) == 0) {
            name.erase(slash);
        }
        std::replace(name.begin(), name.end(), '/', '.');
    }
    return name;
}

bool OnnxNetworkReader::isConstantNode(const OnnxNode& node) const
{
    if (!isOnnxFoldable(node.type)) {
        return false;
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (isThere(node, i) && constant(node, i) == nullptr && !(node.type == "Shape" && isComputed(node, i))) {
            return false;
        }
    }
    return true;
}

Result<void> OnnxNetworkReader::read(const OnnxNode& node)
{
    auto done = readComputed(node);
    if (done && m_layers.parameterElements() > m_limit) {
        done = onnxUnsupported("more weights than the file holds");
    }
    if (!done) {
        return std::move(done).error().withContext(
            fmt::format("node \"{}\" ({})", onnxShown(node.name), onnxShown(node.type)));
    }
    return {};
}

Result<void> OnnxNetworkReader::readComputed(const OnnxNode& node)
{
    if (node.outputs.empty()) {
        return onnxError("has no result");
    }
    if (isConstantNode(node)) {
        OnnxArguments arguments;
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            arguments.push_back(constant(node, i));
        }
        OnnxArray result;
        if (node.type == "Shape") {
            if (node.inputs.empty() || (arguments[0] == nullptr && !isComputed(node, 0))) {
                return onnxError("needs an input");
            }
            const Shape shape = arguments[0] != nullptr ? arguments[0]->shape : m_values.at(node.inputs[0]).view.shape();
            const auto rank = static_cast<std::int64_t>(shape.size());
            const auto placed = [rank](std::int64_t place) {
                return std::clamp<std::int64_t>(place < 0 ? place + rank : place, 0, rank);
            };
            const std::int64_t begin = placed(std::max(node.integer("start", 0), -rank));
            const std::int64_t end = std::max(begin, placed(std::max(node.integer("end", rank), -rank)));
            const std::vector<std::int64_t> extents(shape.begin() + begin, shape.begin() + end);
            result = {{end - begin}, extents};
        } else {
            TY_TRY(result, foldOnnxNode(node, arguments));
        }
        m_folded += static_cast<std::int64_t>(result.size());
        if (m_folded > m_limit) {
            return onnxError("computes more constants than a network needs");
        }
        m_constants.insert_or_assign(node.outputs.front(), std::move(result));
        return {};
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        if (const OnnxScores* found = scores(node, i); found != nullptr) {
            return readScores(*this, node, OnnxScores(*found));
        }
    }
    const OnnxRule rule = onnxRule(node.type);
    if (rule == nullptr) {
        return onnxUnsupported("no layer does that to a value that depends on the samples");
    }
    return rule(*this, node);
}

OnnxRule onnxRule(const std::string& type)
{
    for (const auto* rules :
         {&onnxElementRules(), &onnxArithmeticRules(), &onnxWeightRules(), &onnxPictureRules(), &onnxPaddingRules(), &onnxShapeRules(), &onnxPartRules(),
          &onnxSequenceRules(), &onnxScikitRules()}) {
        if (const auto found = rules->find(type); found != rules->end()) {
            return found->second;
        }
    }
    return nullptr;
}

} // namespace ty::engine
