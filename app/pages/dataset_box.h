#pragma once

#include <QComboBox>

namespace ty::app {

struct AppContext;

/// A choice among the datasets of the catalog, always those that there are.
class DatasetBox : public QComboBox {
    Q_OBJECT
public:
    /// @param first  a choice before all datasets, whose path is empty; an empty text: none
    explicit DatasetBox(AppContext& context, QWidget* parent = nullptr, const QString& first = {});

    /// Of the chosen dataset; empty for the first choice.
    QString path() const { return currentData().toString(); }
    /// The column that a person chose to predict; empty for data that are no table.
    QString target() const;
    void setFirst(const QString& first);

signals:
    void listed();

private:
    void list();

    AppContext& m_context;
    QString m_first;
};

} // namespace ty::app
