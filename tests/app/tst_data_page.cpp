#include <numeric>

#include <QAbstractButton>
#include <QComboBox>
#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QHeaderView>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "app/catalog/catalog.h"
#include "app/main_window.h"
#include "app/models/column_table_model.h"
#include "app/models/dataset_table_model.h"
#include "app/pages/data_page.h"
#include "app/pages/datasets_view.h"
#include "app/pages/train_wells.h"
#include "app/services/all_services.h"
#include "app/services/watchdog.h"
#include "tests/app/window_fixture.h"
#include "widgets/bars.h"
#include "widgets/distribution_delegate.h"
#include "widgets/image_grid.h"
#include "widgets/share_bar.h"

using namespace ty;
using namespace ty::app;

class TestDataPage : public QObject {
    Q_OBJECT
private slots:
    void init();
    void cleanup();

    void anEmptyCatalogSaysWhatToDo();
    void theSameFolderAgainKeepsItsRepairs();
    void picturesShowAndFilterByClass();
    void aTableShowsRowsAndColumns();
    void aClickOnAClassFiltersRowsAndEscapeShowsAllAgain();
    void columnsShowHowTheirValuesAreSpread();
    void correctedSamplesAreKeptWithTheDatasetAndDoneByItsRuns();
    void correctionsOfSamplesThatVanishedAreTold();
    void aRedrawnSplitIsKeptUndoneAndUsed();
    void aDatasetIsExportedAndRefusesAFullFolder();
    void aDeletedDatasetComesBackWithUndo();
    void aRenamedDatasetKeepsItsName();
    void everyProblemThatCanBeFixedHasAButton();
    void aFixCanBeUndone();
    void picturesShowBeforeTheFolderHasBeenRead();
    void aFailedImportSaysSoAndCanBeTriedAgain();
    void aLargeImportNeverHoldsTheWindow();

private:
    qint64 import(const QString& path);
    QWidget* find(const char* name) { return m_fixture->window().findChild<QWidget*>(QString::fromLatin1(name)); }
    Json choicesOf(qint64 id);
    /// The visible button of the problem list that says `text`; null: none.
    QAbstractButton* fixButton(const QString& text);
    /// What the list of problems says, as far as it can be pressed.
    QStringList fixes();
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

void TestDataPage::theSameFolderAgainKeepsItsRepairs()
{
    auto& datasets = m_fixture->context().datasets;
    const auto path = m_fixture->writePictures(QStringLiteral("animals"), {"cat", "dog"}, 4);
    DataSpec data;
    data.training = path.toStdString();
    data.repairs.areClassesWeighed = true;
    QSignalSpy added(&datasets, &DatasetService::datasetAdded);
    datasets.import(data);
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);

    emit m_fixture->context().navigation.importRequested({path});

    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 2, 30000);
    QCOMPARE(added.at(1).at(1), added.at(0).at(1));
    DataSpec bare;
    bare.training = path.toStdString();
    bool isKept = false;
    datasets.completeChoices(bare, this, [&isKept](const DataSpec& known) { isKept = known.repairs.areClassesWeighed; });
    QTRY_VERIFY_WITH_TIMEOUT(isKept, 30000);
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

Json TestDataPage::choicesOf(qint64 id)
{
    Json choices;
    bool isDone = false;
    m_fixture->context().catalog.call(
        this, [id](catalog::Catalog& catalog) { return catalog.dataset(id); },
        [&](Result<catalog::DatasetRecord> record) {
            choices = record ? record->choices : Json();
            isDone = true;
        });
    return QTest::qWaitFor([&] { return isDone; }, 30000) ? choices : Json();
}

