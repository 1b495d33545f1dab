#pragma once

#include <limits>
#include <memory>
#include <vector>

#include <QAction>
#include <QMenu>
#include <QTest>

#include "widgets/chart/chart_canvas.h"
#include "widgets/chart/line_chart.h"
#include "widgets/theme/apply_theme.h"
#include "widgets/theme/palette.h"

namespace ty::widgets {

constexpr double kMorning = 1.7952e9;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Epochs of two seconds; before epoch `pausedAt` the clock goes on for `pause` seconds alone.
inline std::vector<ChartPoint> epochs(int count, int pausedAt = -1, double pause = 0)
{
    std::vector<ChartPoint> points;
    for (int i = 0; i < count; ++i) {
        const double extra = pausedAt >= 0 && i >= pausedAt ? pause : 0;
        points.push_back({i * 10.0, i * 1.0, i * 2.0, kMorning + i * 2 + extra, 1.0 / (i + 1)});
    }
    return points;
}

/// Tests that begin with a chart of 21 epochs of one line, "validation", on the screen.
class ChartFixture : public QObject {
    Q_OBJECT

  private slots:
    void init()
    {
        applyTheme(*qApp, Theme::Light);
        m_chart = std::make_unique<LineChart>();
        m_chart->resize(760, 440);
        m_chart->setTitle("Loss");
        m_chart->setXKind(XKind::Epoch);
        m_chart->addLine({.id = "v", .name = "validation", .better = Better::Lower});
        m_chart->append("v", epochs(21));
        m_chart->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_chart.get()));
        m_chart->fit();
    }
    void cleanup() { m_chart.reset(); }

  protected:
    ChartCanvas* canvas() const { return static_cast<ChartCanvas*>(m_chart->canvas()); }
    QPoint pixelOf(double x, double value) const
    {
        const ChartGeometry g = canvas()->geometryNow();
        return QPointF(g.toX(canvas()->scene(), x), g.toY(canvas()->scene(), value)).toPoint();
    }
    QMenu* menu(const QString& name) const
    {
        const auto menus = m_chart->findChildren<QMenu*>(name);
        return menus.isEmpty() || !menus.last()->isVisible() ? nullptr : menus.last();
    }
    void choose(const QString& menuName, const QString& action)
    {
        QMenu* shown = menu(menuName);
        QVERIFY(shown);
        QAction* found = shown->findChild<QAction*>(action);
        QVERIFY2(found, qPrintable(action));
        const QPoint place = shown->actionGeometry(found).center();
        QTest::mouseMove(shown, place); // a menu takes no click where the mouse stood when it came
        QTest::mouseClick(shown, Qt::LeftButton, Qt::NoModifier, place);
        QVERIFY(!shown->isVisible());
    }

    std::unique_ptr<LineChart> m_chart;
};

} // namespace ty::widgets
