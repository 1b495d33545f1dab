// What other programs read from the same files: pandas, scikit-learn and NumPy, if they are installed.
#include <cmath>
#include <string>

#include <QProcess>
#include <QTest>

#include "engine/base/json.h"
#include "engine/data/dataset.h"
#include "engine/data/text_values.h"
#include "tests/data/data_files.h"

using namespace ty;
using namespace ty::engine;

namespace {

const QString kPython = QStringLiteral("/usr/bin/python3"); // another python3 lacks Debian's modules

QString differenceOf(const std::string& cell, const Json& expected)
{
    double value = 0;
    if (expected.is_null() ? cell.empty() : expected.is_string() && cell == expected.get<std::string>()) {
        return {};
    }
    if (expected.is_number() && parseNumber(cell, value)) {
        const double wanted = expected.get<double>();
        if (std::abs(value - wanted) <= 1e-6 * std::abs(wanted) + 1e-30) { // a float has seven digits
            return {};
        }
    }
    return QString::fromStdString("\"" + cell + "\" instead of " + expected.dump());
}

} // namespace

class TestPeers : public QObject {
    Q_OBJECT

private slots:
    void cellsAreThoseThatOthersRead();
};

void TestPeers::cellsAreThoseThatOthersRead()
{
    const FolderOfFiles files;
    QProcess python;
    python.setProcessChannelMode(QProcess::MergedChannels);
    python.start(kPython, {QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/data/peers.py"), QString::fromStdString(files.folder())});
    QVERIFY(python.waitForFinished(100'000));
    const QByteArray said = python.readAll();
    if (said.contains("ModuleNotFoundError")) {
        QSKIP("python3-pandas or python3-sklearn is not installed");
    }
    QVERIFY2(python.exitCode() == 0, said.constData());
    const auto cases = readJsonFile(files.path("peers.json"));
    QVERIFY(cases.isOk());
    QVERIFY(cases->size() > 10);

    for (const Json& one : *cases) {
        const auto name = one["file"].get<std::string>();
        const auto dataset = openDataset(files.path(name), {});
        QVERIFY2(dataset.isOk(), dataset ? "" : dataset.error().message.c_str());
        const DatasetInfo& info = (*dataset)->info();
        QCOMPARE(info.samples, std::uint64_t{one["rows"].size()});
        QCOMPARE(info.columns.size(), one["columns"].size());
        for (std::size_t c = 0; c < info.columns.size(); ++c) {
            // The order of names in JSON is nobody's business.
            std::size_t theirs = 0;
            while (theirs < one["columns"].size() && one["columns"][theirs] != info.columns[c].name) {
                ++theirs;
            }
            QVERIFY2(theirs < one["columns"].size(), (name + " " + info.columns[c].name).c_str());
            for (std::size_t row = 0; row < one["rows"].size(); ++row) {
                const QString difference = differenceOf((*dataset)->cellText(row, c), one["rows"][row][theirs]);
                QVERIFY2(
                    difference.isEmpty(),
                    qPrintable(QString::fromStdString(name + " " + info.columns[c].name + " row " + std::to_string(row)) + ": " + difference));
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestPeers)
#include "tst_peers.moc"
