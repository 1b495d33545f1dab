#include "op_cases.h"

#include <fmt/format.h>

namespace ty::engine {

namespace {

struct RecurrentCase {
    const char* name;
    RecurrentAttributes attributes;
    std::int64_t batch;
    std::int64_t steps;
    std::int64_t features;
    std::int64_t units;
};

ValueId buildRecurrent(Graph& graph, const RecurrentCase& row)
{
    const std::int64_t gates = row.attributes.gateCount() * row.units;
    std::vector<ValueId> operands{
        graph.addParameter("x", {row.batch, row.steps, row.features}),
        graph.addParameter("weight", {gates, row.features}),
        graph.addParameter("recurrent", {gates, row.units}),
        graph.addParameter("bias", {row.attributes.biasCount() * row.units}),
        graph.addParameter("h0", {row.batch, row.units})};
    if (row.attributes.cell == RecurrentCell::Lstm) {
        operands.push_back(graph.addParameter("c0", {row.batch, row.units}));
    }
    return graph.apply(OpKind::Recurrent, operands, row.attributes);
}

} // namespace

void addSequenceCases(std::vector<OpCase>& cases)
{
    using Cell = RecurrentCell;
    const std::vector<RecurrentCase> rows{
        {"lstm", {Cell::Lstm, false}, 2, 4, 3, 5},
        {"lstm backwards", {Cell::Lstm, true}, 3, 3, 2, 4},
        {"lstm of one step", {Cell::Lstm, false}, 1, 1, 1, 1},
        {"lstm with primitives", {Cell::Lstm, false}, 24, 3, 20, 36},
        {"gru", {Cell::Gru, false}, 2, 4, 3, 5},
        {"gru backwards", {Cell::Gru, true}, 3, 2, 4, 3},
        {"gru with primitives", {Cell::Gru, true}, 25, 3, 21, 37},
        {"simple rnn", {Cell::Tanh, false}, 2, 5, 3, 4},
        {"simple rnn with relu", {Cell::Relu, true}, 2, 3, 3, 4},
        {"simple rnn with primitives", {Cell::Tanh, false}, 33, 3, 30, 50},
    };
    for (const RecurrentCase& row : rows) {
        cases.push_back({row.name, [row](Graph& graph) { return buildRecurrent(graph, row); }});
    }
    cases.push_back({"two lstm layers, last state", [](Graph& graph) {
                         const ValueId first =
                             buildRecurrent(graph, {"", {RecurrentCell::Lstm, false}, 2, 4, 3, 5});
                         const ValueId zero = graph.apply(OpKind::Fill, {}, FillAttributes{{2, 3}, 0.0});
                         const ValueId second = graph.apply(
                             OpKind::Recurrent,
                             {first,
                              graph.addParameter("weight2", {9, 5}),
                              graph.addParameter("recurrent2", {9, 3}),
                              graph.addParameter("bias2", {12}),
                              zero},
                             RecurrentAttributes{RecurrentCell::Gru, true});
                         const ValueId last = graph.apply(OpKind::Slice, {second}, SliceAttributes{1, 0, 1});
                         return graph.apply(OpKind::Reshape, {last}, ShapeAttributes{{2, 3}});
                     }});
    for (const Shape& shape : {Shape{3, 4}, Shape{2}, Shape{2, 3, 2}}) {
        cases.push_back({fmt::format("embedding of {}", toString(shape)), [shape](Graph& graph) {
                             return graph.apply(
                                 OpKind::Embedding,
                                 {graph.addInput("labels", shape), graph.addParameter("table", {2, 5})});
                         }});
    }
}

} // namespace ty::engine
