#include <vector>

#include <QDialog>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QUndoStack>

#include "app/catalog/catalog.h"
#include "app/main_window.h"
#include "app/pages/evaluation_view.h"
#include "app/pages/run_charts.h"
#include "app/pages/run_checkpoints.h"
#include "app/pages/run_compare.h"
#include "app/pages/run_detail.h"
#include "app/pages/run_groups_view.h"
#include "app/pages/runs_list.h"
#include "app/pages/runs_page.h"
#include "app/pages/samples_view.h"
#include "app/services/all_services.h"
#include "tests/app/run_fixture.h"
#include "widgets/chart/line_chart.h"
#include "widgets/filter_line.h"

using namespace ty;
using namespace ty::app;

class TestRunsPage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void tableShowsEveryRun();
    void selectedRunsAreOverlaid();
    void differencesShowOnlyWhatDiffers();
    void filterLineNarrowsTheTable();
    void deletedRunsComeBackByUndo();
    void enterOpensTheDetailWithItsEvaluation();
    void matrixCellFiltersTheSamples();
    void keysCorrectSamplesAndARunIsTrainedWithThem();
    void checkpointIsBranchedByMouse();
    void groupSelectsItsRuns();

private:
    RunFixture m_fixture;
    RunsPage* m_page = nullptr;
    qint64 m_first = 0;
    qint64 m_second = 0;

    RunsList& list() { return m_page->list(); }
    void select(const std::vector<qint64>& ids);
};

void TestRunsPage::initTestCase()
{
    QVERIFY(m_fixture.start());
    m_fixture.window().resize(1280, 860);
    m_first = m_fixture.train(m_fixture.spec(3, 120));
    RunSpec other = m_fixture.spec(5, 120);
    other.settings["learningRate"] = 0.05;
    m_second = m_fixture.train(other);
    QVERIFY(m_first != 0 && m_second != 0);
    m_fixture.window().showPage(PageId::Runs);
    m_page = static_cast<RunsPage*>(m_fixture.window().ensurePage(PageId::Runs));
}

