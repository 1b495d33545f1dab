// The Preparation tab of a dataset, used by mouse and keyboard, up to a run that does the steps.
#include <algorithm>

#include <QAbstractButton>
#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QTimer>

#include "app/main_window.h"
#include "app/models/preparation_draft.h"
#include "app/pages/train_page.h"
#include "app/pages/train_setup.h"
#include "app/pages/train_wells.h"
#include "app/services/all_services.h"
#include "tests/app/run_fixture.h"

using namespace ty;
using namespace ty::app;

class TestPreparationPanel : public QObject {
    Q_OBJECT
private slots:
    void init();
    void changesOfOneFieldAreTakenBackTogether();
    void stepAddedByMouseIsPreviewedTakenBackKeptAndDoneByARun();
    void aStepThatDoesNotWorkSaysSoAndCannotBeKept();
    void picturesAreOfferedTheirOwnSteps();

private:
    void open(const QString& path);
    void addStep(const QString& text);
    template <typename Widget> Widget& find(const char* name) { return *m_fixture->window().findChild<Widget*>(QString::fromLatin1(name)); }
    QStringList header()
    {
        const auto* rows = find<QTableView>("preparationPreview").model();
        QStringList names;
        for (int column = 0; column < rows->columnCount(); ++column) {
            names << rows->headerData(column, Qt::Horizontal).toString();
        }
        return names;
    }
    void type(const char* field, const QString& text)
    {
        auto& line = find<QLineEdit>(field);
        QTest::mouseClick(&line, Qt::LeftButton);
        QTest::keyClicks(&line, text);
    }

    std::unique_ptr<RunFixture> m_fixture;
    QStringList m_offered;
    qint64 m_dataset = 0;
};

void TestPreparationPanel::init()
{
    m_fixture = std::make_unique<RunFixture>();
    QVERIFY(m_fixture->start());
    m_fixture->window().resize(1280, 860);
}

void TestPreparationPanel::open(const QString& path)
{
    m_fixture->window().showPage(PageId::Data);
    QSignalSpy added(&m_fixture->context().datasets, &DatasetService::datasetAdded);
    DataSpec data;
    data.training = path.toStdString();
    m_fixture->context().datasets.import(data);
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 60000);
    m_dataset = added.front().at(1).toLongLong();
    emit m_fixture->context().navigation.datasetRequested(m_dataset);
    auto& tabs = find<QTabWidget>("datasetTabs");
    QTRY_VERIFY_WITH_TIMEOUT(tabs.isVisible() && tabs.isTabVisible(4), 30000);
    tabs.setCurrentIndex(4);
    QTRY_VERIFY_WITH_TIMEOUT(find<QAbstractButton>("addStep").isVisible(), 30000);
}

void TestPreparationPanel::addStep(const QString& text)
{
    m_offered.clear();
    QTimer::singleShot(500, this, [this, text] { // the menu has its own loop until an entry is chosen
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        if (menu == nullptr) {
            return;
        }
        QAction* wanted = nullptr;
        for (QAction* action : menu->actions()) {
            m_offered << action->text();
            wanted = action->text() == text ? action : wanted;
        }
        wanted != nullptr ? QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(wanted).center()) : void(menu->close());
    });
    QTest::mouseClick(&find<QAbstractButton>("addStep"), Qt::LeftButton);
    QTRY_VERIFY(!m_offered.isEmpty());
}

void TestPreparationPanel::changesOfOneFieldAreTakenBackTogether()
{
    PreparationDraft draft;
    draft.reset({});
    QVERIFY(!draft.isChanged() && !draft.canUndo());
    draft.add(StepKind::Clip);
    PrepareStep step = draft.steps().steps.front();
    for (const double high : {1.0, 12.0, 120.0}) { // typed digit by digit
        step.high = high;
        draft.replace(0, step, "high");
    }
    step.low = -3;
    draft.replace(0, step, "low");
    const PrepareStep usual = PrepareStep::of(StepKind::Clip);
    draft.undo();
    QCOMPARE(draft.steps().steps.front().low, usual.low);
    QCOMPARE(draft.steps().steps.front().high, std::optional(120.0));
    draft.undo();
    QVERIFY(draft.steps().steps.front() == usual);
    draft.undo();
    QVERIFY(!draft.isChanged());
    draft.redo();
    draft.redo();
    QCOMPARE(draft.steps().steps.front().high, std::optional(120.0));
    draft.add(StepKind::DropDuplicates);
    QVERIFY(!draft.canRedo());
    draft.move(1, -1);
    QVERIFY(draft.steps().steps.front().kind == StepKind::DropDuplicates);
}

