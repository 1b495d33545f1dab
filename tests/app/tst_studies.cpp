#include <cmath>
#include <memory>

#include <QAbstractItemModel>
#include <QAction>
#include <QDateTime>
#include <QFile>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTreeView>
#include <QUndoStack>

#include "app/models/metric_words.h"
#include "app/models/validation_results.h"
#include "app/pages/comparison_dialog.h"
#include "app/pages/runs_page.h"
#include "app/pages/studies_view.h"
#include "app/pages/trash_dialog.h"
#include "app/pages/validation_dialog.h"
#include "app/models/comparison_table_model.h"
#include "app/main_window.h"
#include "app/services/all_services.h"
#include "app/services/study_place.h"
#include "app/services/study_service.h"
#include "tests/app/run_fixture.h"

using namespace ty;
using namespace ty::app;

/// Studies of many fits are kept beside the runs, found again, deleted and brought back.
class TestStudies : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void anIntervalStaysWithinWhatTheMeasureCanBe();
    void aFinishedStudyIsFoundAndShownAgain();
    void aStudyThatWasClosedGoesOnWhereItEnded();
    void aComparisonIsKeptToo();
    void aDeletedStudyComesBackByUndo();
    void theTrashShowsADeletedStudyAndBringsItBack();
    void whatALearningKeepsIsFoundByItsQuestionAlone();

private:
    StudySubject subject();
    QList<StudyRecord> records();
    StudyRecord recordOf(const QString& kind);

    RunFixture m_fixture;
    std::unique_ptr<StudyService> m_studies;
};

StudySubject TestStudies::subject()
{
    RunSpec spec = m_fixture.spec(4, 60);
    spec.settings = Json::object();
    spec.learner = "tree";
    return {spec, 0, QStringLiteral("lines")};
}

QList<StudyRecord> TestStudies::records()
{
    QList<StudyRecord> found;
    bool isRead = false;
    m_studies->list(this, [&](QList<StudyRecord> listed) {
        found = std::move(listed);
        isRead = true;
    });
    (void)QTest::qWaitFor([&] { return isRead; }, 20000);
    return found;
}

StudyRecord TestStudies::recordOf(const QString& kind)
{
    for (const StudyRecord& record : records()) {
        if (record.kind == kind) {
            return record;
        }
    }
    return {};
}

void TestStudies::initTestCase()
{
    QVERIFY(m_fixture.start());
    m_studies = std::make_unique<StudyService>(m_fixture.context().paths);
}

void TestStudies::anIntervalStaysWithinWhatTheMeasureCanBe()
{
    ValidationResults results;
    for (int fold = 0; fold < 3; ++fold) {
        results.addFit(Json{{"id", 0}, {"label", "Tree"}, {"learner", "tree"}, {"fold", fold}, {"share", 1.0}, {"metrics", {{"roc_auc", 0.97 + 0.01 * fold}}}});
    }
    results.setResult(
        Json{{"metric", "roc_auc"}, {"learners", {{{"label", "Tree"}, {"learner", "tree"}, {"summary", {{"roc_auc", {{"interval", {0.955, 1.005}}}}}}}}}});

    const auto rows = results.spread();

    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.front().low, 0.955);
    QCOMPARE(rows.front().high, 1.0); // no ROC AUC is above 1
    QCOMPARE(metricBounds(QStringLiteral("r2")).second, 1.0);
    QVERIFY(std::isinf(metricBounds(QStringLiteral("rmse")).second));
}

void TestStudies::aFinishedStudyIsFoundAndShownAgain()
{
    QPointer<ValidationDialog> dialog = new ValidationDialog(m_fixture.context(), subject(), {});
    QSignalSpy ended(dialog, &StudyDialog::ended);
    dialog->start();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 120000);
    const auto rows = dialog->results().rows();
    QVERIFY(!rows.isEmpty());
    dialog->close();
    QTRY_VERIFY(dialog.isNull());

    const StudyRecord record = recordOf(QStringLiteral("validate"));

    QCOMPARE(record.state, StudyRecord::State::Done);
    QCOMPARE(record.dataName, QStringLiteral("lines"));
    QCOMPARE(record.done, record.all);
    QVERIFY2(record.result.contains(QStringLiteral("±")), qPrintable(record.result));
    Result<KeptStudy> kept = Error{ErrorKind::Internal, "not read", {}};
    m_studies->load(record.name, this, [&](Result<KeptStudy> study) { kept = std::move(study); });
    QTRY_VERIFY2_WITH_TIMEOUT(kept.isOk(), "the study is read", 20000);
    ValidationDialog again(m_fixture.context(), {record.spec, 0, record.dataName}, {});
    again.setAttribute(Qt::WA_DeleteOnClose, false);
    again.showKept(kept.value());
    QCOMPARE(again.results().rows().size(), rows.size());
    QCOMPARE(again.results().rows().front().means, rows.front().means);
    QCOMPARE(again.results().sentences().isEmpty(), false);
}

