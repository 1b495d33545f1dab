#include <algorithm>

#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>
#include <QUndoStack>

#include "app/main_window.h"
#include "app/pages/export_dialog.h"
#include "app/pages/model_detail.h"
#include "app/pages/models_page.h"
#include "app/pages/trash_dialog.h"
#include "app/pages/try_it.h"
#include "app/services/all_services.h"
#include "app/services/model_service.h"
#include "tests/app/run_fixture.h"
#include "widgets/draw_pad.h"
#include "widgets/picture_pair.h"
#include "widgets/probability_bars.h"

using namespace ty;
using namespace ty::app;

class TestModelsPage : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void typedRowIsAnswered();
    void drawnStrokeIsAnswered();
    void drawnStrokeIsGivenAgain();
    void layersAreListedWithTheirParameters();
    void exportShowsTheNumbersOfItsCheck();
    void groupsAreNotOfferedAsOnnx();
    void unwritableFileIsToldInWords();
    void deletedModelComesBackByUndo();
    void emptyTrashSaysWhatItFreed();

private:
    RunFixture m_fixture;
    ModelsPage* m_page = nullptr;
    qint64 m_table = 0;
    qint64 m_pictures = 0;
    qint64 m_autoencoder = 0;
    void drawStroke();
    qint64 modelOf(qint64 runId);
};

qint64 TestModelsPage::modelOf(qint64 runId)
{
    for (const auto& model : m_fixture.models()) {
        if (model.runId == runId) {
            return model.id;
        }
    }
    return 0;
}

void TestModelsPage::initTestCase()
{
    QVERIFY(m_fixture.start());
    m_fixture.window().resize(1280, 860);
    const qint64 table = m_fixture.train(m_fixture.spec(8, 120));
    RunSpec pictures = m_fixture.spec(1);
    pictures.data.training
        = m_fixture.writePictures(QStringLiteral("shapes"), {QStringLiteral("dark"), QStringLiteral("light")}, 30)
              .toStdString();
    pictures.data.split.test = 0;
    const qint64 picture = m_fixture.train(pictures);
    pictures.settings["network"] = "autoencoder";
    const qint64 again = m_fixture.train(pictures);
    QVERIFY(table != 0 && picture != 0 && again != 0);
    m_table = modelOf(table);
    m_pictures = modelOf(picture);
    m_autoencoder = modelOf(again);
    QVERIFY(m_table != 0 && m_pictures != 0 && m_autoencoder != 0);
    m_fixture.window().showPage(PageId::Models);
    m_page = static_cast<ModelsPage*>(m_fixture.window().ensurePage(PageId::Models));
    QTRY_COMPARE_WITH_TIMEOUT(m_page->table()->model()->rowCount(), 3, 20000);
}

void TestModelsPage::typedRowIsAnswered()
{
    m_page->showModel(m_table);
    QTRY_COMPARE_WITH_TIMEOUT(m_page->detail().modelId(), m_table, 20000);
    auto& tryIt = m_page->detail().tryIt();
    QTRY_VERIFY_WITH_TIMEOUT(tryIt.field(QStringLiteral("length")) != nullptr, 20000);
    QTRY_VERIFY_WITH_TIMEOUT(!tryIt.answer()->text().isEmpty(), 30000);
    tryIt.field(QStringLiteral("length"))->setText(QStringLiteral("1.0"));
    QTRY_COMPARE_WITH_TIMEOUT(tryIt.answer()->text(), QString("setosa"), 20000);
    tryIt.field(QStringLiteral("length"))->setText(QStringLiteral("6.2"));
    QTRY_COMPARE_WITH_TIMEOUT(tryIt.answer()->text(), QString("virginica"), 20000);
    QCOMPARE(tryIt.bars()->answers().size(), 2);
}

