#include "widgets/chart/line_painter.h"

#include <algorithm>
#include <cmath>

#include <QImage>
#include <QPainter>
#include <QPainterPath>
#include <QPolygonF>

#include "widgets/chart/chart_scene.h"
#include "widgets/chart/decimator.h"
#include "widgets/chart/line_raster.h"
#include "widgets/chart/series_style.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr double kLineWidth = 1.8;
constexpr double kRawOpacity = 0.25;
constexpr double kOldTailOpacity = 0.35;
constexpr float kBandOpacity = 0.18F;
constexpr float kBandEdgeOpacity = 0.6F;
/// Up to here the general painter is fast enough, and its joins and dashes are finer.
constexpr std::size_t kPathPoints = 6000;

struct Stroke {
    const SceneLine* line = nullptr;
    SeriesStyle style;
    double opacity = 1;
    double width = kLineWidth;
    std::vector<ColumnSpan> spans;
    bool hasMarkers = false;
};

std::size_t pointCount(const ColumnSpan& span)
{
    return span.firstX == span.lastX ? 1 : 4;
}

class LinePainter {
  public:
    LinePainter(
        QPainter& painter,
        const ChartScene& scene,
        const ChartGeometry& geometry,
        const ThemeColors& colors,
        double pixelRatio)
        : m_painter(painter)
        , m_scene(scene)
        , m_geometry(geometry)
        , m_colors(colors)
        , m_ratio(pixelRatio)
        , m_columns(std::max(1, static_cast<int>(std::lround(geometry.plot.width() * pixelRatio))))
    {
    }

    void paint(PaintTarget target)
    {
        for (const SceneLine& line : m_scene.lines) {
            if (line.look.isVisible && !line.band.empty()) {
                paintBand(line);
            }
        }
        collect();
        std::size_t points = 0;
        for (const Stroke& stroke : m_strokes) {
            for (const ColumnSpan& span : stroke.spans) {
                points += pointCount(span);
            }
        }
        if (target == PaintTarget::Vector || points <= kPathPoints) {
            for (const Stroke& stroke : m_strokes) {
                strokePath(stroke);
            }
        } else {
            blendAll();
        }
        for (const Stroke& stroke : m_strokes) {
            if (stroke.hasMarkers) {
                paintMarkers(stroke);
            }
        }
    }

  private:
    void collect()
    {
        DecimateRequest request;
        request.kind = m_scene.xKind;
        request.x = m_scene.x;
        request.columns = m_columns;
        request.isPositiveOnly = m_scene.y.isLog;
        for (const auto& line : m_scene.lines) {
            if (!line.look.isVisible) {
                continue;
            }
            const bool isSmoothed = m_scene.isSmoothed(line);
            for (const SeriesSegment& segment : line.data().segments()) {
                if (!segment.hasPlaces(m_scene.xKind)) {
                    continue;
                }
                const std::size_t live = segment.liveEnd();
                request.isSmoothed = false;
                if (live < segment.size()) {
                    add(line,
                        kOldTailOpacity,
                        1.2,
                        decimate(segment, live > 0 ? live - 1 : 0, segment.size(), request),
                        false);
                }
                if (isSmoothed) {
                    add(line, kRawOpacity, 1.2, decimate(segment, 0, live, request), false);
                    request.isSmoothed = true;
                }
                add(line, 1, kLineWidth, decimate(segment, 0, live, request), true);
            }
        }
        // Faint strokes below, strong ones on top.
        std::stable_sort(m_strokes.begin(), m_strokes.end(), [](const Stroke& a, const Stroke& b) {
            return a.opacity < b.opacity;
        });
    }

    void
    add(const SceneLine& line,
        double opacity,
        double width,
        std::vector<ColumnSpan> spans,
        bool hasMarkers)
    {
        if (spans.empty()) {
            return;
        }
        Stroke stroke;
        stroke.line = &line;
        stroke.style = seriesStyle(line.look.styleIndex, m_colors);
        if (line.look.isBaseline) {
            stroke.style.dash = baselineDash();
        }
        stroke.opacity = opacity;
        stroke.width = width;
        stroke.spans = std::move(spans);
        stroke.hasMarkers = hasMarkers;
        m_strokes.push_back(std::move(stroke));
    }

