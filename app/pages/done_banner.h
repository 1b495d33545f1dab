#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace ty::app {

class LiveRun;

/// What a finished run is worth, in one sentence that says on which data, and what to do next.
class DoneBanner : public QFrame {
    Q_OBJECT
public:
    explicit DoneBanner(QWidget* parent = nullptr);

    /// `run` has finished.
    void setRun(const LiveRun& run);
    QString sentence() const;

    /// "97 % right on data it never saw (270 samples)." Only a test part was never seen; the validation part chose
    /// the epoch, and then the sentence says so.
    static QString sentenceOf(const LiveRun& run);

signals:
    void mistakesRequested();
    /// Instead of them, where there is no target.
    void groupsRequested();
    void tryRequested();
    void exportRequested();
    void ownDataRequested();

private:
    QLabel* m_sentence;
    QLabel* m_detail;
    QPushButton* m_mistakes;
    QPushButton* m_try;
    QPushButton* m_export;
    QPushButton* m_own;
    bool m_isGrouping = false;
};

} // namespace ty::app
