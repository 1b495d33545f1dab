#pragma once

#include <cstddef>
#include <vector>

#include <QImage>
#include <QWidget>

namespace ty::widgets {

/// A square to draw a digit on, white on black inside whatever the theme.
class DrawPad : public QWidget {
    Q_OBJECT

  public:
    explicit DrawPad(QWidget* parent = nullptr);

    /// Drawing so far: square Format_Grayscale8, 0 empty to 255 ink, `kPixels` wide.
    QImage image() const;
    bool isEmpty() const { return m_strokes.empty(); }
    int strokeCount() const { return static_cast<int>(m_strokes.size()); }
    /// Brush diameter as a fraction of the side, default 0.09.
    void setBrushWidth(double fraction);

    static constexpr int kPixels = 280;

    QSize sizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return width; }

  public slots:
    void undo();
    void clear();

  signals:
    /// A stroke ended, was undone, or all was cleared (then empty is true).
    void drawingChanged(const QImage& image, bool isEmpty);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    using Stroke = std::vector<QPointF>; // in [0, 1] of the pad
    QRectF padRect() const;
    QPointF fromWidget(const QPointF& position) const;
    void drawStrokes(QPainter& painter, double side) const;
    void announce();

    std::vector<Stroke> m_strokes;
    double m_brushWidth = 0.09;
    QPointF m_pen{0.5, 0.5}; // place of the keyboard pen
    bool m_isDrawing = false;
    bool m_isKeyPenShown = false;
    bool m_isKeyPenDown = false;
};

} // namespace ty::widgets
