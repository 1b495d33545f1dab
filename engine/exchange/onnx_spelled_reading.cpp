#include <cmath>
#include <map>
#include <numbers>
#include <optional>

#include "engine/exchange/onnx_network_reader.h"

// Layer norms and GELUs that a file spells out in arithmetic, as all files before opset 17 and 20 do.
namespace ty::engine {

namespace {

constexpr double kTolerance = 1e-4;

class SpelledForms {
public:
    explicit SpelledForms(const OnnxFile& file) : m_file(file)
    {
        for (const auto& node : file.nodes) {
            for (const auto& output : node.outputs) {
                m_producers.emplace(output, &node);
            }
        }
    }

    /// (x - mean) / sqrt(variance + epsilon)
    std::optional<OnnxNode> normalise(const OnnxNode& quotient) const
    {
        if (quotient.type != "Div" || quotient.inputs.size() != 2) {
            return {};
        }
        const OnnxNode* centred = producer(quotient.inputs[0], "Sub", 2);
        const OnnxNode* root = producer(quotient.inputs[1], "Sqrt", 1);
        const OnnxNode* sum = root != nullptr ? producer(root->inputs[0], "Add", 2) : nullptr;
        const OnnxNode* mean = centred != nullptr ? producer(centred->inputs[1], "ReduceMean", 1) : nullptr;
        if (sum == nullptr || mean == nullptr || mean->inputs[0] != centred->inputs[0]) {
            return {};
        }
        const auto epsilon = number(sum->inputs[1]) ? number(sum->inputs[1]) : number(sum->inputs[0]);
        const OnnxNode* variance = producer(sum->inputs[number(sum->inputs[1]) ? 0 : 1], "ReduceMean", 1);
        const auto axes = mean->integerLists.find("axes");
        if (!epsilon || variance == nullptr || axes == mean->integerLists.end()
            || variance->integerLists != mean->integerLists || mean->integer("keepdims", 1) == 0
            || variance->integer("keepdims", 1) == 0 || !isSquare(variance->inputs[0], *centred)) {
            return {};
        }
        OnnxNode node = joined(quotient, "trainyard:Normalise", centred->inputs[0]);
        node.integerLists["axes"] = axes->second;
        node.floats["epsilon"] = static_cast<float>(*epsilon);
        return node;
    }

    /// x (1 + erf(x / sqrt 2)) / 2, whose factors stand in any order.
    std::optional<OnnxNode> gelu(const OnnxNode& product) const
    {
        if (product.type != "Mul" || product.inputs.size() != 2) {
            return {};
        }
        for (std::size_t i = 0; i < 2; ++i) {
            const std::string& left = product.inputs[i];
            const std::string& right = product.inputs[1 - i];
            if (isNumber(right, 0.5)) {
                // (x (1 + erf)) / 2
                const OnnxNode* inner = producer(left, "Mul", 2);
                for (std::size_t k = 0; inner != nullptr && k < 2; ++k) {
                    if (gateOf(inner->inputs[k]) == inner->inputs[1 - k]) {
                        return joined(product, "trainyard:Gelu", inner->inputs[1 - k]);
                    }
                }
            }
            // (x / 2) (1 + erf), x ((1 + erf) / 2)
            const OnnxNode* half = producer(left, "Mul", 2);
            for (std::size_t k = 0; half != nullptr && k < 2; ++k) {
                if (!isNumber(half->inputs[k], 0.5)) {
                    continue;
                }
                const std::string& other = half->inputs[1 - k];
                if (gateOf(right) == other) {
                    return joined(product, "trainyard:Gelu", other);
                }
                if (gateOf(other) == right) {
                    return joined(product, "trainyard:Gelu", right);
                }
            }
        }
        return {};
    }

private:
    const OnnxNode* producer(const std::string& value, const char* type, std::size_t inputs) const
    {
        const auto found = m_producers.find(value);
        const bool fits = found != m_producers.end() && found->second->type == type && found->second->inputs.size() == inputs;
        return fits ? found->second : nullptr;
    }

    std::optional<double> number(const std::string& value) const
    {
        const OnnxArray* array = nullptr;
        if (const auto stored = m_file.constants.find(value); stored != m_file.constants.end()) {
            array = &stored->second;
        } else if (const OnnxNode* node = producer(value, "Constant", 0); node != nullptr && node->tensors.contains("value")) {
            array = &node->tensors.at("value");
        }
        if (array == nullptr || array->size() != 1) {
            return {};
        }
        const auto floats = onnxFloats(*array);
        return floats ? std::optional<double>(static_cast<double>(floats.value().front())) : std::nullopt;
    }

    bool isNumber(const std::string& value, double expected) const
    {
        const auto found = number(value);
        return found && std::abs(*found - expected) < kTolerance;
    }

    /// The square of (x - mean), also where the difference is computed twice.
    bool isSquare(const std::string& value, const OnnxNode& centred) const
    {
        const OnnxNode* square = producer(value, "Pow", 2);
        if (square != nullptr && !isNumber(square->inputs[1], 2)) {
            return false;
        }
        if (square == nullptr) {
            square = producer(value, "Mul", 2);
            if (square == nullptr || square->inputs[0] != square->inputs[1]) {
                return false;
            }
        }
        const OnnxNode* difference = producer(square->inputs[0], "Sub", 2);
        if (difference == nullptr || difference->inputs[0] != centred.inputs[0]) {
            return false;
        }
        const OnnxNode* mean = producer(centred.inputs[1], "ReduceMean", 1);
        const OnnxNode* again = producer(difference->inputs[1], "ReduceMean", 1);
        return mean != nullptr && again != nullptr && again->inputs == mean->inputs
            && again->integerLists == mean->integerLists && again->integers == mean->integers;
    }

    /// x, where `value` is 1 + erf(x / sqrt 2); else nothing.
    std::optional<std::string> gateOf(const std::string& value) const
    {
        const OnnxNode* sum = producer(value, "Add", 2);
        if (sum == nullptr) {
            return {};
        }
        const std::size_t one = isNumber(sum->inputs[0], 1) ? 0 : 1;
        const OnnxNode* erf = producer(sum->inputs[1 - one], "Erf", 1);
        if (!isNumber(sum->inputs[one], 1) || erf == nullptr) {
            return {};
        }
        if (const OnnxNode* quotient = producer(erf->inputs[0], "Div", 2);
            quotient != nullptr && isNumber(quotient->inputs[1], std::numbers::sqrt2)) {
            return quotient->inputs[0];
        }
        const OnnxNode* product = producer(erf->inputs[0], "Mul", 2);
        for (std::size_t i = 0; product != nullptr && i < 2; ++i) {
            if (isNumber(product->inputs[i], 1 / std::numbers::sqrt2)) {
                return product->inputs[1 - i];
            }
        }
        return {};
    }

    static OnnxNode joined(const OnnxNode& last, const char* type, const std::string& input)
    {
        OnnxNode node;
        node.type = type;
        node.name = last.name;
        node.inputs = {input};
        node.outputs = last.outputs;
        return node;
    }

    const OnnxFile& m_file;
    std::map<std::string, const OnnxNode*> m_producers;
};

} // namespace

std::vector<OnnxNode> joinSpelledForms(const OnnxFile& file)
{
    const SpelledForms forms(file);
    std::vector<OnnxNode> nodes;
    for (const auto& node : file.nodes) {
        auto joined = forms.normalise(node);
        if (!joined) {
            joined = forms.gelu(node);
        }
        nodes.push_back(joined ? std::move(*joined) : node);
    }
    return nodes;
}

} // namespace ty::engine
