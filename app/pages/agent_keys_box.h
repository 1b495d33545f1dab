#pragma once

#include <string>
#include <vector>

#include <QWidget>

class QCheckBox;
class QLabel;

namespace ty::app {

/// The keys of the person's SSH agent: ticked ones come into a new machine beside Trainyard's own key.
class AgentKeysBox : public QWidget {
    Q_OBJECT
public:
    explicit AgentKeysBox(QWidget* parent = nullptr);

    /// Lines of an authorized_keys file. All are ticked unless the person, or setTicked(), said otherwise.
    void setKeys(const std::vector<std::string>& lines);
    /// Those of another machine; keys that are no longer in the agent stay.
    void setTicked(const std::vector<std::string>& lines);
    std::vector<std::string> ticked() const;

signals:
    void changed();

private:
    void addBox(const std::string& line, bool isTicked);

    std::vector<std::pair<std::string, QCheckBox*>> m_boxes;
    QLabel* m_none;
    bool m_isChosen = false;
};

} // namespace ty::app
