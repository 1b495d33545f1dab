#pragma once

#include <map>
#include <string>

#include <QWidget>

#include "engine/base/run_spec.h"

class QLabel;

namespace ty::app {

/// What a reproduced run takes over beside the form: the weights it begins with and corrected samples. Hidden when there
/// is nothing; a button drops it.
class TrainOrigin : public QWidget {
    Q_OBJECT
public:
    explicit TrainOrigin(QWidget* parent = nullptr);

    void take(const RunSpec& spec);
    void fill(RunSpec& spec) const;
    void clear() { take({}); }

signals:
    void changed();

private:
    StartSpec m_start;
    std::map<std::string, SampleFixes> m_fixes;
    QLabel* m_text;
};

} // namespace ty::app
