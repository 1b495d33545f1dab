#include "app/pages/spec_try_view.h"

#include <algorithm>

#include <QComboBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QSignalBlocker>
#include <QTimer>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/model_paper.h"
#include "app/services/all_services.h"
#include "app/services/predict_session.h"
#include "engine/specs/value_words.h"
#include "widgets/probability_bars.h"
#include "widgets/theme/roles.h"

namespace ty::app {

using engine::specs::stateWords;

namespace {

constexpr int kTypingMs = 150; // after the last key

/// Names and types: where they stay, so does what was typed.
QString variablesOf(const engine::specs::Machine& machine)
{
    QString all = QString::fromStdString(machine.name);
    for (const auto& variable : machine.variables) {
        all += QStringLiteral(" %1:%2").arg(QString::fromStdString(variable.name), QString::fromStdString(variable.typeText));
    }
    return all;
}

/// Whether a model was made from such examples: it tells Y from N, and knows no column that is not theirs.
bool isScorer(const ModelPaper& paper, const std::vector<std::string>& columns)
{
    const auto isKnown = [&columns](const InputColumn& input) {
        return std::find(columns.begin(), columns.end(), input.name.toStdString()) != columns.end();
    };
    return !paper.columns.empty() && paper.classes.size() == 2 && paper.classes.contains(QStringLiteral("Y"))
        && paper.classes.contains(QStringLiteral("N")) && std::all_of(paper.columns.begin(), paper.columns.end(), isKnown);
}

} // namespace

SpecTryView::SpecTryView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_before(new QLineEdit(this))
    , m_operation(new QComboBox(this))
    , m_after(new QLineEdit(this))
    , m_verdict(new QLabel(this))
    , m_details(new QLabel(this))
    , m_models(new QComboBox(this))
    , m_modelWords(new QLabel(this))
    , m_bars(new widgets::ProbabilityBars(this))
    , m_typing(new QTimer(this))
{
    layOut();
    m_typing->setSingleShot(true);
    m_typing->setInterval(kTypingMs);
    connect(m_typing, &QTimer::timeout, this, &SpecTryView::ask);
    connect(m_before, &QLineEdit::textChanged, m_typing, qOverload<>(&QTimer::start));
    connect(m_after, &QLineEdit::textChanged, m_typing, qOverload<>(&QTimer::start));
    connect(m_operation, &QComboBox::currentIndexChanged, m_typing, qOverload<>(&QTimer::start));
    connect(m_models, &QComboBox::currentIndexChanged, this, &SpecTryView::openModel);
    connect(&context.catalog, &CatalogService::modelsChanged, this, [this] {
        m_areModelsStale = true;
        findModels();
    });
    clear();
}

SpecTryView::~SpecTryView() = default;

void SpecTryView::layOut()
{
    const QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    m_before->setFont(fixed);
    m_after->setFont(fixed);
    m_before->setAccessibleName(tr("State before"));
    m_after->setAccessibleName(tr("State after"));
    m_operation->setAccessibleName(tr("Operation"));
    m_models->setAccessibleName(tr("Model"));
    widgets::setTextRole(*m_verdict, widgets::TextRole::Heading);
    m_verdict->setWordWrap(true);
    m_details->setWordWrap(true);
    m_details->setFont(fixed);
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse);
    widgets::setTextRole(*m_details, widgets::TextRole::Muted);
    widgets::setTextRole(*m_modelWords, widgets::TextRole::Muted);
    m_modelWords->setWordWrap(true);

    auto* form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("Before"), m_before);
    form->addRow(tr("Operation"), m_operation);
    form->addRow(tr("After"), m_after);
    form->addRow(m_verdict);
    form->addRow(m_details);
    form->addRow(tr("Model"), m_models);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addWidget(m_bars);
    layout->addWidget(m_modelWords);
    layout->addStretch(1);
}

void SpecTryView::clear()
{
    m_typing->stop();
    m_examples = {};
    m_row.clear();
    m_areModelsStale = true;
    const QSignalBlocker quiet(m_operation);
    m_operation->clear();
    for (auto* field : {static_cast<QWidget*>(m_before), static_cast<QWidget*>(m_operation), static_cast<QWidget*>(m_after)}) {
        field->setEnabled(false);
    }
    m_details->clear();
    widgets::setTextRole(*m_verdict, widgets::TextRole::Muted);
    m_verdict->setText(tr("A transition is judged once the machine was explored to its end."));
}

void SpecTryView::setExamples(const SpecExamples& examples)
{
    const QString variables = variablesOf(*examples.spec.machine);
    const QString chosen = m_operation->currentText();
    m_examples = examples;
    m_areModelsStale = true;
    {
        const QSignalBlocker quiet(m_operation);
        m_operation->clear();
        for (const auto& operation : examples.spec.machine->operations) {
            m_operation->addItem(QString::fromStdString(operation.name));
        }
        m_operation->setCurrentIndex(std::max(0, m_operation->findText(chosen)));
    }
    for (auto* field : {static_cast<QWidget*>(m_before), static_cast<QWidget*>(m_operation), static_cast<QWidget*>(m_after)}) {
        field->setEnabled(true);
    }
    if (variables != m_variables && !examples.table->examples().empty()) {
        showExample(0);
    }
    m_variables = variables;
    m_typing->start();
    findModels();
}

