#include <QAbstractButton>
#include <QComboBox>
#include <QListView>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

#include "app/catalog/catalog.h"
#include "app/main_window.h"
#include "app/models/dataset_table_model.h"
#include "app/pages/data_page.h"
#include "app/pages/datasets_view.h"
#include "app/services/all_services.h"
#include "app/services/watchdog.h"
#include "tests/app/window_fixture.h"

using namespace ty;
using namespace ty::app;

class TestDataPage : public QObject {
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void anEmptyCatalogSaysWhatToDo();
    void picturesShowAndFilterByClass();
    void aTableShowsRowsAndColumns();
    void aDeletedDatasetComesBackWithUndo();
    void aRenamedDatasetKeepsItsName();
    void aLargeImportNeverHoldsTheWindow();

private:
    qint64 import(const QString& path);
    QWidget* find(const char* name) { return m_fixture->window().findChild<QWidget*>(QString::fromLatin1(name)); }
    QTableView& table() { return *static_cast<QTableView*>(find("datasetTable")); }

    std::unique_ptr<WindowFixture> m_fixture;
};

void TestDataPage::init()
{
    m_fixture = std::make_unique<WindowFixture>();
    QVERIFY(m_fixture->start());
    m_fixture->window().showPage(PageId::Data);
}

void TestDataPage::cleanup()
{
    m_fixture.reset();
}

qint64 TestDataPage::import(const QString& path)
{
    QSignalSpy added(&m_fixture->context().datasets, &DatasetService::datasetAdded);
    QSignalSpy failed(&m_fixture->context().datasets, &DatasetService::inspectFailed);
    DataSpec data;
    data.training = path.toStdString();
    m_fixture->context().datasets.import(data);
    if (!QTest::qWaitFor([&] { return added.count() + failed.count() == 1; }, 30000) || added.isEmpty()) {
        qWarning("import failed: %s", failed.isEmpty() ? "time" : qPrintable(failed.front().at(1).toString()));
        return 0;
    }
    return added.front().at(1).toLongLong();
}

void TestDataPage::anEmptyCatalogSaysWhatToDo()
{
    QTRY_VERIFY_WITH_TIMEOUT(!table().isVisible(), 30000);
}

void TestDataPage::picturesShowAndFilterByClass()
{
    const auto id = import(m_fixture->writePictures(QStringLiteral("animals"), {"cat", "dog", "owl"}, 5));
    QVERIFY(id > 0);
    emit m_fixture->context().navigation.datasetRequested(id);
    auto* grid = static_cast<QListView*>(find("sampleGrid"));
    QTRY_COMPARE_WITH_TIMEOUT(grid->model()->rowCount(), 15, 30000);
    QVERIFY(grid->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(grid->model()->index(0, 0).data(Qt::DecorationRole).isValid(), 30000);
    QVERIFY(QMetaObject::invokeMethod(find("classBars"), "classClicked", Q_ARG(QString, QStringLiteral("dog"))));
    QCOMPARE(grid->model()->rowCount(), 5);
    QCOMPARE(grid->model()->index(0, 0).data().toString(), QStringLiteral("dog"));
    QVERIFY(QMetaObject::invokeMethod(find("classBars"), "classClicked", Q_ARG(QString, QString())));
    QCOMPARE(grid->model()->rowCount(), 15);
}

void TestDataPage::aTableShowsRowsAndColumns()
{
    const auto id = import(m_fixture->writeCsv());
    QVERIFY(id > 0);
    emit m_fixture->context().navigation.datasetRequested(id);
    auto* rows = static_cast<QTableView*>(find("sampleTable"));
    QTRY_COMPARE_WITH_TIMEOUT(rows->model()->rowCount(), 60, 30000);
    auto* columns = static_cast<QTableView*>(find("columnTable"));
    QCOMPARE(columns->model()->rowCount(), 3);

    // Another target is read again and remembered.
    auto* target = find("columnTable")->parentWidget()->findChild<QComboBox*>(QStringLiteral("target"));
    QCOMPARE(target->currentText(), QStringLiteral("species"));
    static_cast<QTabWidget*>(find("datasetTabs"))->setCurrentIndex(1);
    target->setCurrentText(QStringLiteral("width"));
    emit target->activated(target->currentIndex());
    QSignalSpy added(&m_fixture->context().datasets, &DatasetService::datasetAdded);
    auto* apply = static_cast<QAbstractButton*>(find("applyColumns"));
    QTRY_VERIFY_WITH_TIMEOUT(apply->isEnabled(), 30000);
    QTest::mouseClick(apply, Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);
    QString task;
    m_fixture->context().catalog.call(
        this, [id = added.front().at(1).toLongLong()](catalog::Catalog& catalog) { return catalog.dataset(id); },
        [&](Result<catalog::DatasetRecord> record) {
            task = record ? QString::fromStdString(record->task + " " + record->target) : QStringLiteral("none");
        });
    QTRY_COMPARE_WITH_TIMEOUT(task, QStringLiteral("regression width"), 30000);
}

void TestDataPage::aDeletedDatasetComesBackWithUndo()
{
    QVERIFY(import(m_fixture->writeCsv()) > 0);
    QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), 1, 30000);
    table().setFocus();
    table().setCurrentIndex(table().model()->index(0, DatasetTableModel::Name));
    QTest::keyClick(&table(), Qt::Key_Delete);
    QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), 0, 30000);
    QTest::keyClick(&m_fixture->window(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), 1, 30000);
}

void TestDataPage::aRenamedDatasetKeepsItsName()
{
    QVERIFY(import(m_fixture->writeCsv()) > 0);
    QTRY_COMPARE_WITH_TIMEOUT(table().model()->rowCount(), 1, 30000);
    QVERIFY(table().model()->setData(table().model()->index(0, DatasetTableModel::Name), QStringLiteral("my flowers")));
    const auto name = [this] { return table().model()->index(0, DatasetTableModel::Name).data().toString(); };
    QTRY_COMPARE_WITH_TIMEOUT(name(), QStringLiteral("my flowers"), 30000);
    m_fixture->context().notices.undoStack().undo();
    QTRY_COMPARE_WITH_TIMEOUT(name(), QStringLiteral("flowers"), 30000);
}

void TestDataPage::aLargeImportNeverHoldsTheWindow()
{
    const auto path = m_fixture->writeCsv(QStringLiteral("large.csv"), 300000);
    Watchdog watchdog({});
    QVERIFY(import(path) > 0);
    emit m_fixture->context().navigation.datasetRequested(1);
    QTest::qWait(300);
    qInfo("longest stall while 300,000 rows were imported: %lld ms", static_cast<long long>(watchdog.longest().count()));
    // The measured claim (100 ms) belongs to the benchmark; here only a wait for the disk or the reader would show.
    QVERIFY(watchdog.longest() < std::chrono::milliseconds(1000));
}

QTEST_MAIN(TestDataPage)
#include "tst_data_page.moc"
