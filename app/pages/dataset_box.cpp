#include "app/pages/dataset_box.h"

#include <algorithm>
#include <vector>

#include "app/catalog/catalog.h"
#include "app/services/all_services.h"

namespace ty::app {

namespace {
constexpr int kTargetRole = Qt::UserRole + 1;
} // namespace

DatasetBox::DatasetBox(AppContext& context, QWidget* parent, const QString& first)
    : QComboBox(parent)
    , m_context(context)
    , m_first(first)
{
    setSizeAdjustPolicy(QComboBox::AdjustToContents);
    setMinimumWidth(24 * fontMetrics().averageCharWidth());
    connect(&context.catalog, &CatalogService::datasetsChanged, this, &DatasetBox::list);
    connect(&context.catalog, &CatalogService::opened, this, &DatasetBox::list);
    list();
}

QString DatasetBox::target() const
{
    return currentData(kTargetRole).toString();
}

void DatasetBox::setFirst(const QString& first)
{
    if (first != m_first) {
        m_first = first;
        list();
    }
}

void DatasetBox::list()
{
    m_context.catalog.call(
        this, [](catalog::Catalog& catalog) { return catalog.datasets(); },
        [this](Result<std::vector<catalog::DatasetRecord>> datasets) {
            if (!datasets) {
                return;
            }
            const QString before = currentData().toString();
            clear();
            if (!m_first.isEmpty()) {
                addItem(m_first, QString());
            }
            for (const auto& dataset : datasets.value()) {
                addItem(QString::fromStdString(dataset.name), QString::fromStdString(dataset.path));
                setItemData(count() - 1, dataset.kind == "table" ? QString::fromStdString(dataset.target) : QString(), kTargetRole);
            }
            setCurrentIndex(std::max(0, findData(before)));
            setPlaceholderText(tr("Import data first"));
            setEnabled(count() > 0);
            emit listed();
        });
}

} // namespace ty::app
