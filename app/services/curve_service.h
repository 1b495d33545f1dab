#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include <QObject>
#include <QThreadPool>

#include "app/catalog/paths.h"
#include "engine/base/result.h"

namespace ty::catalog {
class PointReader;
}
namespace ty::widgets {
class SeriesData;
}

namespace ty::app {

/// Reads long curves with every point, beside the catalog's thread, and puts them together for a chart: the GUI thread
/// gets them ready to draw.
class CurveService : public QObject {
    Q_OBJECT
public:
    struct Request {
        qint64 runId = 0;
        std::string metric;
        std::uint64_t untilSeq = 0; ///< the last point wanted
        double scale = 1;           ///< from the catalog's unit to the chart's
        double smoothing = 0;       ///< weight in [0, 1)
    };
    using Outcome = Result<std::shared_ptr<widgets::SeriesData>>;

    explicit CurveService(catalog::Paths paths, QObject* parent = nullptr);
    ~CurveService() override;

    /// First come, first served; `then` on the GUI thread, unless `receiver` is gone or `stop` was asked for.
    void read(QObject* receiver, Request request, std::stop_token stop, std::function<void(Outcome)> then);

private:
    Outcome readNow(const Request& request, const std::stop_token& stop);
    Result<std::unique_ptr<catalog::PointReader>> takeReader();

    catalog::Paths m_paths;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<catalog::PointReader>> m_idle; ///< guarded by m_mutex
    std::stop_source m_end;
    QThreadPool m_pool;
};

} // namespace ty::app
