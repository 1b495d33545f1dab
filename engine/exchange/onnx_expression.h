#pragma once

#include <functional>
#include <string>

#include "engine/base/result.h"
#include "engine/data/prepare/expression.h"
#include "engine/exchange/onnx_column_math.h"

namespace ty::engine {

/// A column while steps are written into a graph: numbers, or codes of words (ColumnMath).
struct GraphColumn {
    std::string value;
    bool isWords = false;
    bool isDate = false;
};

/// What an expression finds there.
struct GraphNames {
    std::function<const GraphColumn*(const std::string& column)> find; ///< null: there is none
    std::function<double(const std::string& text)> codeOf;
};

/// Writes an expression as nodes: what ExpressionRows computes, in float64, comparing as float32.
/// Errors: Unsupported for what ONNX has no form for: whether two columns of words are alike, since words that the model does not know have one
/// code; InvalidInput for a column that is not there.
Result<GraphColumn> addExpression(ColumnMath& math, const Expression& expression, const GraphNames& names);

} // namespace ty::engine
