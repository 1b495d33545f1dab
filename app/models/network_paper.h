#pragma once

#include <cstdint>
#include <vector>

#include <QString>
#include <QStringList>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace ty::app {

/// A layer of a network that is about to be trained.
struct NetworkLayer {
    QString name;
    QString type;
    QString shape;     ///< of one sample behind it, "16 × 8 × 8"
    QList<int> inputs; ///< layers before it; -1: the network's input
    std::int64_t parameters = 0;
    double flops = 0;       ///< of one sample, forward
    std::int64_t bytes = 0; ///< of one sample's activations in training
    bool isFrozen = false;
};

/// What engine::describeRun() tells, ready to be shown.
struct NetworkPaper {
    QString input; ///< shape of a sample
    std::vector<NetworkLayer> layers;
    QStringList changes; ///< what was adapted to the data
    std::int64_t parameters = 0;
    std::int64_t frozenParameters = 0;
    double flops = 0;
    std::int64_t memoryBytes = 0; ///< of weights, gradients, optimizer, a step and a checkpoint
    std::int64_t batchSize = 0;
    std::int64_t stepsPerEpoch = 0;
    int epochs = 0;
    double secondsPerStep = 0;
    double secondsPerEpoch = 0;
    QString device;

    /// Errors: InvalidInput naming the field.
    static Result<NetworkPaper> fromJson(const Json& description);
};

/// "1.27 GFLOP"; nothing for 0.
QString flopsText(double flops);

} // namespace ty::app
