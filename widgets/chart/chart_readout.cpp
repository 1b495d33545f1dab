#include "widgets/chart/chart_readout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QStringList>

#include "widgets/chart/chart_painter.h"
#include "widgets/chart/chart_scene.h"
#include "widgets/chart/mark_painter.h"
#include "widgets/chart/mark_shapes.h"
#include "widgets/chart/series_style.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr double kWindow = 2.5;         // pixels in which the nearest height counts
constexpr std::size_t kScanned = 20000; // points looked at in that window, per line
constexpr int kShownRows = 12;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct ReadoutText {
    Q_DECLARE_TR_FUNCTIONS(ty::widgets::Readout)
};

std::optional<PointPlace> pointUnder(
    const SceneLine& line, const ChartScene& scene, const ChartGeometry& g, const QPointF& pointer)
{
    auto place = line.data().nearest(scene.xKind, g.fromX(scene, pointer.x()));
    if (!place) {
        return place;
    }
    const SeriesSegment& segment = line.data().segments()[place->segment];
    const CompactColumn& column = segment.column(scene.xKind);
    const std::size_t from =
        column.lowerBound(g.fromX(scene, pointer.x() - kWindow), 0, segment.liveEnd());
    const std::size_t to = std::min(
        column.lowerBound(g.fromX(scene, pointer.x() + kWindow), from, segment.liveEnd()),
        from + kScanned);
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t i = from; i < to; ++i) {
        const double distance = std::abs(g.toY(scene, segment.value(i)) - pointer.y());
        if (distance < nearest) {
            nearest = distance;
            place->index = i;
        }
    }
    return place;
}

struct Table {
    QString heading;
    QStringList titles;
    QList<QStringList> cells;
};

Table tableOf(const Readout& readout, const ChartScene& scene)
{
    const auto shown = readout.rows.first(std::min<qsizetype>(kShownRows, readout.rows.size()));
    const ChartPoint& first = shown.first().point;
    const bool isOnePlace = std::all_of(shown.begin(), shown.end(), [&](const ReadoutRow& row) {
        return row.point.step == first.step;
    });
    const bool hasSmoothed = std::any_of(shown.begin(), shown.end(), [](const ReadoutRow& row) {
        return !std::isnan(row.smoothed);
    });
    const bool hasBest = std::any_of(
        shown.begin(), shown.end(), [](const ReadoutRow& row) { return !std::isnan(row.toBest); });
    const auto timeOf = [](const ChartPoint& point) {
        return placeText(XKind::Elapsed, point.elapsedSeconds);
    };
    Table table;
    if (isOnePlace) {
        QStringList parts{
            ReadoutText::tr("step %1").arg(placeText(XKind::Step, first.step)),
            ReadoutText::tr("epoch %1").arg(placeText(XKind::Epoch, first.epoch))};
        if (!std::isnan(first.elapsedSeconds)) {
            parts.append(timeOf(first));
        }
        if (scene.xKind == XKind::WallClock && !std::isnan(first.wallSeconds)) {
            parts.append(placeText(XKind::WallClock, first.wallSeconds));
        }
        table.heading = parts.join(QStringLiteral(" · "));
    }
    table.titles = {QString(), ReadoutText::tr("value")};
    const bool hasBand = std::any_of(
        shown.begin(), shown.end(), [](const ReadoutRow& row) { return row.hasBand; });
    if (hasBand) {
        table.titles.append(ReadoutText::tr("band"));
    }
    if (hasSmoothed) {
        table.titles.append(ReadoutText::tr("smoothed"));
    }
    if (hasBest) {
        table.titles.append(ReadoutText::tr("Δ to best"));
    }
    if (!isOnePlace) {
        table.titles +=
            {ReadoutText::tr("step"), ReadoutText::tr("epoch"), ReadoutText::tr("time")};
    }
    for (const ReadoutRow& row : shown) {
        QStringList cells{scene.lines[row.line].look.name, valueText(row.point.value)};
        if (hasBand) {
            cells.append(
                row.hasBand ? QStringLiteral("%1 – %2").arg(
                                  valueText(row.band.low), valueText(row.band.high))
                            : QString());
        }
        if (hasSmoothed) {
            cells.append(std::isnan(row.smoothed) ? QString() : valueText(row.smoothed));
        }
        if (hasBest) {
            const QString sign = row.toBest > 0 ? QStringLiteral("+") : QString();
            cells.append(std::isnan(row.toBest) ? QString() : sign + valueText(row.toBest));
        }
        if (!isOnePlace) {
            cells +=
                {placeText(XKind::Step, row.point.step),
                 placeText(XKind::Epoch, row.point.epoch),
                 timeOf(row.point)};
        }
        table.cells.append(cells);
    }
    return table;
}

