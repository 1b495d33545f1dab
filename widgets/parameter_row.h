#pragma once

#include <QObject>
#include <QVariant>

#include "widgets/parameter_form.h"

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QToolButton;

namespace ty::widgets {

/// The widgets and the state of one row of a ParameterForm.
class ParameterForm::Row : public QObject {
    Q_OBJECT

  public:
    /// Places itself in the next rows of `grid`.
    Row(const FormField& field, QGridLayout& grid, QWidget* parent);

    const FormField& field() const { return m_field; }
    /// Last valid value; an invalid QVariant means Auto.
    const QVariant& value() const { return m_value; }
    void setValue(const QVariant& value);
    void reset();
    bool isChanged() const;
    bool isValid() const { return m_typingProblem.isEmpty(); }
    bool isShown() const { return m_isShown; }
    /// What is wrong, by our check or the owner's; empty if nothing.
    QString problem() const;
    void setOwnerProblem(const QString& text);
    void setEnabled(bool isEnabled, const QString& why);
    void setShown(bool isShown);
    void setAutomaticText(const QString& text);

  signals:
    void edited(const QVariant& value);
    void checked();

  private:
    QWidget* makeEditor(QWidget* parent);
    void show(const QVariant& value);
    /// Reads the editor. @return the value, or an invalid QVariant with `problem` set
    QVariant read(QString& problem) const;
    QVariant readNumber(const QString& text, QString& problem) const;
    QString rangeText() const;
    QString textOf(const QVariant& value) const;
    void take();
    void refresh();

    FormField m_field;
    QVariant m_value;
    QString m_typingProblem;
    QString m_ownerProblem;
    QLabel* m_dot;
    QLabel* m_label = nullptr;
    QWidget* m_box;
    QLineEdit* m_line = nullptr;
    QComboBox* m_choice = nullptr;
    QCheckBox* m_check = nullptr;
    QCheckBox* m_automatic = nullptr;
    QToolButton* m_reset;
    QLabel* m_below;
    bool m_isShown = true;
    bool m_isShowing = false;
};

} // namespace ty::widgets
