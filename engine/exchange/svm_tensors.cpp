#include "engine/exchange/svm_tensors.h"

#include <algorithm>

namespace ty::engine {

namespace {

const Tensor* findTensor(const std::vector<NamedTensor>& tensors, const char* name, DType dtype, std::size_t rank)
{
    const auto found = std::find_if(tensors.begin(), tensors.end(), [&](const NamedTensor& item) { return item.name == name; });
    const bool isGood = found != tensors.end() && found->tensor.dtype() == dtype && found->tensor.shape().size() == rank;
    return isGood ? &found->tensor : nullptr;
}

} // namespace

std::vector<NamedTensor> supportVectorTensors(const SupportVectors& svm)
{
    const auto vectors = static_cast<std::int64_t>(svm.vectors.rows());
    const auto machines = static_cast<std::int64_t>(svm.machines.size());
    NamedTensor rows{"vectors", Tensor(DType::Float32, {vectors, static_cast<std::int64_t>(svm.vectors.columns())})};
    NamedTensor weights{"weights", Tensor(DType::Float32, {machines, vectors})};
    NamedTensor numbers{"machines", Tensor(DType::Float64, {machines, 3})};
    float* into = rows.tensor.floats().data();
    for (std::size_t i = 0; i < svm.vectors.rows(); ++i) {
        into = std::copy(svm.vectors.row(i).begin(), svm.vectors.row(i).end(), into);
    }
    float* weight = weights.tensor.floats().data();
    auto* number = static_cast<double*>(numbers.tensor.data());
    for (const Machine& machine : svm.machines) {
        weight = std::copy(machine.weights.begin(), machine.weights.end(), weight);
        for (const double value : {machine.rho, machine.slope, machine.offset}) {
            *number++ = value;
        }
    }
    return {rows, weights, numbers};
}

Result<SupportVectors> supportVectorsFromTensors(
    const std::vector<NamedTensor>& tensors, const KernelFunction& kernel, int classes, std::size_t columns)
{
    const Tensor* rows = findTensor(tensors, "vectors", DType::Float32, 2);
    const Tensor* weights = findTensor(tensors, "weights", DType::Float32, 2);
    const Tensor* numbers = findTensor(tensors, "machines", DType::Float64, 2);
    const auto machines = static_cast<std::int64_t>(classes == 0 ? 1 : classes * (classes - 1) / 2);
    const bool areThere = rows != nullptr && weights != nullptr && numbers != nullptr;
    if (!areThere || rows->shape()[1] != static_cast<std::int64_t>(columns) || weights->shape() != Shape{machines, rows->shape()[0]}
        || numbers->shape() != Shape{machines, 3}) {
        return Error{ErrorKind::InvalidInput, "the support vectors' tensors are missing or do not fit one another", {}};
    }
    SupportVectors svm;
    svm.kernel = kernel;
    svm.classes = classes;
    svm.vectors = DenseRows(static_cast<std::size_t>(rows->shape()[0]), columns);
    const std::size_t vectors = svm.vectors.rows();
    for (std::size_t i = 0; i < vectors; ++i) {
        const auto row = rows->floats().subspan(i * columns, columns);
        std::copy(row.begin(), row.end(), svm.vectors.row(i).begin());
    }
    const auto* number = static_cast<const double*>(numbers->data());
    for (std::size_t m = 0; m < static_cast<std::size_t>(machines); ++m) {
        const auto row = weights->floats().subspan(m * vectors, vectors);
        svm.machines.push_back({std::vector<float>(row.begin(), row.end()), number[3 * m], number[3 * m + 1], number[3 * m + 2]});
    }
    return svm;
}

} // namespace ty::engine