void paintTable(
    QPainter& painter,
    const Readout& readout,
    const ChartScene& scene,
    const ChartGeometry& g,
    const ThemeColors& colors)
{
    const Table table = tableOf(readout, scene);
    QFont strong = painter.font();
    strong.setBold(true); // the nearest row is bold, so everything is measured bold
    const QFontMetricsF metrics(strong, painter.device());
    constexpr double kSwatch = 18;
    constexpr double kPad = 8;
    constexpr double kBetween = 12;
    const double longestName = g.whole.width() * 0.4;
    QList<double> widths(table.titles.size(), 0);
    for (qsizetype c = 0; c < widths.size(); ++c) {
        widths[c] = metrics.horizontalAdvance(table.titles[c]);
        for (const QStringList& row : table.cells) {
            widths[c] = std::max(widths[c], metrics.horizontalAdvance(row[c]));
        }
    }
    widths[0] = std::min(widths[0], longestName);
    double width = kSwatch;
    for (const double w : widths) {
        width += w + kBetween;
    }
    width = std::max(width - kBetween, metrics.horizontalAdvance(table.heading));
    QStringList notes;
    if (readout.rows.size() > kShownRows) {
        notes.append(ReadoutText::tr(
            "and %n more line(s)", nullptr, static_cast<int>(readout.rows.size()) - kShownRows));
    }
    if (!readout.markText.isEmpty()) {
        width = std::max(
            width, std::min(metrics.horizontalAdvance(readout.markText), g.whole.width() * 0.6));
    }
    const double lineHeight = metrics.height() + 2;
    QRectF markBox;
    if (!readout.markText.isEmpty()) {
        markBox =
            metrics.boundingRect(QRectF(0, 0, width, 1000), Qt::TextWordWrap, readout.markText);
    }
    const int textRows =
        static_cast<int>(table.cells.size() + 1 + notes.size()) + (table.heading.isEmpty() ? 0 : 1);
    QRectF box(0, 0, width + 2 * kPad, textRows * lineHeight + markBox.height() + 2 * kPad);
    const QPointF at = readout.rows.first().pixel;
    const bool isRight = at.x() + 16 + box.width() <= g.whole.right();
    box.moveLeft(isRight ? at.x() + 16 : std::max(g.whole.left() + 2, at.x() - 16 - box.width()));
    box.moveTop(std::clamp(
        at.y() - box.height() / 2,
        g.whole.top() + 2,
        std::max(g.whole.top() + 2, g.whole.bottom() - box.height() - 2)));
    if (box.adjusted(-8, -8, 8, 8).contains(at)) {
        // No room beside the point: go above or below it, whichever is larger.
        const bool isAbove = at.y() > g.whole.center().y();
        box.moveTop(
            isAbove ? std::max(g.whole.top() + 2, at.y() - 12 - box.height())
                    : std::min(g.whole.bottom() - 2 - box.height(), at.y() + 12));
    }

    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colors.line, 1));
    painter.setBrush(colors.raised);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);

    double y = box.top() + kPad;
    const auto cell = [&](double x, double w, const QString& text, Qt::Alignment alignment) {
        painter.drawText(QRectF(x, y, w, lineHeight), alignment | Qt::AlignVCenter, text);
    };
    painter.setPen(colors.mutedText);
    if (!table.heading.isEmpty()) {
        cell(box.left() + kPad, width, table.heading, Qt::AlignLeft);
        y += lineHeight;
    }
    const auto paintRow = [&](const QStringList& row) {
        double x = box.left() + kPad + kSwatch;
        for (qsizetype c = 0; c < row.size(); ++c) {
            const bool isName = c == 0;
            cell(
                x,
                widths[c],
                isName ? metrics.elidedText(row[c], Qt::ElideMiddle, widths[c]) : row[c],
                isName ? Qt::AlignLeft : Qt::AlignRight);
            x += widths[c] + kBetween;
        }
    };
    paintRow(table.titles);
    y += lineHeight;
    for (qsizetype r = 0; r < table.cells.size(); ++r) {
        const SceneLine& line = scene.lines[readout.rows[r].line];
        painter.setPen(penOf(seriesStyle(line.look.styleIndex, colors), 2));
        painter.drawLine(
            QPointF(box.left() + kPad, y + lineHeight / 2),
            QPointF(box.left() + kPad + 13, y + lineHeight / 2));
        painter.setPen(colors.text);
        if (r == 0 && table.cells.size() > 1) {
            painter.save();
            painter.setFont(strong);
            paintRow(table.cells[r]);
            painter.restore();
        } else {
            paintRow(table.cells[r]);
        }
        y += lineHeight;
    }
    painter.setPen(colors.mutedText);
    for (const QString& note : notes) {
        cell(box.left() + kPad, width, note, Qt::AlignLeft);
        y += lineHeight;
    }
    if (!readout.markText.isEmpty()) {
        painter.setPen(colors.text);
        painter.drawText(
            QRectF(box.left() + kPad, y, width, markBox.height() + 4),
            Qt::TextWordWrap,
            readout.markText);
    }
}

} // namespace