void TestPreparationPanel::stepAddedByMouseIsPreviewedTakenBackKeptAndDoneByARun()
{
    open(m_fixture->writeCsv(QStringLiteral("flowers.csv"), 200));
    auto& list = find<QListWidget>("stepList");
    auto& apply = find<QPushButton>("applyPreparation");
    QCOMPARE(list.count(), 0);
    QVERIFY(!apply.isEnabled());

    addStep(QStringLiteral("Compute a column"));
    QCOMPARE(list.count(), 1);
    type("stepColumn", QStringLiteral("area"));
    type("stepExpression", QStringLiteral("length * width"));
    QTRY_VERIFY_WITH_TIMEOUT(header().contains(QStringLiteral("area")), 30000);
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("preparationChanges").text().contains(QStringLiteral("area is new")), 30000);
    const auto* rows = find<QTableView>("preparationPreview").model();
    const int area = static_cast<int>(header().indexOf(QStringLiteral("area")));
    QCOMPARE(rows->index(0, area).data().toString().toDouble(), 2.0); // 1.00 times 2.00

    addStep(QStringLiteral("Filter rows by an expression"));
    type("stepExpression", QStringLiteral("length > 2"));
    QTRY_VERIFY_WITH_TIMEOUT(find<QLabel>("preparationChanges").text().contains(QStringLiteral("left out")), 30000);
    QTest::keyClick(&find<QLineEdit>("stepExpression"), Qt::Key_Tab);
    QTest::mouseClick(&find<QAbstractButton>("undoStep"), Qt::LeftButton); // what was typed
    QTest::mouseClick(&find<QAbstractButton>("undoStep"), Qt::LeftButton); // the step
    QCOMPARE(list.count(), 1);
    QTRY_VERIFY_WITH_TIMEOUT(!find<QLabel>("preparationChanges").text().contains(QStringLiteral("left out")), 30000);
    QTRY_VERIFY_WITH_TIMEOUT(header().contains(QStringLiteral("area")), 30000);

    QTRY_VERIFY_WITH_TIMEOUT(apply.isEnabled(), 30000);
    QTest::mouseClick(&apply, Qt::LeftButton);
    auto& tabs = find<QTabWidget>("datasetTabs");
    QTRY_COMPARE_WITH_TIMEOUT(tabs.tabText(4), QStringLiteral("Preparation (1)"), 60000);
    DataSpec bare;
    bare.training = m_fixture->folder().toStdString() + "/flowers.csv";
    std::optional<DataSpec> kept;
    m_fixture->context().datasets.completeChoices(bare, this, [&kept](const DataSpec& known) { kept = known; });
    QTRY_VERIFY_WITH_TIMEOUT(kept.has_value(), 30000);
    QCOMPARE(kept->preparation.steps.size(), std::size_t{1});

    auto* page = static_cast<TrainPage*>(m_fixture->window().ensurePage(PageId::Train));
    m_fixture->window().showPage(PageId::Train);
    page->setTrainingDataset(m_dataset, QStringLiteral("fast"));
    QTRY_VERIFY_WITH_TIMEOUT(page->setup().wells().training().has_value() && page->setup().whyNot().isEmpty(), 60000);
    RunSpec spec = page->setup().spec();
    QCOMPARE(spec.data.preparation.steps.size(), std::size_t{1});
    spec.settings["epochs"] = 2;
    const qint64 run = m_fixture->train(spec);
    QVERIFY(run > 0);
    QFile model(QString::fromStdString(m_fixture->record(run).folder) + QStringLiteral("/model/model.json"));
    QVERIFY2(model.open(QIODevice::ReadOnly), qPrintable(model.fileName()));
    QVERIFY(model.readAll().contains("length * width"));

    m_fixture->window().showPage(PageId::Data);
    m_fixture->context().notices.undoStack().undo();
    QTRY_COMPARE_WITH_TIMEOUT(tabs.tabText(4), QStringLiteral("Preparation"), 60000);
    QTRY_COMPARE_WITH_TIMEOUT(list.count(), 0, 30000);
}

void TestPreparationPanel::aStepThatDoesNotWorkSaysSoAndCannotBeKept()
{
    open(m_fixture->writeCsv());
    addStep(QStringLiteral("Filter rows by an expression"));
    type("stepExpression", QStringLiteral("lenght > 2"));
    auto& list = find<QListWidget>("stepList");
    QTRY_VERIFY_WITH_TIMEOUT(list.item(0)->text().startsWith(QStringLiteral("⚠")), 30000);
    QVERIFY(!find<QPushButton>("applyPreparation").isEnabled());
    QCOMPARE(find<QLineEdit>("stepExpression").text(), QStringLiteral("lenght > 2")); // what is typed stays
    list.item(0)->setCheckState(Qt::Unchecked);
    QTRY_VERIFY_WITH_TIMEOUT(!list.item(0)->text().startsWith(QStringLiteral("⚠")), 30000);
}

void TestPreparationPanel::picturesAreOfferedTheirOwnSteps()
{
    open(m_fixture->writePictures(QStringLiteral("animals"), {"cat", "dog"}, 6));
    addStep(QStringLiteral("Resize pictures"));
    QCOMPARE(find<QListWidget>("stepList").count(), 1);
    QVERIFY(!m_offered.contains(QStringLiteral("Clip numbers")) && !m_offered.contains(QStringLiteral("Resample recordings")));
    QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("applyPreparation").isEnabled(), 30000);
}

QTEST_MAIN(TestPreparationPanel)
#include "tst_preparation_panel.moc"
