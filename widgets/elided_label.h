#pragma once

#include <QLabel>

namespace ty::widgets {

/// One line of text that shortens with "…" and then tells the whole in its tooltip.
class ElidedLabel : public QLabel {
    Q_OBJECT

  public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);

    void setElideMode(Qt::TextElideMode mode);
    bool isElided() const;

    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    Qt::TextElideMode m_mode = Qt::ElideRight;
};

} // namespace ty::widgets
