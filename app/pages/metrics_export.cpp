#include "app/pages/metrics_export.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QByteArray>
#include <QIODevice>
#include <QLocale>

#include "app/catalog/catalog.h"
#include "app/services/app_context.h"
#include "widgets/chart/chart_table_model.h"

namespace ty::app {

namespace {

constexpr qsizetype kBytesAtOnce = 1 << 20;

void addNumber(QByteArray& text, double value)
{
    text += ',';
    if (std::isfinite(value)) {
        text += QByteArray::number(value, 'g', QLocale::FloatingPointShortest);
    }
}

Result<void> writeMetrics(
    catalog::Catalog& catalog, const std::vector<catalog::RunRecord>& runs, QIODevice& device,
    const SaveProgress& progress)
{
    QByteArray text("run,metric,step,epoch,elapsed_seconds,wall_seconds,value,session\r\n");
    const Error refused{ErrorKind::Io, "the file takes no more", {}};
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const QByteArray name = widgets::csvField(QString::fromStdString(runs[r].name));
        TY_TRY(const std::vector<catalog::MetricSummary> metrics, catalog.metrics(runs[r].id));
        for (std::size_t m = 0; m < metrics.size(); ++m) {
            TY_TRY(const catalog::MetricSeries series, catalog.series(runs[r].id, metrics[m].name));
            const QByteArray start = name + ',' + widgets::csvField(QString::fromStdString(series.name));
            for (std::size_t i = 0; i < series.value.size(); ++i) {
                text += start;
                addNumber(text, series.step[i]);
                addNumber(text, series.epoch[i]);
                addNumber(text, series.elapsed[i]);
                addNumber(text, series.wall[i]);
                // What was not a number is told as such; an empty field would be an unknown.
                text += std::isfinite(series.value[i])
                    ? ',' + QByteArray::number(series.value[i], 'g', QLocale::FloatingPointShortest)
                    : QByteArray(",nan");
                text += ',' + QByteArray::number(series.session[i]) + "\r\n";
                if (text.size() >= kBytesAtOnce) {
                    if (device.write(text) != text.size()) {
                        return refused;
                    }
                    text.clear();
                }
            }
            const double within = static_cast<double>(m + 1) / static_cast<double>(metrics.size());
            if (!progress((static_cast<double>(r) + within) / static_cast<double>(runs.size()))) {
                return Error{ErrorKind::Cancelled, "cancelled", {}};
            }
        }
    }
    return device.write(text) == text.size() ? Result<void>() : Result<void>(refused);
}

} // namespace

FileWriter metricsCsvWriter(const AppContext& context, std::vector<qint64> runIds)
{
    return [paths = context.paths, ids = std::move(runIds)](
               QIODevice& device, const SaveProgress& progress) -> Result<void> {
        TY_TRY(const auto catalog, catalog::Catalog::open(paths));
        TY_TRY(std::vector<catalog::RunRecord> runs, catalog->runs());
        if (!ids.empty()) {
            std::erase_if(runs, [&ids](const catalog::RunRecord& run) {
                return std::find(ids.begin(), ids.end(), run.id) == ids.end();
            });
        }
        return writeMetrics(*catalog, runs, device, progress);
    };
}

} // namespace ty::app
