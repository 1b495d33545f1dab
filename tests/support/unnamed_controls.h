#pragma once

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>
#include <QLineEdit>
#include <QScrollBar>
#include <QStringList>
#include <QWidget>

namespace ty::tests {

/// Visible controls below `root` that a screen reader could not name: class and object name.
///
/// What counts is what the accessibility interface says, so a button's text, a label's buddy
/// and an accessible name all do.
inline QStringList unnamedControls(QWidget* root)
{
    QStringList unnamed;
    QList<QWidget*> widgets = root->findChildren<QWidget*>();
    widgets.prepend(root);
    for (QWidget* widget : widgets) {
        if (!widget->isVisibleTo(root)) {
            continue;
        }
        // Parts of composite controls; the whole has the name.
        if (widget->objectName().startsWith(QLatin1String("qt_")) ||
            qobject_cast<QScrollBar*>(widget)) {
            continue;
        }
        if (qobject_cast<QLineEdit*>(widget) &&
            (qobject_cast<QAbstractSpinBox*>(widget->parentWidget()) ||
             qobject_cast<QComboBox*>(widget->parentWidget()))) {
            continue;
        }
        if (widget->parentWidget() && widget->parentWidget()->inherits("QLineEdit")) {
            continue; // its clear button and actions
        }
        const auto* area = qobject_cast<QAbstractScrollArea*>(widget->parentWidget());
        if (area && area->viewport() == widget) {
            continue; // the area itself has the name
        }
        if (widget->inherits("QTableCornerButton") || widget->inherits("QHeaderView")) {
            continue;
        }
        const bool isControl =
            qobject_cast<QAbstractButton*>(widget) || qobject_cast<QAbstractSlider*>(widget) ||
            qobject_cast<QAbstractSpinBox*>(widget) || qobject_cast<QComboBox*>(widget) ||
            qobject_cast<QLineEdit*>(widget) || qobject_cast<QAbstractItemView*>(widget) ||
            (widget->focusPolicy() & Qt::TabFocus);
        if (!isControl || widget->focusPolicy() == Qt::NoFocus) {
            continue;
        }
        const QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
        if (!interface || interface->text(QAccessible::Name).trimmed().isEmpty()) {
            unnamed.append(QStringLiteral("%1 '%2'").arg(
                QLatin1String(widget->metaObject()->className()), widget->objectName()));
        }
    }
    return unnamed;
}

} // namespace ty::tests
