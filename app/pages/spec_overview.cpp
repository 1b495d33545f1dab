#include "app/pages/spec_overview.h"

#include <algorithm>
#include <climits>

#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "engine/specs/value_words.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

using namespace engine::specs;

namespace {

constexpr int kStateRole = Qt::UserRole + 1;
constexpr int kLineRole = Qt::UserRole + 2;
constexpr int kColumnRole = Qt::UserRole + 3;

QString number(quint64 value)
{
    return QLocale().toString(value);
}

QTableView* makeTable(QStandardItemModel* model, const QString& name, QWidget* parent)
{
    auto* table = new QTableView(parent);
    table->setModel(model);
    widgets::setUpRows(*table, name);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->horizontalHeader()->setStretchLastSection(true);
    return table;
}

QStandardItem* item(const QString& text)
{
    auto* made = new QStandardItem(text);
    made->setToolTip(text);
    return made;
}

} // namespace

SpecOverview::SpecOverview(QWidget* parent)
    : QWidget(parent)
    , m_figures(new QLabel(this))
    , m_notes(new QLabel(this))
    , m_operations(new QStandardItemModel(this))
    , m_checks(new QStandardItemModel(this))
    , m_operationTable(makeTable(m_operations, tr("Operations"), this))
    , m_checkTable(makeTable(m_checks, tr("Invariants and faults"), this))
    , m_wayTitle(new QLabel(this))
    , m_way(new QListWidget(this))
{
    widgets::setTextRole(*m_figures, widgets::TextRole::Strong);
    widgets::setTextRole(*m_notes, widgets::TextRole::Muted);
    widgets::setTextRole(*m_wayTitle, widgets::TextRole::Heading);
    m_figures->setWordWrap(true);
    m_notes->setWordWrap(true);
    m_way->setAccessibleName(tr("The way there"));
    m_wayTitle->hide();
    m_way->hide();
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_figures);
    layout->addWidget(m_notes);
    layout->addWidget(m_operationTable, 3);
    layout->addWidget(m_checkTable, 3);
    layout->addWidget(m_wayTitle);
    layout->addWidget(m_way, 3);
    layout->addStretch(0); // keeps the words at the top while there is no table
    connect(m_checkTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
        onCheckChosen(index.row());
    });
    clear();
}

void SpecOverview::clear()
{
    m_spec = {};
    m_figures->setText(tr("Nothing explored yet."));
    m_notes->hide();
    m_operations->clear();
    m_checks->clear();
    m_operationTable->hide();
    m_checkTable->hide();
    m_wayTitle->hide();
    m_way->hide();
}

void SpecOverview::setSpec(const ExploredSpec& spec)
{
    clear();
    m_spec = spec;
    const auto& space = *spec.space;
    m_figures->setText(
        tr("%1 states (%2 initial) · %3 transitions · dead ends: %4 · %5 s")
            .arg(
                number(space.stateCount()), number(space.initialStates.size()), number(space.transitions.size()),
                number(space.deadEnds.size()), QLocale().toString(space.seconds, 'f', 2)));
    QStringList notes;
    for (const auto& note : spec.machine->notes) {
        notes << QString::fromStdString(note);
    }
    if (!space.isWhole) {
        notes << tr("Not all: the exploration ended at %1. What lies behind is not known.").arg(QString::fromStdString(space.limit));
    }
    m_notes->setText(notes.join(QLatin1Char('\n')));
    m_notes->setVisible(!notes.isEmpty());
    fillOperations();
    fillChecks();
    m_operationTable->show();
    m_checkTable->setVisible(m_checks->rowCount() > 0);
}

void SpecOverview::fillOperations()
{
    m_operations->setHorizontalHeaderLabels({tr("Operation"), tr("Transitions"), tr("Parameters")});
    const auto& operations = m_spec.machine->operations;
    for (std::size_t index = 0; index < operations.size(); ++index) {
        QStringList parameters;
        for (const auto& parameter : operations[index].parameters) {
            parameters << QString::fromStdString(parameter);
        }
        auto* count = item(number(m_spec.findings->transitions[index]));
        count->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        const auto rest = parameters.join(QStringLiteral(", "));
        m_operations->appendRow(
            {item(QString::fromStdString(operations[index].name)), count,
             item(operations[index].isQuery ? (rest.isEmpty() ? tr("returns results") : tr("%1; returns results").arg(rest)) : rest)});
    }
}

void SpecOverview::fillChecks()
{
    m_checks->setHorizontalHeaderLabels({tr("Check"), tr("Result")});
    const auto& machine = *m_spec.machine;
    const auto& space = *m_spec.space;
    for (std::uint32_t index = 0; index < machine.invariants.size(); ++index) {
        auto* words = item(QString::fromStdString(machine.invariants[index].text));
        const auto& all = m_spec.findings->broken;
        const auto broken = std::find_if(all.begin(), all.end(), [index](const auto& one) { return one.invariant == index; });
        if (broken == all.end()) {
            m_checks->appendRow({words, item(tr("✔ holds"))});
            continue;
        }
        words->setData(static_cast<qint64>(broken->first), kStateRole);
        m_checks->appendRow(
            {words, item(tr("✖ broken in %n state(s)", nullptr, static_cast<int>(std::min<quint64>(broken->states, INT_MAX))))});
    }
    for (const auto& problem : space.problems) {
        auto* words = item(tr("line %1: %2").arg(problem.place.line).arg(QString::fromStdString(problem.message)));
        words->setData(static_cast<qint64>(problem.state), kStateRole);
        words->setData(problem.place.line, kLineRole);
        words->setData(problem.place.column, kColumnRole);
        m_checks->appendRow({words, item(tr("⚠ no value there"))});
    }
    if (!space.deadEnds.empty()) {
        auto* words = item(tr("No operation leaves %n state(s)", nullptr, static_cast<int>(space.deadEnds.size())));
        words->setData(static_cast<qint64>(space.deadEnds.front()), kStateRole);
        m_checks->appendRow({words, item(tr("dead end"))});
    }
    m_checkTable->setColumnWidth(0, 32 * fontMetrics().averageCharWidth());
}

void SpecOverview::onCheckChosen(int row)
{
    const auto* chosen = m_checks->item(row, 0);
    if (chosen == nullptr) {
        return;
    }
    if (chosen->data(kStateRole).isValid()) {
        const auto state = chosen->data(kStateRole).toLongLong();
        showWay(static_cast<quint32>(state));
        emit wayRequested(static_cast<quint32>(state));
    }
    if (chosen->data(kLineRole).isValid()) {
        emit placeRequested(chosen->data(kLineRole).toInt(), chosen->data(kColumnRole).toInt());
    }
}

void SpecOverview::showWay(quint32 state)
{
    const auto& space = *m_spec.space;
    const auto words = [&](StateIndex index) { return QString::fromStdString(stateWords(*m_spec.machine, space.state(index))); };
    const auto path = space.pathTo(state);
    m_way->clear();
    m_way->addItem(words(path.empty() ? state : path.front().before));
    for (const auto& step : path) {
        m_way->addItem(QStringLiteral("%1 → %2").arg(
            QString::fromStdString(m_spec.machine->operations[step.operation].name), words(step.after)));
    }
    m_wayTitle->setText(tr("The shortest way there: %n step(s)", nullptr, static_cast<int>(path.size())));
    m_wayTitle->show();
    m_way->show();
}

} // namespace ty::app
