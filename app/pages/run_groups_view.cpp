#include "app/pages/run_groups_view.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/run_format.h"
#include "app/pages/table_header.h"
#include "app/services/all_services.h"
#include "widgets/run_strip.h"
#include "widgets/table_look.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

QStandardItem* cell(const QString& text, double sortBy)
{
    auto* item = new QStandardItem(text);
    item->setData(sortBy, Qt::UserRole);
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    return item;
}

/// Epochs are whole; their mean need not be.
QString epochsText(const Spread& epochs)
{
    const auto text = [](double value) {
        return QLocale().toString(value, 'f', value == std::round(value) ? 0 : 1);
    };
    if (!std::isfinite(epochs.mean)) {
        return QStringLiteral("-");
    }
    return std::isfinite(epochs.deviation) && epochs.deviation > 0
               ? RunGroupsView::tr("%1 ± %2").arg(text(epochs.mean), text(epochs.deviation))
               : text(epochs.mean);
}

constexpr int kWidestName = 60; ///< letters
constexpr int kPlaceRole = Qt::UserRole + 1;

} // namespace

RunGroupsView::RunGroupsView(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_choice(new QComboBox(this))
    , m_model(new QStandardItemModel(this))
    , m_table(new QTableView(this))
{
    auto* label = new QLabel(tr("&Group by"), this);
    label->setBuddy(m_choice);
    m_choice->setAccessibleName(tr("Group by"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto* hint = new QLabel(tr("Mean ± standard deviation. Choose a group to select its runs."), this);
    widgets::setTextRole(*hint, widgets::TextRole::Muted);
    auto* row = new QHBoxLayout;
    row->addWidget(label);
    row->addWidget(m_choice);
    row->addWidget(hint, 1);
    m_model->setSortRole(Qt::UserRole);
    m_table->setModel(m_model);
    widgets::setUpRows(*m_table, tr("Groups of runs"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(6, 6, 6, 6);
    column->addLayout(row);
    column->addWidget(m_table, 1);
    setRuns({}, {});

    connect(m_choice, &QComboBox::currentIndexChanged, this, &RunGroupsView::load);
    const auto choose = [this](const QModelIndex& index) {
        const auto place = static_cast<std::size_t>(index.siblingAtColumn(0).data(kPlaceRole).toInt());
        if (index.isValid() && place < m_groups.size()) {
            emit groupChosen(m_groups[place].runs);
        }
    };
    connect(m_table, &QTableView::clicked, this, choose);
    connect(m_table, &QTableView::activated, this, choose);
}

Grouping RunGroupsView::grouping() const
{
    return Grouping::fromKey(m_choice->currentData().toString().toStdString());
}

void RunGroupsView::setGrouping(const Grouping& grouping)
{
    const QString key = QString::fromStdString(grouping.key());
    if (m_choice->findData(key) < 0) {
        m_choice->addItem(grouping.title(), key); // of a saved view; no run has that setting now
    }
    m_choice->setCurrentIndex(m_choice->findData(key));
}

void RunGroupsView::setRuns(std::vector<catalog::RunRecord> runs, const QStringList& settingNames)
{
    m_runs = std::move(runs);
    if (settingNames != m_settingNames || m_choice->count() == 0) {
        m_settingNames = settingNames;
        const Grouping before = grouping();
        const QSignalBlocker quiet(m_choice);
        m_choice->clear();
        for (const auto kind : {Grouping::Kind::AllButSeed, Grouping::Kind::Dataset, Grouping::Kind::Learner,
                                Grouping::Kind::Preset, Grouping::Kind::Device}) {
            const Grouping one{kind, {}};
            m_choice->addItem(one.title(), QString::fromStdString(one.key()));
        }
        for (const QString& name : settingNames) {
            const Grouping one{Grouping::Kind::Setting, name.toStdString()};
            m_choice->addItem(one.title(), QString::fromStdString(one.key()));
        }
        setGrouping(before);
    }
    load();
}

void RunGroupsView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    if (m_isStale) {
        load();
    }
}

void RunGroupsView::load()
{
    m_isStale = !isVisible(); // nobody looks: 10,000 runs need not be grouped
    if (m_isStale) {
        return;
    }
    const Grouping wanted = grouping();
    std::vector<std::string> names;
    if (wanted.kind == Grouping::Kind::Setting) {
        names.push_back(wanted.setting);
    } else if (wanted.kind == Grouping::Kind::AllButSeed) {
        for (const QString& name : m_settingNames) {
            names.push_back(name.toStdString());
        }
    }
    m_context.catalog.call(
        this,
        [names](catalog::Catalog& catalog) -> Result<SettingValues> {
            SettingValues values;
            for (const std::string& name : names) {
                TY_TRY(values[name], catalog.settingOfRuns(name));
            }
            return values;
        },
        [this, wanted](Result<SettingValues> values) {
            if (values && wanted == grouping()) {
                fill(values.value());
            }
        });
}

void RunGroupsView::fill(const SettingValues& settings)
{
    m_groups = groupRuns(m_runs, grouping(), settings);
    m_model->clear();
    m_model->setHorizontalHeaderLabels(
        {grouping().title(), tr("Runs"), tr("Metric"), tr("Best"), tr("Last"), tr("Epochs"), tr("Duration")});
    for (std::size_t place = 0; place < m_groups.size(); ++place) {
        const RunGroup& group = m_groups[place];
        auto* name = new QStandardItem(group.name);
        name->setData(group.name, Qt::UserRole);
        name->setToolTip(group.name);
        name->setData(static_cast<int>(place), kPlaceRole);
        auto* metric = new QStandardItem(group.metric.isEmpty() ? QStringLiteral("-") : metricName(group.metric));
        metric->setData(group.metric, Qt::UserRole);
        m_model->appendRow(
            {name, cell(countText(static_cast<std::int64_t>(group.runs.size())), static_cast<double>(group.runs.size())),
             metric, cell(group.best.text(), group.best.mean), cell(group.last.text(), group.last.mean),
             cell(epochsText(group.epochs), group.epochs.mean),
             cell(widgets::RunStrip::durationText(group.seconds.mean), group.seconds.mean)});
    }
    alignHeader(*m_model);
    m_table->resizeColumnsToContents();
    m_table->setColumnWidth(0, std::min(m_table->columnWidth(0), kWidestName * m_table->fontMetrics().averageCharWidth()));
}

} // namespace ty::app
