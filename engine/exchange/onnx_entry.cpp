#include "engine/exchange/onnx_entry.h"

#include <algorithm>
#include <variant>

namespace ty::engine {

namespace {

const OnnxNode* producerOf(const OnnxFile& file, const std::string& value)
{
    for (const auto& node : file.nodes) {
        if (std::find(node.outputs.begin(), node.outputs.end(), value) != node.outputs.end()) {
            return &node;
        }
    }
    return nullptr;
}

/// Whether the constant is the number 1.
bool isOne(const OnnxFile& file, const std::string& name)
{
    const auto found = file.constants.find(name);
    if (found == file.constants.end() || found->second.size() != 1) {
        return false;
    }
    const auto* floats = std::get_if<std::vector<float>>(&found->second.data);
    return floats != nullptr && floats->front() == 1.0F;
}

/// p of a pair (1 - p, p), or nothing.
std::string complementOf(const OnnxFile& file, const OnnxNode& node)
{
    if (node.type != "Concat" || node.inputs.size() != 2) {
        return {};
    }
    const OnnxNode* rest = producerOf(file, node.inputs[0]);
    const bool isRest = rest != nullptr && rest->type == "Sub" && rest->inputs.size() == 2 && rest->inputs[1] == node.inputs[1]
        && isOne(file, rest->inputs[0]);
    return isRest ? node.inputs[1] : std::string();
}

std::vector<std::string> namesOf(const std::vector<std::int64_t>& numbers)
{
    std::vector<std::string> names;
    for (const std::int64_t number : numbers) {
        names.push_back(std::to_string(number));
    }
    return names;
}

std::vector<std::string> listedBy(const OnnxNode& node)
{
    for (const char* attribute : {"classlabels_strings", "values_strings"}) {
        const auto texts = node.textLists.find(attribute);
        if (texts != node.textLists.end() && !texts->second.empty()) {
            return texts->second;
        }
    }
    for (const char* attribute : {"classlabels_int64s", "classlabels_ints"}) {
        const auto numbers = node.integerLists.find(attribute);
        if (numbers != node.integerLists.end()) {
            return namesOf(numbers->second);
        }
    }
    return {};
}

} // namespace

std::string onnxEndOf(const OnnxFile& file, const std::string& output)
{
    const OnnxNode* node = producerOf(file, output);
    if (node == nullptr || node->inputs.empty()) {
        return output;
    }
    if (node->type == "ai.onnx.ml:ZipMap") {
        return onnxEndOf(file, node->inputs.front());
    }
    const std::string only = complementOf(file, *node);
    return only.empty() ? output : only;
}

std::vector<std::string> onnxClassesOf(const OnnxFile& file)
{
    for (const char* type : {"ai.onnx.ml:ZipMap", "ai.onnx.ml:LinearClassifier", "ai.onnx.ml:LabelEncoder"}) {
        for (const auto& node : file.nodes) {
            if (node.type != type) {
                continue;
            }
            if (auto names = listedBy(node); !names.empty()) {
                return names;
            }
        }
    }
    for (const auto& node : file.nodes) {
        if (node.type != "ai.onnx.ml:ArrayFeatureExtractor" || node.inputs.empty()) {
            continue;
        }
        const auto found = file.constants.find(node.inputs.front());
        if (found == file.constants.end()) {
            continue;
        }
        if (const auto* texts = std::get_if<std::vector<std::string>>(&found->second.data)) {
            return *texts;
        }
        if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&found->second.data)) {
            return namesOf(*numbers);
        }
    }
    return {};
}

bool isOnnxChannelsLast(const Shape& shape)
{
    const auto areChannels = [](std::int64_t extent) { return extent == 1 || extent == 3; };
    return shape.size() == 3 && areChannels(shape[2]) && !areChannels(shape[0]);
}

OnnxJoinedInputs onnxJoinedInputs(const OnnxFile& file, const std::vector<std::string>& inputs)
{
    OnnxJoinedInputs result;
    for (const auto& node : file.nodes) {
        std::vector<std::string> taken = node.inputs;
        std::vector<std::string> wanted = inputs;
        std::sort(taken.begin(), taken.end());
        std::sort(wanted.begin(), wanted.end());
        const bool isJoint = node.type == "Concat" && node.outputs.size() == 1 && taken == wanted
            && (node.integer("axis", 0) == 1 || node.integer("axis", 0) == -1);
        if (!isJoint) {
            continue;
        }
        bool areColumns = true;
        for (const auto& name : node.inputs) {
            const auto declared = std::find_if(
                file.inputs.begin(), file.inputs.end(), [&](const OnnxDeclared& input) { return input.name == name; });
            constexpr int kFloat = 1;
            constexpr std::int64_t kMostColumns = 1 << 20;
            if (declared == file.inputs.end() || declared->elementType != kFloat || declared->shape.size() != 2
                || declared->shape[1] < 1 || declared->shape[1] > kMostColumns) {
                return {};
            }
            result.width += declared->shape[1];
            areColumns = areColumns && declared->shape[1] == 1;
        }
        result.joined = node.outputs.front();
        if (areColumns) {
            result.columns = node.inputs;
        }
        return result;
    }
    return result;
}

} // namespace ty::engine