void SpecTryView::showExample(std::size_t row)
{
    const auto& one = m_examples.table->examples()[row].transition;
    const auto& spec = m_examples.spec;
    m_before->setText(QString::fromStdString(stateWords(*spec.machine, spec.space->state(one.before))));
    m_after->setText(QString::fromStdString(stateWords(*spec.machine, spec.space->state(one.after))));
    m_operation->setCurrentIndex(static_cast<int>(one.operation));
    for (auto* field : {m_before, m_after}) {
        field->setCursorPosition(0);
    }
}

void SpecTryView::ask()
{
    if (m_examples.table && isVisible() && m_operation->currentIndex() >= 0) {
        emit judgementRequested(
            m_examples,
            {m_before->text().toStdString(), static_cast<std::uint32_t>(m_operation->currentIndex()), m_after->text().toStdString()});
    }
}

void SpecTryView::setJudgement(const SpecJudgement& judgement)
{
    const auto& verdict = judgement.verdict;
    const QString operation = m_operation->currentText();
    QString details;
    if (verdict.isPossible) {
        widgets::setTextRole(*m_verdict, widgets::TextRole::Good);
        m_verdict->setText(tr("Possible: %1 leads there.").arg(operation));
    } else if (!verdict.problem.empty()) {
        widgets::setTextRole(*m_verdict, widgets::TextRole::Warn);
        m_verdict->setText(tr("Unknown: %1.").arg(QString::fromStdString(verdict.problem)));
    } else if (verdict.outcomes == 0) {
        widgets::setTextRole(*m_verdict, widgets::TextRole::Bad);
        m_verdict->setText(tr("Impossible: %1 cannot run in the state before.").arg(operation));
    } else {
        widgets::setTextRole(*m_verdict, widgets::TextRole::Bad);
        m_verdict->setText(tr("Impossible: %1 leads elsewhere.").arg(operation));
        QStringList outcomes;
        for (const auto& outcome : verdict.someOutcomes) {
            outcomes << QString::fromStdString(outcome);
        }
        details = outcomes.join(QLatin1Char('\n'));
        if (const auto more = verdict.outcomes - verdict.someOutcomes.size(); more > 0) {
            details += QLatin1Char('\n') + tr("%n more", nullptr, static_cast<int>(more));
        }
    }
    m_details->setText(details);
    m_row = judgement.row;
    askModel();
}

void SpecTryView::setFailure(SpecTransition::Side side, const QString& message)
{
    widgets::setTextRole(*m_verdict, widgets::TextRole::Warn);
    m_verdict->setText(
        side == SpecTransition::Side::Before ? tr("State before: %1").arg(message) : tr("State after: %1").arg(message));
    m_details->clear();
    m_row.clear();
    m_bars->clear(m_scorers.empty() ? QString() : tr("Asked once both states are read."));
}

void SpecTryView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_typing->start();
    findModels();
}

void SpecTryView::findModels()
{
    if (!m_areModelsStale || !isVisible() || !m_examples.table) {
        return;
    }
    m_areModelsStale = false;
    m_context.catalog.call(
        this,
        [columns = m_examples.table->columnNames()](catalog::Catalog& catalog) -> Result<std::vector<Scorer>> {
            TY_TRY(const auto models, catalog.models());
            std::vector<Scorer> scorers;
            for (const auto& model : models) {
                if (model.task != "classification") {
                    continue;
                }
                if (const auto paper = ModelPaper::load(model.folder); paper && isScorer(*paper, columns)) {
                    scorers.push_back({QString::fromStdString(model.name), QString::fromStdString(model.folder)});
                }
            }
            return scorers;
        },
        [this](const Result<std::vector<Scorer>>& found) {
            const QString chosen = m_models->currentData().toString();
            m_scorers = found ? found.value() : std::vector<Scorer>();
            {
                const QSignalBlocker quiet(m_models);
                m_models->clear();
                for (const auto& scorer : m_scorers) {
                    m_models->addItem(scorer.name, scorer.folder);
                }
                m_models->setCurrentIndex(std::max(m_scorers.empty() ? -1 : 0, m_models->findData(chosen)));
            }
            m_models->setEnabled(!m_scorers.empty());
            if (m_scorers.empty()) {
                m_modelWords->setText(
                    tr("No model was trained on this machine's examples yet. Make a dataset under Examples and train on it."));
            }
            if (m_session == nullptr || m_models->currentData().toString() != chosen) {
                openModel();
            }
        });
}

void SpecTryView::openModel()
{
    delete m_session;
    m_session = nullptr;
    m_bars->setVisible(!m_scorers.empty());
    m_bars->clear(tr("Asking the model…"));
    if (!m_scorers.empty()) {
        m_modelWords->clear();
    }
    askModel();
}

void SpecTryView::askModel()
{
    if (m_models->currentIndex() < 0 || m_row.empty() || !isVisible()) {
        return;
    }
    if (m_session == nullptr) {
        m_session = m_context.models.openSession(m_models->currentData().toString(), this);
        connect(m_session, &PredictSession::answered, this, [this](const PredictAnswer& answer) {
            QList<widgets::Answer> answers;
            for (const auto& part : answer.probabilities) {
                answers << widgets::Answer{part.label == QLatin1String("Y") ? tr("possible") : tr("impossible"), part.probability};
            }
            m_bars->setAnswers(answers);
            m_modelWords->setText(tr("answered in %1 ms").arg(QLocale().toString(answer.milliseconds, 'f', 1)));
        });
        connect(m_session, &PredictSession::failed, this, [this](const QString& message, const QString& advice) {
            m_bars->clear(tr("No answer."));
            m_modelWords->setText(advice.isEmpty() ? message : message + QLatin1Char(' ') + advice);
        });
    }
    m_session->askRow(m_row);
}

} // namespace ty::app
