#include "app/pages/model_importance.h"

#include <utility>
#include <vector>

#include <QComboBox>
#include <QFileInfo>
#include <QIODevice>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/pages/dataset_box.h"
#include "app/pages/labelled_field.h"
#include "app/pages/save_file.h"
#include "app/services/all_services.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "engine/base/run_events.h"
#include "engine/base/run_spec.h"
#include "widgets/busy_bar.h"
#include "widgets/error_panel.h"
#include "widgets/flow_layout.h"
#include "widgets/importance_bars.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

enum Kind { kNativeKind, kMeasuredKind };

/// What a model's own numbers are called, and what they mean.
struct NativeWords {
    QString measure;
    QString meaning;
};

NativeWords nativeWords(const std::string& measure)
{
    if (measure == "impurity") {
        return {
            ModelImportance::tr("Fall of impurity"),
            ModelImportance::tr("Share of the fall of impurity that a column's questions bring, on training rows. Columns of many different values "
                                "look better than they are; shuffling does not have that fault.")};
    }
    if (measure == "gain") {
        return {ModelImportance::tr("Gain"), ModelImportance::tr("Share of the fall of the loss that a column's questions bring, on training rows.")};
    }
    return {
        ModelImportance::tr("Coefficient"),
        ModelImportance::tr("Weight of a column for a change of one standard deviation; of several classes or categories the root of the mean square.")};
}

QString scoreName(const std::string& score)
{
    return score == "auc"      ? ModelImportance::tr("ROC-AUC")
        : score == "loss"      ? ModelImportance::tr("log loss")
        : score == "r2"        ? QStringLiteral("R²")
        : score == "rmse"      ? QStringLiteral("RMSE")
                               : ModelImportance::tr("accuracy");
}

} // namespace

ModelImportance::ModelImportance(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_call(new RunnerCall(runnerProgram(), this))
    , m_kind(new QComboBox(this))
    , m_data(new DatasetBox(context, this, tr("Held-out rows of its run")))
    , m_score(new QComboBox(this))
    , m_repeats(new QSpinBox(this))
    , m_start(new QPushButton(tr("Measure"), this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_bars(new widgets::ImportanceBars(this))
    , m_words(new QLabel(this))
{
    auto* column = new QVBoxLayout(this);
    auto* bar = new widgets::FlowLayout;
    const auto add = [&](const QString& text, QWidget* field) { bar->addWidget(labelledField(this, text, field)); };
    m_kind->addItem(tr("By shuffling its columns"), kMeasuredKind);
    m_kind->addItem(tr("As the model says"), kNativeKind);
    widgets::setSpoken(*m_kind, tr("Kind of importance"));
    widgets::setSpoken(*m_data, tr("Rows to measure on"));
    widgets::setSpoken(*m_score, tr("Score that gets worse"));
    m_repeats->setRange(1, 1000);
    m_repeats->setValue(5);
    widgets::setSpoken(*m_repeats, tr("Times that each column is shuffled"));
    m_start->setToolTip(tr("Shuffle each column in turn and look how much worse the model answers"));
    widgets::makePrimary(*m_start);
    add(tr("&Importance"), m_kind);
    add(tr("&Rows"), m_data);
    add(tr("&Score"), m_score);
    add(tr("Re&peats"), m_repeats);
    bar->addWidget(m_start);
    auto* write = new QToolButton(this);
    write->setText(tr("Export CSV…"));
    bar->addWidget(write);
    column->addLayout(bar);
    column->addWidget(m_busy);
    m_busy->setIdle();
    column->addWidget(m_error);
    m_error->hide();
    column->addWidget(m_bars, 1);
    widgets::setTextRole(*m_words, widgets::TextRole::Muted);
    m_words->setWordWrap(true);
    column->addWidget(m_words);

    connect(m_start, &QPushButton::clicked, this, &ModelImportance::measure);
    connect(write, &QToolButton::clicked, this, &ModelImportance::exportCsv);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        m_kind->currentData() == kNativeKind ? showNative() : showMeasured();
    });
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] {
        m_call->cancel();
        m_busy->setIdle();
        m_start->setEnabled(true);
    });
}

ModelImportance::~ModelImportance() = default;

bool ModelImportance::isFor(const ModelPaper& paper)
{
    return !paper.isImage && (paper.task == QLatin1String("classification") || paper.task == QLatin1String("regression"));
}

void ModelImportance::clear()
{
    m_call->cancel();
    m_busy->setIdle();
    m_start->setEnabled(true);
    m_error->hide();
    m_model = {};
    m_native = nullptr;
    m_report = nullptr;
    m_bars->setBars({}, {});
    m_words->clear();
}

