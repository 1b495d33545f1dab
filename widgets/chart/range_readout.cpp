#include "widgets/chart/range_readout.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QCoreApplication>
#include <QPainter>

#include "widgets/chart/axis.h"
#include "widgets/chart/chart_painter.h"
#include "widgets/chart/chart_scene.h"
#include "widgets/chart/series_style.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

namespace {

constexpr double kGrabReach = 6;

struct RangeText {
    Q_DECLARE_TR_FUNCTIONS(ty::widgets::Range)
};

QString signedText(double value)
{
    return (value > 0 ? QStringLiteral("+") : QString()) + valueText(value);
}

QString slopeTitle(XKind kind)
{
    switch (kind) {
    case XKind::Step:
        return RangeText::tr("Slope per step");
    case XKind::Epoch:
        return RangeText::tr("Slope per epoch");
    case XKind::Elapsed:
    case XKind::WallClock:
        return RangeText::tr("Slope per second");
    }
    return {};
}

/// "14 epochs", "3 min 20 s".
QString lengthText(XKind kind, double length)
{
    if (kind == XKind::Elapsed || kind == XKind::WallClock) {
        return secondsText(length);
    }
    return valueText(length);
}

} // namespace

std::vector<RangeRow> rangeRows(const ChartScene& scene)
{
    std::vector<RangeRow> rows;
    if (!scene.fobs) {
        return rows;
    }
    const auto [first, second] = std::minmax((*scene.fobs)[0], (*scene.fobs)[1]);
    for (std::size_t i = 0; i < scene.lines.size(); ++i) {
        const SceneLine& line = scene.lines[i];
        if (!line.look.isVisible) {
            continue;
        }
        const auto start = line.data().nearest(scene.xKind, first);
        const auto end = line.data().nearest(scene.xKind, second);
        if (!start || !end) {
            continue;
        }
        RangeRow row;
        row.line = i;
        row.start = line.data().at(*start);
        row.end = line.data().at(*end);
        row.change = row.end.value - row.start.value;
        const double length = scene.placeOf(row.end) - scene.placeOf(row.start);
        row.slope = length > 0 ? row.change / length : std::numeric_limits<double>::quiet_NaN();
        rows.push_back(row);
    }
    return rows;
}

QString rangeHtml(const ChartScene& scene, const ThemeColors& colors, std::size_t limit)
{
    const std::vector<RangeRow> rows = rangeRows(scene);
    if (rows.empty()) {
        return {};
    }
    const auto [first, second] = std::minmax((*scene.fobs)[0], (*scene.fobs)[1]);
    const auto cell = [](const QString& text) {
        return QStringLiteral("<td align=\"right\" style=\"padding-left: 16px\">%1</td>")
            .arg(text.toHtmlEscaped());
    };
    QString html = QStringLiteral("<table cellspacing=\"0\" cellpadding=\"1\"><tr><td>%1 %2 – %3 (%4)</td>")
                       .arg(
                           (scene.xKind == XKind::Epoch && !scene.epochName.isEmpty() ? scene.epochName : axisTitle(scene.xKind)).toHtmlEscaped(),
                           placeText(scene.xKind, first),
                           placeText(scene.xKind, second),
                           lengthText(scene.xKind, second - first));
    for (const QString& title :
         {RangeText::tr("Start"), RangeText::tr("End"), RangeText::tr("Δ"), slopeTitle(scene.xKind)}) {
        html += cell(title);
    }
    html += QStringLiteral("</tr>");
    for (std::size_t i = 0; i < std::min(limit, rows.size()); ++i) {
        const RangeRow& row = rows[i];
        const ChartLine& look = scene.lines[row.line].look;
        html += QStringLiteral("<tr><td><span style=\"color:%1\">▬</span> %2</td>")
                    .arg(seriesStyle(look.styleIndex, colors).color.name(), look.name.toHtmlEscaped());
        html += cell(valueText(row.start.value)) + cell(valueText(row.end.value)) +
                cell(signedText(row.change)) +
                cell(std::isnan(row.slope) ? QStringLiteral("–") : signedText(row.slope)) +
                QStringLiteral("</tr>");
    }
    if (rows.size() > limit) {
        html += QStringLiteral("<tr><td>%1</td></tr>")
                    .arg(RangeText::tr(
                        "and %n more line(s)", nullptr, static_cast<int>(rows.size() - limit)));
    }
    return html + QStringLiteral("</table>");
}

int fobAt(const ChartScene& scene, const ChartGeometry& g, double pixel)
{
    if (!scene.fobs) {
        return -1;
    }
    int found = -1;
    double nearest = kGrabReach;
    for (int i = 0; i < 2; ++i) {
        const double x = g.toX(scene, (*scene.fobs)[static_cast<std::size_t>(i)]);
        if (std::abs(x - pixel) <= nearest) {
            nearest = std::abs(x - pixel);
            found = i;
        }
    }
    return found;
}

void paintFobs(
    QPainter& painter, const ChartScene& scene, const ChartGeometry& g, const ThemeColors& colors)
{
    if (!scene.fobs) {
        return;
    }
    const auto pixelOf = [&](double place) {
        return std::clamp(g.toX(scene, place), g.plot.left() - 1e4, g.plot.right() + 1e4);
    };
    const auto [low, high] = std::minmax({pixelOf((*scene.fobs)[0]), pixelOf((*scene.fobs)[1])});
    QColor shade = colors.accent;
    shade.setAlphaF(0.08F);
    painter.fillRect(
        QRectF(QPointF(low, g.plot.top()), QPointF(high, g.plot.bottom())) & g.plot, shade);
    painter.setRenderHint(QPainter::Antialiasing);
    for (const double x : {low, high}) {
        if (x < g.plot.left() - 1 || x > g.plot.right() + 1) {
            continue;
        }
        painter.setPen(QPen(colors.accent, 2));
        painter.drawLine(QPointF(x, g.plot.top()), QPointF(x, g.plot.bottom()));
        // A grip with two ribs, so that it looks like something to take hold of.
        const QRectF grip(x - 6, g.plot.bottom() - 22, 12, 18);
        painter.setBrush(colors.accent);
        painter.drawRoundedRect(grip, 3, 3);
        painter.setPen(QPen(colors.accentText, 1.4));
        for (const double rib : {-1.8, 1.8}) {
            painter.drawLine(
                QPointF(x + rib, grip.top() + 5), QPointF(x + rib, grip.bottom() - 5));
        }
    }
}

} // namespace ty::widgets