    QColor inkOf(const Stroke& stroke) const
    {
        QColor ink = stroke.style.color;
        ink.setAlphaF(static_cast<float>(stroke.opacity));
        return ink;
    }

    /// Far outside values are held near the plot: painters lose precision beyond.
    double yOf(double value) const
    {
        const double y = m_geometry.toY(m_scene, value);
        return std::clamp(y, m_geometry.plot.top() - 4000, m_geometry.plot.bottom() + 4000);
    }

    double xOf(double value) const
    {
        const double x = m_geometry.toX(m_scene, value);
        return std::clamp(x, m_geometry.plot.left() - 8000, m_geometry.plot.right() + 8000);
    }

    /// The widest reach of each pixel column, so that nothing of a band is thinned away.
    void paintBand(const SceneLine& line)
    {
        const SeriesSegment& segment = line.data().segments().front();
        const CompactColumn& column = segment.column(m_scene.xKind);
        QPolygonF upper;
        QPolygonF lower;
        double lastX = -1e9;
        for (std::size_t i = 0; i < std::min(line.band.size(), segment.size()); ++i) {
            const BandPoint& reach = line.band[i];
            const bool isDrawn = std::isfinite(reach.low) && std::isfinite(reach.high) &&
                                 (!m_scene.y.isLog || reach.high > 0);
            if (!isDrawn) {
                continue;
            }
            const double x = xOf(column.at(i));
            const double bottom = m_scene.y.isLog && reach.low <= 0
                                      ? m_geometry.plot.bottom() + 4000
                                      : yOf(reach.low);
            if (x - lastX < 1) {
                upper.back().ry() = std::min(upper.back().y(), yOf(reach.high));
                lower.back().ry() = std::max(lower.back().y(), bottom);
                continue;
            }
            lastX = x;
            upper.append({x, yOf(reach.high)});
            lower.append({x, bottom});
        }
        if (upper.size() < 2) {
            return;
        }
        std::reverse(lower.begin(), lower.end());
        QColor ink = seriesStyle(line.look.styleIndex, m_colors).color;
        m_painter.setRenderHint(QPainter::Antialiasing);
        ink.setAlphaF(kBandEdgeOpacity);
        m_painter.setPen(QPen(ink, 1));
        QColor fill = ink;
        fill.setAlphaF(kBandOpacity);
        m_painter.setBrush(fill);
        m_painter.drawPolygon(upper + lower);
    }

    void strokePath(const Stroke& stroke)
    {
        QPainterPath path;
        for (const ColumnSpan& span : stroke.spans) {
            const QPointF first(xOf(span.firstX), yOf(span.first));
            if (path.elementCount() == 0 || span.isAfterGap) {
                path.moveTo(first);
                if (span.firstX == span.lastX) {
                    path.lineTo(first + QPointF(0.01, 0)); // a lone point stays a dot
                }
            } else {
                path.lineTo(first);
            }
            if (span.firstX == span.lastX) {
                continue;
            }
            const double middle = (first.x() + xOf(span.lastX)) / 2;
            const bool isRising = span.last >= span.first;
            path.lineTo(middle, yOf(isRising ? span.min : span.max));
            path.lineTo(middle, yOf(isRising ? span.max : span.min));
            path.lineTo(xOf(span.lastX), yOf(span.last));
        }
        m_painter.setRenderHint(QPainter::Antialiasing);
        SeriesStyle style = stroke.style;
        style.color = inkOf(stroke);
        m_painter.setPen(penOf(style, stroke.width));
        m_painter.setBrush(Qt::NoBrush);
        m_painter.drawPath(path);
    }

