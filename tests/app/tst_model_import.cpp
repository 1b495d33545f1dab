#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>

#include "app/main_window.h"
#include "app/pages/evaluation_view.h"
#include "app/pages/model_detail.h"
#include "app/pages/dataset_box.h"
#include "app/pages/model_evaluation.h"
#include "app/pages/model_import_dialog.h"
#include "app/pages/models_page.h"
#include "app/pages/train_origin.h"
#include "app/pages/train_page.h"
#include "app/pages/train_setup.h"
#include "app/pages/train_wells.h"
#include "app/pages/try_it.h"
#include "app/services/all_services.h"
#include "tests/app/run_fixture.h"
#include "widgets/drop_well.h"
#include "widgets/error_panel.h"
#include "widgets/parameter_form.h"

using namespace ty;
using namespace ty::app;

namespace {

/// A network of PyTorch for 8 features that ends with a sigmoid.
QByteArray yesOrNo()
{
    QFile file(QStringLiteral(TRAINYARD_SOURCE_DIR "/tests/data/onnx/yes_or_no.onnx"));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

/// Networks of other programs at the window: dropped, understood, kept, tried, evaluated, trained on.
class TestModelImport : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void aDroppedNetworkIsShownAndThenImported();
    void unknownOperatorsAreNamedWithAdvice();
    void theFileIsNotNeededAfterwards();
    void itIsEvaluatedOnADataset();
    void itsAnswersAreWritten();
    void theNextRunMayBeginWithIt();
    void fieldsThatDoNotCountSaySo();

private:
    ModelImportDialog* dialog() const { return m_page->findChild<ModelImportDialog*>(); }
    TrainSetup& setup() { return static_cast<TrainPage*>(m_fixture.window().ensurePage(PageId::Train))->setup(); }

    RunFixture m_fixture;
    ModelsPage* m_page = nullptr;
    QString m_table;
    qint64 m_model = 0;
};

void TestModelImport::initTestCase()
{
    QVERIFY(m_fixture.start());
    m_fixture.window().resize(1280, 860);
    QByteArray rows = "a,b,c,d,e,f,g,h,kind\n";
    for (int row = 0; row < 60; ++row) {
        for (int i = 0; i < 8; ++i) {
            rows += QByteArray::number((row * 7 + i * 3) % 11 - 5) + ',';
        }
        rows += row % 2 == 0 ? "good\n" : "bad\n";
    }
    m_table = m_fixture.writeFile(QStringLiteral("rows.csv"), rows);
    DataSpec data;
    data.training = m_table.toStdString();
    QSignalSpy added(&m_fixture.context().datasets, &DatasetService::datasetAdded);
    m_fixture.context().datasets.import(data);
    QTRY_COMPARE_WITH_TIMEOUT(added.count(), 1, 30000);
    m_page = static_cast<ModelsPage*>(m_fixture.window().ensurePage(PageId::Models));
}

void TestModelImport::aDroppedNetworkIsShownAndThenImported()
{
    const QString file = m_fixture.writeFile(QStringLiteral("yes.onnx"), yesOrNo());
    QVERIFY(RunFixture::dropFiles(m_fixture.window(), {file}));
    QTRY_VERIFY_WITH_TIMEOUT(dialog() != nullptr, 20000);
    QCOMPARE(m_fixture.window().currentPage(), PageId::Models);
    auto* import = dialog()->findChild<QPushButton*>(QStringLiteral("importModel"));
    QTRY_VERIFY_WITH_TIMEOUT(import->isEnabled(), 30000);
    const QString facts = dialog()->findChild<QLabel*>(QStringLiteral("importFacts"))->text();
    QVERIFY2(facts.contains("ONNX opset") && facts.contains("rows of 8") && facts.contains("parameters"), qPrintable(facts));
    auto* classes = dialog()->findChild<QPlainTextEdit*>(QStringLiteral("classNames"));
    QCOMPARE(classes->toPlainText(), QString("no\nyes"));
    QVERIFY(dialog()->choices().classes.isEmpty()); // nothing has been said yet
    classes->setPlainText(QStringLiteral("bad\ngood"));
    dialog()->findChild<QLineEdit*>(QStringLiteral("modelName"))->setText(QStringLiteral("judge"));

    QTest::mouseClick(import, Qt::LeftButton);

    QTRY_COMPARE_WITH_TIMEOUT(m_fixture.models().size(), std::size_t{1}, 30000);
    const auto model = m_fixture.models().front();
    m_model = model.id;
    QCOMPARE(model.name, std::string("judge"));
    QCOMPARE(model.format, std::string("onnx"));
    QCOMPARE(model.output, std::string("2 classes"));
    QTRY_VERIFY_WITH_TIMEOUT(dialog() == nullptr, 20000);
}

void TestModelImport::unknownOperatorsAreNamedWithAdvice()
{
    QByteArray bytes = yesOrNo();
    QVERIFY(bytes.contains("Selu"));
    bytes.replace("Selu", "Xyzw");
    m_page->importFile(m_fixture.writeFile(QStringLiteral("strange.onnx"), bytes));
    QSignalSpy understood(dialog(), &ModelImportDialog::understood);
    QTRY_COMPARE_WITH_TIMEOUT(understood.count(), 1, 30000);
    auto* panel = dialog()->findChild<widgets::ErrorPanel*>();
    QVERIFY(panel->isVisible());
    QString words;
    for (const auto* label : panel->findChildren<QLabel*>()) {
        words += label->text() + u'\n';
    }
    QVERIFY2(words.contains("Xyzw") && words.contains("leave these parts out"), qPrintable(words));
    QVERIFY(!dialog()->findChild<QPushButton*>(QStringLiteral("importModel"))->isEnabled());
    dialog()->reject();
    QTRY_VERIFY_WITH_TIMEOUT(dialog() == nullptr, 20000);
    QCOMPARE(m_fixture.models().size(), std::size_t{1});
}

void TestModelImport::theFileIsNotNeededAfterwards()
{
    QVERIFY(QFile::remove(m_fixture.folder() + "/yes.onnx"));
    m_page->showModel(m_model);
    QTRY_COMPARE_WITH_TIMEOUT(m_page->detail().modelId(), m_model, 20000);
    auto& tryIt = m_page->detail().tryIt();
    QTRY_VERIFY_WITH_TIMEOUT(tryIt.field(QStringLiteral("x8")) != nullptr, 20000);
    tryIt.field(QStringLiteral("x1"))->setText(QStringLiteral("2.5"));
    QTRY_VERIFY_WITH_TIMEOUT(tryIt.answer()->text() == "good" || tryIt.answer()->text() == "bad", 30000);
    bool isToldWhere = false;
    auto* facts = m_page->detail().facts();
    for (int row = 0; row < facts->rowCount(); ++row) {
        isToldWhere = isToldWhere || facts->item(row, 1)->text() == QLatin1String("yes.onnx");
    }
    QVERIFY(isToldWhere);
}

void TestModelImport::itIsEvaluatedOnADataset()
{
    auto* evaluation = m_page->detail().findChild<ModelEvaluation*>();
    QTRY_COMPARE_WITH_TIMEOUT(evaluation->datasets()->count(), 1, 20000);
    QSignalSpy evaluated(evaluation, &ModelEvaluation::evaluated);
    for (auto* button : evaluation->findChildren<QPushButton*>()) {
        if (button->text() == ModelEvaluation::tr("Evaluate")) {
            button->click();
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(evaluated.count(), 1, 30000);
    auto* numbers = evaluation->view().numbers();
    QVERIFY(numbers->rowCount() > 2);
    QVERIFY2(numbers->horizontalHeaderItem(1)->text().contains("rows (60"), qPrintable(numbers->horizontalHeaderItem(1)->text()));
}

void TestModelImport::itsAnswersAreWritten()
{
    auto* evaluation = m_page->detail().findChild<ModelEvaluation*>();
    const QString file = m_fixture.folder() + QStringLiteral("/answers.csv");
    QSignalSpy written(evaluation, &ModelEvaluation::answersWritten);
    evaluation->writeButton()->click();
    auto* dialog = evaluation->findChild<QFileDialog*>();
    QVERIFY(dialog != nullptr);
    dialog->selectFile(file);
    static_cast<QDialog*>(dialog)->accept();
    QTRY_COMPARE_WITH_TIMEOUT(written.count(), 1, 30000);
    QFile answers(file);
    QVERIFY(answers.open(QIODevice::ReadOnly));
    const QList<QByteArray> lines = answers.readAll().trimmed().split('\n');
    QCOMPARE(lines.size(), qsizetype{61}); // a heading and 60 rows
    QVERIFY2(lines.front().startsWith("id,prediction"), lines.front().constData());
    for (const QByteArray& line : lines.mid(1)) {
        const QByteArray answer = line.split(',').at(1);
        QVERIFY2(answer == "good" || answer == "bad", line.constData());
    }
}

void TestModelImport::theNextRunMayBeginWithIt()
{
    m_page->detail().fineTune();
    QTRY_VERIFY_WITH_TIMEOUT(setup().origin().hasNetwork(), 20000);
    QCOMPARE(m_fixture.window().currentPage(), PageId::Train);
    QCOMPARE(setup().origin().choice()->currentText(), QString("judge"));
    auto* well = setup().wells().well(TrainWells::kTraining);
    QVERIFY(RunFixture::dropFiles(*well, {m_table}));
    QTRY_VERIFY_WITH_TIMEOUT(setup().whyNot().isEmpty(), 30000);
    setup().setPreset(QStringLiteral("fast"));
    setup().form().setValue(QStringLiteral("epochs"), 2);
    const RunSpec spec = setup().spec();
    QCOMPARE(spec.start.pixels, std::string("0..1"));
    QCOMPARE(spec.start.run, std::string("judge"));
    QVERIFY(spec.network.is_object());

    const qint64 run = m_fixture.train(spec);

    QVERIFY(run != 0);
    QCOMPARE(m_fixture.record(run).state, catalog::RunState::Finished);
    QCOMPARE(m_fixture.record(run).parameters, m_fixture.models().back().parameters);
    // A run that is made again has the network that it had.
    auto* page = static_cast<TrainPage*>(m_fixture.window().ensurePage(PageId::Train));
    setup().origin().take(RunSpec());
    page->reproduceRun(run);
    QTRY_VERIFY_WITH_TIMEOUT(setup().origin().hasNetwork(), 20000);
    QTRY_VERIFY_WITH_TIMEOUT(setup().whyNot().isEmpty(), 30000);
    QVERIFY(setup().spec().network == spec.network);
    QCOMPARE(setup().spec().start.from, spec.start.from);
}

void TestModelImport::fieldsThatDoNotCountSaySo()
{
    auto& form = setup().form();
    form.setValue(QStringLiteral("hiddenLayers"), QStringLiteral("8"));
    QVERIFY(setup().spec().settings.value("hiddenLayers", Json()).is_null()); // the network of the run that was reproduced
    setup().origin().take(RunSpec());
    emit setup().origin().changed();
    QVERIFY(setup().spec().settings.value("hiddenLayers", Json()) == Json("8"));
    form.setValue(QStringLiteral("network"), QStringLiteral("playground"));
    emit form.valueChanged(QStringLiteral("network"), QStringLiteral("playground"));
    QVERIFY(setup().spec().settings.value("hiddenLayers", Json()).is_null());
}

QTEST_MAIN(TestModelImport)
#include "tst_model_import.moc"
