#include "engine/backends/cpu/kernels/strassen_matmul.h"

#include <utility>
#include <vector>

#include "engine/backends/cpu/kernels/library_product.h"
#include "engine/backends/cpu/kernels/strassen_matrices.h"
#include "engine/backends/cpu/loops/winograd.h"

namespace ty::engine::kernels {

namespace {

/// A product of two matrices, both in the order of their rows; what is summed lies along rows or columns.
struct Matrices {
    LibraryProduct whole;
    bool isATurned = false;
    bool isBTurned = false;
};

Matrices matricesOf(const Graph& graph, const Node& node)
{
    const auto& settings = node.as<MatMulAttributes>();
    const Shape& left = graph.shape(node.inputs[0]);
    const Shape& result = graph.shape(node.outputs[0]);
    Matrices matrices;
    matrices.isATurned = settings.isLeftTransposed;
    matrices.isBTurned = settings.isRightTransposed;
    loops::SmallMatMul& shape = matrices.whole.shape;
    shape.rows = result[0];
    shape.columns = result[1];
    shape.inner = left[settings.isLeftTransposed ? 0 : 1];
    shape.aRow = settings.isLeftTransposed ? 1 : shape.inner;
    shape.aInner = settings.isLeftTransposed ? shape.rows : 1;
    shape.bInner = settings.isRightTransposed ? 1 : shape.columns;
    shape.bColumn = settings.isRightTransposed ? shape.inner : 1;
    shape.cRow = shape.columns;
    matrices.whole.activation = settings.activation;
    return matrices;
}

/// A range of rows, terms or columns.
struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;

    std::int64_t count() const { return end - begin; }
};

/// What is multiplied in whole blocks, and the rest, which goes to the library.
struct Cut {
    Range whole;
    Range rest;

    Cut(std::int64_t count, std::int64_t block) : whole{0, count / block * block}, rest{whole.end, count} {}
    Range all() const { return {0, rest.end}; }
};

LibraryProduct partOf(LibraryProduct product, const Range& rows, const Range& terms, const Range& columns)
{
    loops::SmallMatMul& shape = product.shape;
    product.a = static_cast<const float*>(product.a) + rows.begin * shape.aRow + terms.begin * shape.aInner;
    product.b = static_cast<const float*>(product.b) + terms.begin * shape.bInner + columns.begin * shape.bColumn;
    product.bias = product.bias != nullptr ? product.bias + columns.begin : nullptr;
    product.c = static_cast<float*>(product.c) + rows.begin * shape.cRow + columns.begin;
    shape.rows = rows.count();
    shape.inner = terms.count();
    shape.columns = columns.count();
    return product;
}

} // namespace

bool isStrassenMatMulFaster(const Graph& graph, const Node& node)
{
    // b is split for each product: as many rows must share it.
    constexpr std::int64_t kFewestRows = 4096;
    constexpr std::int64_t kFewest = 128; // of the terms or columns: shorter sums leave the registers too often
    constexpr std::int64_t kMostOfB = 8 << 20; // floats; what it is split into takes memory
    const auto isFloat = [&graph](ValueId id) { return graph.value(id).dtype == DType::Float32; };
    if (graph.shape(node.outputs[0]).size() != 2 || !isFloat(node.inputs[0]) || !isFloat(node.inputs[1])
        || !isFloat(node.outputs[0]) || !loops::isWinogradWide()) {
        return false;
    }
    const Matrices matrices = matricesOf(graph, node);
    const loops::SmallMatMul& shape = matrices.whole.shape;
    const ActivationKind activation = matrices.whole.activation.kind;
    if (shape.columns < kFewest || shape.inner * shape.columns > kMostOfB) {
        return false;
    }
    if (matrices.isATurned) {
        return !matrices.isBTurned && node.inputs.size() == 2 && activation == ActivationKind::None
            && shape.inner >= kFewestRows && shape.rows >= kFewest;
    }
    return (activation == ActivationKind::None || activation == ActivationKind::Relu) && shape.rows >= kFewestRows
        && shape.inner >= kFewest;
}

Kernel strassenMatMul(KernelBuilder& builder, const Node& node)
{
    Matrices matrices = matricesOf(builder.graph(), node);
    LibraryProduct& whole = matrices.whole;
    const float* a = builder.data(node.inputs[0]);
    const float* b = builder.data(node.inputs[1]);
    const float* bias = node.inputs.size() > 2 ? builder.data(node.inputs[2]) : nullptr;
    float* c = builder.data(node.outputs[0]);
    whole.a = a;
    whole.b = b;
    whole.bias = bias;
    whole.c = c;
    const loops::SmallMatMul& shape = whole.shape;
    constexpr std::int64_t kPair = 2;
    constexpr std::int64_t kBlocks = 32;
    constexpr std::int64_t kPanel = 64;
    const Cut rows(shape.rows, matrices.isATurned ? kBlocks : kPair);
    const Cut terms(shape.inner, matrices.isATurned ? kPair : kBlocks);
    const Cut columns(shape.columns, kPanel);

    std::vector<Kernel> kernels;
    const bool isAdded = terms.rest.count() > 0;
    if (isAdded) {
        LibraryProduct rest = partOf(whole, rows.whole, terms.rest, columns.whole);
        rest.bias = nullptr;
        rest.activation = {};
        kernels.push_back(libraryProduct(builder, rest));
    }
    if (columns.rest.count() > 0) {
        kernels.push_back(libraryProduct(builder, partOf(whole, rows.whole, terms.all(), columns.rest)));
    }
    if (rows.rest.count() > 0) {
        kernels.push_back(libraryProduct(builder, partOf(whole, rows.rest, terms.all(), columns.all())));
    }
    if (matrices.isATurned) {
        StrassenTurnedProduct::Shape blocks;
        blocks.rows = terms.whole.count();
        blocks.channels = rows.whole.count();
        blocks.columns = columns.whole.count();
        blocks.aRow = shape.aInner;
        blocks.bRow = shape.bInner;
        blocks.cRow = shape.cRow;
        blocks.isAdded = isAdded;
        const StrassenTurnedProduct product(blocks, builder.threads());
        builder.wishScratch(static_cast<std::size_t>(product.scratchFloats()) * sizeof(float));
        kernels.push_back([product, a, b, c](const RunContext& context) {
            product.run(reinterpret_cast<float*>(context.scratch), a, b, c);
        });
    } else {
        StrassenProduct::Shape blocks;
        blocks.rows = rows.whole.count();
        blocks.inner = terms.whole.count();
        blocks.columns = columns.whole.count();
        blocks.aRow = shape.aRow;
        blocks.bRow = matrices.isBTurned ? shape.bColumn : shape.bInner;
        blocks.cRow = shape.cRow;
        blocks.isBTurned = matrices.isBTurned;
        blocks.isAdded = isAdded;
        blocks.isRelu = whole.activation.kind == ActivationKind::Relu;
        const StrassenProduct product(blocks, builder.threads());
        builder.wishScratch(static_cast<std::size_t>(product.scratchFloats()) * sizeof(float));
        kernels.push_back([product, a, b, bias, c](const RunContext& context) {
            product.run(reinterpret_cast<float*>(context.scratch), a, b, bias, c);
        });
    }
    return [kernels = std::move(kernels)](const RunContext& context) {
        for (const Kernel& kernel : kernels) {
            kernel(context);
        }
    };
}

} // namespace ty::engine::kernels
