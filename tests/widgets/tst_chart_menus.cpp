#include <algorithm>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "tests/widgets/chart_fixture.h"

using namespace ty::widgets;

class TestChartMenus : public ChartFixture {
    Q_OBJECT

  private slots:
    void clickOpensTheMenuOfTheLine();
    void doubleClickOnALineFitsAndOpensNoMenu();
    void menuPinsCopiesAndHides();
    void menuOffersOnlyWhatThePageCanDo();
    void legendOpensTheSameMenu();
};

void TestChartMenus::clickOpensTheMenuOfTheLine()
{
    QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(5, 1.0 / 6));
    QTRY_VERIFY(menu("lineMenu"));
    menu("lineMenu")->close();
}

void TestChartMenus::doubleClickOnALineFitsAndOpensNoMenu()
{
    canvas()->zoomX(0.5, 0.2);
    const QPoint at = pixelOf(4, 0.2);
    QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, at);
    QTest::mouseDClick(canvas(), Qt::LeftButton, Qt::NoModifier, at);
    QVERIFY(m_chart->isFollowing());
    QTest::qWait(300);
    QVERIFY(!menu("lineMenu"));
}

void TestChartMenus::menuPinsCopiesAndHides()
{
    const auto open = [this] {
        QTest::mouseMove(canvas(), pixelOf(5, 1.0 / 6));
        QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(5, 1.0 / 6));
        QTRY_VERIFY(menu("lineMenu"));
    };
    open();
    choose("lineMenu", "pin");
    QCOMPARE(canvas()->scene().pins.size(), qsizetype{1});
    QCOMPARE(canvas()->scene().pins[0].point.value, 1.0 / 6);
    open();
    choose("lineMenu", "pin"); // once more takes it off
    QCOMPARE(canvas()->scene().pins.size(), qsizetype{0});
    open();
    choose("lineMenu", "copyName");
    QCOMPARE(QApplication::clipboard()->text(), QString("validation"));
    open();
    choose("lineMenu", "hide");
    QVERIFY(!m_chart->isLineVisible("v"));
}

void TestChartMenus::menuOffersOnlyWhatThePageCanDo()
{
    QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(5, 1.0 / 6));
    QTRY_VERIFY(menu("lineMenu"));
    for (const char* name : {"open", "branch", "baseline"}) {
        QVERIFY(!menu("lineMenu")->findChild<QAction*>(name));
    }
    menu("lineMenu")->close();
    m_chart->addLine(
        {.id = "v", .name = "validation", .canOpen = true, .canBranch = true, .canBeBaseline = true});
    QSignalSpy opened(m_chart.get(), &LineChart::openRequested);
    QSignalSpy branched(m_chart.get(), &LineChart::branchRequested);
    QSignalSpy based(m_chart.get(), &LineChart::baselineRequested);
    for (const char* name : {"open", "branch", "baseline"}) {
        QTest::mouseClick(canvas(), Qt::LeftButton, Qt::NoModifier, pixelOf(5, 1.0 / 6));
        QTRY_VERIFY(menu("lineMenu"));
        choose("lineMenu", name);
    }
    QCOMPARE(opened.count(), 1);
    QCOMPARE(branched.count(), 1);
    QCOMPARE(branched.at(0).at(1).value<ChartPoint>().epoch, 5.0);
    QCOMPARE(based.count(), 1);
    QCOMPARE(based.at(0).at(1).toBool(), true);
}

void TestChartMenus::legendOpensTheSameMenu()
{
    const auto buttons = m_chart->findChildren<QToolButton*>();
    const auto entry = std::find_if(buttons.begin(), buttons.end(), [](const QToolButton* button) {
        return button->text() == "validation";
    });
    QVERIFY(entry != buttons.end());
    emit(*entry)->customContextMenuRequested({4, 4});
    QVERIFY(menu("lineMenu"));
    menu("lineMenu")->close();
}

QTEST_MAIN(TestChartMenus)
#include "tst_chart_menus.moc"