void ModelImportance::setModel(const catalog::ModelRecord& model, const ModelPaper& paper)
{
    clear();
    m_model = model;
    m_native = paper.card.value("importance", Json::array());
    m_data->setFirst(model.runId > 0 ? tr("Held-out rows of its run") : QString());
    m_score->clear();
    const bool areClasses = paper.task == QLatin1String("classification");
    const QStringList scores = areClasses ? QStringList{"accuracy", "auc", "loss"} : QStringList{"r2", "rmse"};
    for (const QString& score : scores) {
        m_score->addItem(scoreName(score.toStdString()), score);
    }
    const bool isNative = m_native.is_array() && !m_native.empty();
    const QSignalBlocker quiet(m_kind);
    m_kind->setEnabled(isNative);
    m_kind->setCurrentIndex(m_kind->findData(isNative ? kNativeKind : kMeasuredKind));
    isNative ? showNative() : showMeasured();
}

void ModelImportance::showNative()
{
    std::vector<widgets::ImportanceBar> bars;
    std::string measure;
    for (const Json& one : m_native.is_array() ? m_native : Json::array()) {
        for (const auto& [key, value] : one.items()) {
            if (value.is_number()) {
                measure = key;
                bars.push_back({QString::fromStdString(one.value("feature", std::string())), value.get<double>(), 0, {}});
            }
        }
    }
    const NativeWords words = nativeWords(measure);
    m_bars->setBars(bars, words.measure);
    m_words->setText(words.meaning);
}

void ModelImportance::showMeasured()
{
    std::vector<widgets::ImportanceBar> bars;
    if (!m_report.is_object()) {
        m_bars->setBars(bars, tr("Loss of the score"));
        m_words->setText(tr("Choose rows that the model has not learned from, and press Measure: each column's values change places among "
                            "them, and what the score loses is what the column is worth."));
        return;
    }
    for (const Json& one : m_report.value("columns", Json::array())) {
        bars.push_back(
            {QString::fromStdString(one.value("column", std::string())), one.value("mean", 0.0), one.value("deviation", 0.0),
             one.value("repeats", std::vector<double>())});
    }
    const std::string score = m_report.value("score", std::string());
    const bool isCost = score == "loss" || score == "rmse";
    m_bars->setBars(bars, isCost ? tr("Rise of %1").arg(scoreName(score)) : tr("Fall of %1").arg(scoreName(score)));
    m_words->setText(
        tr("With all columns: %1 %2 on %3 rows. A bar is the mean of the repeats, a whisker their standard deviation, a dot each of them. About 0: "
           "the model does not need the column, perhaps because another says the same.")
            .arg(scoreName(score), QLocale().toString(m_report.value("baseline", 0.0), 'f', 4), QLocale().toString(m_report.value("samples", 0))));
}

void ModelImportance::measure()
{
    m_error->hide();
    m_start->setEnabled(false);
    m_kind->setCurrentIndex(m_kind->findData(kMeasuredKind));
    QStringList words{
        QStringLiteral("importance"), QStringLiteral("--model"), QString::fromStdString(m_model.folder), QStringLiteral("--score"),
        m_score->currentData().toString(), QStringLiteral("--repeats"), QString::number(m_repeats->value()), QStringLiteral("--json")};
    if (!m_data->path().isEmpty()) {
        words << QStringLiteral("--data") << m_data->path();
    }
    m_busy->setBusy(tr("Shuffling columns…"), 0);
    m_call->cancel();
    if (!m_data->path().isEmpty()) {
        ask(words, {m_data->path().toStdString()});
        return;
    }
    using Places = std::vector<std::string>;
    m_context.catalog.call( // beside the database's work: disks may be slow
        this,
        [folder = m_model.folder](catalog::Catalog&) -> Result<Places> {
            const std::string run = QFileInfo(QString::fromStdString(folder)).absolutePath().toStdString();
            const auto spec = RunSpec::load(RunFolder{run}.specFile()); // if it cannot be read, the runner says why
            return spec ? Places{spec->data.training, spec->data.validation, spec->data.test} : Places{};
        },
        [this, words, id = m_model.id](const Result<Places>& places) {
            if (id == m_model.id && m_busy->isBusy()) { // else it was cancelled meanwhile
                ask(words, places ? *places : Places{});
            }
        });
}

void ModelImportance::ask(const QStringList& words, const std::vector<std::string>& places)
{
    m_call->askOfStores(
        words, m_context.stores, places, [this](Result<Json> told) { showAnswer(std::move(told)); },
        [this](const Json& told) {
            const auto done = told.find("progress");
            if (done != told.end() && done->is_number()) {
                m_busy->setBusy(QString::fromStdString(told.value("what", std::string())), done->get<double>());
            }
        });
}

void ModelImportance::showAnswer(Result<Json> told)
{
    m_busy->setIdle();
    m_start->setEnabled(true);
    if (told) {
        m_report = std::move(told).value();
        showMeasured();
    } else {
        m_error->setText(
            tr("The importance cannot be measured."), QString::fromStdString(told.error().message), QString::fromStdString(told.error().advice));
        m_error->show();
    }
    emit measured();
}

void ModelImportance::exportCsv()
{
    askAndSave(
        m_context, this, tr("Export the importance"), QString::fromStdString(m_model.name) + QStringLiteral("-importance.csv"),
        [text = m_bars->toCsv().toUtf8()](QIODevice& device, const SaveProgress&) -> Result<void> {
            device.write(text);
            return {};
        });
}

} // namespace ty::app
