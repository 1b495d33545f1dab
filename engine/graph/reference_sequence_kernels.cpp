#include <algorithm>
#include <cmath>

#include "engine/graph/reference_kernels.h"

namespace ty::engine::reference {

namespace {

/// The row of the table that a number means; -1 if there is none.
std::int64_t rowOf(double number, std::int64_t rows)
{
    return number >= 0 && number < static_cast<double>(rows) ? static_cast<std::int64_t>(number) : -1;
}

double sigmoid(double x)
{
    return 1 / (1 + std::exp(-x));
}

/// Extents and the walk over the steps.
struct Walk {
    RecurrentAttributes settings;
    std::int64_t batch = 0;
    std::int64_t steps = 0;
    std::int64_t units = 0;
    std::int64_t gates = 0; ///< rows of the recurrent weight, by units
    std::int64_t kept = 0;  ///< gates kept of a step, and entries of the bias, by units

    Walk(const Node& node, const Shape& y)
        : settings(node.as<RecurrentAttributes>())
        , batch(y[0])
        , steps(y[1])
        , units(y[2])
        , gates(settings.gateCount())
        , kept(settings.biasCount())
    {
    }

    std::int64_t step(std::int64_t index) const { return settings.isReverse ? steps - 1 - index : index; }
    /// Element of y or cells.
    std::size_t at(std::int64_t n, std::int64_t index, std::int64_t u) const
    {
        return static_cast<std::size_t>((n * steps + step(index)) * units + u);
    }
    std::size_t gateAt(std::int64_t n, std::int64_t index, std::int64_t gate, std::int64_t u) const
    {
        return static_cast<std::size_t>(((n * steps + step(index)) * kept + gate) * units + u);
    }
    /// A state before a step: of the step before, or the initial one.
    double before(const Values& states, const Values& initial, std::int64_t n, std::int64_t index, std::int64_t u) const
    {
        return index == 0 ? initial[static_cast<std::size_t>(n * units + u)] : states[at(n, index - 1, u)];
    }
};

} // namespace

void embedding(const Store& store, const Node& node)
{
    const Shape& table = store.inShape(node, 1);
    const Values& numbers = store.in(node, 0);
    for (std::size_t i = 0; i < store.out(node, 0).size(); ++i) {
        const std::int64_t row = rowOf(numbers[i / static_cast<std::size_t>(table[1])], table[0]);
        const auto column = static_cast<std::int64_t>(i) % table[1];
        store.out(node, 0)[i] = row < 0 ? 0 : store.in(node, 1)[static_cast<std::size_t>(row * table[1] + column)];
    }
}

void embeddingGrad(const Store& store, const Node& node)
{
    const Shape& table = store.outShape(node, 0);
    const Values& numbers = store.in(node, 1);
    Values& result = store.out(node, 0);
    std::fill(result.begin(), result.end(), 0.0);
    for (std::size_t i = 0; i < store.in(node, 0).size(); ++i) {
        const std::int64_t row = rowOf(numbers[i / static_cast<std::size_t>(table[1])], table[0]);
        if (row >= 0) {
            const auto column = static_cast<std::int64_t>(i) % table[1];
            result[static_cast<std::size_t>(row * table[1] + column)] += store.in(node, 0)[i];
        }
    }
}

void recurrent(const Store& store, const Node& node)
{
    const Walk walk(node, store.outShape(node, 0));
    const RecurrentCell cell = walk.settings.cell;
    const std::int64_t features = store.inShape(node, 0)[2];
    const std::int64_t units = walk.units;
    Values& y = store.out(node, 0);
    Values& kept = store.out(node, 1);
    std::vector<double> input(static_cast<std::size_t>(walk.gates));
    std::vector<double> state(input);
    for (std::int64_t index = 0; index < walk.steps; ++index) {
        for (std::int64_t n = 0; n < walk.batch; ++n) {
            for (std::int64_t u = 0; u < units; ++u) {
                for (std::int64_t g = 0; g < walk.gates; ++g) {
                    const std::int64_t row = g * units + u;
                    double fromInput = store.in(node, 3)[static_cast<std::size_t>(row)];
                    for (std::int64_t i = 0; i < features; ++i) {
                        const std::int64_t from = (n * walk.steps + walk.step(index)) * features + i;
                        fromInput += store.in(node, 0)[static_cast<std::size_t>(from)]
                            * store.in(node, 1)[static_cast<std::size_t>(row * features + i)];
                    }
                    double fromState = 0;
                    for (std::int64_t k = 0; k < units; ++k) {
                        fromState += walk.before(y, store.in(node, 4), n, index, k)
                            * store.in(node, 2)[static_cast<std::size_t>(row * units + k)];
                    }
                    input[static_cast<std::size_t>(g)] = fromInput;
                    state[static_cast<std::size_t>(g)] = fromState;
                }
                const auto keep = [&](std::int64_t gate, double value) { kept[walk.gateAt(n, index, gate, u)] = value; };
                switch (cell) {
                case RecurrentCell::Lstm: {
                    const double i = sigmoid(input[0] + state[0]);
                    const double f = sigmoid(input[1] + state[1]);
                    const double g = std::tanh(input[2] + state[2]);
                    const double o = sigmoid(input[3] + state[3]);
                    const double c = f * walk.before(store.out(node, 2), store.in(node, 5), n, index, u) + i * g;
                    keep(0, i);
                    keep(1, f);
                    keep(2, g);
                    keep(3, o);
                    store.out(node, 2)[walk.at(n, index, u)] = c;
                    y[walk.at(n, index, u)] = o * std::tanh(c);
                    break;
                }
                case RecurrentCell::Gru: {
                    const double z = sigmoid(input[0] + state[0]);
                    const double r = sigmoid(input[1] + state[1]);
                    const double q = state[2] + store.in(node, 3)[static_cast<std::size_t>(3 * units + u)];
                    const double fresh = std::tanh(input[2] + r * q);
                    keep(0, z);
                    keep(1, r);
                    keep(2, fresh);
                    keep(3, q);
                    y[walk.at(n, index, u)] = (1 - z) * fresh + z * walk.before(y, store.in(node, 4), n, index, u);
                    break;
                }
                case RecurrentCell::Tanh:
                case RecurrentCell::Relu: {
                    const double sum = input[0] + state[0];
                    const double h = cell == RecurrentCell::Tanh ? std::tanh(sum) : std::max(sum, 0.0);
                    keep(0, h);
                    y[walk.at(n, index, u)] = h;
                    break;
                }
                }
            }
        }
    }
}

void recurrentGrad(const Store& store, const Node& node)
{
    const Walk walk(node, store.inShape(node, 0));
    const RecurrentCell cell = walk.settings.cell;
    const std::int64_t units = walk.units;
    const Values& recurrentWeight = store.in(node, 1);
    const Values& y = store.in(node, 2);
    const Values& kept = store.in(node, 3);
    Values& dz = store.out(node, 0);
    Values& dweight = store.out(node, 1);
    Values& dh = store.out(node, 2); // of the state that is walked back
    std::fill(dweight.begin(), dweight.end(), 0.0);
    std::fill(dh.begin(), dh.end(), 0.0);
    Values none;
    Values& dc = cell == RecurrentCell::Lstm ? store.out(node, 3) : none;
    std::fill(dc.begin(), dc.end(), 0.0);
    for (std::int64_t index = walk.steps; index-- > 0;) {
        for (std::int64_t n = 0; n < walk.batch; ++n) {
            Values direct(static_cast<std::size_t>(units), 0.0); // of the state, not through the gates
            for (std::int64_t u = 0; u < units; ++u) {
                const auto at = static_cast<std::size_t>(n * units + u);
                const auto gate = [&](std::int64_t g) { return kept[walk.gateAt(n, index, g, u)]; };
                const auto set = [&](std::int64_t g, double value) { dz[walk.gateAt(n, index, g, u)] = value; };
                const double grad = store.in(node, 0)[walk.at(n, index, u)] + dh[at];
                const double before = walk.before(y, store.in(node, 4), n, index, u);
                switch (cell) {
                case RecurrentCell::Lstm: {
                    const double c = std::tanh(store.in(node, 5)[walk.at(n, index, u)]);
                    const double dcell = dc[at] + grad * gate(3) * (1 - c * c);
                    const double cBefore = walk.before(store.in(node, 5), store.in(node, 6), n, index, u);
                    set(0, dcell * gate(2) * gate(0) * (1 - gate(0)));
                    set(1, dcell * cBefore * gate(1) * (1 - gate(1)));
                    set(2, dcell * gate(0) * (1 - gate(2) * gate(2)));
                    set(3, grad * c * gate(3) * (1 - gate(3)));
                    dc[at] = dcell * gate(1);
                    break;
                }
                case RecurrentCell::Gru: {
                    const double dn = grad * (1 - gate(0)) * (1 - gate(2) * gate(2));
                    set(0, grad * (before - gate(2)) * gate(0) * (1 - gate(0)));
                    set(1, dn * gate(3) * gate(1) * (1 - gate(1)));
                    set(2, dn);
                    set(3, dn * gate(1));
                    direct[static_cast<std::size_t>(u)] = grad * gate(0);
                    break;
                }
                case RecurrentCell::Tanh: set(0, grad * (1 - gate(0) * gate(0))); break;
                case RecurrentCell::Relu: set(0, gate(0) > 0 ? grad : 0); break;
                }
            }
            for (std::int64_t k = 0; k < units; ++k) {
                double total = direct[static_cast<std::size_t>(k)];
                const double before = walk.before(y, store.in(node, 4), n, index, k);
                for (std::int64_t g = 0; g < walk.gates; ++g) {
                    // The third gate of a GRU takes its part of the state through q.
                    const std::int64_t from = cell == RecurrentCell::Gru && g == 2 ? 3 : g;
                    for (std::int64_t u = 0; u < units; ++u) {
                        const auto weightAt = static_cast<std::size_t>((g * units + u) * units + k);
                        const double d = dz[walk.gateAt(n, index, from, u)];
                        total += d * recurrentWeight[weightAt];
                        dweight[weightAt] += d * before;
                    }
                }
                dh[static_cast<std::size_t>(n * units + k)] = total;
            }
        }
    }
}

} // namespace ty::engine::reference
