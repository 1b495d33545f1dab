#pragma once

#include <QList>
#include <QWidget>

class QListView;
class QStandardItemModel;

namespace ty::widgets {

struct ClassCount {
    QString name;
    qint64 count = 0;
};

/// Horizontal bars of samples per class. A list underneath gives keys, screen readers and
/// scrolling; a click or Enter filters.
class ClassBars : public QWidget {
    Q_OBJECT

  public:
    explicit ClassBars(QWidget* parent = nullptr);

    void setCounts(const QList<ClassCount>& counts);
    /// The filtering class, drawn selected; empty: none.
    void setSelectedClass(const QString& name);
    QString selectedClass() const;

  signals:
    /// A class was chosen; clicking the chosen one again emits an empty name.
    void classClicked(const QString& name);

  private:
    void choose(const QModelIndex& index);

    QListView* m_list;
    QStandardItemModel* m_model;
    QString m_selected;
};

} // namespace ty::widgets
