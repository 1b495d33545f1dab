#include "widgets/chart/chart_snapshot.h"

#include <algorithm>
#include <cmath>

#include <QFontMetricsF>
#include <QIODevice>
#include <QPainter>
#include <QSvgGenerator>

#include "widgets/chart/chart_painter.h"
#include "widgets/chart/chart_table_model.h"
#include "widgets/chart/series_style.h"

namespace ty::widgets {

namespace {
constexpr double kPad = 10;
constexpr double kSwatch = 26;
constexpr std::size_t kRowsAtOnce = 8192;
} // namespace

ChartSnapshot::ChartSnapshot(
    const ChartScene& scene, const ThemeColors& colors, const QFont& font, QSize size)
    : m_scene(scene)
    , m_colors(colors)
    , m_font(font)
    , m_size(size)
{
}

bool ChartSnapshot::write(QIODevice& device, ExportFormat format, const Progress& progress) const
{
    switch (format) {
    case ExportFormat::Png:
        return image(2).save(&device, "PNG");
    case ExportFormat::Svg:
        return writeSvg(device);
    case ExportFormat::Csv:
        return writeCsv(device, progress);
    }
    return false;
}

std::vector<ChartPoint> ChartSnapshot::points(const QString& id) const
{
    const SceneLine* line = m_scene.find(id);
    return line ? line->data().points() : std::vector<ChartPoint>{};
}

bool ChartSnapshot::writeCsv(QIODevice& device, const Progress& progress) const
{
    std::size_t all = 0;
    for (const SceneLine& line : m_scene.lines) {
        all += line.data().size();
    }
    QByteArray text = chartCsvHeader();
    std::size_t done = 0;
    const auto flush = [&] {
        const bool isTaken = device.write(text) == text.size();
        text.clear();
        return isTaken && (!progress || progress(static_cast<double>(done) /
                                                 static_cast<double>(std::max<std::size_t>(1, all))));
    };
    for (const SceneLine& line : m_scene.lines) {
        const QByteArray name = csvField(line.look.name);
        for (const SeriesSegment& segment : line.data().segments()) {
            for (std::size_t i = 0; i < segment.size(); ++i) {
                appendCsvRow(text, name, segment.point(i));
                if (++done % kRowsAtOnce == 0 && !flush()) {
                    return false;
                }
            }
        }
    }
    return flush();
}

bool ChartSnapshot::writeSvg(QIODevice& device) const
{
    const double header = layOutHeader(nullptr);
    const QSize whole(m_size.width(), m_size.height() + static_cast<int>(std::ceil(header)));
    QSvgGenerator generator;
    generator.setOutputDevice(&device);
    generator.setSize(whole);
    generator.setViewBox(QRect(QPoint(), whole));
    generator.setTitle(m_scene.title);
    generator.setDescription(m_scene.spokenSummary());
    QPainter painter;
    if (!painter.begin(&generator)) {
        return false;
    }
    painter.setFont(m_font);
    painter.fillRect(QRect(QPoint(), whole), m_colors.chartBackground);
    layOutHeader(&painter);
    painter.translate(0, header);
    paintPlot(painter, 1, true);
    return painter.end();
}

QImage ChartSnapshot::plotImage(double pixelRatio) const
{
    QImage image(m_size * pixelRatio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(pixelRatio);
    QPainter painter(&image);
    painter.setFont(m_font);
    paintPlot(painter, pixelRatio, false);
    return image;
}

QImage ChartSnapshot::image(double pixelRatio) const
{
    const double header = std::ceil(layOutHeader(nullptr));
    const QSize whole(m_size.width(), m_size.height() + static_cast<int>(header));
    QImage image(whole * pixelRatio, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(pixelRatio);
    image.fill(m_colors.chartBackground);
    QPainter painter(&image);
    painter.setFont(m_font);
    layOutHeader(&painter);
    painter.drawImage(QPointF(0, header), plotImage(pixelRatio));
    return image;
}

double ChartSnapshot::layOutHeader(QPainter* painter) const
{
    QFont strong = m_font;
    strong.setBold(true);
    const QFontMetricsF titleMetrics(strong);
    const QFontMetricsF metrics(m_font);
    double y = kPad;
    if (painter) {
        painter->setFont(strong);
        painter->setPen(m_colors.text);
        const QString title = m_scene.unit.isEmpty()
                                  ? m_scene.title
                                  : QStringLiteral("%1 (%2)").arg(m_scene.title, m_scene.unit);
        painter->drawText(QPointF(kPad, y + titleMetrics.ascent()), title);
        painter->setFont(m_font);
    }
    y += titleMetrics.height() + 4;
    double x = kPad;
    bool isAny = false;
    for (const SceneLine& line : m_scene.lines) {
        if (!line.look.isVisible) {
            continue;
        }
        isAny = true;
        const QString name =
            metrics.elidedText(line.look.name, Qt::ElideMiddle, m_size.width() - kSwatch - 3 * kPad);
        const double width = kSwatch + 6 + metrics.horizontalAdvance(name);
        if (x > kPad && x + width > m_size.width() - kPad) {
            x = kPad;
            y += metrics.height() + 2;
        }
        if (painter) {
            SeriesStyle style = seriesStyle(line.look.styleIndex, m_colors);
            style.dash = line.look.isBaseline ? baselineDash() : style.dash;
            const double middle = y + metrics.height() / 2;
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(penOf(style, 2));
            painter->drawLine(QPointF(x, middle), QPointF(x + kSwatch, middle));
            painter->setPen(QPen(style.color, 1.5));
            painter->setBrush(style.color);
            drawMarker(*painter, style.marker, {x + kSwatch / 2, middle}, 3.5);
            painter->setPen(m_colors.text);
            painter->drawText(QPointF(x + kSwatch + 6, y + metrics.ascent()), name);
        }
        x += width + 2 * kPad;
    }
    return y + (isAny ? metrics.height() + 6 : 0);
}

void ChartSnapshot::paintPlot(QPainter& painter, double pixelRatio, bool isVector) const
{
    const ChartGeometry geometry = chartGeometry(m_scene, QSizeF(m_size), m_font);
    paintChart(
        painter,
        m_scene,
        geometry,
        m_colors,
        pixelRatio,
        isVector ? PaintTarget::Vector : PaintTarget::Screen);
}

} // namespace ty::widgets
