#include <cmath>

#include <QAbstractItemModelTester>
#include <QListView>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QtCharts/QChartView>

#include "tests/support/unnamed_controls.h"
#include "widgets/bars.h"
#include "widgets/confusion_matrix.h"
#include "widgets/reliability_plot.h"
#include "widgets/roc_plot.h"
#include "widgets/scatter_plot.h"

using namespace ty::widgets;

class TestPlots : public QObject {
    Q_OBJECT

  private slots:
    void matrixClickTellsTheCell();
    void matrixKeysTellTheCell();
    void matrixShowsPercentOfRowsAndColumns();
    void matrixSortedByErrorKeepsClassNumbers();
    void manyClassesSumUpAsOther();
    void barsClickFiltersAndUnfilters();
    void rocThresholdMovesTheCaption();
    void scatterBrushTellsRows();
    void emptyPlotsDraw();
    void everyControlHasAName();

  private:
    static QList<QList<qint64>> three() { return {{8, 2, 0}, {1, 9, 0}, {4, 1, 5}}; }
};

void TestPlots::matrixClickTellsTheCell()
{
    ConfusionMatrix matrix;
    matrix.resize(500, 400);
    matrix.setCounts({"cat", "dog", "fox"}, three());
    matrix.show();
    QVERIFY(QTest::qWaitForWindowExposed(&matrix));
    QAbstractItemModelTester tester(
        matrix.table()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QSignalSpy spy(&matrix, &ConfusionMatrix::cellClicked);
    const QRect cell = matrix.table()->visualRect(matrix.table()->model()->index(2, 0));
    QTest::mouseClick(matrix.table()->viewport(), Qt::LeftButton, {}, cell.center());
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0], (QList<QVariant>{2, 0}));
}

void TestPlots::matrixKeysTellTheCell()
{
    ConfusionMatrix matrix;
    matrix.setCounts({"cat", "dog", "fox"}, three());
    matrix.show();
    QSignalSpy spy(&matrix, &ConfusionMatrix::cellClicked);
    matrix.table()->setCurrentIndex(matrix.table()->model()->index(0, 0));
    QTest::keyClick(matrix.table(), Qt::Key_Right);
    QTest::keyClick(matrix.table(), Qt::Key_Return);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0], (QList<QVariant>{0, 1}));
}

void TestPlots::matrixShowsPercentOfRowsAndColumns()
{
    ConfusionMatrix matrix;
    matrix.setCounts({"cat", "dog", "fox"}, three());
    const QAbstractItemModel* model = matrix.table()->model();
    QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("8"));
    matrix.setUnit(MatrixUnit::RowPercent);
    QCOMPARE(model->index(0, 0).data().toString(), QLocale().toString(80.0, 'f', 1));
    matrix.setUnit(MatrixUnit::ColumnPercent);
    QCOMPARE(model->index(2, 2).data().toString(), QLocale().toString(100.0, 'f', 1));
    QVERIFY(model->index(2, 0)
                .data(Qt::AccessibleTextRole)
                .toString()
                .contains("fox predicted as cat: 4"));
}

void TestPlots::matrixSortedByErrorKeepsClassNumbers()
{
    ConfusionMatrix matrix;
    matrix.setCounts({"cat", "dog", "fox"}, three());
    matrix.setSortedByError(true);
    const QAbstractItemModel* model = matrix.table()->model();
    QCOMPARE(model->headerData(0, Qt::Vertical).toString(), QStringLiteral("fox"));
    QSignalSpy spy(&matrix, &ConfusionMatrix::cellClicked);
    emit matrix.table()->clicked(model->index(0, 1));
    QCOMPARE(spy[0], (QList<QVariant>{2, 0})); // fox taken for cat
}

