#include "app/services/notices.h"

#include <utility>

#include <QUndoCommand>

namespace ty::app {

namespace {
class FunctionCommand : public QUndoCommand {
public:
    FunctionCommand(const QString& text, std::function<void()> redo, std::function<void()> undo)
        : QUndoCommand(text)
        , m_redo(std::move(redo))
        , m_undo(std::move(undo))
    {
    }
    void redo() override { m_redo(); }
    void undo() override { m_undo(); }

private:
    std::function<void()> m_redo;
    std::function<void()> m_undo;
};
} // namespace

Notices::Notices(QObject* parent) : QObject(parent) {}

void Notices::toast(const QString& text)
{
    emit toastRequested({text, {}, {}, -1});
}

void Notices::toast(const QString& text, const QString& actionText, std::function<void()> action)
{
    emit toastRequested({text, actionText, std::move(action), -1});
}

void Notices::error(const QString& what, const Error& error, const Remedies& remedies)
{
    emit errorRaised(
        what, QString::fromStdString(error.message), QString::fromStdString(error.advice),
        QString::fromLatin1(errorKindName(error.kind)), remedies);
}

void Notices::doUndoable(const QString& text, std::function<void()> redo, std::function<void()> undo)
{
    auto* command = new FunctionCommand(text, std::move(redo), std::move(undo));
    m_undoStack.push(command);
    const auto undoIt = [this, command] {
        // The button belongs to this act alone: later ones are not undone by it.
        const int index = m_undoStack.index();
        if (index > 0 && m_undoStack.command(index - 1) == command) {
            m_undoStack.undo();
        }
    };
    emit toastRequested({text, tr("Undo"), undoIt, m_undoStack.index()});
}

} // namespace ty::app
