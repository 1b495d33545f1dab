#include "app/pages/sequence_dialog.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QComboBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QIODevice>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/pages/dataset_box.h"
#include "app/pages/save_file.h"
#include "app/services/all_services.h"
#include "app/services/runner_call.h"
#include "app/services/runner_program.h"
#include "app/services/study_service.h"
#include "widgets/busy_bar.h"
#include "widgets/chart/line_chart.h"
#include "widgets/error_panel.h"
#include "widgets/state_diagram.h"
#include "widgets/state_strip.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr auto kLikelihoodLine = "likelihood";
constexpr double kStepWorthDrawing = 0.02; ///< probability

double numberOf(const Json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : std::nan("");
}

QStandardItem* shareItem(double value)
{
    auto* item = new QStandardItem(QLocale().toString(value, 'g', 4));
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return item;
}

} // namespace

SequenceDialog::SequenceDialog(AppContext& context, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_call(new RunnerCall(runnerProgram(), this))
    , m_studies(new StudyService(context.paths, this))
    , m_busy(new widgets::BusyBar(this))
    , m_error(new widgets::ErrorPanel(this))
    , m_chart(new widgets::LineChart(this))
    , m_diagram(new widgets::StateDiagram(this))
    , m_shows(new QStandardItemModel(this))
    , m_showsView(new QTableView(this))
    , m_sequence(new QSpinBox(this))
    , m_strip(new widgets::StateStrip(this))
    , m_words(new QLabel(this))
{
    setWindowTitle(tr("Hidden Markov model"));
    m_busy->setIdle();
    m_error->hide();
    m_chart->setTitle(tr("Log-likelihood"), tr("of all sequences"));
    m_chart->setAccessibleName(tr("Chart: log-likelihood"));
    m_chart->setXChoiceVisible(false);
    m_chart->setXKind(widgets::XKind::Epoch);
    m_chart->setEpochName(tr("Pass"));
    m_chart->setEmptyText(tr("Press Learn: the log-likelihood of each pass is drawn here"));
    m_chart->setMinimumHeight(150);
    m_showsView->setModel(m_shows);
    widgets::setUpRows(*m_showsView, tr("What the states show"));
    m_sequence->setRange(1, 1);
    widgets::setSpoken(*m_sequence, tr("Number of the sequence that is shown"));
    widgets::setTextRole(*m_words, widgets::TextRole::Muted);
    m_words->setWordWrap(true);
    m_diagram->setMinimumHeight(180);

    auto* left = new QVBoxLayout;
    left->addWidget(buildSettings());
    left->addWidget(m_busy);
    left->addWidget(m_error);
    left->addWidget(m_chart, 1);
    auto* right = new QVBoxLayout;
    auto* steps = new QLabel(tr("States and how probable their steps are (below 2 % not drawn)"), this);
    widgets::setTextRole(*steps, widgets::TextRole::Strong);
    right->addWidget(steps);
    right->addWidget(m_diagram, 3);
    right->addWidget(m_showsView, 1);
    auto* above = new QHBoxLayout;
    above->addLayout(left, 2);
    above->addLayout(right, 3);
    auto* strip = new QHBoxLayout;
    auto* which = new QLabel(tr("Likeliest states of se&quence"), this);
    which->setBuddy(m_sequence);
    auto* save = new QPushButton(tr("Save states…"), this);
    save->setEnabled(false);
    connect(this, &SequenceDialog::learned, save, [this, save] { save->setEnabled(m_report.is_object()); });
    m_learn->setFocus();
    m_words->setText(tr("Press Learn: above appear the states and what each shows, below the likeliest state of every row."));
    strip->addWidget(which);
    strip->addWidget(m_sequence);
    strip->addWidget(m_words, 1);
    strip->addWidget(save);
    auto* column = new QVBoxLayout(this);
    column->addLayout(above, 3);
    column->addLayout(strip);
    column->addWidget(m_strip, 1);
    connect(m_sequence, &QSpinBox::valueChanged, this, &SequenceDialog::showSequence);
    connect(save, &QPushButton::clicked, this, &SequenceDialog::saveStates);
    connect(m_busy, &widgets::BusyBar::cancelRequested, this, [this] {
        m_call->cancel();
        m_busy->setIdle();
        m_learn->setEnabled(true);
    });
    resize(1080, 680);
}

SequenceDialog::~SequenceDialog() = default;

void SequenceDialog::open(AppContext& context, QWidget* parent)
{
    auto* dialog = new SequenceDialog(context, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->show();
}

QWidget* SequenceDialog::buildSettings()
{
    auto* box = new QGroupBox(tr("Learn from"), this);
    auto* form = new QFormLayout(box);
    m_data = new DatasetBox(m_context, box);
    widgets::setSpoken(*m_data, tr("Dataset; its rows are in order"));
    m_column = new QComboBox(box);
    widgets::setSpoken(*m_column, tr("Column that is observed, row after row"));
    m_by = new QComboBox(box);
    widgets::setSpoken(*m_by, tr("Column that tells sequences apart"));
    const auto spin = [box](int low, int high, int value, const QString& spoken) {
        auto* made = new QSpinBox(box);
        made->setRange(low, high);
        made->setValue(value);
        widgets::setSpoken(*made, spoken);
        return made;
    };
    m_states = spin(1, 50, 3, tr("Hidden states"));
    m_restarts = spin(1, 1000, 5, tr("Beginnings, of which the best is kept"));
    m_seed = spin(0, 1'000'000'000, 1, tr("Seed"));
    m_learn = new QPushButton(tr("&Learn"), box);
    widgets::makePrimary(*m_learn);
    m_learn->setDefault(true);
    m_learn->setEnabled(false);
    form->addRow(tr("&Data"), m_data);
    form->addRow(tr("&Column"), m_column);
    form->addRow(tr("Sequences &by"), m_by);
    form->addRow(tr("&States"), m_states);
    form->addRow(tr("Be&ginnings"), m_restarts);
    form->addRow(tr("S&eed"), m_seed);
    form->addRow(m_learn);
    connect(m_learn, &QPushButton::clicked, this, &SequenceDialog::learn);
    connect(m_data, &DatasetBox::listed, this, &SequenceDialog::listColumns);
    connect(m_data, &QComboBox::activated, this, &SequenceDialog::listColumns);
    return box;
}

void SequenceDialog::listColumns()
{
    m_column->clear();
    m_by->clear();
    m_learn->setEnabled(false);
    if (m_data->path().isEmpty()) {
        return;
    }
    DataSpec spec;
    spec.training = m_data->path().toStdString();
    m_context.datasets.preview(spec, this, [this, request = ++m_request](Result<TablePreview> preview) {
        if (request != m_request || !preview) {
            return;
        }
        m_by->addItem(tr("all rows are one sequence"), QString());
        for (const auto& column : preview->summary.columns) {
            m_column->addItem(column.name);
            if (column.type == QLatin1String("category")) {
                m_by->addItem(column.name, column.name);
            }
        }
        // What the person wants to know of the rows; a date tells only their order.
        const auto& columns = preview->summary.columns;
        const auto wanted = std::find_if(columns.begin(), columns.end(), [&](const ColumnSummary& one) {
            return one.name == preview->summary.target && one.type != QLatin1String("date");
        });
        const auto first = std::find_if(columns.begin(), columns.end(), [](const ColumnSummary& one) { return one.type != QLatin1String("date"); });
        const auto chosen = wanted != columns.end() ? wanted : first;
        m_column->setCurrentIndex(chosen != columns.end() ? m_column->findText(chosen->name) : 0);
        m_learn->setEnabled(m_column->count() > 0);
    });
}

void SequenceDialog::learn()
{
    m_error->hide();
    m_learn->setEnabled(false);
    m_chart->clear();
    widgets::ChartLine line;
    line.id = QLatin1String(kLikelihoodLine);
    line.name = tr("log-likelihood");
    m_chart->addLine(line);
    m_passes = 0;
    m_busy->setBusy(tr("Reading the rows…"));
    QStringList words{
        QStringLiteral("sequence"), m_data->path(), QStringLiteral("--column"), m_column->currentText(), QStringLiteral("--states"),
        QString::number(m_states->value()), QStringLiteral("--restarts"), QString::number(m_restarts->value()), QStringLiteral("--seed"),
        QString::number(m_seed->value()), QStringLiteral("--ways"), QStringLiteral("--json")};
    if (!m_by->currentData().toString().isEmpty()) {
        words << QStringLiteral("--by") << m_by->currentData().toString();
    }
    m_studies->addStateFile(QStringLiteral("sequence"), words, m_data->path(), this, [this](const QStringList& all) {
        if (!m_learn->isEnabled()) { // else it was cancelled meanwhile
            m_call->askOfStores(
                all, m_context.stores, {m_data->path().toStdString()}, [this](Result<Json> told) { showAnswer(std::move(told)); }, [this](const Json& told) { take(told); });
        }
    });
}

void SequenceDialog::take(const Json& told)
{
    const double likelihood = numberOf(told, "logLikelihood");
    if (!std::isfinite(likelihood)) {
        return;
    }
    ++m_passes;
    const double pass = m_passes;
    m_chart->append(QLatin1String(kLikelihoodLine), widgets::ChartPoint{pass, pass, 0, 0, likelihood});
    m_busy->setBusy(tr("Beginning %1, pass %2").arg(static_cast<int>(numberOf(told, "beginning"))).arg(static_cast<int>(numberOf(told, "pass"))));
}

void SequenceDialog::showAnswer(Result<Json> told)
{
    m_busy->setIdle();
    m_learn->setEnabled(true);
    if (!told) {
        m_error->setText(
            tr("The sequences cannot be learned from."), QString::fromStdString(told.error().message),
            QString::fromStdString(told.error().advice));
        m_error->show();
        emit learned();
        return;
    }
    m_report = std::move(told).value();
    showStates();
    m_sequence->setRange(1, std::max(1, static_cast<int>(m_report.value("ways", Json::array()).size())));
    m_sequence->setValue(1);
    showSequence(1);
    emit learned();
}

void SequenceDialog::showStates()
{
    const Json states = m_report.value("states", Json::array());
    std::vector<widgets::DiagramState> boxes;
    std::vector<widgets::DiagramStep> steps;
    const bool areNumbers = !states.empty() && states.front().contains("mean");
    QStringList header{tr("State"), tr("Start")};
    m_shows->clear();
    for (std::size_t s = 0; s < states.size(); ++s) {
        const Json& state = states[s];
        QString shown;
        QList<QStandardItem*> row{new QStandardItem(QString::number(s + 1)), shareItem(numberOf(state, "start"))};
        if (areNumbers) {
            const double mean = numberOf(state, "mean");
            const double deviation = numberOf(state, "deviation");
            shown = tr("%1 ± %2").arg(QLocale().toString(mean, 'g', 3), QLocale().toString(deviation, 'g', 2));
            row << shareItem(mean) << shareItem(deviation);
        } else {
            double best = -1;
            const Json shows = state.value("shows", Json::object()); // by name: items() looks at it
            for (const auto& [symbol, share] : shows.items()) {
                row << shareItem(share.get<double>());
                if (s == 0) {
                    header << QString::fromStdString(symbol);
                }
                if (share.get<double>() > best) {
                    best = share.get<double>();
                    shown = tr("%1 %2 %").arg(QString::fromStdString(symbol)).arg(std::lround(100 * best));
                }
            }
        }
        m_shows->appendRow(row);
        widgets::DiagramState box;
        box.label = tr("%1: %2").arg(s + 1).arg(shown);
        box.words = box.label;
        box.layer = static_cast<int>(s);
        box.isInitial = numberOf(state, "start") > 0.5;
        boxes.push_back(box);
        const Json next = state.value("next", Json::array());
        for (std::size_t to = 0; to < next.size(); ++to) {
            const double share = next[to].is_number() ? next[to].get<double>() : 0;
            if (share >= kStepWorthDrawing) {
                steps.push_back({static_cast<int>(s), static_cast<int>(to), QLocale().toString(100 * share, 'f', 0) + QStringLiteral(" %"), true});
            }
        }
    }
    if (areNumbers) {
        header << tr("Mean") << tr("Deviation");
    }
    m_shows->setHorizontalHeaderLabels(header);
    m_showsView->resizeColumnsToContents();
    m_diagram->setDiagram(boxes, steps);
    m_words->setText(
        tr("Log-likelihood %1 after %2 passes").arg(QLocale().toString(numberOf(m_report, "logLikelihood"), 'f', 2)).arg(m_report.value("passes", 0)));
}

void SequenceDialog::showSequence(int sequence)
{
    const Json ways = m_report.is_object() ? m_report.value("ways", Json::array()) : Json::array();
    const auto at = static_cast<std::size_t>(sequence - 1);
    if (at >= ways.size()) {
        return;
    }
    QStringList symbols;
    for (const Json& name : m_report.value("symbols", Json::array())) {
        symbols << QString::fromStdString(name.get<std::string>());
    }
    m_strip->setSequence(ways[at].value("states", std::vector<std::uint32_t>()), ways[at].value("values", std::vector<double>()), symbols);
}

void SequenceDialog::saveStates()
{
    std::string text = "sequence,place,state\n";
    std::size_t sequence = 0;
    for (const Json& way : m_report.is_object() ? m_report.value("ways", Json::array()) : Json::array()) {
        ++sequence;
        std::size_t place = 0;
        for (const std::uint32_t state : way.value("states", std::vector<std::uint32_t>())) {
            text += std::to_string(sequence) + "," + std::to_string(++place) + "," + std::to_string(state + 1) + "\n";
        }
    }
    askAndSave(
        m_context, this, tr("Save the states"), QStringLiteral("states.csv"),
        [text = std::move(text)](QIODevice& device, const SaveProgress&) -> Result<void> {
            device.write(text.data(), static_cast<qint64>(text.size()));
            return {};
        });
}

} // namespace ty::app
