#pragma once

#include <limits>
#include <memory>
#include <vector>

#include <QList>
#include <QString>
#include <QVariant>
#include <QVariantMap>
#include <QWidget>

namespace ty::widgets {

class CollapsibleSection;

enum class FieldKind { Integer, Real, Boolean, Choice, Text };

struct FormChoice {
    QString value;
    QString label; ///< empty: the value itself
};

/// One row. An invalid QVariant as value means Auto where `isAutomaticAllowed`.
struct FormField {
    QString name;  ///< key, e.g. "learning_rate"
    QString label; ///< e.g. "Learning rate"
    FieldKind kind = FieldKind::Text;
    QVariant defaultValue;
    QVariant value;
    double minimum = -std::numeric_limits<double>::infinity();
    double maximum = std::numeric_limits<double>::infinity();
    bool isMinimumExcluded = false;
    QList<FormChoice> choices;
    QString unit;
    QString help;
    QString group; ///< heading; empty: no heading
    bool isAdvanced = false;
    bool isAutomaticAllowed = false;
    QString automaticText; ///< what Auto stands for, e.g. "64"
};

/// Form built from rows; checks while one types and shows what differs from the default.
class ParameterForm : public QWidget {
    Q_OBJECT

  public:
    explicit ParameterForm(QWidget* parent = nullptr);
    ~ParameterForm() override;

    void setFields(const QList<FormField>& fields);
    /// Sets one value; an invalid QVariant means Auto. Unknown names are ignored.
    void setValue(const QString& name, const QVariant& value);
    QVariant value(const QString& name) const;
    /// All valid values; Auto fields hold an invalid QVariant.
    QVariantMap values() const;
    /// Only those that differ from their default.
    QVariantMap changedValues() const;
    void resetAll();

    bool isValid() const;
    /// Label and reason of each wrong field.
    QStringList problems() const;
    /// A problem the owner found (e.g. the engine's own check); empty text clears it.
    void setProblem(const QString& name, const QString& text);
    void setFieldEnabled(const QString& name, bool isEnabled, const QString& why = {});
    void setFieldVisible(const QString& name, bool isVisible);
    void setAutomaticText(const QString& name, const QString& text);
    void setAdvancedVisible(bool isVisible);

  signals:
    /// The user changed a field to a valid value (invalid QVariant: Auto).
    void valueChanged(const QString& name, const QVariant& value);
    void validityChanged(bool isValid);

  private:
    class Row;
    Row* rowNamed(const QString& name) const;
    void noteValidity();

    std::vector<std::unique_ptr<Row>> m_rows;
    QWidget* m_content = nullptr;
    CollapsibleSection* m_advanced = nullptr;
    int m_labelWidth = 0;
    bool m_wasValid = true;
};

} // namespace ty::widgets