void TestDataPage::aClickOnAClassFiltersRowsAndEscapeShowsAllAgain()
{
    const auto id = import(m_fixture->writeCsv());
    emit m_fixture->context().navigation.datasetRequested(id);
    auto* rows = static_cast<QTableView*>(find("sampleTable"));
    auto* bars = static_cast<widgets::ClassBars*>(find("classBars"));
    // Line numbers: the rows are those of the whole table now.
    const auto isWhole = [&] { return rows->model()->headerData(0, Qt::Vertical).toString().startsWith(QStringLiteral("line")); };
    QTRY_VERIFY_WITH_TIMEOUT(isWhole(), 30000);
    // They are longer than the numbers of the first rows, which were as many.
    const QString longest = rows->model()->headerData(rows->model()->rowCount() - 1, Qt::Vertical).toString();
    QTRY_VERIFY(rows->verticalHeader()->width() > rows->verticalHeader()->fontMetrics().horizontalAdvance(longest));
    const int all = rows->model()->rowCount();
    auto* list = bars->findChild<QListView*>();
    const QString name = list->model()->index(0, 0).data().toString();
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(list->model()->index(0, 0)).center());
    QVERIFY(rows->model()->rowCount() < all);
    QVERIFY(rows->model()->rowCount() > 0);
    for (int row = 0; row < rows->model()->rowCount(); ++row) {
        QCOMPARE(rows->model()->index(row, rows->model()->columnCount() - 1).data().toString(), name);
    }
    QVERIFY(find("classChip")->isVisible());
    rows->setFocus();
    QTest::keyClick(rows, Qt::Key_Escape);
    QCOMPARE(rows->model()->rowCount(), all);
    QVERIFY(!find("classChip")->isVisible());
    QVERIFY(bars->selectedClass().isEmpty());
}

void TestDataPage::columnsShowHowTheirValuesAreSpread()
{
    const auto id = import(m_fixture->writeCsv());
    emit m_fixture->context().navigation.datasetRequested(id);
    auto* columns = static_cast<QTableView*>(find("columnTable"));
    QTRY_COMPARE_WITH_TIMEOUT(columns->model()->rowCount(), 3, 30000);
    const auto barsOf = [&](int row) {
        return columns->model()->index(row, ColumnTableModel::Values).data(widgets::DistributionDelegate::kBarsRole).value<QList<double>>();
    };
    const auto numbers = barsOf(0);
    QVERIFY(numbers.size() > 2);
    QCOMPARE(std::accumulate(numbers.begin(), numbers.end(), 0.0), 60.0);
    QCOMPARE(barsOf(2).size(), 2); // two classes
    const auto words = columns->model()->index(2, ColumnTableModel::Values).data(Qt::AccessibleTextRole).toString();
    QVERIFY2(words.contains(QLatin1Char(':')), qPrintable(words));
}

