#pragma once

#include <cstdint>
#include <vector>

#include <QStringList>
#include <QWidget>

namespace ty::widgets {

/// A sequence with the state that each of its places is in: a coloured strip, above it the numbers as a line or the symbols as words.
/// The wheel zooms, a drag moves, arrows go from place to place, 0 shows all.
class StateStrip : public QWidget {
    Q_OBJECT

  public:
    explicit StateStrip(QWidget* parent = nullptr);

    /// @param values   {places}: what is observed; numbers, or the number of a symbol
    /// @param symbols  names; empty: numbers
    void setSequence(std::vector<std::uint32_t> states, std::vector<double> values, QStringList symbols);
    int placeCount() const { return static_cast<int>(m_states.size()); }
    int currentPlace() const { return m_current; }
    void fitAll();
    QSize sizeHint() const override { return {480, 130}; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    double xOf(double place) const { return (place - m_first) * width() / m_shown; }
    void showPlaces(double first, double shown);
    void choose(int place);

    std::vector<std::uint32_t> m_states;
    std::vector<double> m_values;
    QStringList m_symbols;
    double m_first = 0; ///< place at the left edge
    double m_shown = 1; ///< places in the width
    int m_current = -1;
    double m_pressedAt = 0;
    double m_firstAtPress = 0;
};

} // namespace ty::widgets
