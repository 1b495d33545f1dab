#pragma once

#include "app/pages/machine_panel.h"

class QGridLayout;

namespace ty::app {

/// The facts of a machine. Addresses are copied with a click.
class MachineOverview : public MachinePanel {
    Q_OBJECT
public:
    explicit MachineOverview(MachineService& machines, QWidget* parent = nullptr);

signals:
    void copied(const QString& text);

protected:
    void refreshFacts() override;

private:
    struct Fact {
        QString name;
        QString value;
        bool isCopied = false; ///< by a click
    };
    QList<Fact> facts() const;
    QString sizeText() const;
    void addFact(const Fact& fact, int place);

    QWidget* m_sheet;
    QGridLayout* m_grid;
    QList<QPair<QString, QString>> m_shown; ///< a list read every few seconds does not rebuild what is the same
};

} // namespace ty::app