void TestModelsPage::drawnStrokeIsAnswered()
{
    m_page->showModel(m_pictures);
    QTRY_COMPARE_WITH_TIMEOUT(m_page->detail().modelId(), m_pictures, 20000);
    auto& tryIt = m_page->detail().tryIt();
    auto* pad = tryIt.pad();
    QTRY_VERIFY_WITH_TIMEOUT(m_page->detail().layers()->rowCount() > 0, 20000); // the model's paper is there
    QTRY_VERIFY_WITH_TIMEOUT(pad->isVisible(), 20000);
    QSignalSpy answered(&tryIt, &TryIt::answered);
    drawStroke();
    QTRY_VERIFY_WITH_TIMEOUT(answered.count() >= 1, 30000);
    QVERIFY(tryIt.answer()->text() == "dark" || tryIt.answer()->text() == "light");
    pad->clear();
    QVERIFY(tryIt.answer()->text().isEmpty());
}

void TestModelsPage::drawStroke()
{
    auto* pad = m_page->detail().tryIt().pad();
    const QPoint middle = pad->rect().center();
    QTest::mousePress(pad, Qt::LeftButton, {}, middle - QPoint(0, 60));
    for (int step = -50; step <= 60; step += 10) {
        QTest::mouseMove(pad, middle + QPoint(0, step));
    }
    QTest::mouseRelease(pad, Qt::LeftButton, {}, middle + QPoint(0, 60));
}

void TestModelsPage::drawnStrokeIsGivenAgain()
{
    m_page->showModel(m_autoencoder);
    QTRY_COMPARE_WITH_TIMEOUT(m_page->detail().modelId(), m_autoencoder, 20000);
    auto& tryIt = m_page->detail().tryIt();
    QTRY_VERIFY_WITH_TIMEOUT(m_page->detail().layers()->rowCount() == 4, 20000); // the model's paper is there
    QTRY_VERIFY_WITH_TIMEOUT(tryIt.pad()->isVisible(), 20000);
    QVERIFY(!tryIt.bars()->isVisible()); // it names no classes
    drawStroke();
    QTRY_VERIFY_WITH_TIMEOUT(!tryIt.seen()->second().isNull(), 30000);
    QVERIFY2(tryIt.answer()->text().startsWith("Squared error of a pixel: 0"), qPrintable(tryIt.answer()->text()));
    tryIt.pad()->clear();
    QVERIFY(tryIt.seen()->second().isNull());
    m_page->showModel(m_pictures);
    QTRY_COMPARE_WITH_TIMEOUT(m_page->detail().modelId(), m_pictures, 20000);
    QTRY_VERIFY_WITH_TIMEOUT(tryIt.bars()->isVisible(), 20000);
    drawStroke();
    QTRY_VERIFY_WITH_TIMEOUT(!tryIt.answer()->text().isEmpty(), 30000);
    QVERIFY(tryIt.seen()->second().isNull());
}

void TestModelsPage::layersAreListedWithTheirParameters()
{
    auto* layers = m_page->detail().layers();
    QTRY_VERIFY_WITH_TIMEOUT(layers->rowCount() > 0, 20000);
    bool hasConvolution = false;
    for (int row = 0; row < layers->rowCount(); ++row) {
        if (layers->item(row, 1)->text() == QLatin1String("conv2d")) {
            hasConvolution = true;
            QVERIFY(layers->item(row, 2)->text() != QLatin1String("-"));
            QVERIFY(layers->item(row, 3)->text().contains(QStringLiteral("×")));
        }
    }
    QVERIFY(hasConvolution);
}

void TestModelsPage::exportShowsTheNumbersOfItsCheck()
{
    m_page->showModel(m_table);
    QTRY_COMPARE_WITH_TIMEOUT(m_page->detail().modelId(), m_table, 20000);
    m_page->detail().exportModel();
    QTRY_VERIFY_WITH_TIMEOUT(m_page->findChild<ExportDialog*>() != nullptr, 20000);
    auto* dialog = m_page->findChild<ExportDialog*>();
    const QString file = m_fixture.folder() + QStringLiteral("/model.onnx");
    dialog->fileEdit()->setText(file);
    QSignalSpy exported(dialog, &ExportDialog::exported);
    QTest::mouseClick(dialog->exportButton(), Qt::LeftButton);
    QTRY_COMPARE_WITH_TIMEOUT(exported.count(), 1, 60000);
    QVERIFY(QFileInfo(file).size() > 100);
    QVERIFY2(dialog->report().contains("Opset"), qPrintable(dialog->report()));
    QVERIFY2(dialog->report().contains(QStringLiteral("max |Δ|")), qPrintable(dialog->report()));
    dialog->close();
    QTRY_VERIFY_WITH_TIMEOUT(m_page->findChild<ExportDialog*>() == nullptr, 10000);
    m_fixture.window().activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&m_fixture.window()));
}