void TestStudies::aStudyThatWasClosedGoesOnWhereItEnded()
{
    StudySubject about = subject();
    about.spec.seed = 5; // another question
    QPointer<ValidationDialog> dialog = new ValidationDialog(m_fixture.context(), about, {});
    dialog->start();
    QTRY_VERIFY_WITH_TIMEOUT(!dialog->results().fits().empty(), 120000);
    dialog->close();
    QTRY_VERIFY(dialog.isNull());
    const auto isStopped = [&] {
        const auto all = records();
        return std::any_of(all.begin(), all.end(), [](const StudyRecord& one) {
            return one.spec.seed == 5 && (one.state == StudyRecord::State::Stopped || one.state == StudyRecord::State::Done);
        });
    };
    QTRY_VERIFY_WITH_TIMEOUT(isStopped(), 20000);

    dialog = new ValidationDialog(m_fixture.context(), about, {});
    QSignalSpy ended(dialog, &StudyDialog::ended);
    dialog->start();
    QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, 120000);
    QCOMPARE(dialog->results().fits().size(), std::size_t(10)); // five folds of two learners, none twice
    dialog->close();
    QTRY_VERIFY(dialog.isNull());
    QCOMPARE(records().size(), 2); // the same question is the same study
}

void TestStudies::aComparisonIsKeptToo()
{
    QPointer<ComparisonDialog> dialog = new ComparisonDialog(m_fixture.context(), subject());
    dialog->start();
    QTRY_VERIFY_WITH_TIMEOUT(dialog->model()->rowCount() >= 2, 240000);
    dialog->close(); // what was told so far is kept
    QTRY_VERIFY(dialog.isNull());
    QTRY_VERIFY_WITH_TIMEOUT(recordOf(QStringLiteral("compare")).state == StudyRecord::State::Stopped, 20000);
    QVERIFY(recordOf(QStringLiteral("compare")).done >= 2);
}

void TestStudies::aDeletedStudyComesBackByUndo()
{
    auto& page = *static_cast<RunsPage*>(m_fixture.window().ensurePage(PageId::Runs));
    m_fixture.window().showPage(PageId::Runs);
    page.showStudies();
    QTableView& table = *page.studies().table();
    QTRY_COMPARE_WITH_TIMEOUT(table.model()->rowCount(), 3, 20000);
    table.setCurrentIndex(table.model()->index(0, 0));
    table.setFocus();
    if (const QString folder = qEnvironmentVariable("TRAINYARD_PICTURES"); !folder.isEmpty()) {
        m_fixture.window().grab().save(folder + QStringLiteral("/studies.png"));
    }

    for (QAction* action : page.studies().actions()) {
        if (action->text() == QStringLiteral("Delete")) {
            action->trigger();
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(table.model()->rowCount(), 2, 20000);
    m_fixture.context().notices.undoStack().undo();
    QTRY_COMPARE_WITH_TIMEOUT(table.model()->rowCount(), 3, 20000);
}

void TestStudies::theTrashShowsADeletedStudyAndBringsItBack()
{
    const auto count = [this] { return static_cast<int>(records().size()); };
    const int before = count();
    const StudyRecord study = recordOf(QStringLiteral("validate"));
    m_studies->remove(study.name);
    QCOMPARE(count(), before - 1);

    auto* dialog = new TrashDialog(m_fixture.context(), &m_fixture.window());
    dialog->open();
    auto* view = dialog->findChild<QTreeView*>();
    const auto rowOf = [view](const QString& kind) {
        const auto found = view->model()->match(view->model()->index(0, 1), Qt::DisplayRole, kind);
        return found.isEmpty() ? QModelIndex() : found.first();
    };
    QTRY_VERIFY_WITH_TIMEOUT(view->model()->rowCount() > 0, 20000);
    const QModelIndex row = rowOf(studyKindWords(study.kind));
    QVERIFY(row.isValid());
    QVERIFY(row.siblingAtColumn(0).data().toString().contains(study.dataName));
    if (const QString folder = qEnvironmentVariable("TRAINYARD_PICTURES"); !folder.isEmpty()) {
        dialog->grab().save(folder + QStringLiteral("/trash.png"));
    }
    view->setCurrentIndex(row);
    for (auto* button : dialog->findChildren<QPushButton*>()) {
        if (button->text() == TrashDialog::tr("Restore")) {
            QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(count(), before, 20000);
    QTRY_VERIFY_WITH_TIMEOUT(!rowOf(studyKindWords(study.kind)).isValid(), 20000);
    delete dialog;

    m_studies->remove(study.name);
    quint64 freed = 0;
    m_studies->emptyTrash(this, [&freed](const Result<quint64>& bytes) { freed = bytes.value(); });
    QTRY_VERIFY_WITH_TIMEOUT(freed > 0, 20000);
    QCOMPARE(count(), before - 1);
}

void TestStudies::whatALearningKeepsIsFoundByItsQuestionAlone()
{
    const catalog::Paths& paths = m_fixture.context().paths;
    const QString data = QString::fromStdString(m_fixture.spec(4, 60).data.training);
    const auto file = [&](const QStringList& question) { return makeStateFile(paths, QStringLiteral("sequence"), question, data).value(); };
    const QString one = file({QStringLiteral("--states"), QStringLiteral("3")});
    QCOMPARE(file({QStringLiteral("--states"), QStringLiteral("3")}), one);
    QVERIFY(file({QStringLiteral("--states"), QStringLiteral("4")}) != one);

    // Nobody came back to it for more than a month.
    QFile old(one);
    QVERIFY(old.open(QIODevice::WriteOnly) && old.write("{}") == 2 && old.flush()); // a later write would make it new again
    QVERIFY(old.setFileTime(QDateTime::currentDateTime().addDays(-40), QFileDevice::FileModificationTime));
    old.close();
    (void)file({QStringLiteral("--states"), QStringLiteral("4")});
    QVERIFY(!QFile::exists(one));
}

QTEST_MAIN(TestStudies)
#include "tst_studies.moc"