namespace {

/// Of the mark under the pointer, else of one above or below it, else of a cut.
QString markTextAt(const ChartScene& scene, const ChartGeometry& g, const QPointF& pointer)
{
    constexpr double kReach = 7;
    const std::vector<MarkSpot> spots = markSpots(scene, g);
    const int under = markAt(spots, pointer);
    const auto found = under >= 0 ? spots.begin() + under
                                  : std::find_if(spots.begin(), spots.end(), [&](const MarkSpot& s) {
                                        return std::abs(s.center.x() - pointer.x()) < kReach &&
                                               !s.placed.mark.text.isEmpty();
                                    });
    if (found == spots.end()) {
        return cutTextAt(scene, g, pointer.x());
    }
    const ChartMark& mark = found->placed.mark;
    const QString text = markGlyph(mark.kind) + QLatin1Char(' ') + mark.text;
    return mark.actionText.isEmpty()
               ? text
               : text + QLatin1Char('\n') + ReadoutText::tr("Click the sign: %1").arg(mark.actionText);
}

} // namespace

Readout readoutAt(const ChartScene& scene, const ChartGeometry& g, const QPointF& pointer)
{
    Readout readout;
    for (std::size_t i = 0; i < scene.lines.size(); ++i) {
        const SceneLine& line = scene.lines[i];
        if (!line.look.isVisible) {
            continue;
        }
        const auto place = pointUnder(line, scene, g, pointer);
        if (!place) {
            continue;
        }
        const SeriesSegment& segment = line.data().segments()[place->segment];
        ReadoutRow row;
        row.line = i;
        row.point = segment.point(place->index);
        if (line.look.hasGaps && std::isnan(row.point.value)) {
            continue;
        }
        const bool isSmoothed = scene.isSmoothed(line);
        row.smoothed = isSmoothed ? segment.smoothed(place->index) : kNaN;
        const auto best = line.data().best(line.look.better);
        if (place->segment == 0 && place->index < line.band.size()) {
            row.hasBand = true;
            row.band = line.band[place->index];
        }
        row.toBest = best ? row.point.value - line.data().at(*best).value : kNaN;
        const double x = g.toX(scene, scene.placeOf(row.point));
        const bool isDrawn =
            std::isfinite(row.point.value) && (!scene.isLogY || row.point.value > 0);
        const double y = isDrawn ? g.toY(scene, row.point.value) : g.plot.bottom();
        if (x < g.plot.left() - 1 || x > g.plot.right() + 1) {
            continue;
        }
        row.pixel = {x, std::clamp(y, g.plot.top(), g.plot.bottom())};
        row.distance = std::hypot(x - pointer.x(), y - pointer.y());
        readout.rows.append(row);
    }
    std::stable_sort(
        readout.rows.begin(), readout.rows.end(), [](const ReadoutRow& a, const ReadoutRow& b) {
            return a.distance < b.distance;
        });
    if (!readout.isEmpty()) {
        readout.markText = markTextAt(scene, g, pointer);
    }
    return readout;
}

void paintReadout(
    QPainter& painter,
    const Readout& readout,
    const ChartScene& scene,
    const ChartGeometry& g,
    const ThemeColors& colors)
{
    if (readout.isEmpty()) {
        return;
    }
    const QPointF at = readout.rows.first().pixel;
    QPen pen(colors.mutedText, 1);
    pen.setDashPattern({4, 3});
    painter.setPen(pen);
    painter.drawLine(QPointF(at.x(), g.plot.top()), QPointF(at.x(), g.plot.bottom()));
    painter.drawLine(QPointF(g.plot.left(), at.y()), QPointF(g.plot.right(), at.y()));
    painter.setRenderHint(QPainter::Antialiasing);
    for (qsizetype i = std::min<qsizetype>(kShownRows, readout.rows.size()); i-- > 0;) {
        const ReadoutRow& row = readout.rows[i];
        const QColor color = seriesStyle(scene.lines[row.line].look.styleIndex, colors).color;
        painter.setPen(QPen(color, 2));
        painter.setBrush(colors.chartBackground);
        painter.drawEllipse(row.pixel, i == 0 ? 4.5 : 3.2, i == 0 ? 4.5 : 3.2);
    }
    paintTable(painter, readout, scene, g, colors);
}

} // namespace ty::widgets
