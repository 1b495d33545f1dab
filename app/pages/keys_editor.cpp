#include "app/pages/keys_editor.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "app/services/key_map.h"
#include "widgets/filter_line.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {
constexpr int kIdRole = Qt::UserRole;
constexpr int kTableHeight = 260;
} // namespace

KeysEditor::KeysEditor(KeyMap& keys, QWidget* parent)
    : QWidget(parent)
    , m_keys(keys)
    , m_model(new QStandardItemModel(0, 3, this))
    , m_filtered(new QSortFilterProxyModel(this))
    , m_table(new QTableView(this))
    , m_what(new QLabel(this))
    , m_edit(new QKeySequenceEdit(this))
    , m_set(new QPushButton(tr("Set"), this))
    , m_none(new QPushButton(tr("No key"), this))
    , m_reset(new QPushButton(tr("Reset"), this))
    , m_conflict(new QLabel(this))
{
    m_model->setHorizontalHeaderLabels({tr("What it does"), tr("Where"), tr("Keys")});
    m_filtered->setSourceModel(m_model);
    m_filtered->setFilterKeyColumn(-1);
    m_filtered->setFilterCaseSensitivity(Qt::CaseInsensitive);
    auto* filter = new widgets::FilterLine(tr("Filter keys"), this);
    filter->setAccessibleName(tr("Filter keys"));
    connect(filter, &widgets::FilterLine::filterChanged, m_filtered, &QSortFilterProxyModel::setFilterFixedString);

    m_table->setObjectName(QStringLiteral("keysEditor"));
    m_table->setAccessibleName(tr("Keys"));
    m_table->setModel(m_filtered);
    m_table->setFixedHeight(kTableHeight);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(2, QHeaderView::ResizeToContents);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_edit->setObjectName(QStringLiteral("keyInput"));
    m_edit->setAccessibleName(tr("New keys"));
    if (auto* inner = m_edit->findChild<QLineEdit*>(); inner != nullptr) {
        inner->setAccessibleName(tr("New keys")); // it is what takes the keyboard
    }
    m_set->setObjectName(QStringLiteral("setKey"));
    m_reset->setObjectName(QStringLiteral("resetKey"));
    m_reset->setToolTip(tr("Back to the usual key"));
    m_conflict->setObjectName(QStringLiteral("keyConflict"));
    m_conflict->setWordWrap(true);
    widgets::setTextRole(*m_conflict, widgets::TextRole::Warn);
    auto* all = new QPushButton(tr("Reset all keys"), this);
    all->setObjectName(QStringLiteral("resetAllKeys"));

    auto* row = new QHBoxLayout;
    row->addWidget(m_what);
    row->addWidget(m_edit, 1);
    for (auto* button : {m_set, m_none, m_reset, all}) {
        row->addWidget(button);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(filter);
    layout->addWidget(m_table);
    layout->addLayout(row);
    layout->addWidget(m_conflict);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &KeysEditor::onCurrent);
    connect(m_edit, &QKeySequenceEdit::keySequenceChanged, this, &KeysEditor::judge);
    connect(m_set, &QPushButton::clicked, this, [this] { m_keys.setKeys(currentId(), m_edit->keySequence()); });
    connect(m_none, &QPushButton::clicked, this, [this] { m_keys.setKeys(currentId(), {}); });
    connect(m_reset, &QPushButton::clicked, this, [this] { m_keys.reset(currentId()); });
    connect(all, &QPushButton::clicked, &m_keys, &KeyMap::resetAll);
    connect(&m_keys, &KeyMap::keysChanged, this, &KeysEditor::fill);
    fill();
}

QString KeysEditor::currentId() const
{
    return m_table->currentIndex().siblingAtColumn(0).data(kIdRole).toString();
}

void KeysEditor::fill()
{
    const auto current = currentId();
    m_model->removeRows(0, m_model->rowCount());
    for (const auto& entry : m_keys.entries()) {
        QStringList texts;
        for (const auto& one : m_keys.keys(entry.id)) {
            texts << one.toString(QKeySequence::NativeText);
        }
        auto* what = new QStandardItem(entry.text);
        what->setData(entry.id, kIdRole);
        auto* shown = new QStandardItem(texts.join(QStringLiteral(", ")));
        if (!m_keys.isUsual(entry.id)) {
            shown->setText(tr("%1 (changed)").arg(texts.isEmpty() ? tr("none") : shown->text()));
        }
        m_model->appendRow({what, new QStandardItem(entry.where), shown});
    }
    for (int row = 0; row < m_filtered->rowCount(); ++row) {
        if (m_filtered->index(row, 0).data(kIdRole).toString() == current) {
            m_table->setCurrentIndex(m_filtered->index(row, 0));
        }
    }
    onCurrent();
}

void KeysEditor::onCurrent()
{
    const auto id = currentId();
    const bool isChosen = !id.isEmpty();
    m_what->setText(
        isChosen ? m_table->currentIndex().siblingAtColumn(0).data().toString() : tr("Select an action above."));
    const auto keys = m_keys.keys(id);
    m_edit->setKeySequence(keys.isEmpty() ? QKeySequence() : keys.front());
    m_edit->setEnabled(isChosen);
    m_none->setEnabled(isChosen && !keys.isEmpty());
    m_reset->setEnabled(isChosen && !m_keys.isUsual(id));
    judge();
}

void KeysEditor::judge()
{
    const auto id = currentId();
    const auto typed = m_edit->keySequence();
    const auto taken = m_keys.takenBy(id, typed);
    m_set->setEnabled(!id.isEmpty() && !typed.isEmpty() && !m_keys.keys(id).contains(typed));
    m_conflict->setVisible(!taken.isEmpty());
    m_conflict->setText(tr("%1 belongs to “%2”, which would lose it.")
                            .arg(typed.toString(QKeySequence::NativeText), taken.join(QStringLiteral("”, “"))));
}

} // namespace ty::app
