#include "app/models/train_estimate.h"

#include <algorithm>
#include <cmath>

#include <QThread>

#include "app/services/settings_service.h"

namespace ty::app {

namespace {

constexpr double kStartSeconds = 0.3; // process, reading, evaluation

/// Seconds for one sample in one epoch on one core of an ordinary desktop, before anything was measured.
double roughSecondsPerSample(const TrainWork& work)
{
    const double size = work.size == QLatin1String("large") ? 6 : work.size == QLatin1String("medium") ? 2.5 : 1;
    const double inputs = static_cast<double>(std::max<qint64>(1, work.inputs));
    // Convolutions cost by the pixel, dense layers by the number of inputs and a floor.
    return work.isImage ? 3.5e-7 * inputs * size : (2e-6 + 2e-8 * inputs) * size;
}

double roughSeconds(const TrainWork& work)
{
    const double cores = std::max(1, QThread::idealThreadCount());
    const double speedUp = work.isImage ? std::pow(cores, 0.8) : 1;
    return roughSecondsPerSample(work) * static_cast<double>(work.trainingSamples) * work.epochs / speedUp;
}

QString keyOf(const TrainWork& work)
{
    const auto magnitude = static_cast<int>(std::lround(std::log2(static_cast<double>(std::max<qint64>(1, work.inputs)))));
    return QStringLiteral("train/rates/%1-%2-%3-%4")
        .arg(work.learner, work.size.isEmpty() ? QStringLiteral("any") : work.size,
             work.isImage ? QStringLiteral("image") : QStringLiteral("table"))
        .arg(magnitude);
}

} // namespace

double TrainEstimate::seconds(const TrainWork& work) const
{
    return kStartSeconds + roughSeconds(work) * m_settings.value(keyOf(work), 1.0).toDouble();
}

void TrainEstimate::learn(const TrainWork& work, double seconds)
{
    const double rough = roughSeconds(work);
    if (rough <= 0 || !std::isfinite(seconds) || seconds <= 0) {
        return;
    }
    const double seen = std::clamp(seconds / rough, 0.001, 1000.0);
    const double before = m_settings.value(keyOf(work), seen).toDouble();
    m_settings.setValue(keyOf(work), 0.5 * before + 0.5 * seen);
}

bool TrainEstimate::isMeasured(const TrainWork& work) const
{
    return m_settings.value(keyOf(work)).isValid();
}

} // namespace ty::app
