#include <QAbstractItemModelTester>
#include <QMimeData>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include "app/models/column_table_model.h"
#include "app/models/dataset_table_model.h"
#include "app/models/folder_table_model.h"
#include "app/models/preview_table_model.h"
#include "app/services/activity_service.h"
#include "app/services/log_service.h"
#include "tests/app/window_fixture.h"

using namespace ty;
using namespace ty::app;

class TestModels : public QObject {
    Q_OBJECT
private slots:
    void datasetRowsKeepTheirPlace();
    void aDatasetIsDraggedAsItselfAndAsAFile();
    void anEditedNameIsAskedForNotChanged();
    void onlyOneColumnIsTheTarget();
    void columnChoicesHoldOnlyWhatDiffers();
    void aLongFolderIsReadWithoutHoldingTheThread();
    void foldersComeFirstAndNumbersSortAsNumbers();
    void activityAndLogAreSoundModels();
    void previewRowsMayBeRagged();
};

namespace {
constexpr auto kTester = QAbstractItemModelTester::FailureReportingMode::QtTest;

DatasetRow makeRow(qint64 id, const QString& name)
{
    DatasetRow row;
    row.id = id;
    row.name = name;
    row.path = QStringLiteral("/data/%1.csv").arg(name);
    return row;
}

ColumnSummary makeColumn(const QString& name, const QString& role)
{
    ColumnSummary column;
    column.name = name;
    column.type = QStringLiteral("numeric");
    column.role = role;
    return column;
}
} // namespace

void TestModels::datasetRowsKeepTheirPlace()
{
    DatasetTableModel model;
    QAbstractItemModelTester tester(&model, kTester);
    model.setRows({makeRow(1, QStringLiteral("a")), makeRow(2, QStringLiteral("b"))});
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setRows({makeRow(1, QStringLiteral("a")), makeRow(2, QStringLiteral("c"))});
    QCOMPARE(reset.count(), 0);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(model.index(1, DatasetTableModel::Name).data().toString(), QStringLiteral("c"));
    model.setRows({});
    QCOMPARE(model.rowCount(), 0);
}

void TestModels::aDatasetIsDraggedAsItselfAndAsAFile()
{
    DatasetTableModel model;
    model.setRows({makeRow(7, QStringLiteral("iris"))});
    const std::unique_ptr<QMimeData> data(
        model.mimeData({model.index(0, DatasetTableModel::Name), model.index(0, DatasetTableModel::Task)}));
    QCOMPARE(data->data(QStringLiteral("application/x-trainyard-dataset")), QByteArray("7"));
    QCOMPARE(data->urls(), QList<QUrl>{QUrl::fromLocalFile(QStringLiteral("/data/iris.csv"))});
}

void TestModels::anEditedNameIsAskedForNotChanged()
{
    DatasetTableModel model;
    model.setRows({makeRow(7, QStringLiteral("iris"))});
    QSignalSpy asked(&model, &DatasetTableModel::renameRequested);
    QVERIFY(model.setData(model.index(0, DatasetTableModel::Name), QStringLiteral("flowers"), Qt::EditRole));
    QVERIFY(!model.setData(model.index(0, DatasetTableModel::Name), QStringLiteral("  "), Qt::EditRole));
    QCOMPARE(asked.count(), 1);
    QCOMPARE(asked.front().at(0).toLongLong(), 7);
    QCOMPARE(model.index(0, DatasetTableModel::Name).data().toString(), QStringLiteral("iris"));
}

void TestModels::onlyOneColumnIsTheTarget()
{
    ColumnTableModel model;
    QAbstractItemModelTester tester(&model, kTester);
    model.setColumns(
        {makeColumn(QStringLiteral("x"), QStringLiteral("feature")),
         makeColumn(QStringLiteral("y"), QStringLiteral("target"))},
        10);
    QCOMPARE(model.target(), QStringLiteral("y"));
    QVERIFY(model.setData(model.index(0, ColumnTableModel::Role), QStringLiteral("target"), Qt::EditRole));
    QCOMPARE(model.target(), QStringLiteral("x"));
    QCOMPARE(model.index(1, ColumnTableModel::Role).data().toString(), QStringLiteral("feature"));
    QVERIFY(model.isChanged());
}

