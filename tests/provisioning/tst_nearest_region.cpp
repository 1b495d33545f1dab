#include <cmath>

#include <QTest>

#include "app/provisioning/nearest_region.h"

using namespace ty::app;

namespace {

constexpr const char* kTable = "# comment\n"
                               "DE,DK\t+5230+01322\tEurope/Berlin\tmost of Germany\n"
                               "US\t+404251-0740023\tAmerica/New_York\tEastern (most areas)\n"
                               "XX\t+1\tBroken/Line\n";

} // namespace

class TestNearestRegion : public QObject {
    Q_OBJECT

private slots:
    void placesAreReadWithAndWithoutSeconds_data()
    {
        QTest::addColumn<QString>("zone");
        QTest::addColumn<double>("latitude");
        QTest::addColumn<double>("longitude");
        QTest::newRow("minutes") << "Europe/Berlin" << 52.5 << 13.3667;
        QTest::newRow("seconds") << "America/New_York" << 40.7142 << -74.0064;
    }

    void placesAreReadWithAndWithoutSeconds()
    {
        QFETCH(QString, zone);
        QFETCH(double, latitude);
        QFETCH(double, longitude);

        const auto point = pointOfTimeZone(kTable, zone.toStdString());

        QVERIFY(point);
        QVERIFY(std::abs(point->latitude - latitude) < 1e-3);
        QVERIFY(std::abs(point->longitude - longitude) < 1e-3);
    }

    void aZoneWithoutAPlaceTellsNothing()
    {
        QVERIFY(!pointOfTimeZone(kTable, "UTC"));
        QVERIFY(!pointOfTimeZone(kTable, "Broken/Line"));
    }

    void theNearestIsFound()
    {
        const auto berlin = pointOfTimeZone(kTable, "Europe/Berlin");
        QVERIFY(berlin);

        const auto nearest = nearestRegion({"eastus", "germanywestcentral", "southeastasia", "nowhere"}, *berlin);

        QVERIFY(nearest);
        QCOMPARE(nearest->name, std::string("germanywestcentral"));
        QVERIFY(nearest->kilometres > 100 && nearest->kilometres < 700);
        QVERIFY(!nearestRegion({"nowhere"}, *berlin));
    }
};

QTEST_GUILESS_MAIN(TestNearestRegion)
#include "tst_nearest_region.moc"
