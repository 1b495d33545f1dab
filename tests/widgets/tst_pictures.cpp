#include <cmath>

#include <QAbstractItemModelTester>
#include <QBuffer>
#include <QElapsedTimer>
#include <QImage>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

#include "widgets/importance_bars.h"
#include "widgets/point_cloud.h"
#include "widgets/tree_view.h"

using namespace ty::widgets;

class TestPictures : public QObject {
    Q_OBJECT

  private slots:
    void aTreeHangsFromItsRootAndBranchesDoNotOverlap();
    void aClickPutsAwayWhatIsBelowAndShowsItAgain();
    void arrowsGoFromNodeToNode();
    void aWayOpensItsBranchesAndEndsAtTheAnswer();
    void aTreeIsWrittenAsPngAndSvg();
    void aLargeTreeIsPaintedAtOnce();
    void importanceIsSortedAndTellsItsSpread();
    void importanceWithoutRepeatsHidesTheSpread();
    void aBoxTakesThePointsWithin();
    void aLineRoundPointsTakesThemThoughItEndsWhereItBegan();
    void thePointerFindsThePoint();
    void tenThousandPointsMoveSmoothly();
    void pointsThatMoveKeepViewAndChoice();
    void emptyPicturesDraw();

  private:
    /// width <= 2: yes an apple; no: colour is red: pear or plum.
    static std::vector<TreePictureNode> small()
    {
        std::vector<TreePictureNode> nodes(5);
        nodes[0] = {"width ≤ 2", "apple 50 %", {0.5, 0.25, 0.25}, 0, 40, 1, 2, true};
        nodes[1] = {{}, "apple 100 %", {1, 0, 0}, 0, 20, -1, -1, false};
        nodes[2] = {"colour is red", "pear 50 %", {0, 0.5, 0.5}, 0, 20, 3, 4, false};
        nodes[3] = {{}, "pear 100 %", {0, 1, 0}, 0, 10, -1, -1, false};
        nodes[4] = {{}, "plum 100 %", {0, 0, 1}, 0, 10, -1, -1, false};
        return nodes;
    }
    /// A full binary tree. @param nodes  2^n - 1, in the order of a heap
    static std::vector<TreePictureNode> full(int count)
    {
        std::vector<TreePictureNode> nodes(static_cast<std::size_t>(count));
        for (int at = 0; at < count; ++at) {
            auto& node = nodes[static_cast<std::size_t>(at)];
            node.answer = QStringLiteral("a %1 %").arg(at % 100);
            node.shares = {at % 100 / 100.0, 1 - at % 100 / 100.0};
            node.samples = count - at;
            if (2 * at + 2 < count) {
                node.question = QStringLiteral("column %1 ≤ %2").arg(at % 7).arg(at);
                node.yes = 2 * at + 1;
                node.no = 2 * at + 2;
            }
        }
        return nodes;
    }
    static const QStringList& fruits()
    {
        static const QStringList kNames{"apple", "pear", "plum"};
        return kNames;
    }
};

void TestPictures::aTreeHangsFromItsRootAndBranchesDoNotOverlap()
{
    TreePicture picture;
    picture.setTree(full(127), {"a", "b"});
    picture.layOut(QFont());
    for (int at = 0; at < 127; ++at) {
        const QRectF box = picture.boxOf(at);
        QVERIFY(picture.bounds().contains(box));
        if (at > 0) {
            QVERIFY(box.top() > picture.boxOf(picture.parentOf(at)).bottom());
        }
        for (int other = 0; other < at; ++other) {
            QVERIFY(!box.intersects(picture.boxOf(other)));
        }
    }
}

void TestPictures::aClickPutsAwayWhatIsBelowAndShowsItAgain()
{
    TreeView view;
    view.resize(700, 500);
    view.setTree(small(), fruits(), 5);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QVERIFY(view.picture().isShown(3));
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.placeOf(2).center().toPoint());
    QVERIFY(!view.picture().isShown(3) && view.picture().isShown(1));
    QCOMPARE(view.currentNode(), 2);
    QVERIFY(view.accessibleDescription().contains("2 node"));
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.placeOf(2).center().toPoint());
    QVERIFY(view.picture().isShown(3));
}

