#pragma once

#include <QScrollArea>

namespace ty::widgets {

/// Rolls a form up and down, never sideways: it is never narrower than the form wants to be, also when a longer text
/// comes into it later.
class FormScroll : public QScrollArea {
    Q_OBJECT

public:
    explicit FormScroll(QWidget* form, QWidget* parent = nullptr); ///< owns the form

    QSize minimumSizeHint() const override;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace ty::widgets
