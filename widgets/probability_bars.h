#pragma once

#include <QList>
#include <QWidget>

namespace ty::widgets {

struct Answer {
    QString label;
    double probability = 0; ///< [0, 1]
};

/// The best answers as bars, the first one emphasised.
class ProbabilityBars : public QWidget {
    Q_OBJECT

  public:
    explicit ProbabilityBars(QWidget* parent = nullptr);

    /// Keeps the `count` most probable, the most probable first.
    void setAnswers(const QList<Answer>& answers, int count = 5);
    void clear(const QString& hint);
    const QList<Answer>& answers() const { return m_answers; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QList<Answer> m_answers;
    QString m_hint;
};

} // namespace ty::widgets
