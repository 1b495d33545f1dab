#pragma once

#include <QWidget>

namespace ty::app {

class LogService;

/// The Log dock: what happened this session, newest at the bottom; copies selected lines.
class LogView : public QWidget {
    Q_OBJECT
public:
    explicit LogView(LogService& log, QWidget* parent = nullptr);
};

} // namespace ty::app
