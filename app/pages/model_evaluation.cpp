#include "app/pages/model_evaluation.h"

#include <utility>

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QTemporaryDir>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/model_paper.h"
#include "app/pages/catalog_actions.h"
#include "app/pages/dataset_box.h"
#include "app/pages/evaluation_view.h"
#include "app/pages/save_file.h"
#include "app/services/all_services.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "engine/base/files.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
constexpr auto kSamplesFile = "samples.csv";
} // namespace

ModelEvaluation::ModelEvaluation(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_call(new RunnerCall(runnerProgram(), this))
    , m_data(new DatasetBox(context, this))
    , m_start(new QPushButton(tr("Evaluate"), this))
    , m_write(new QPushButton(tr("Write answers…"), this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_assumed(new QLabel(this))
    , m_empty(new QLabel(tr("Choose data and press Evaluate: the scores beside a baseline, the mistakes, ROC and calibration appear here."), this))
    , m_view(new EvaluationView(this))
{
    auto* column = new QVBoxLayout(this);
    auto* row = new QHBoxLayout;
    auto* label = new QLabel(tr("&Data"), this);
    label->setBuddy(m_data);
    m_data->setAccessibleName(tr("Data to compare with"));
    m_start->setToolTip(tr("Let the model answer every sample, and compare with the truth"));
    row->addWidget(label);
    row->addWidget(m_data);
    m_write->setToolTip(tr("Let the model answer every sample, known or not, and write its answers into a table (CSV)"));
    row->addWidget(m_start);
    row->addWidget(m_write);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(m_busy);
    m_busy->setIdle();
    column->addWidget(m_error);
    m_error->hide();
    widgets::setTextRole(*m_assumed, widgets::TextRole::Muted);
    m_assumed->setWordWrap(true);
    m_assumed->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_assumed->hide();
    column->addWidget(m_assumed);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    widgets::setTextRole(*m_empty, widgets::TextRole::Muted);
    column->addWidget(m_empty, 1);
    column->addWidget(m_view, 1);
    m_view->hide();

    connect(m_start, &QPushButton::clicked, this, &ModelEvaluation::start);
    connect(m_write, &QPushButton::clicked, this, &ModelEvaluation::writeAnswers);
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] {
        m_call->cancel();
        m_busy->setIdle();
        refreshButtons();
    });
    connect(m_data, &DatasetBox::listed, this, &ModelEvaluation::refreshButtons);
    refreshButtons();
}

ModelEvaluation::~ModelEvaluation()
{
    m_view->setPaper(nullptr);
}

void ModelEvaluation::clear()
{
    m_call->cancel();
    m_busy->setIdle();
    refreshButtons();
    m_model = {};
    m_error->hide();
    m_assumed->hide();
    m_view->setPaper(nullptr);
    m_view->hide();
    m_empty->show();
    m_paper = {};
}

void ModelEvaluation::setModel(const catalog::ModelRecord& model)
{
    if (model.id != m_model.id) {
        clear();
    }
    m_model = model;
}

void ModelEvaluation::start()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_error->hide();
    m_start->setEnabled(false);
    m_busy->setBusy(tr("Comparing the answers with the truth…"));
    QStringList words{
        QStringLiteral("evaluate"), QStringLiteral("--model"), QString::fromStdString(m_model.folder), QStringLiteral("--data"),
        m_data->path(), QStringLiteral("--samples"), m_folder->filePath(QLatin1String(kSamplesFile)),
        QStringLiteral("--json")};
    if (!targetWanted().isEmpty()) {
        words << QStringLiteral("--target") << targetWanted();
    }
    m_call->askOfStores(
        words, m_context.stores, {m_data->path().toStdString()},
        [this, name = m_data->currentText()](Result<Json> report) { show(name, std::move(report)); });
}

QString ModelEvaluation::targetWanted() const
{
    return m_model.format == "onnx" ? m_data->target() : QString(); // a person has seen it in the import sheet
}

void ModelEvaluation::refreshButtons()
{
    m_start->setEnabled(m_data->count() > 0 && !m_call->isAsking());
    m_write->setEnabled(m_data->count() > 0);
}

void ModelEvaluation::writeAnswers()
{
    const QString source = m_data->path();
    const QString name = m_data->currentText();
    askPlace(
        m_context, this, tr("Write the answers to %1").arg(name), tr("%1 answers.csv").arg(name),
        [this, model = m_model, source, name, target = targetWanted()](const QString& file) {
            m_context.models.writeAnswers(
                {model, source, target, file}, m_context.stores, this, [this, name, file](const Result<std::int64_t>& samples) {
                    if (samples) {
                        m_context.notices.toast(
                            tr("%Ln answer(s) to %1: %2", nullptr, static_cast<int>(*samples)).arg(name, file), tr("Open folder"),
                            [folder = QFileInfo(file).absolutePath()] { openFolder(folder); });
                    } else if (samples.error().kind != ErrorKind::Cancelled) {
                        m_context.notices.error(tr("The answers to %1 could not be written.").arg(name), samples.error());
                    }
                    emit answersWritten();
                });
        });
}

void ModelEvaluation::show(const QString& name, Result<Json> report)
{
    m_busy->setIdle();
    refreshButtons();
    m_assumed->hide();
    m_view->setPaper(nullptr);
    m_view->setVisible(report.isOk());
    m_empty->setVisible(!report.isOk());
    if (!report) {
        m_error->setText(
            tr("The model cannot be compared with %1.").arg(name), QString::fromStdString(report.error().message),
            QString::fromStdString(report.error().advice));
        m_error->show();
        emit evaluated();
        return;
    }
    m_paper = {};
    m_paper.test.title = name;
    m_paper.test.report = report.value();
    const bool isClassification = report->value("task", std::string()) == "classification";
    const auto samples = readFile(m_folder->filePath(QLatin1String(kSamplesFile)).toStdString());
    m_paper.test.samples = RunPaper::parseSamples(samples ? samples.value() : std::string(), isClassification);
    m_assumed->setText(assumedText(report->value("assumed", Json::object())));
    m_assumed->setVisible(!m_assumed->text().isEmpty());
    m_view->setPaper(&m_paper);
    emit evaluated();
}

} // namespace ty::app
