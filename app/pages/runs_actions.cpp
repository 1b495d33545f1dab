// What can be done with a run of the Runs table: keys and context menu.
#include <QAction>
#include <QKeyEvent>
#include <QMenu>
#include <QTabWidget>
#include <QTableView>

#include "app/models/stage_words.h"
#include "app/pages/catalog_actions.h"
#include "app/pages/run_again.h"
#include "app/pages/run_compare.h"
#include "app/pages/runs_list.h"
#include "app/services/all_services.h"

namespace ty::app {

using catalog::RunRecord;

void RunsList::buildActions()
{
    const auto add = [this](const QString& text, const QKeySequence& keys, const std::function<void()>& run) {
        auto* action = new QAction(text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        m_actions << action;
        return action;
    };
    const auto withCurrent = [this](const std::function<void(const RunRecord&)>& then) {
        return [this, then] {
            if (const RunRecord* run = currentRun()) {
                then(*run);
            }
        };
    };
    add(tr("Open run"), {}, withCurrent([this](const RunRecord& run) { emit openRequested(run.id); }));
    add(tr("Rename"), QKeySequence(Qt::Key_F2), withCurrent([this](const RunRecord& run) {
            m_table->edit(m_model->indexOf(run.id, RunTableModel::Name));
        }));
    add(tr("Edit tags"), QKeySequence(Qt::SHIFT | Qt::Key_F2), withCurrent([this](const RunRecord& run) {
            m_table->edit(m_model->indexOf(run.id, RunTableModel::Tags));
        }));
    add(tr("Star"), QKeySequence(Qt::ALT | Qt::Key_S), withCurrent([this](const RunRecord& run) {
            setRunStarred(m_context, run.id, !run.isStarred);
        }));
    add(tr("Duplicate settings"), QKeySequence(Qt::CTRL | Qt::Key_D), withCurrent([this](const RunRecord& run) {
            emit m_context.navigation.reproduceRequested(run.id);
        }));
    add(tr("Pause or resume"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P), withCurrent([this](const RunRecord& run) {
            if (run.state == catalog::RunState::Running) {
                m_context.runs.pause(run.id);
            } else {
                m_context.runs.resume(run.id);
            }
        }));
    add(tr("Extend…"), {}, withCurrent([this](const RunRecord& run) {
            if (!stageUnit(run.learner).empty()) {
                m_context.notices.toast(tr("%1 learns without epochs, so it takes no more of them; Resume goes on where it was stopped.")
                                            .arg(QString::fromStdString(run.name)));
            } else if (run.isResumable) {
                askToExtend(m_context, run, this);
            } else {
                m_context.notices.toast(tr("%1 has no checkpoint to go on from, or is training.")
                                            .arg(QString::fromStdString(run.name)));
            }
        }));
    add(tr("Compare selected runs"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), [this] {
        m_tabs->setCurrentWidget(m_compare);
    });
    add(tr("Open folder"), {}, withCurrent([](const RunRecord& run) { openFolder(QString::fromStdString(run.folder)); }));
    add(tr("Move to trash"), QKeySequence(Qt::Key_Delete), [this] {
        const auto runs = selectedRuns();
        std::vector<qint64> ids;
        for (const RunRecord& run : runs) {
            ids.push_back(run.id);
        }
        if (!ids.empty()) {
            deleteRuns(
                m_context, ids,
                ids.size() == 1 ? QString::fromStdString(runs.front().name)
                                : tr("%Ln run(s)", nullptr, static_cast<int>(ids.size())));
        }
    });
}

bool RunsList::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_table && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        const RunRecord* run = currentRun();
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && key->modifiers() == Qt::NoModifier
            && run != nullptr) {
            emit openRequested(run->id);
            return true;
        }
        if (key->key() == Qt::Key_Space && key->modifiers() == Qt::NoModifier && run != nullptr) {
            m_table->selectionModel()->select(
                m_table->currentIndex(), QItemSelectionModel::Toggle | QItemSelectionModel::Rows);
            return true;
        }
        // Plain arrows move without losing what Space has gathered.
        if ((key->key() == Qt::Key_Up || key->key() == Qt::Key_Down) && key->modifiers() == Qt::NoModifier
            && m_table->selectionModel()->selectedRows().size() > 1) {
            const QModelIndex current = m_table->currentIndex();
            const QModelIndex next = m_model->index(current.row() + (key->key() == Qt::Key_Up ? -1 : 1), current.column());
            if (next.isValid()) {
                m_table->selectionModel()->setCurrentIndex(next, QItemSelectionModel::NoUpdate);
            }
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void RunsList::showContextMenu(const QPoint& at)
{
    if (currentRun() == nullptr) {
        return;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions(m_actions);
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

} // namespace ty::app
