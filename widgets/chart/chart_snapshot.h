#pragma once

#include <functional>
#include <vector>

#include <QByteArray>
#include <QFont>
#include <QImage>
#include <QSize>

#include "widgets/chart/chart_scene.h"
#include "widgets/theme/palette.h"

class QIODevice;
class QPainter;

namespace ty::widgets {

/// What a chart showed at one moment, to be written as a file by another thread. Taking one costs
/// nothing: the points are shared until the chart gets new ones.
///
/// Destroy it on the GUI thread, where the chart is.
class ChartSnapshot {
  public:
    /// Told now and then how much is done, in [0, 1]; false cancels.
    using Progress = std::function<bool(double fraction)>;

    /// @param scene  prepared
    /// @param size   of the plot and its axes, in logical pixels; title and legend come above
    ChartSnapshot(const ChartScene& scene, const ThemeColors& colors, const QFont& font, QSize size);

    /// Any thread. False if cancelled or if the device would not take the bytes.
    bool write(QIODevice& device, ExportFormat format, const Progress& progress = {}) const;
    /// Every point of a line; any thread.
    std::vector<ChartPoint> points(const QString& id) const;
    /// The plot and its axes alone.
    QImage plotImage(double pixelRatio) const;
    /// With title and legend.
    QImage image(double pixelRatio) const;

  private:
    bool writeCsv(QIODevice& device, const Progress& progress) const;
    bool writeSvg(QIODevice& device) const;
    /// Paints title and legend if `painter`; returns their height.
    double layOutHeader(QPainter* painter) const;
    void paintPlot(QPainter& painter, double pixelRatio, bool isVector) const;

    ChartScene m_scene;
    ThemeColors m_colors;
    QFont m_font;
    QSize m_size;
};

} // namespace ty::widgets