void TestDataPage::correctedSamplesAreKeptWithTheDatasetAndDoneByItsRuns()
{
    const auto path = m_fixture->writePictures(QStringLiteral("animals"), {"cat", "dog", "owl"}, 5);
    const auto id = import(path);
    emit m_fixture->context().navigation.datasetRequested(id);
    auto* grid = static_cast<QListView*>(find("sampleGrid"));
    QTRY_COMPARE_WITH_TIMEOUT(grid->model()->rowCount(), 15, 30000);
    const auto badge = [&](int row) { return grid->model()->index(row, 0).data(widgets::ImageGrid::kBadgeRole).toString(); };
    grid->setFocus();
    grid->selectionModel()->select(grid->model()->index(0, 0), QItemSelectionModel::ClearAndSelect);
    grid->selectionModel()->select(grid->model()->index(1, 0), QItemSelectionModel::Select);
    QTest::keyClick(grid, Qt::Key_2); // both are dogs
    QCOMPARE(badge(0), QStringLiteral("→ dog"));
    QCOMPARE(badge(1), QStringLiteral("→ dog"));
    grid->selectionModel()->select(grid->model()->index(2, 0), QItemSelectionModel::ClearAndSelect);
    QTest::keyClick(grid, Qt::Key_X);
    QCOMPARE(badge(2), QStringLiteral("✕"));
    auto choices = choicesOf(id);
    QCOMPARE(choices["fixes"]["training"]["labels"].size(), std::size_t{2});
    QCOMPARE(choices["fixes"]["training"]["excluded"].size(), std::size_t{1});

    // A step back takes both pictures of one key back, and the catalog knows.
    QTest::keyClick(grid, Qt::Key_Z);
    QTest::keyClick(grid, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(badge(0), QString());
    QCOMPARE(badge(2), QString());
    QVERIFY(choicesOf(id)["fixes"].value("training", Json::object()).value("labels", Json::object()).empty());

    // What stays is in the description of the next run, and in the class that it counts as.
    grid->selectionModel()->select(grid->model()->index(0, 0), QItemSelectionModel::ClearAndSelect);
    QTest::keyClick(grid, Qt::Key_3);
    QVERIFY(QMetaObject::invokeMethod(find("classBars"), "classClicked", Q_ARG(QString, QStringLiteral("owl"))));
    QCOMPARE(grid->model()->rowCount(), 6);
    TrainWells wells(m_fixture->context());
    wells.setTraining(id);
    QTRY_VERIFY_WITH_TIMEOUT(wells.training().has_value(), 30000);
    DataSpec spec;
    wells.fill(spec);
    QCOMPARE(spec.fixes.at("training").labels.size(), std::size_t{1});
    QCOMPARE(spec.fixes.at("training").labels.begin()->second, std::string("owl"));
}

void TestDataPage::correctionsOfSamplesThatVanishedAreTold()
{
    const auto path = m_fixture->writePictures(QStringLiteral("animals"), {"cat", "dog"}, 4);
    const auto id = import(path);
    QVERIFY(id > 0);
    bool isKept = false;
    m_fixture->context().catalog.call(
        this,
        [id](catalog::Catalog& catalog) {
            return catalog.setDatasetChoices(id, {{"fixes", {{"training", {{"labels", {{"cat/gone.png", "dog"}}}}}}}});
        },
        [&isKept](const Result<void>& kept) { isKept = static_cast<bool>(kept); });
    QTRY_VERIFY_WITH_TIMEOUT(isKept, 30000);
    emit m_fixture->context().navigation.datasetRequested(id);
    auto* told = find("vanishedCorrections");
    QTRY_VERIFY_WITH_TIMEOUT(told->isVisible(), 30000);
    auto* forget = told->findChild<QPushButton*>();
    QVERIFY(forget != nullptr);
    forget->click();
    QTRY_VERIFY_WITH_TIMEOUT(!told->isVisible(), 30000);
    QVERIFY(choicesOf(id)["fixes"].value("training", Json::object()).value("labels", Json::object()).empty());
}

void TestDataPage::aRedrawnSplitIsKeptUndoneAndUsed()
{
    const auto id = import(m_fixture->writeCsv(QStringLiteral("flowers.csv"), 200));
    emit m_fixture->context().navigation.datasetRequested(id);
    auto* bar = static_cast<widgets::ShareBar*>(find("splitBar"));
    QTRY_COMPARE_WITH_TIMEOUT(bar->shares().size(), 3, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(bar->shares()[2].count, 30, 30000); // 15 % of 200
    QCOMPARE(bar->shares()[1].count, 40);
    QTest::mouseClick(find("changeSplit"), Qt::LeftButton);
    static_cast<QSpinBox*>(find("splitValidation"))->setValue(10);
    static_cast<QSpinBox*>(find("splitTest"))->setValue(0);
    static_cast<QSpinBox*>(find("splitSeed"))->setValue(7);
    QCOMPARE(bar->shares()[0].count, 180); // seen before it is kept
    QTest::mouseClick(find("redrawSplit"), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(choicesOf(id).value("split", Json::object()).value("seed", 0) == 7, 30000);
    TrainWells wells(m_fixture->context());
    wells.setTraining(id);
    QTRY_VERIFY_WITH_TIMEOUT(wells.training().has_value(), 30000);
    DataSpec spec;
    wells.fill(spec);
    QCOMPARE(spec.split.validation, 0.1);
    QCOMPARE(spec.split.test, 0.0);
    QCOMPARE(spec.split.seed, std::uint64_t{7});

    // Reading the data again keeps it; undo takes it back, and a form that is open follows.
    QVERIFY(import(m_fixture->folder() + QStringLiteral("/flowers.csv")) == id);
    QCOMPARE(choicesOf(id)["split"]["seed"].get<int>(), 7);
    m_fixture->context().notices.undoStack().undo();
    QTRY_VERIFY_WITH_TIMEOUT(!choicesOf(id).contains("split"), 30000);
    QTRY_COMPARE_WITH_TIMEOUT(bar->shares()[2].count, 30, 30000);
    const auto seedInForm = [&wells] {
        DataSpec now;
        wells.fill(now);
        return now.split.seed;
    };
    QTRY_COMPARE_WITH_TIMEOUT(seedInForm(), std::uint64_t{42}, 30000);
}

void TestDataPage::aDatasetIsExportedAndRefusesAFullFolder()
{
    const auto id = import(m_fixture->writeCsv());
    QVERIFY(id > 0);
    emit m_fixture->context().navigation.datasetRequested(id);
    auto* rows = static_cast<QTableView*>(find("sampleTable"));
    QTRY_COMPARE_WITH_TIMEOUT(rows->model()->rowCount(), 60, 30000);
    QTest::mouseClick(static_cast<QAbstractButton*>(find("exportDataset")), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(find("exportFolder") != nullptr, 30000);
    auto* dialog = find("exportFolder")->window();
    auto* folder = static_cast<QLineEdit*>(find("exportFolder"));
    QVERIFY(folder->text().endsWith(QStringLiteral("flowers-csv")));
    static_cast<QAbstractButton*>(find("form_arff"))->click();
    QVERIFY(folder->text().endsWith(QStringLiteral("flowers-arff")));

    const QTemporaryDir place;
    folder->setText(place.filePath(QStringLiteral("out")));
    auto* button = static_cast<QAbstractButton*>(find("exportData"));
    QTest::mouseClick(button, Qt::LeftButton);

    auto* report = static_cast<QLabel*>(find("exportReport"));
    QTRY_VERIFY_WITH_TIMEOUT(report->isVisible(), 30000);
    QVERIFY(QFile::exists(place.filePath(QStringLiteral("out/flowers.arff"))));
    QVERIFY(QFile::exists(place.filePath(QStringLiteral("out/dataset.json"))));

    QTest::mouseClick(button, Qt::LeftButton); // the same folder again
    QTRY_VERIFY_WITH_TIMEOUT(button->isEnabled(), 30000);
    QVERIFY(!report->isVisible());
    dialog->close();
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

QAbstractButton* TestDataPage::fixButton(const QString& text)
{
    for (auto* button : m_fixture->window().findChildren<QAbstractButton*>(QStringLiteral("fix"))) {
        if (button->text() == text && !button->isHidden() && !button->parentWidget()->isHidden()) {
            return button;
        }
    }
    return nullptr;
}

QStringList TestDataPage::fixes()
{
    QStringList texts;
    for (auto* button : m_fixture->window().findChildren<QAbstractButton*>(QStringLiteral("fix"))) {
        if (!button->parentWidget()->isHidden()) {
            texts << button->text();
        }
    }
    return texts;
}

namespace {
/// Misspelt class, a repeated row, missing values, a constant column and 22 : 1.
QByteArray troubledTable()
{
    QByteArray text("size,age,unit,kind\n");
    for (int row = 0; row < 44; ++row) {
        text += QByteArray::number(row) + ".5," + (row % 9 == 0 ? QByteArray() : QByteArray::number(row % 7)) + ",cm,setosa\n";
    }
    return text + "50.5,1,cm,Setosa\n60.5,2,cm,virginica\n60.5,2,cm,virginica\n";
}
} // namespace

void TestDataPage::everyProblemThatCanBeFixedHasAButton()
{
    const auto id = import(m_fixture->writeFile(QStringLiteral("troubled.csv"), troubledTable()));
    QVERIFY(id > 0);
    emit m_fixture->context().navigation.datasetRequested(id);
    static_cast<QTabWidget*>(find("datasetTabs"))->setCurrentIndex(2);
    const auto merge = QStringLiteral("Merge into “setosa”");
    QTRY_VERIFY_WITH_TIMEOUT(fixButton(merge) != nullptr, 30000);
    for (const auto& label : {"Keep one of each", "Weigh the classes", "Fill in", "Leave out the rows", "Leave out the column"}) {
        QVERIFY2(fixButton(QString::fromUtf8(label)) != nullptr, qPrintable(fixes().join(u'|')));
    }

    // Each one does what it says, and then is among what is dealt with.
    for (const auto& label : {merge, QStringLiteral("Keep one of each"), QStringLiteral("Leave out the rows")}) {
        QSignalSpy added(&m_fixture->context().datasets, &DatasetService::datasetAdded);
        fixButton(label)->click();
        QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(fixButton(label) == nullptr, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(fixButton(QStringLiteral("Take back")) != nullptr, 30000);
        QCOMPARE(added.front().at(1).toLongLong(), id); // the same entry, described anew
    }
    Json choices;
    std::int64_t samples = 0;
    m_fixture->context().catalog.call(
        this, [id](catalog::Catalog& catalog) { return catalog.dataset(id); },
        [&](Result<catalog::DatasetRecord> record) {
            choices = record ? record->choices : Json();
            samples = record ? record->samples : -1;
        });
    QTRY_COMPARE_WITH_TIMEOUT(samples, std::int64_t{41}, 30000); // 47, less 5 without age, less 1 copy
    QCOMPARE(choices["repairs"]["duplicates"].get<std::string>(), std::string("keep-one"));
    QCOMPARE(choices["repairs"]["mergedClasses"]["Setosa"].get<std::string>(), std::string("setosa"));
}

void TestDataPage::aFixCanBeUndone()
{
    const auto id = import(m_fixture->writeFile(QStringLiteral("troubled.csv"), troubledTable()));
    QVERIFY(id > 0);
    emit m_fixture->context().navigation.datasetRequested(id);
    static_cast<QTabWidget*>(find("datasetTabs"))->setCurrentIndex(2);
    const auto keep = QStringLiteral("Keep one of each");
    QTRY_VERIFY_WITH_TIMEOUT(fixButton(keep) != nullptr, 30000);
    fixButton(keep)->click();
    QTRY_VERIFY_WITH_TIMEOUT(fixButton(QStringLiteral("Take back")) != nullptr, 30000);
    m_fixture->context().notices.undoStack().undo();
    QTRY_VERIFY_WITH_TIMEOUT(fixButton(keep) != nullptr, 30000);
    QVERIFY(fixButton(QStringLiteral("Take back")) == nullptr);
    m_fixture->context().notices.undoStack().redo();
    QTRY_VERIFY_WITH_TIMEOUT(fixButton(QStringLiteral("Take back")) != nullptr, 30000);
    fixButton(QStringLiteral("Take back"))->click();
    QTRY_VERIFY_WITH_TIMEOUT(fixButton(keep) != nullptr, 30000);
}

void TestDataPage::picturesShowBeforeTheFolderHasBeenRead()
{
    const auto folder = m_fixture->writePictures(QStringLiteral("many"), {"cat", "dog"}, 200);
    QSignalSpy added(&m_fixture->context().datasets, &DatasetService::datasetAdded);
    static_cast<DataPage*>(m_fixture->window().ensurePage(PageId::Data))->importPaths({folder});
    auto* grid = static_cast<QListView*>(find("sampleGrid"));
    QTRY_COMPARE_WITH_TIMEOUT(grid->model()->rowCount(), 400, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);
    QTRY_COMPARE_WITH_TIMEOUT(grid->model()->rowCount(), 400, 30000);
    QVERIFY(grid->isVisible());
}

void TestDataPage::aFailedImportSaysSoAndCanBeTriedAgain()
{
    QVERIFY(QDir(m_fixture->folder()).mkpath(QStringLiteral("animals")));
    const auto path = m_fixture->writeFile(QStringLiteral("animals/notes.txt"), "no pictures here");
    static_cast<DataPage*>(m_fixture->window().ensurePage(PageId::Data))->importPaths({QFileInfo(path).absolutePath()});
    const auto again = [this] {
        for (auto* button : find("dataPage")->findChildren<QAbstractButton*>(QStringLiteral("tryAgain"))) {
            if (button->isVisible()) {
                return button;
            }
        }
        return static_cast<QAbstractButton*>(nullptr);
    };
    QTRY_VERIFY_WITH_TIMEOUT(again() != nullptr, 30000);
    m_fixture->writePictures(QStringLiteral("animals"), {"cat", "dog"}, 4);
    QSignalSpy added(&m_fixture->context().datasets, &DatasetService::datasetAdded);
    again()->click();
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);
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
