#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/exchange/onnx_file.h"
#include "engine/exchange/onnx_folding.h"
#include "engine/exchange/onnx_layers.h"

namespace ty::engine {

/// The products of queries and keys, until they meet the values.
struct OnnxScores {
    OnnxActivation query;
    OnnxActivation key;
    std::size_t rank = 0; ///< as the file sees the product
    double scale = 1;
    bool isCausal = false;
    bool isSoftmax = false;
};

/// What is known while the nodes of a file are read in order.
class OnnxNetworkReader {
public:
    OnnxNetworkReader(const OnnxFile& file, const Shape& input, std::int64_t batch);

    OnnxLayers& layers() { return m_layers; }
    int opset() const { return m_file.opset; }
    std::int64_t batch() const { return m_batch; }

    /// Reads one node: constants are computed, other nodes become layers. Errors name the node.
    Result<void> read(const OnnxNode& node);
    void countUse(const std::string& value) { ++m_uses[value]; }
    int uses(const std::string& value) const;
    /// @param isChannelsLast  the file sees the picture with its channels behind its columns
    void setInput(const std::string& name, bool isChannelsLast = false);
    const OnnxActivation* findValue(const std::string& name) const;

    /// Input `index` if it is there and constant.
    const OnnxArray* constant(const OnnxNode& node, std::size_t index) const;
    /// Errors: Unsupported if it is not there, or computed from the samples.
    Result<const OnnxArray*> needConstant(const OnnxNode& node, std::size_t index) const;
    /// The same as float32 with the rank given.
    Result<std::vector<float>> needWeights(const OnnxNode& node, std::size_t index, std::size_t rank) const;
    bool isThere(const OnnxNode& node, std::size_t index) const;
    bool isComputed(const OnnxNode& node, std::size_t index) const;
    /// Errors: Unsupported if it is not computed from the samples.
    Result<OnnxActivation> value(const OnnxNode& node, std::size_t index) const;
    OnnxScores* scores(const OnnxNode& node, std::size_t index);

    /// The node's results.
    void give(const OnnxNode& node, OnnxActivation value, std::size_t index = 0);
    void giveScores(const OnnxNode& node, OnnxScores scores);
    /// Results of a node that is read together with an earlier one.
    bool isGiven(const OnnxNode& node) const;

    /// A name for the node's layer: that of its weights, or its own.
    std::string hint(const OnnxNode& node) const;
    /// Whether the result does nothing but choose rows of a table.
    bool isOnlyLookedUp(const OnnxNode& node) const;
    /// The node that gives a value, or null.
    const OnnxNode* producer(const std::string& value) const;
    const OnnxFile& file() const { return m_file; }

private:
    Result<void> readComputed(const OnnxNode& node);
    bool isConstantNode(const OnnxNode& node) const;

    const OnnxFile& m_file;
    std::int64_t m_batch;
    OnnxLayers m_layers;
    OnnxConstants m_constants; ///< computed ones
    std::map<std::string, OnnxActivation> m_values;
    std::map<std::string, OnnxScores> m_scores;
    std::map<std::string, int> m_uses;
    std::map<std::string, const OnnxNode*> m_producers;
    std::map<std::string, const OnnxNode*> m_consumers; ///< the first
    std::int64_t m_folded = 0; ///< elements of computed constants
    std::int64_t m_limit = 0;  ///< of those, and of the layers' parameters
};

/// A constant of one number.
OnnxArray onnxScalar(float value);

using OnnxRule = Result<void> (*)(OnnxNetworkReader& reader, const OnnxNode& node);
using OnnxRules = std::map<std::string, OnnxRule>;

/// How to read an operator as layers, or null.
OnnxRule onnxRule(const std::string& type);
const OnnxRules& onnxElementRules();  ///< activations, softmax
const OnnxRules& onnxArithmeticRules();
const OnnxRules& onnxWeightRules();   ///< products, convolutions, normalisation, embedding
const OnnxRules& onnxPictureRules();  ///< pooling, resizing
const OnnxRules& onnxPaddingRules();
const OnnxRules& onnxShapeRules();    ///< what moves values along axes, and reductions
const OnnxRules& onnxPartRules();     ///< what takes values apart and joins them
const OnnxRules& onnxSequenceRules(); ///< LSTM, GRU, RNN
const OnnxRules& onnxScikitRules();   ///< of the ai.onnx.ml domain, as scikit-learn's models are written

/// The product with weight {units, features} and the sum with bias, which may be empty, of the node's first input.
Result<void> readDense(OnnxNetworkReader& reader, const OnnxNode& node, const Tensor& weight, const Tensor& bias);

/// Attention: the product of two values that are both computed.
Result<void> readComputedProduct(OnnxNetworkReader& reader, const OnnxNode& node);
/// Whatever is done to the product of queries and keys before it meets the values.
Result<void> readScores(OnnxNetworkReader& reader, const OnnxNode& node, const OnnxScores& scores);
/// The weights of a dense layer behind attention become its own. False: they cannot.
bool joinProjection(OnnxNetworkReader& reader, const OnnxActivation& value, const Tensor& weight, const Tensor& bias);

/// The nodes in which spelled-out layer norms and GELUs are nodes of their own: "trainyard:Normalise" and
/// "trainyard:Gelu".
std::vector<OnnxNode> joinSpelledForms(const OnnxFile& file);

} // namespace ty::engine
