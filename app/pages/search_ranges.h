#pragma once

#include <QStringList>
#include <QTableWidget>

#include "engine/base/json.h"
#include "engine/base/parameter.h"

namespace ty::app {

/// Which parameters a search changes and from where to where: a line a parameter, those with a range of their own checked.
class SearchRanges : public QTableWidget {
    Q_OBJECT
public:
    explicit SearchRanges(QWidget* parent = nullptr);

    void setParameters(const ParameterTable& table);
    /// "cost=0.1..100:log", "kernel=linear,rbf" of the checked lines.
    QStringList ranges() const;
    /// Checks the lines that `ranges` names, as ranges() gives them, and fills in from where to where; unchecks the others.
    void setRanges(const QStringList& ranges);
    /// Their names.
    QStringList names() const;
    /// What they are called, in the same order.
    QStringList labels() const;

signals:
    void changed();
};

} // namespace ty::app
