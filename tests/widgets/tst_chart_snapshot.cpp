#include <thread>

#include <QBuffer>
#include <QTest>

#include "tests/widgets/chart_fixture.h"
#include "widgets/chart/chart_snapshot.h"

using namespace ty::widgets;

class TestChartSnapshot : public ChartFixture {
    Q_OBJECT

  private slots:
    void snapshotHoldsItsMoment();
    void snapshotIsWrittenByAnotherThread();
    void cancelledExportEnds();
    void fullDeviceIsNotASuccess();
    void pictureNamesItsLines();
};

void TestChartSnapshot::snapshotHoldsItsMoment()
{
    const auto snapshot = m_chart->snapshot();
    m_chart->append("v", ChartPoint{500, 50, 100, kMorning, 7});
    m_chart->clear();
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QVERIFY(snapshot.write(buffer, ExportFormat::Csv));
    QCOMPARE(buffer.data().count('\n'), qsizetype{22});
    QVERIFY(!buffer.data().contains(",7\r\n"));
}

void TestChartSnapshot::snapshotIsWrittenByAnotherThread()
{
    const auto snapshot = m_chart->snapshot();
    QByteArray svg;
    QByteArray png;
    std::thread writer([&] {
        QBuffer drawing(&svg);
        drawing.open(QIODevice::WriteOnly);
        snapshot.write(drawing, ExportFormat::Svg);
        QBuffer picture(&png);
        picture.open(QIODevice::WriteOnly);
        snapshot.write(picture, ExportFormat::Png);
    });
    for (int i = 0; i < 200; ++i) {
        m_chart->append("v", ChartPoint{1000.0 + i, 100.0 + i, 200, kMorning, 0.5});
        m_chart->renderImage({200, 100}, 1);
    }
    writer.join();
    QVERIFY(svg.contains("<svg") && svg.contains("validation"));
    QVERIFY(!QImage::fromData(png).isNull());
}

void TestChartSnapshot::cancelledExportEnds()
{
    m_chart->setPoints("v", epochs(50000));
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    int asked = 0;
    QVERIFY(!m_chart->snapshot().write(buffer, ExportFormat::Csv, [&](double fraction) {
        ++asked;
        return fraction < 0.3;
    }));
    QVERIFY(asked >= 2 && asked < 5);
}

void TestChartSnapshot::fullDeviceIsNotASuccess()
{
    class FullDevice : public QIODevice {
      protected:
        qint64 readData(char*, qint64) override { return -1; }
        qint64 writeData(const char*, qint64) override { return -1; }
    };
    FullDevice device;
    device.open(QIODevice::WriteOnly | QIODevice::Unbuffered);
    QVERIFY(!m_chart->snapshot().write(device, ExportFormat::Csv));
    QVERIFY(!m_chart->snapshot().write(device, ExportFormat::Png));
}

void TestChartSnapshot::pictureNamesItsLines()
{
    const QImage plot = m_chart->snapshot({600, 300}).plotImage(1);
    const QImage whole = m_chart->snapshot({600, 300}).image(1);
    QVERIFY(whole.height() > plot.height() + 20);
    QCOMPARE(whole.width(), 600);
}

QTEST_MAIN(TestChartSnapshot)
#include "tst_chart_snapshot.moc"
