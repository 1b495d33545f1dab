#include "app/models/train_estimate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <QThread>

#include "app/models/dataset_summary.h"
#include "app/models/rough_network.h"
#include "app/services/settings_service.h"
#include "engine/nn/presets.h"
#include "engine/nn/step_estimate.h"

namespace ty::app {

namespace {

constexpr double kStartSeconds = 0.3; // process, reading, evaluation

QString keyOf(const TrainWork& work)
{
    return QStringLiteral("train/paces/") + work.kind;
}

double roughSeconds(const TrainWork& work)
{
    return work.epochSeconds * work.epochs;
}

/// Of a learner that is no network: by the numbers that it passes over, or by the pairs of rows that it may meet.
TrainWork otherWork(const DatasetSummary& data, const QString& learner, const Json& settings, qint64 samples)
{
    constexpr double kSecondsOfNumber = 1e-8;
    constexpr double kSecondsOfPair = 5e-10;
    TrainWork work;
    work.isNetwork = false;
    work.kind = learner;
    work.epochs = 1;
    for (const char* name : {"trees", "rounds", "restarts", "passes"}) {
        const auto found = settings.find(name);
        if (found != settings.end() && found->is_number_integer() && found->get<int>() > 0) {
            work.epochs = found->get<int>();
            break;
        }
    }
    const auto rows = static_cast<double>(std::max<qint64>(0, samples));
    const double columns = data.isImage()
        ? static_cast<double>(data.imageShape[0]) * data.imageShape[1] * data.imageShape[2]
        : static_cast<double>(std::max<std::size_t>(1, data.columns.size()));
    const QStringList meetingPairs{QStringLiteral("svm"), QStringLiteral("neighbours"), QStringLiteral("dbscan"), QStringLiteral("hierarchical")};
    work.epochSeconds = meetingPairs.contains(learner) ? rows * rows * columns * kSecondsOfPair : rows * columns * kSecondsOfNumber;
    return work;
}

} // namespace

TrainWork
trainWorkOf(const DatasetSummary& data, const QString& learner, const Json& settings, const Json& own, qint64 samples)
{
    constexpr double kValidation = 1.1; // a fifth of the samples, forward alone
    const auto numberOf = [&settings](const char* name) {
        const auto found = settings.find(name);
        return found != settings.end() && found->is_number() ? found->get<std::int64_t>() : 0;
    };
    TrainWork work;
    work.kind = data.isImage() ? QStringLiteral("image") : QStringLiteral("table");
    work.epochs = static_cast<int>(std::max<std::int64_t>(1, numberOf("epochs")));
    const auto network = roughNetwork(data, learner, settings, own, samples);
    if (!network && learner != QLatin1String("network") && learner != QLatin1String("baseline")) {
        return otherWork(data, learner, settings, samples);
    }
    if (!network || samples < 1) {
        return work;
    }
    if (network->layers.front().type == "embedding") {
        work.kind = QStringLiteral("words");
    }
    const auto table = engine::summarise(*network);
    if (!table) {
        return work;
    }
    const auto count = static_cast<std::uint64_t>(samples);
    const std::int64_t chosen = numberOf("batchSize");
    const std::int64_t batch =
        std::min<std::int64_t>(chosen > 0 ? chosen : engine::usualBatch(data.isImage(), count), samples);
    const double steps = std::ceil(
        static_cast<double>(engine::usualRepeats(batch, count)) * static_cast<double>(samples) / static_cast<double>(batch));
    work.epochSeconds =
        kValidation * steps * engine::estimateStepSeconds(*table, batch, std::max(1, QThread::idealThreadCount()));
    return work;
}

double TrainEstimate::seconds(const TrainWork& work) const
{
    return kStartSeconds + roughSeconds(work) * m_settings.value(keyOf(work), 1.0).toDouble();
}

void TrainEstimate::learn(const TrainWork& work, double seconds)
{
    const double rough = roughSeconds(work);
    // What is over at once took the time that every run takes, which says nothing of longer ones.
    const bool isOver = !work.isNetwork && seconds < 2 * kStartSeconds;
    if (rough <= 0 || !std::isfinite(seconds) || seconds <= 0 || isOver) {
        return;
    }
    const double seen = std::clamp(seconds / rough, 0.001, 1000.0);
    const double before = m_settings.value(keyOf(work), seen).toDouble();
    m_settings.setValue(keyOf(work), 0.5 * before + 0.5 * seen);
}

bool TrainEstimate::isTold(const TrainWork& work) const
{
    constexpr double kShort = 0.3;
    return work.isNetwork || isMeasured(work) || roughSeconds(work) < kShort;
}

bool TrainEstimate::isMeasured(const TrainWork& work) const
{
    return m_settings.value(keyOf(work)).isValid();
}

} // namespace ty::app