void TestPictures::arrowsGoFromNodeToNode()
{
    TreeView view;
    view.resize(700, 500);
    view.setTree(small(), fruits(), 5);
    view.show();
    QSignalSpy spy(&view, &TreeView::currentChanged);
    QTest::keyClick(&view, Qt::Key_Down);
    QCOMPARE(view.currentNode(), 1);
    QTest::keyClick(&view, Qt::Key_Right);
    QCOMPARE(view.currentNode(), 2);
    QTest::keyClick(&view, Qt::Key_Space);
    QVERIFY(view.picture().isCollapsed(2));
    QTest::keyClick(&view, Qt::Key_Up);
    QCOMPARE(view.currentNode(), 0);
    QVERIFY(view.accessibleDescription().contains("missing value counts as yes"));
    QVERIFY(spy.count() >= 3);
    const double before = view.zoom();
    QTest::keyClick(&view, Qt::Key_Plus);
    QVERIFY(view.zoom() > before);
}

void TestPictures::aWayOpensItsBranchesAndEndsAtTheAnswer()
{
    TreeView view;
    view.resize(700, 500);
    view.setTree(small(), fruits(), 1);
    QVERIFY(!view.picture().isShown(4));
    view.setWay({0, 2, 4});
    QVERIFY(view.picture().isShown(4));
    QCOMPARE(view.currentNode(), 4);
}

void TestPictures::aTreeIsWrittenAsPngAndSvg()
{
    TreePicture picture;
    picture.setTree(small(), fruits());
    picture.layOut(QFont());
    QBuffer png;
    png.open(QIODevice::WriteOnly);
    QVERIFY(picture.write(png, ExportFormat::Png, colorsOf(Theme::Light)));
    const QImage image = QImage::fromData(png.data());
    QCOMPARE(image.size(), (picture.bounds().size() * 2).toSize());
    QVERIFY(image.pixelColor(image.width() / 2, 2) == colorsOf(Theme::Light).surface);
    QBuffer svg;
    svg.open(QIODevice::WriteOnly);
    QVERIFY(picture.write(svg, ExportFormat::Svg, colorsOf(Theme::Dark)));
    QVERIFY(svg.data().contains("<svg") && svg.data().contains("colour is red"));
    QBuffer csv;
    csv.open(QIODevice::WriteOnly);
    QVERIFY(!picture.write(csv, ExportFormat::Csv, colorsOf(Theme::Light)));
}

void TestPictures::aLargeTreeIsPaintedAtOnce()
{
    TreeView view;
    view.resize(1000, 700);
    view.setTree(full(8191), {"a", "b"}, 20);
    QImage image(view.size(), QImage::Format_RGB32);
    QElapsedTimer clock;
    clock.start();
    view.render(&image);
    QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed()))); // far above what it takes: other work may run
}