void TestModels::columnChoicesHoldOnlyWhatDiffers()
{
    ColumnTableModel model;
    model.setColumns(
        {makeColumn(QStringLiteral("x"), QStringLiteral("feature")),
         makeColumn(QStringLiteral("id"), QStringLiteral("feature")),
         makeColumn(QStringLiteral("y"), QStringLiteral("target"))},
        10);
    QVERIFY(model.choices().empty());
    QVERIFY(model.setData(model.index(1, ColumnTableModel::Role), QStringLiteral("ignored"), Qt::EditRole));
    QVERIFY(model.setData(model.index(0, ColumnTableModel::Type), QStringLiteral("category"), Qt::EditRole));
    QVERIFY(!model.setData(model.index(0, ColumnTableModel::Type), QStringLiteral("nonsense"), Qt::EditRole));
    const auto choices = model.choices();
    QCOMPARE(choices.size(), std::size_t{2});
    QCOMPARE(choices.at("id").role, std::string("ignored"));
    QCOMPARE(choices.at("x").type, std::string("category"));
}

void TestModels::aLongFolderIsReadWithoutHoldingTheThread()
{
    QTemporaryDir folder;
    constexpr int kFiles = 20000;
    for (int index = 0; index < kFiles; ++index) {
        QFile file(folder.filePath(QStringLiteral("%1.png").arg(index)));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }
    FolderTableModel model;
    QSignalSpy loaded(&model, &FolderTableModel::loaded);
    QElapsedTimer clock;
    clock.start();
    model.setFolder(folder.path());
    QCOMPARE(model.rowCount(), 0); // it is read by another thread
    qint64 longest = 0;
    while (loaded.isEmpty() && clock.elapsed() < 60000) {
        QElapsedTimer turn;
        turn.start();
        QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
        longest = std::max(longest, turn.elapsed());
    }
    QCOMPARE(model.rowCount(), kFiles);
    qInfo("20,000 files listed in %lld ms, longest turn of the event loop %lld ms", clock.elapsed(), longest);
}

void TestModels::foldersComeFirstAndNumbersSortAsNumbers()
{
    QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("zoo")));
    for (const auto* name : {"10.png", "9.png"}) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
    }
    FolderTableModel model;
    QAbstractItemModelTester tester(&model, kTester);
    QSignalSpy loaded(&model, &FolderTableModel::loaded);
    model.setFolder(folder.path());
    QTRY_COMPARE_WITH_TIMEOUT(loaded.count(), 1, 30000);
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("zoo/"));
    QCOMPARE(model.index(1, 0).data().toString(), QStringLiteral("9.png"));
    model.setFilter(QStringLiteral("10"));
    QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 1, 30000);
    model.setFolder(folder.filePath(QStringLiteral("missing")));
    QTRY_COMPARE_WITH_TIMEOUT(loaded.count(), 3, 30000);
    QVERIFY(!loaded.last().at(1).toString().isEmpty());
}

void TestModels::activityAndLogAreSoundModels()
{
    ActivityService activity;
    QAbstractItemModelTester activityTester(&activity, kTester);
    const int id = activity.begin(QStringLiteral("Import"), QStringLiteral("a.csv"), true);
    activity.update(id, QStringLiteral("reading"), 0.5);
    QCOMPARE(activity.index(0, ActivityService::Progress).data().toString(), QStringLiteral("50 %"));
    activity.finish(id, OperationState::Failed, QStringLiteral("no such file"));
    QVERIFY(activity.index(0, ActivityService::State).data().toString().contains(QStringLiteral("no such file")));

    LogService log;
    const auto fill = [&log](int from, int to) {
        for (int line = from; line < to; ++line) {
            log.append(LogLevel::Info, QStringLiteral("test"), QString::number(line));
        }
    };
    fill(0, 4995);
    QAbstractItemModelTester logTester(&log, kTester); // looks at every row at every change, hence late
    fill(4995, 5010);
    QCOMPARE(log.rowCount(), 5000);
    QCOMPARE(log.index(0, LogService::Text).data().toString(), QStringLiteral("10"));
}

void TestModels::previewRowsMayBeRagged()
{
    PreviewTableModel model;
    QAbstractItemModelTester tester(&model, kTester);
    model.setRows({QStringLiteral("a"), QStringLiteral("b")}, {{QStringLiteral("1")}, {QStringLiteral("2"), QStringLiteral("3")}});
    QVERIFY(!model.index(0, 1).data().isValid());
    model.setTargetColumn(1);
    QVERIFY(model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString().contains(QStringLiteral("◎")));
}

QTEST_MAIN(TestModels)
#include "tst_models.moc"
