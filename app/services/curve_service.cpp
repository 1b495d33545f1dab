#include "app/services/curve_service.h"

#include <algorithm>
#include <utility>

#include <QPointer>
#include <QThread>

#include "app/catalog/point_reader.h"
#include "app/models/run_curves.h"
#include "widgets/chart/series_data.h"

namespace ty::app {

namespace {
/// More do not help: they share one disk and the memory's bandwidth.
constexpr int kMostReaders = 4;
} // namespace

CurveService::CurveService(catalog::Paths paths, QObject* parent)
    : QObject(parent)
    , m_paths(std::move(paths))
{
    m_pool.setMaxThreadCount(std::clamp(QThread::idealThreadCount(), 1, kMostReaders));
    m_pool.setThreadPriority(QThread::LowPriority);
}

CurveService::~CurveService()
{
    m_end.request_stop();
    m_pool.clear();
    m_pool.waitForDone();
}

void CurveService::read(
    QObject* receiver, Request request, std::stop_token stop, std::function<void(Outcome)> then)
{
    m_pool.start([this, guard = QPointer<QObject>(receiver), request = std::move(request), stop = std::move(stop),
                  then = std::move(then)]() mutable {
        if (stop.stop_requested() || m_end.stop_requested()) {
            return;
        }
        auto outcome = std::make_shared<Outcome>(readNow(request, stop));
        QMetaObject::invokeMethod(
            this,
            [guard = std::move(guard), stop = std::move(stop), then = std::move(then),
             outcome = std::move(outcome)]() mutable {
                if (guard && !stop.stop_requested()) {
                    then(std::move(*outcome));
                }
            },
            Qt::QueuedConnection);
    });
}

CurveService::Outcome CurveService::readNow(const Request& request, const std::stop_token& stop)
{
    TY_TRY(auto reader, takeReader());
    auto data = std::make_shared<widgets::SeriesData>();
    auto read = reader->read(
        request.runId, request.metric, request.untilSeq, [&](std::span<const catalog::CurvePoint> points) {
            for (const catalog::CurvePoint& point : points) {
                data->append(chartPointOf(point, request.scale));
            }
            return !stop.stop_requested() && !m_end.stop_requested();
        });
    {
        const std::lock_guard lock(m_mutex);
        m_idle.push_back(std::move(reader));
    }
    TY_CHECK(std::move(read));
    if (request.smoothing > 0) {
        data->ensureSmoothed(request.smoothing);
    }
    return data;
}

Result<std::unique_ptr<catalog::PointReader>> CurveService::takeReader()
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_idle.empty()) {
            auto reader = std::move(m_idle.back());
            m_idle.pop_back();
            return reader;
        }
    }
    return catalog::PointReader::open(m_paths);
}

} // namespace ty::app
