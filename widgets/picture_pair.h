#pragma once

#include <QImage>
#include <QWidget>

class QLabel;

namespace ty::widgets {

/// A picture, or two side by side under their words, enlarged so that single pixels can be seen.
class PicturePair : public QWidget {
    Q_OBJECT

  public:
    /// @param edge  longest side of a picture, in pixels of the screen
    explicit PicturePair(int edge, QWidget* parent = nullptr);

    /// Words above each; without the second ones the first picture stands alone, and its words are its tooltip.
    void setWords(const QString& first, const QString& second = {});
    /// A null picture leaves its place empty.
    void setFirst(const QImage& picture);
    void setSecond(const QImage& picture);
    const QImage& second() const { return m_secondPicture; }
    void clear();

  private:
    void show(QLabel& place, const QImage& picture) const;

    int m_edge;
    QImage m_secondPicture;
    QLabel* m_firstWords;
    QLabel* m_first;
    QLabel* m_secondWords;
    QLabel* m_second;
};

} // namespace ty::widgets