    void blendAll()
    {
        const QSizeF plotSize = m_geometry.plot.size() * m_ratio;
        QImage image(
            m_columns,
            std::max(1, static_cast<int>(std::lround(plotSize.height()))),
            QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        std::vector<RasterColumn> columns;
        for (const Stroke& stroke : m_strokes) {
            columnsOf(stroke, image.height(), columns);
            QList<double> dash = stroke.style.dash;
            for (double& length : dash) {
                length *= stroke.width * m_ratio;
            }
            rasterLine(
                image,
                columns,
                inkOf(stroke),
                stroke.width * m_ratio,
                dash,
                stroke.line->look.styleIndex * 5.3 * m_ratio);
        }
        m_painter.drawImage(m_geometry.plot, image);
    }

    /// What each pixel column is covered by: its own span, plus the way from the column before.
    void columnsOf(const Stroke& stroke, int height, std::vector<RasterColumn>& out) const
    {
        out.clear();
        const auto xPixel = [this](double value) { return m_scene.x.toUnit(value) * m_columns; };
        const auto yPixel = [this, height](double value) {
            return std::clamp((1 - m_scene.y.toUnit(value)) * height, -1e6, 1e6);
        };
        const ColumnSpan* before = nullptr;
        for (const ColumnSpan& span : stroke.spans) {
            if (before && !span.isAfterGap) {
                const double x0 = xPixel(before->lastX);
                const double y0 = yPixel(before->last);
                const double x1 = xPixel(span.firstX);
                const double y1 = yPixel(span.first);
                const double slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 0;
                const int from = std::max(0, before->column);
                const int to = std::min(m_columns - 1, span.column);
                for (int column = from; column <= to; ++column) {
                    const double left = std::clamp(static_cast<double>(column), x0, x1);
                    const double right = std::clamp(column + 1.0, x0, x1);
                    const double a = x1 > x0 ? y0 + slope * (left - x0) : y0;
                    const double b = x1 > x0 ? y0 + slope * (right - x0) : y1;
                    out.push_back({column, std::min(a, b), std::max(a, b)});
                }
            }
            if (span.column >= 0 && span.column < m_columns) {
                out.push_back({span.column, yPixel(span.max), yPixel(span.min)});
            }
            before = &span;
        }
        mergeSameColumn(out);
    }

    /// One run a column, so that half-transparent ink is not laid twice.
    static void mergeSameColumn(std::vector<RasterColumn>& columns)
    {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (kept > 0 && columns[kept - 1].x == columns[i].x) {
                columns[kept - 1].top = std::min(columns[kept - 1].top, columns[i].top);
                columns[kept - 1].bottom = std::max(columns[kept - 1].bottom, columns[i].bottom);
            } else {
                columns[kept++] = columns[i];
            }
        }
        columns.resize(kept);
    }

    /// Markers at points when there is room, else at even distances, so that lines stay told apart.
    void paintMarkers(const Stroke& stroke)
    {
        MarkerShape shape = stroke.style.marker;
        const bool isSparse =
            static_cast<double>(stroke.spans.size()) * 14 < m_geometry.plot.width();
        if (shape == MarkerShape::None) {
            if (!isSparse) {
                return;
            }
            shape = MarkerShape::Circle;
        }
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.setPen(QPen(stroke.style.color, 1.4));
        m_painter.setBrush(stroke.style.color);
        const double apart =
            isSparse ? 0 : std::max(70.0, 9.0 * static_cast<double>(m_strokes.size()));
        const double offset = std::fmod(stroke.line->look.styleIndex * 37.0, std::max(1.0, apart));
        double next = m_geometry.plot.left() + (isSparse ? -1 : offset);
        for (const ColumnSpan& span : stroke.spans) {
            const double x = xOf(span.firstX);
            if (x < next || x > m_geometry.plot.right() + 1) {
                continue;
            }
            drawMarker(m_painter, shape, {x, yOf(span.first)}, isSparse ? 2.4 : 3.2);
            next = x + apart;
        }
    }

    QPainter& m_painter;
    const ChartScene& m_scene;
    const ChartGeometry& m_geometry;
    const ThemeColors& m_colors;
    double m_ratio;
    int m_columns;
    std::vector<Stroke> m_strokes;
};

} // namespace

void paintLines(
    QPainter& painter,
    const ChartScene& scene,
    const ChartGeometry& geometry,
    const ThemeColors& colors,
    double pixelRatio,
    PaintTarget target)
{
    LinePainter(painter, scene, geometry, colors, pixelRatio).paint(target);
}

} // namespace ty::widgets
