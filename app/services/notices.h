#pragma once

#include <functional>

#include <QList>
#include <QObject>
#include <QString>
#include <QUndoStack>

#include "engine/base/result.h"

namespace ty::app {

/// One line at the foot of the window for ten seconds, with at most one button.
struct Toast {
    QString text;
    QString actionText; ///< empty: no button
    std::function<void()> action;
    int undoIndex = -1; ///< where the undo stack stands while the action means something; -1: always
};

/// The button of an error: what the person can do about it at once.
struct Remedy {
    QString text; ///< empty: no button
    std::function<void()> action;
};
using Remedies = QList<Remedy>;

/// What the person should see: toasts, error panels (what happened, why, what to do), and the undo stack.
class Notices : public QObject {
    Q_OBJECT
public:
    explicit Notices(QObject* parent = nullptr);

    void toast(const QString& text);
    void toast(const QString& text, const QString& actionText, std::function<void()> action);
    /// `what`: what did not work, as a sentence: "The dataset could not be imported."
    void error(const QString& what, const Error& error, const Remedies& remedies = {});
    void error(const QString& what, const Error& error, const Remedy& remedy) { this->error(what, error, Remedies{remedy}); }

    /// Ctrl+Z and Ctrl+Shift+Z of the whole window.
    QUndoStack& undoStack() { return m_undoStack; }
    /// Does `redo` now, keeps `undo` on the stack, and shows a toast `text` with the button Undo.
    void doUndoable(const QString& text, std::function<void()> redo, std::function<void()> undo);

signals:
    void toastRequested(const ty::app::Toast& toast);
    void errorRaised(
        const QString& what, const QString& why, const QString& advice, const QString& kind,
        const ty::app::Remedies& remedies);

private:
    QUndoStack m_undoStack;
};

} // namespace ty::app
