#include "app/command_palette.h"

#include <algorithm>
#include <utility>

#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QStandardItemModel>
#include <QVBoxLayout>

namespace ty::app {

namespace {
constexpr int kMostShown = 60;
constexpr int kEntryRole = Qt::UserRole + 1;
} // namespace

int paletteScore(const QString& pattern, const QString& text)
{
    if (pattern.isEmpty()) {
        return 1;
    }
    const int direct = static_cast<int>(text.indexOf(pattern, 0, Qt::CaseInsensitive));
    if (direct == 0) {
        return 1000;
    }
    if (direct > 0) {
        return text.at(direct - 1).isLetterOrNumber() ? 600 : 800;
    }
    int score = 1;
    qsizetype at = 0;
    for (const auto letter : pattern) {
        if (letter.isSpace()) {
            continue;
        }
        const auto found = text.indexOf(letter, at, Qt::CaseInsensitive);
        if (found < 0) {
            return 0;
        }
        const bool isWordStart = found == 0 || !text.at(found - 1).isLetterOrNumber();
        score += isWordStart ? 10 : (found == at ? 5 : 1);
        at = found + 1;
    }
    return score;
}

CommandPalette::CommandPalette(QWidget* parent)
    : QDialog(parent, Qt::Popup)
    , m_input(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_model(new QStandardItemModel(this))
{
    setObjectName(QStringLiteral("palette"));
    setAccessibleName(tr("Search"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_input->setObjectName(QStringLiteral("paletteInput"));
    m_input->setPlaceholderText(tr("Go to a page, run, dataset or model, or do something…"));
    m_input->setAccessibleName(tr("Search for"));
    m_input->installEventFilter(this);
    m_list->setObjectName(QStringLiteral("paletteList"));
    m_list->setAccessibleName(tr("What was found"));
    m_list->setModel(m_model);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_input);
    layout->addWidget(m_list);
    connect(m_input, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListView::clicked, this, &CommandPalette::activateCurrent);
    resize(std::min(640, parent->width() - 80), std::min(440, parent->height() - 120));
    move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, 64)));
    m_input->setFocus();
}

void CommandPalette::addEntries(std::vector<PaletteEntry> entries)
{
    std::move(entries.begin(), entries.end(), std::back_inserter(m_entries));
    filter();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_input && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        switch (key->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown: {
            const int step = key->key() == Qt::Key_Up || key->key() == Qt::Key_PageUp ? -1 : 1;
            const bool isPage = key->key() == Qt::Key_PageUp || key->key() == Qt::Key_PageDown;
            const int row = std::clamp(
                m_list->currentIndex().row() + step * (isPage ? 10 : 1), 0, std::max(0, m_model->rowCount() - 1));
            m_list->setCurrentIndex(m_model->index(row, 0));
            return true;
        }
        case Qt::Key_Return:
        case Qt::Key_Enter:
            activateCurrent();
            return true;
        default: break;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::filter()
{
    const auto pattern = m_input->text().trimmed();
    std::vector<std::pair<int, std::size_t>> found;
    for (std::size_t entry = 0; entry < m_entries.size(); ++entry) {
        if (const int score = paletteScore(pattern, m_entries[entry].text); score > 0) {
            found.emplace_back(score, entry);
        }
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    found.resize(std::min<std::size_t>(found.size(), kMostShown));
    m_model->clear();
    for (const auto& [score, entry] : found) {
        const auto& what = m_entries[entry];
        auto* item = new QStandardItem(what.icon, tr("%1   ·  %2").arg(what.text, what.kind));
        item->setData(static_cast<qulonglong>(entry), kEntryRole);
        m_model->appendRow(item);
    }
    if (m_model->rowCount() > 0) {
        m_list->setCurrentIndex(m_model->index(0, 0));
    }
}

void CommandPalette::activateCurrent()
{
    const auto index = m_list->currentIndex();
    if (!index.isValid()) {
        return;
    }
    const auto activate = m_entries[index.data(kEntryRole).toULongLong()].activate;
    close();
    activate();
}

} // namespace ty::app
