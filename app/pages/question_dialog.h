#pragma once

#include <QDialog>

class QDialogButtonBox;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace ty::app {

/// A question with a verb on its button and the safe button focused. Goes when it is answered.
class QuestionDialog : public QDialog {
    Q_OBJECT
public:
    QuestionDialog(const QString& title, const QString& verb, QWidget* parent);

    QLabel* addText(const QString& text);
    void addField(const QString& label, QWidget* field);
    /// Without a label of its own: a check box, a table.
    void addWidget(QWidget* widget, int stretch = 0);
    QPushButton& go() { return *m_go; }
    /// Shows it; the call returns at once. `focused`: what the keyboard is in first, instead of Cancel.
    void ask(QWidget* focused = nullptr);

private:
    QVBoxLayout* m_column;
    QDialogButtonBox* m_buttons;
    QPushButton* m_go;
    bool m_isStretched = false;
};

} // namespace ty::app
