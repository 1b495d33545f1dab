#pragma once

#include <functional>
#include <optional>
#include <utility>

#include <QWidget>

#include "app/models/machine_row.h"
#include "app/services/machine_service.h"

namespace ty::app {

/// One tab of what is known about a machine. Reads when it is first looked at, on a worker; an answer for a machine that
/// is no longer shown is dropped.
class MachinePanel : public QWidget {
    Q_OBJECT
public:
    explicit MachinePanel(MachineService& machines, QWidget* parent = nullptr);

    /// Another machine, or news of the same one.
    void setMachine(const MachineRow& machine);

protected:
    /// The machine; only between forget() and the panel's end.
    const MachineRow& machine() const { return *m_machine; }
    bool hasMachine() const { return m_machine.has_value(); }
    MachineService& machines() { return m_machines; }
    /// What is shown belongs to another machine.
    virtual void forget() {}
    /// The machine's own values may have changed.
    virtual void refreshFacts() {}
    /// What has to be asked for; only while the panel is seen.
    virtual void load() {}
    /// load() again: now, or when the panel is next seen.
    void reload();

    template<typename T>
    void ask(
        std::function<Result<T>(CloudSession&, std::stop_token)> question, std::function<void(Result<T>)> then)
    {
        m_machines.askIn<T>(
            m_machine->account, this, std::move(question), [this, asked = m_generation, then = std::move(then)](Result<T> answer) {
                if (asked == m_generation) {
                    then(std::move(answer));
                }
            });
    }

    void showEvent(QShowEvent* event) override;

private:
    void loadIfSeen();

    MachineService& m_machines;
    std::optional<MachineRow> m_machine;
    quint64 m_generation = 0; ///< of the machine
    bool m_isLoaded = false;
};

} // namespace ty::app