void TestPlots::manyClassesSumUpAsOther()
{
    constexpr int kClasses = 30;
    QStringList classes;
    QList<QList<qint64>> counts(kClasses, QList<qint64>(kClasses, 1));
    qint64 total = 0;
    for (int i = 0; i < kClasses; ++i) {
        classes.append(QString::number(i));
        counts[i][i] = 100 + i;
        total += 100 + i + kClasses - 1;
    }
    ConfusionMatrix matrix;
    matrix.setCounts(classes, counts);
    const QAbstractItemModel* model = matrix.table()->model();
    QCOMPARE(model->rowCount(), ConfusionMatrix::kShownClasses + 1);
    QCOMPARE(model->headerData(20, Qt::Horizontal).toString(), QStringLiteral("other"));
    qint64 sum = 0;
    for (int r = 0; r < model->rowCount(); ++r) {
        for (int c = 0; c < model->columnCount(); ++c) {
            sum += QLocale().toLongLong(model->index(r, c).data().toString());
        }
    }
    QCOMPARE(sum, total); // nothing is lost
}

void TestPlots::barsClickFiltersAndUnfilters()
{
    ClassBars bars;
    bars.resize(300, 200);
    bars.setCounts({{"a", 10}, {"b", 3}, {"c", 0}});
    bars.show();
    QVERIFY(QTest::qWaitForWindowExposed(&bars));
    auto* list = bars.findChild<QListView*>();
    QSignalSpy spy(&bars, &ClassBars::classClicked);
    const QPoint at = list->visualRect(list->model()->index(1, 0)).center();
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, at);
    QCOMPARE(spy[0][0].toString(), QStringLiteral("b"));
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, at);
    QCOMPARE(spy[1][0].toString(), QString());
}

void TestPlots::rocThresholdMovesTheCaption()
{
    RocPlot plot;
    plot.setCurve("8", {{1.1, 0, 0}, {0.8, 0, 0.5}, {0.4, 0.25, 1}, {0, 1, 1}}, 0.875);
    QSignalSpy spy(&plot, &RocPlot::thresholdChanged);
    plot.setThreshold(0.5);
    plot.setThreshold(0.3);
    QCOMPARE(spy.count(), 1); // it began at one half
    QCOMPARE(spy[0][0].toDouble(), 0.3);
    const QString spoken = plot.findChild<QChartView*>()->accessibleDescription();
    QVERIFY2(spoken.contains("100") && spoken.contains("25"), qPrintable(spoken));
}

void TestPlots::scatterBrushTellsRows()
{
    ScatterPlot plot;
    plot.resize(400, 400);
    plot.setDiagonalVisible(true);
    plot.setPoints({{0, 0}, {5, 5}, {10, 10}, {10, std::nan("")}});
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
    QSignalSpy spy(&plot, &ScatterPlot::pointsBrushed);
    auto* view = plot.findChild<QChartView*>();
    const auto pixel = [&](double x, double y) {
        return view->mapFromScene(view->chart()->mapToScene(view->chart()->mapToPosition({x, y})));
    };
    QTest::mousePress(view->viewport(), Qt::LeftButton, {}, pixel(-1, 7));
    QTest::mouseMove(view->viewport(), pixel(3, 3));
    QTest::mouseRelease(view->viewport(), Qt::LeftButton, {}, pixel(7, -1));
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].value<QList<int>>(), (QList<int>{0, 1}));
}

void TestPlots::emptyPlotsDraw()
{
    ReliabilityPlot reliability;
    RocPlot roc;
    ScatterPlot scatter;
    ConfusionMatrix matrix;
    ClassBars bars;
    for (QWidget* widget :
         std::initializer_list<QWidget*>{&reliability, &roc, &scatter, &matrix, &bars}) {
        widget->show();
        QVERIFY(!widget->grab().isNull());
    }
    reliability.setBins({{0, 0.5, std::nan(""), std::nan(""), 0}, {0.5, 1, 0.7, 0.6, 20}}, 0.1);
    QVERIFY(!reliability.grab().isNull());
}

void TestPlots::everyControlHasAName()
{
    RocPlot roc;
    ConfusionMatrix matrix;
    ClassBars bars;
    ScatterPlot scatter;
    ReliabilityPlot reliability;
    for (QWidget* widget :
         std::initializer_list<QWidget*>{&roc, &matrix, &bars, &scatter, &reliability}) {
        widget->show();
        QCOMPARE(ty::tests::unnamedControls(widget).join(", "), QString());
    }
}

QTEST_MAIN(TestPlots)
#include "tst_plots.moc"