void TestRunsPage::select(const std::vector<qint64>& ids)
{
    auto* selection = list().table()->selectionModel();
    selection->clear();
    for (const qint64 id : ids) {
        const QModelIndex index = list().model()->indexOf(id);
        selection->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
        selection->select(index, QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
}

void TestRunsPage::tableShowsEveryRun()
{
    QTRY_COMPARE_WITH_TIMEOUT(list().model()->rowCount(), 2, 20000);
    const QModelIndex state = list().model()->indexOf(m_first, RunTableModel::State);
    QVERIFY(state.data().toString().contains("Finished"));
    QCOMPARE(list().model()->indexOf(m_first, RunTableModel::Epochs).data().toString(), QString("3/3"));
}

void TestRunsPage::selectedRunsAreOverlaid()
{
    select({m_first, m_second});
    auto* loss = list().charts().panel(QStringLiteral("loss"));
    QTRY_COMPARE_WITH_TIMEOUT(loss->lineIds().size(), 2, 20000);
    QTRY_COMPARE_WITH_TIMEOUT(loss->pointCount(QStringLiteral("%1/validation/loss").arg(m_first)), qsizetype{3}, 30000);
    QCOMPARE(loss->pointCount(QStringLiteral("%1/validation/loss").arg(m_second)), qsizetype{5});
    select({m_second});
    // One run alone shows training and validation.
    QTRY_VERIFY_WITH_TIMEOUT(
        loss->lineIds().contains(QStringLiteral("%1/training/loss").arg(m_second)) && loss->lineIds().size() == 2,
        20000);
}

void TestRunsPage::differencesShowOnlyWhatDiffers()
{
    select({m_first, m_second});
    auto* model = list().compare().model();
    const auto rowOf = [model](const QString& name) { return model->findItems(name).value(0); };
    QTRY_VERIFY_WITH_TIMEOUT(rowOf("epochs") != nullptr, 20000);
    // In the order of the table: newest first.
    QCOMPARE(model->index(rowOf("epochs")->row(), 1).data().toString(), QString("5"));
    QCOMPARE(model->index(rowOf("epochs")->row(), 2).data().toString(), QString("3"));
    QVERIFY(rowOf("learningRate") != nullptr);
    QVERIFY(rowOf("optimizer") == nullptr);
    QVERIFY(list().compare().toMarkdown().contains("| epochs | 5 | 3 |"));
}

void TestRunsPage::filterLineNarrowsTheTable()
{
    list().filterLine()->setText("epochs<4");
    QTRY_COMPARE_WITH_TIMEOUT(list().model()->rowCount(), 1, 30000);
    list().filterLine()->setText("lr=0.05");
    QTRY_VERIFY_WITH_TIMEOUT(
        list().model()->rowCount() == 1 && list().model()->indexOf(m_second).isValid(), 10000);
    list().filterLine()->setText({});
    QTRY_COMPARE_WITH_TIMEOUT(list().model()->rowCount(), 2, 30000);
}

void TestRunsPage::deletedRunsComeBackByUndo()
{
    select({m_first, m_second});
    list().table()->setFocus();
    QTest::keyClick(list().table(), Qt::Key_Delete);
    QTRY_COMPARE_WITH_TIMEOUT(list().model()->totalCount(), 0, 20000);
    QCOMPARE(m_fixture.records().size(), std::size_t{0});
    m_fixture.context().notices.undoStack().undo();
    QTRY_COMPARE_WITH_TIMEOUT(list().model()->totalCount(), 2, 20000);
    QCOMPARE(m_fixture.points(m_first, "training/loss"), 3);
    QCOMPARE(m_fixture.models().size(), std::size_t{2});
}

void TestRunsPage::enterOpensTheDetailWithItsEvaluation()
{
    select({m_second});
    list().table()->setFocus();
    QTest::keyClick(list().table(), Qt::Key_Return);
    QCOMPARE(m_page->detail().runId(), m_second);
    auto* numbers = m_page->detail().evaluation().numbers();
    QTRY_VERIFY_WITH_TIMEOUT(numbers->rowCount() >= 3, 20000);
    QCOMPARE(numbers->item(0, 0)->text(), EvaluationView::tr("Accuracy"));
    QVERIFY2(numbers->item(0, 1)->text().contains("95 %"), qPrintable(numbers->item(0, 1)->text()));
    QTRY_VERIFY_WITH_TIMEOUT(m_page->detail().settingsModel()->rowCount() > 5, 30000);
    QTRY_VERIFY_WITH_TIMEOUT(m_page->detail().charts().pointCount() > 5, 30000);
}

void TestRunsPage::matrixCellFiltersTheSamples()
{
    auto& evaluation = m_page->detail().evaluation();
    auto* samples = m_page->detail().samples().model();
    emit evaluation.cellChosen(evaluation.part(), QStringLiteral("setosa"), {});
    QVERIFY(samples->rowCount() > 0);
    for (int row = 0; row < samples->rowCount(); ++row) {
        QCOMPARE(samples->rowAt(row)->truth, QString("setosa"));
    }
}

void TestRunsPage::keysCorrectSamplesAndARunIsTrainedWithThem()
{
    emit m_fixture.context().navigation.pageRequested(PageId::Runs);
    auto& samples = m_page->detail().samples();
    m_page->detail().showTab(QStringLiteral("samples"));
    auto* view = samples.view();
    view->setFocus();
    view->selectionModel()->setCurrentIndex(
        samples.model()->index(0, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    const std::string id = samples.model()->rowAt(0)->id.toStdString();
    QVERIFY(!samples.retrainButton()->isEnabled());
    QTest::keyClick(view, Qt::Key_2);
    QCOMPARE(samples.fixes().fixesOf("training").labels.size(), std::size_t{1});
    QVERIFY(!samples.model()->index(0, RunSampleModel::Flag).data().toString().isEmpty());
    QTest::keyClick(view, Qt::Key_X);
    QVERIFY(samples.fixes().fixesOf("training").excluded.contains(id));
    QTest::keyClick(view, Qt::Key_Z);
    QCOMPARE(samples.fixes().fixesOf("training").labels.count(id), std::size_t{1});
    const auto before = m_fixture.records().size();
    QTest::mouseClick(samples.retrainButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture.records().size() == before + 1, 20000);
    const auto run = m_fixture.records().front();
    QVERIFY(m_fixture.waitForEnd(run.id));
    QCOMPARE(m_fixture.record(run.id).state, catalog::RunState::Finished);
    QCOMPARE(run.parentId, m_second);
    const auto spec = RunSpec::load(run.folder + "/run.json");
    QVERIFY(spec && spec->data.fixes.at("training").labels.contains(id));
    m_fixture.context().notices.undoStack().clear();
}

void TestRunsPage::checkpointIsBranchedByMouse()
{
    emit m_fixture.context().navigation.pageRequested(PageId::Runs);
    m_page->showRun(m_second);
    m_page->detail().showTab(QStringLiteral("checkpoints"));
    auto& checkpoints = m_page->detail().checkpoints();
    QTRY_VERIFY_WITH_TIMEOUT(checkpoints.model()->rowCount() > 0 && checkpoints.branchButton()->isEnabled(), 20000);
    const auto before = m_fixture.records().size();
    QTest::mouseClick(checkpoints.branchButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(checkpoints.findChild<QDialog*>(QStringLiteral("branchDialog")) != nullptr, 20000);
    auto* dialog = checkpoints.findChild<QDialog*>(QStringLiteral("branchDialog"));
    dialog->findChild<QSpinBox*>(QStringLiteral("branchEpochs"))->setValue(2);
    dialog->findChild<QLineEdit*>(QStringLiteral("branchName"))->setText(QStringLiteral("slower"));
    dialog->accept();
    QTRY_VERIFY_WITH_TIMEOUT(m_fixture.records().size() == before + 1, 20000);
    const auto run = m_fixture.records().front();
    QCOMPARE(run.name, std::string("slower"));
    QVERIFY(m_fixture.waitForEnd(run.id));
    QCOMPARE(m_fixture.record(run.id).epochsDone, 2);
    QCOMPARE(run.parentId, m_second);
}

void TestRunsPage::groupSelectsItsRuns()
{
    emit m_fixture.context().navigation.pageRequested(PageId::Runs);
    m_page->showList();
    list().tabs()->setCurrentWidget(&list().groups());
    QTRY_COMPARE_WITH_TIMEOUT(
        static_cast<std::size_t>(list().model()->totalCount()), m_fixture.records().size(), 20000);
    auto* groups = list().groups().model();
    QTRY_VERIFY_WITH_TIMEOUT(groups->rowCount() >= 2, 20000); // all but seed: epochs differ
    list().groups().setGrouping({Grouping::Kind::Dataset, {}});
    QTRY_VERIFY_WITH_TIMEOUT(groups->rowCount() == 1, 20000);
    QVERIFY2(groups->item(0, 3)->text().contains(QChar(0xb1)), qPrintable(groups->item(0, 3)->text()));
    QTRY_COMPARE_WITH_TIMEOUT(groups->item(0, 1)->text(), QString::number(m_fixture.records().size()), 20000);
    auto* table = list().groups().table();
    QTest::mouseClick(
        table->viewport(), Qt::LeftButton, Qt::NoModifier, table->visualRect(groups->index(0, 0)).center());
    QCOMPARE(
        static_cast<std::size_t>(list().table()->selectionModel()->selectedRows().size()), m_fixture.records().size());
}

QTEST_MAIN(TestRunsPage)
#include "tst_runs_page.moc"
