#include "app/keys_dialog.h"

#include <array>
#include <utility>

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/services/key_map.h"
#include "widgets/filter_line.h"
#include "widgets/table_look.h"

namespace ty::app {

namespace {
/// Keys that a focused chart understands (widgets/chart), not actions of the window.
constexpr std::array<std::pair<const char*, const char*>, 19> kChartKeys{{
    {"+ / -", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Zoom in, out")},
    {"← / → / ↑ / ↓", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Pan")},
    {"Home", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Fit all")},
    {"Backspace", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Previous zoom")},
    {"L", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Logarithmic Y")},
    {"Shift+L", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Logarithmic X")},
    {"S", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Smoothing")},
    {"O", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Outliers")},
    {"G", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Grid")},
    {"T", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Table of the points")},
    {"Space", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Pause drawing")},
    {"R", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Measure a range of X")},
    {"Ctrl+← / Ctrl+→", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Move the range's start")},
    {"Ctrl+Shift+← / Ctrl+Shift+→", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Move the range's end")},
    {"F", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Full screen")},
    {"Ctrl+C", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Copy as a table")},
    {"[ / ]", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Previous, next panel")},
    {"Esc", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "Give up what the mouse is dragging")},
    {"Menu", QT_TRANSLATE_NOOP("ty::app::KeysDialog", "All that the chart can do")},
}};

void addRow(QStandardItemModel& model, const QString& what, const QString& keys, const QString& where)
{
    model.appendRow({new QStandardItem(what), new QStandardItem(keys), new QStandardItem(where)});
}
} // namespace

KeysDialog::KeysDialog(const KeyMap& keys, QWidget* parent) : QDialog(parent)
{
    setObjectName(QStringLiteral("keys"));
    setWindowTitle(tr("Keys"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* model = new QStandardItemModel(0, 3, this);
    model->setHorizontalHeaderLabels({tr("What it does"), tr("Keys"), tr("Where")});
    const auto fill = [&keys, model] {
        model->removeRows(0, model->rowCount());
        for (const auto& entry : keys.entries()) {
            QStringList texts;
            for (const auto& one : keys.keys(entry.id)) {
                if (!one.isEmpty()) {
                    texts << one.toString(QKeySequence::NativeText);
                }
            }
            if (!texts.isEmpty()) {
                addRow(*model, entry.text, texts.join(QStringLiteral(", ")), entry.where);
            }
        }
        for (const auto& [chartKeys, what] : kChartKeys) {
            addRow(*model, tr(what), QString::fromUtf8(chartKeys), tr("In a chart"));
        }
    };
    fill();
    connect(&keys, &KeyMap::keysChanged, this, fill);
    auto* proxy = new QSortFilterProxyModel(this);
    proxy->setSourceModel(model);
    proxy->setFilterKeyColumn(-1);
    proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);

    auto* filter = new widgets::FilterLine(tr("Filter keys"), this);
    filter->setAccessibleName(tr("Filter keys"));
    auto* table = new QTableView(this);
    table->setObjectName(QStringLiteral("keysTable"));
    widgets::setUpRows(*table, tr("Keys"));
    table->setModel(proxy);
    table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(filter, &widgets::FilterLine::filterChanged, proxy, &QSortFilterProxyModel::setFilterFixedString);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(filter);
    layout->addWidget(table);
    layout->addWidget(buttons);
    resize(620, 560);
}

} // namespace ty::app
