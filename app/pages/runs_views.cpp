// The saved views of the Runs table: filter, columns and order under a name, one tab each.
#include <QHeaderView>
#include <QInputDialog>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>

#include "app/catalog/catalog.h"
#include "app/pages/run_groups_view.h"
#include "app/pages/runs_list.h"
#include "app/services/all_services.h"
#include "widgets/filter_line.h"

namespace ty::app {

using ExtraColumn = RunTableModel::ExtraColumn;

namespace {
constexpr auto kPage = "runs";
}

Json RunsList::currentView() const
{
    Json hidden = Json::array();
    for (int column = 0; column < RunTableModel::FixedColumns; ++column) {
        if (m_table->isColumnHidden(column)) {
            hidden.push_back(column);
        }
    }
    Json extra = Json::array();
    for (const ExtraColumn& column : m_model->extraColumns()) {
        extra.push_back({{"kind", static_cast<int>(column.kind)}, {"name", column.name}});
    }
    const auto* header = m_table->horizontalHeader();
    return {
        {"filter", m_filter->text().toStdString()},
        {"hidden", hidden},
        {"extra", extra},
        {"groupBy", m_groups->grouping().key()},
        {"tab", m_tabs->currentIndex()},
        {"sortColumn", header->sortIndicatorSection()},
        {"isDescending", header->sortIndicatorOrder() == Qt::DescendingOrder}};
}

void RunsList::applyViewJson(const Json& view)
{
    if (!view.is_object()) {
        return;
    }
    std::vector<ExtraColumn> extra;
    if (const auto list = view.find("extra"); list != view.end() && list->is_array()) {
        for (const Json& item : *list) {
            const int kind = item.value("kind", 0);
            if (kind >= 0 && kind <= static_cast<int>(ExtraColumn::Kind::LastValue)) {
                extra.push_back({static_cast<ExtraColumn::Kind>(kind), item.value("name", std::string())});
            }
        }
    }
    keepSelection([&] { m_model->setExtraColumns(extra); });
    QList<int> hidden;
    if (const auto list = view.find("hidden"); list != view.end() && list->is_array()) {
        for (const Json& item : *list) {
            hidden << (item.is_number_integer() ? item.get<int>() : -1);
        }
    }
    for (int column = 0; column < RunTableModel::FixedColumns; ++column) {
        m_table->setColumnHidden(column, hidden.contains(column));
    }
    m_table->sortByColumn(
        view.value("sortColumn", static_cast<int>(RunTableModel::Started)),
        view.value("isDescending", true) ? Qt::DescendingOrder : Qt::AscendingOrder);
    m_groups->setGrouping(Grouping::fromKey(view.value("groupBy", std::string())));
    if (const int lower = view.value("tab", -1); lower >= 0 && lower < m_tabs->count()) {
        m_tabs->setCurrentIndex(lower);
    }
    m_filter->setText(QString::fromStdString(view.value("filter", std::string())));
    applyFilter(m_filter->text());
}

void RunsList::loadViews()
{
    m_context.catalog.call(
        this, [](catalog::Catalog& catalog) { return catalog.views(kPage); },
        [this](Result<std::vector<catalog::SavedView>> views) {
            if (!views) {
                return;
            }
            m_savedViews = std::move(views).value();
            const QString before = m_views->tabText(m_views->currentIndex());
            const QSignalBlocker quiet(m_views);
            while (m_views->count() > 1) {
                m_views->removeTab(1);
            }
            for (const auto& view : m_savedViews) {
                const int tab = m_views->addTab(QString::fromStdString(view.name));
                if (m_views->tabText(tab) == before) {
                    m_views->setCurrentIndex(tab);
                }
            }
        });
}

void RunsList::saveView()
{
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save view"));
    dialog->setLabelText(tr("Name of the view"));
    dialog->setTextValue(m_filter->text().isEmpty() ? tr("My view") : m_filter->text());
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& name) {
        if (name.trimmed().isEmpty()) {
            return;
        }
        m_context.catalog.call(
            this,
            [name = name.trimmed().toStdString(), view = currentView()](catalog::Catalog& catalog) {
                return catalog.saveView(kPage, name, view);
            },
            [this](Result<catalog::SavedView> saved) {
                if (saved) {
                    m_context.notices.toast(tr("View %1 saved.").arg(QString::fromStdString(saved->name)));
                    loadViews();
                } else {
                    m_context.notices.error(tr("The view could not be saved."), saved.error());
                }
            });
    });
    dialog->open();
}

void RunsList::applyView(int tab)
{
    if (tab == 0) {
        applyViewJson(Json{
            {"hidden", {RunTableModel::Learner, RunTableModel::Parameters, RunTableModel::Seed}}});
    } else if (tab > 0 && tab <= static_cast<int>(m_savedViews.size())) {
        applyViewJson(m_savedViews[static_cast<std::size_t>(tab - 1)].view);
    }
}

} // namespace ty::app
