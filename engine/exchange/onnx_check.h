#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/data/encoder.h"
#include "engine/tensor/tensor.h"

namespace ty::engine {

/// A value fed to, or given by, an ONNX graph: numbers or texts, row-major.
struct OnnxValue {
    Shape shape;
    std::vector<float> numbers;
    std::vector<std::string> texts; ///< used instead of `numbers` when the value is made of strings
};

using OnnxValues = std::map<std::string, OnnxValue>;

/// Reads an ONNX file back and runs it with plain loops, to see that what was written computes what the engine
/// computes. It is our own reader of the operators that writeOnnx uses, not an outside judge (tests hold the files to
/// onnxruntime); slow, and correct rather than clever.
class OnnxProgram {
public:
    OnnxProgram(OnnxProgram&& other) noexcept;
    OnnxProgram& operator=(OnnxProgram&& other) noexcept;
    ~OnnxProgram();

    /// Errors: NotFound, Io, InvalidInput for bytes that are no ONNX model, Unsupported naming every unknown operator.
    static Result<OnnxProgram> load(const std::string& file);
    static Result<OnnxProgram> parse(std::string_view bytes, const std::string& what);

    std::map<std::string, std::string> metadata() const;
    /// The graph's outputs. Errors: InvalidInput for a missing input or shapes that do not fit, naming the node.
    Result<OnnxValues> run(const OnnxValues& inputs) const;

private:
    struct Content;
    explicit OnnxProgram(std::unique_ptr<Content> content);
    std::unique_ptr<Content> m_content;
};

/// Raw samples of `dataset` as the inputs of the file that writeOnnx makes for `encoder`. Of a model with steps in its file only RawRows has them;
/// other datasets give the columns after the steps, as a file without the steps takes them.
Result<OnnxValues> onnxInputs(const Encoder& encoder, const Dataset& dataset, std::span<const std::uint32_t> samples);

/// Largest absolute difference between what the file gives for `samples` and what the engine gave.
/// @param expected  {samples, classes} probabilities, or {samples} values in the target's own unit; the latter are
///                  compared in the encoded unit (divided by the target's deviation), so that 1e-4 means the same.
Result<double> onnxMaxDifference(
    const std::string& file,
    const Encoder& encoder,
    const Dataset& dataset,
    std::span<const std::uint32_t> samples,
    std::span<const double> expected);

} // namespace ty::engine
