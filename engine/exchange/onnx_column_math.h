#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/exchange/onnx_graph.h"

namespace ty::engine {

/// Writes arithmetic on columns into a graph. Every value is {N, 1} float64, or a constant {1} that fits any; a truth is 1 or 0, and NaN is missing.
/// Words are codes: a place in a list of texts, kMissingWord or kUnknownWord.
class ColumnMath {
public:
    static constexpr double kMissingWord = -1;
    static constexpr double kUnknownCode = -2;

    /// @param hint  begins the names of the nodes
    ColumnMath(OnnxGraph& graph, std::string hint) : m_graph(graph), m_hint(std::move(hint)) {}

    OnnxGraph& graph() { return m_graph; }
    std::string number(double value);
    std::string apply(const char* op, const std::string& x);
    std::string apply(const char* op, const std::string& a, const std::string& b);
    /// As a column of float32 holds it.
    std::string rounded(const std::string& x);
    /// A comparison of float32 values; a condition, not a truth: false where a side is missing.
    std::string compare(const char* op, const std::string& a, const std::string& b);
    /// Conditions are told apart from values by their names alone: give these to choose() and combine() only.
    std::string isMissing(const std::string& x); ///< NaN
    std::string isInfiniteOrMissing(const std::string& x);
    std::string isCode(const std::string& codes, double code);
    std::string isTrue(const std::string& truth);
    std::string combine(const char* op, const std::string& a, const std::string& b); ///< "And", "Or"
    std::string choose(const std::string& condition, const std::string& yes, const std::string& no);
    std::string truthOf(const std::string& condition);
    /// How many of `edges` a value has reached, 0 where it is missing.
    std::string countReached(const std::string& x, std::span<const double> edges);
    /// table[place] of each row. @param places  whole numbers within the table
    std::string look(const std::vector<double>& table, const std::string& places);
    /// The sum of the weights of those of `values` that x equals as float32.
    std::string weigh(const std::string& x, std::span<const float> values, std::span<const float> weights);
    std::string indices(const std::string& places);
    /// The same value for every row. @param anchor  any column
    std::string spread(const std::string& x, const std::string& anchor);

private:
    std::string narrow(const std::string& x);
    /// The sum of the weights of those columns of {N, K} that hold.
    std::string sumWhere(const std::string& conditions, std::span<const float> weights);

    OnnxGraph& m_graph;
    std::string m_hint;
};

} // namespace ty::engine
