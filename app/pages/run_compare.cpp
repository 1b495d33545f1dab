#include "app/pages/run_compare.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/run_format.h"
#include "app/services/all_services.h"
#include "widgets/table_look.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
constexpr std::size_t kMostRuns = 8;
}

RunCompare::RunCompare(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_model(new QStandardItemModel(this))
    , m_view(new QTableView(this))
    , m_hint(new QLabel(tr("Select two to eight runs to see in what they differ."), this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    auto* row = new QHBoxLayout;
    widgets::setTextRole(*m_hint, widgets::TextRole::Muted);
    auto* only = new QCheckBox(tr("Only differences"), this);
    only->setChecked(true);
    auto* copy = new QPushButton(tr("Copy as Markdown"), this);
    row->addWidget(m_hint);
    row->addStretch(1);
    row->addWidget(only);
    row->addWidget(copy);
    column->addLayout(row);
    column->addWidget(m_view, 1);
    m_view->setModel(m_model);
    widgets::setUpRows(*m_view, tr("Settings of the selected runs"));
    m_view->setSortingEnabled(true);
    m_view->horizontalHeader()->setDefaultSectionSize(150);
    connect(only, &QCheckBox::toggled, this, [this](bool isOnly) {
        m_isOnlyDifferences = isOnly;
        setRuns(m_runs);
    });
    connect(copy, &QPushButton::clicked, this, [this] {
        QApplication::clipboard()->setText(toMarkdown());
        m_context.notices.toast(tr("The table is on the clipboard."));
    });
}

void RunCompare::setRuns(const std::vector<catalog::RunRecord>& runs)
{
    m_runs = runs;
    m_settings.clear();
    m_runs.resize(std::min(m_runs.size(), kMostRuns));
    m_hint->setVisible(m_runs.size() < 2);
    if (m_runs.size() < 2) {
        m_model->clear();
        return;
    }
    std::vector<qint64> ids;
    for (const auto& run : m_runs) {
        ids.push_back(run.id);
    }
    m_context.catalog.call(
        this,
        [ids](catalog::Catalog& catalog) -> Result<std::vector<Json>> {
            std::vector<Json> settings;
            for (const qint64 id : ids) {
                TY_TRY(settings.emplace_back(), catalog.runSettings(id));
            }
            return settings;
        },
        [this, asked = m_runs](Result<std::vector<Json>> settings) {
            const bool isStale = asked.size() != m_runs.size()
                || !std::equal(asked.begin(), asked.end(), m_runs.begin(), [](const auto& a, const auto& b) {
                       return a.id == b.id;
                   });
            if (settings && !isStale) {
                m_settings = std::move(settings).value();
                fill();
            }
        });
}

void RunCompare::setBaseline(qint64 runId)
{
    if (std::exchange(m_baseline, runId) != runId && m_settings.size() == m_runs.size()) {
        fill();
    }
}

qsizetype RunCompare::baselinePlace() const
{
    const auto found = std::find_if(m_runs.begin(), m_runs.end(), [this](const auto& run) { return run.id == m_baseline; });
    return found == m_runs.end() ? 0 : found - m_runs.begin();
}

void RunCompare::addRow(const QString& name, const QStringList& cells, const QString& note)
{
    const bool isSame = std::all_of(cells.begin(), cells.end(), [&cells](const QString& cell) {
        return cell == cells.front();
    });
    if (isSame && m_isOnlyDifferences) {
        return;
    }
    const auto& colors = m_context.theme.colors();
    QList<QStandardItem*> row{new QStandardItem(name)};
    row.front()->setToolTip(note);
    for (const QString& cell : cells) {
        auto* item = new QStandardItem(cell);
        if (cell.section(QLatin1Char(' '), 0, 0) != cells.at(baselinePlace()).section(QLatin1Char(' '), 0, 0)) {
            item->setBackground(widgets::mixed(colors.surface, colors.accent, 0.18));
        }
        row << item;
    }
    m_model->appendRow(row);
}

void RunCompare::fill()
{
    if (m_runs.size() < 2) {
        return;
    }
    m_model->clear();
    const auto& runs = m_runs;
    const auto& baseline = m_runs.at(static_cast<std::size_t>(baselinePlace()));
    QStringList header{tr("Setting")};
    for (const auto& run : runs) {
        const auto name = QString::fromStdString(run.name);
        header << (run.id == baseline.id ? tr("%1 (baseline)").arg(name) : name);
    }
    m_model->setHorizontalHeaderLabels(header);

    const auto rowOf = [&runs](const auto& textOf) {
        QStringList cells;
        for (const auto& run : runs) {
            cells << textOf(run);
        }
        return cells;
    };
    addRow(
        tr("Best %1").arg(metricName(QString::fromStdString(baseline.metric)).toLower()),
        rowOf([&baseline](const catalog::RunRecord& run) {
            if (!std::isfinite(run.best)) {
                return QStringLiteral("-");
            }
            const double change = run.best - baseline.best;
            const QString delta = run.id == baseline.id || !std::isfinite(change)
                ? QString()
                : QStringLiteral(" (%1%2)").arg(change >= 0 ? QStringLiteral("+") : QString(), metricText(change));
            return metricText(run.best) + delta;
        }),
        tr("Δ to the baseline in brackets"));
    addRow(tr("Dataset"), rowOf([](const auto& run) { return QString::fromStdString(run.dataset); }));
    addRow(tr("Learner"), rowOf([](const auto& run) { return QString::fromStdString(run.learner); }));
    addRow(tr("Preset"), rowOf([](const auto& run) { return QString::fromStdString(run.preset); }));
    addRow(tr("Seed"), rowOf([](const auto& run) { return QString::number(run.seed); }));
    addRow(tr("Parameters"), rowOf([](const auto& run) { return countText(run.parameters); }));

    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const Json& one : m_settings) {
        for (const auto& [name, value] : one.items()) {
            if (seen.insert(name).second) {
                names.push_back(name);
            }
        }
    }
    for (const std::string& name : names) {
        QStringList cells;
        for (const Json& one : m_settings) {
            cells << (one.contains(name) ? settingText(one.at(name)) : QStringLiteral("-"));
        }
        addRow(QString::fromStdString(name), cells);
    }
    if (m_model->rowCount() == 0) {
        m_model->appendRow(new QStandardItem(tr("These runs have the same settings.")));
    }
    m_view->resizeColumnsToContents();
}

QString RunCompare::toMarkdown() const
{
    QString text;
    const auto addLine = [&text](const QStringList& cells) {
        text += QStringLiteral("| ") + cells.join(QStringLiteral(" | ")) + QStringLiteral(" |\n");
    };
    QStringList header;
    QStringList rule;
    for (int column = 0; column < m_model->columnCount(); ++column) {
        header << m_model->headerData(column, Qt::Horizontal).toString();
        rule << QStringLiteral("---");
    }
    addLine(header);
    addLine(rule);
    for (int row = 0; row < m_model->rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < m_model->columnCount(); ++column) {
            cells << m_model->index(row, column).data().toString();
        }
        addLine(cells);
    }
    return text;
}

} // namespace ty::app
