#include "app/pages/run_columns_dialog.h"

#include <algorithm>

#include <QDialogButtonBox>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include "app/models/run_format.h"

namespace ty::app {

using ExtraColumn = RunTableModel::ExtraColumn;

RunColumnsDialog::RunColumnsDialog(
    const QSet<int>& hidden,
    const std::vector<ExtraColumn>& extra,
    const QStringList& settings,
    const QStringList& metrics,
    QWidget* parent)
    : QDialog(parent)
    , m_list(new QListWidget(this))
{
    setWindowTitle(tr("Columns"));
    resize(380, 520);
    auto* column = new QVBoxLayout(this);
    auto* find = new QLineEdit(this);
    find->setPlaceholderText(tr("Find a column"));
    find->setAccessibleName(find->placeholderText());
    find->setClearButtonEnabled(true);
    column->addWidget(find);
    m_list->setAccessibleName(tr("Columns"));
    column->addWidget(m_list, 1);

    const auto addItem = [this](const QString& text, bool isChecked) {
        auto* item = new QListWidgetItem(text, m_list);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(isChecked ? Qt::Checked : Qt::Unchecked);
        return item;
    };
    for (int i = 0; i < RunTableModel::FixedColumns; ++i) {
        const QString title = i == RunTableModel::Color ? tr("● Colour")
            : i == RunTableModel::Star                  ? tr("★ Star")
                                                        : RunTableModel::columnTitle(i);
        auto* item = addItem(title, !hidden.contains(i));
        if (i == RunTableModel::Name) {
            item->setFlags(item->flags() & ~Qt::ItemIsEnabled);
        }
    }
    for (const QString& metric : metrics) {
        for (const auto kind : {ExtraColumn::Kind::Minimum, ExtraColumn::Kind::Maximum, ExtraColumn::Kind::LastValue}) {
            m_offered.push_back({kind, metric.toStdString()});
        }
    }
    for (const QString& setting : settings) {
        m_offered.push_back({ExtraColumn::Kind::Setting, setting.toStdString()});
    }
    for (const ExtraColumn& offered : m_offered) {
        const bool isChecked = std::find(extra.begin(), extra.end(), offered) != extra.end();
        addItem(
            offered.kind == ExtraColumn::Kind::Setting ? tr("Setting: %1").arg(offered.title()) : offered.title(),
            isChecked);
    }
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(find, &QLineEdit::textChanged, this, [this](const QString& text) {
        for (int row = 0; row < m_list->count(); ++row) {
            m_list->item(row)->setHidden(!m_list->item(row)->text().contains(text, Qt::CaseInsensitive));
        }
    });
}

QSet<int> RunColumnsDialog::hidden() const
{
    QSet<int> hidden;
    for (int i = 0; i < RunTableModel::FixedColumns; ++i) {
        if (m_list->item(i)->checkState() != Qt::Checked) {
            hidden.insert(i);
        }
    }
    return hidden;
}

std::vector<ExtraColumn> RunColumnsDialog::extra() const
{
    std::vector<ExtraColumn> chosen;
    for (std::size_t i = 0; i < m_offered.size(); ++i) {
        if (m_list->item(RunTableModel::FixedColumns + static_cast<int>(i))->checkState() == Qt::Checked) {
            chosen.push_back(m_offered[i]);
        }
    }
    return chosen;
}

} // namespace ty::app
