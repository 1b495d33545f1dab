#pragma once

#include <QDialog>

namespace ty::app {

/// F1: the way from data to a model in five sentences.
class HelpDialog : public QDialog {
    Q_OBJECT
public:
    explicit HelpDialog(QWidget* parent);
};

} // namespace ty::app