void TestModelsPage::groupsAreNotOfferedAsOnnx()
{
    catalog::ModelRecord model;
    model.name = "groups";
    ExportDialog dialog(m_fixture.context(), model, m_page);
    dialog.setFormats({QStringLiteral("onnx"), QStringLiteral("safetensors")});
    const auto buttons = dialog.findChildren<QRadioButton*>();
    QVERIFY(buttons.at(0)->isEnabled() && buttons.at(0)->isChecked());
    dialog.setFormats({QStringLiteral("safetensors")});
    QVERIFY(!buttons.at(0)->isEnabled());
    QVERIFY(buttons.at(1)->isChecked());
    QVERIFY(dialog.fileEdit()->text().endsWith(QStringLiteral(".safetensors")));
}

void TestModelsPage::unwritableFileIsToldInWords()
{
    const auto models = m_fixture.models();
    const auto model = std::find_if(models.begin(), models.end(), [this](const auto& one) { return one.id == m_table; });
    bool isAnswered = false;
    Error error;
    m_fixture.context().models.exportModel(
        *model, QString(), QStringLiteral("onnx"), m_fixture.folder() + QStringLiteral("/no/such/folder/model.onnx"), this,
        [&](Result<ExportReport> report) {
            isAnswered = true;
            error = report ? Error{} : report.error();
        });
    QTRY_VERIFY_WITH_TIMEOUT(isAnswered, 60000);
    QVERIFY2(error.message.find("model.onnx") != std::string::npos || error.message.find("folder") != std::string::npos,
             error.message.c_str());
}

void TestModelsPage::deletedModelComesBackByUndo()
{
    m_page->showModel(m_table);
    QTRY_COMPARE_WITH_TIMEOUT(m_page->detail().modelId(), m_table, 20000);
    m_page->table()->setFocus();
    QTest::keyClick(m_page->table(), Qt::Key_Delete);
    QTRY_COMPARE_WITH_TIMEOUT(m_page->table()->model()->rowCount(), 2, 20000);
    m_fixture.context().notices.undoStack().undo();
    QTRY_COMPARE_WITH_TIMEOUT(m_page->table()->model()->rowCount(), 3, 20000);
}

void TestModelsPage::emptyTrashSaysWhatItFreed()
{
    m_page->table()->setFocus();
    QTest::keyClick(m_page->table(), Qt::Key_Delete);
    QTRY_COMPARE_WITH_TIMEOUT(m_page->table()->model()->rowCount(), 2, 20000);
    auto* dialog = new TrashDialog(m_fixture.context(), m_page);
    dialog->open();
    QPushButton* empty = nullptr;
    for (auto* button : dialog->findChildren<QPushButton*>()) {
        if (button->text().startsWith(TrashDialog::tr("Empty trash"))) {
            empty = button;
        }
    }
    QVERIFY(empty != nullptr);
    QTRY_VERIFY_WITH_TIMEOUT(empty->isEnabled(), 20000);
    QTest::mouseClick(empty, Qt::LeftButton);
    const auto questions = dialog->findChildren<QDialog*>();
    QCOMPARE(questions.size(), 1);
    for (auto* button : questions.first()->findChildren<QPushButton*>()) {
        if (button->text() == TrashDialog::tr("Delete for good")) {
            QTest::mouseClick(button, Qt::LeftButton);
            break;
        }
    }
    QTRY_VERIFY_WITH_TIMEOUT(!empty->isEnabled(), 20000);
    bool isTold = false;
    const auto isReported = [&] {
        for (const auto* label : dialog->findChildren<QLabel*>()) {
            isTold = isTold || (label->isVisible() && label->text().contains(QLatin1String("freed")));
        }
        return isTold;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isReported(), 20000);
    delete dialog;
}

QTEST_MAIN(TestModelsPage)
#include "tst_models_page.moc"