void TestPictures::importanceIsSortedAndTellsItsSpread()
{
    ImportanceBars bars;
    QAbstractItemModelTester tester(bars.model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    bars.setBars({{"height", 0.1, 0.02, {0.08, 0.12}}, {"width", 0.4, 0.05, {0.35, 0.45}}, {"noise", -0.01, 0.01, {-0.02, 0}}}, "Fall of accuracy");
    QCOMPARE(bars.model()->index(0, 0).data().toString(), QStringLiteral("width"));
    QCOMPARE(bars.model()->index(2, 0).data().toString(), QStringLiteral("noise"));
    QVERIFY(bars.model()->index(0, 1).data(Qt::AccessibleTextRole).toString().contains("width"));
    QVERIFY(!bars.isColumnHidden(3));
    QVERIFY(bars.toCsv().startsWith("column,mean,deviation\n\"width\",0.4"));
    bars.resize(500, 200);
    QImage image(bars.size(), QImage::Format_RGB32);
    bars.render(&image);
}

void TestPictures::importanceWithoutRepeatsHidesTheSpread()
{
    ImportanceBars bars;
    bars.setBars({{"a", 0.7, 0, {}}, {"b", 0.3, 0, {}}}, "Gain");
    QVERIFY(bars.isColumnHidden(3));
}

void TestPictures::aBoxTakesThePointsWithin()
{
    PointCloud cloud;
    cloud.resize(400, 400);
    cloud.setGroups({0, 0, 1, 1}, {"a", "b"});
    cloud.setPlaces({0, 0, 1, 1, 9, 9, 10, 10});
    QSignalSpy spy(&cloud, &PointCloud::chosenChanged);
    cloud.show();
    QVERIFY(QTest::qWaitForWindowExposed(&cloud));
    const QPoint from = cloud.placeOf(0).toPoint() - QPoint(8, 8);
    const QPoint to = cloud.placeOf(1).toPoint() + QPoint(8, 8);
    QTest::mousePress(&cloud, Qt::LeftButton, Qt::ControlModifier, from);
    QTest::mouseMove(&cloud, (from + to) / 2);
    QMouseEvent move(QEvent::MouseMove, to, cloud.mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::ControlModifier);
    QApplication::sendEvent(&cloud, &move);
    QTest::mouseRelease(&cloud, Qt::LeftButton, Qt::ControlModifier, to);
    QCOMPARE(cloud.chosen(), (std::vector<std::uint32_t>{0, 1}));
    QCOMPARE(spy.count(), 1);
    QTest::keyClick(&cloud, Qt::Key_Escape);
    QVERIFY(cloud.chosen().empty());
}

void TestPictures::aLineRoundPointsTakesThemThoughItEndsWhereItBegan()
{
    PointCloud cloud;
    cloud.resize(400, 400);
    cloud.setPlaces({0, 0, 1, 1, 9, 9, 10, 10});
    cloud.show();
    QVERIFY(QTest::qWaitForWindowExposed(&cloud));
    const QRectF round = QRectF(cloud.placeOf(0), cloud.placeOf(1)).normalized().adjusted(-10, -10, 10, 10);
    const QPoint from = round.topLeft().toPoint();
    QTest::mousePress(&cloud, Qt::LeftButton, Qt::ShiftModifier, from);
    for (const QPointF corner : {round.topRight(), round.bottomRight(), round.bottomLeft(), round.topLeft()}) {
        QMouseEvent move(QEvent::MouseMove, corner, cloud.mapToGlobal(corner), Qt::NoButton, Qt::LeftButton, Qt::ShiftModifier);
        QApplication::sendEvent(&cloud, &move);
    }
    QTest::mouseRelease(&cloud, Qt::LeftButton, Qt::ShiftModifier, from);
    QCOMPARE(cloud.chosen(), (std::vector<std::uint32_t>{0, 1}));
}

void TestPictures::thePointerFindsThePoint()
{
    PointCloud cloud;
    cloud.resize(400, 400);
    cloud.setPlaces({0, 0, 5, 5, 10, 0});
    QCOMPARE(cloud.pointAt(cloud.placeOf(1) + QPointF(3, 2)), 1);
    QCOMPARE(cloud.pointAt(cloud.placeOf(1) + QPointF(30, 20)), -1);
}

void TestPictures::tenThousandPointsMoveSmoothly()
{
    PointCloud cloud;
    cloud.resize(1000, 800);
    std::vector<float> places;
    std::vector<std::int32_t> groups;
    for (int i = 0; i < 10000; ++i) {
        places.push_back(static_cast<float>(std::sin(i * 0.37) * (i % 97)));
        places.push_back(static_cast<float>(std::cos(i * 0.11) * (i % 89)));
        groups.push_back(i % 10);
    }
    cloud.setGroups(groups, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
    cloud.setPlaces(places);
    QImage image(cloud.size(), QImage::Format_RGB32);
    cloud.render(&image); // the stamps are made once
    QElapsedTimer clock;
    clock.start();
    constexpr int kFrames = 30;
    for (int frame = 0; frame < kFrames; ++frame) {
        QTest::keyClick(&cloud, frame % 2 == 0 ? Qt::Key_Left : Qt::Key_Plus);
        cloud.render(&image);
    }
    const double each = static_cast<double>(clock.elapsed()) / kFrames;
    qInfo("%.1f ms a frame", each); // 60 frames a second leave 16.7
    QVERIFY2(each < 100, qPrintable(QString::number(each))); // other work may run
}

void TestPictures::pointsThatMoveKeepViewAndChoice()
{
    PointCloud cloud;
    cloud.resize(400, 400);
    cloud.setPlaces({0, 0, 1, 1, 2, 0});
    cloud.setChosen({1});
    QTest::keyClick(&cloud, Qt::Key_Plus);
    const QPointF before = cloud.placeOf(0);
    cloud.setPlaces({0, 0, 3, 1, 2, 5});
    QCOMPARE(cloud.placeOf(0), before);
    QCOMPARE(cloud.chosen(), std::vector<std::uint32_t>{1});
    cloud.setPlaces({0, 0});
    QVERIFY(cloud.chosen().empty());
}

void TestPictures::emptyPicturesDraw()
{
    TreeView tree;
    PointCloud cloud;
    ImportanceBars bars;
    tree.setTree({}, {}, 1);
    cloud.setPlaces({});
    bars.setBars({}, {});
    for (QWidget* widget : std::initializer_list<QWidget*>{&tree, &cloud, &bars}) {
        widget->resize(300, 200);
        QImage image(widget->size(), QImage::Format_RGB32);
        widget->render(&image);
        QTest::keyClick(widget, Qt::Key_Down);
        QTest::keyClick(widget, Qt::Key_0);
    }
}

QTEST_MAIN(TestPictures)
#include "tst_pictures.moc"
