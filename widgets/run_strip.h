#pragma once

#include <memory>
#include <optional>

#include <QDateTime>
#include <QFrame>
#include <QStringList>

namespace ty::widgets {

enum class RunPhase {
    Idle,
    Queued,
    Starting,
    Running,
    Pausing,
    Paused,
    Finishing,
    Stopping,
    Finished,
    Stopped,
    Failed
};

/// What the strip shows. Unknown numbers are empty and their cell is hidden.
struct RunStripState {
    RunPhase phase = RunPhase::Idle;
    QString runName;
    int epoch = 0; ///< epochs done
    int plannedEpochs = 0;
    double fraction = 0; ///< [0, 1] of the planned work
    double elapsedSeconds = 0;
    std::optional<double> remainingSeconds;
    QDateTime endsAt; ///< invalid: unknown
    QString etaNote;  ///< e.g. "may stop sooner: 3/5 without gain"
    QString dataNote; ///< e.g. "epoch 1 read in 3.2 s"
    std::optional<double> samplesPerSecond;
    std::optional<double> stepMilliseconds;
    std::optional<double> floorMilliseconds; ///< of a step, when its kernels run alone
    std::optional<double> dataWaitFraction; ///< [0, 1]
    std::optional<double> cpuFraction;      ///< [0, 1]
    std::optional<double> gpuFraction;      ///< [0, 1]
    std::optional<qint64> memoryBytes;
    std::optional<double> learningRate;
    std::optional<int> patience;
    QString waiting;   ///< what an active run waits for, in words that stand for its phase; empty: for nothing
    QStringList hints; ///< sentences, shown only when sure
    bool canGoOn = false; ///< ended, and there is a checkpoint to go on from
};

/// State, progress, speed and the controls of one run.
///
/// A pressed button says so at once ("Pausing...") only when the next setState() says it; the
/// strip never guesses the state.
class RunStrip : public QFrame {
    Q_OBJECT

  public:
    explicit RunStrip(QWidget* parent = nullptr);
    ~RunStrip() override;

    void setState(const RunStripState& state);
    const RunStripState& state() const { return m_state; }
    /// False where the run's owner cannot act on it (an imported run).
    void setControllable(bool isControllable);

    /// "1 min 40 s", "2 h 05 min"; negative or NaN gives "-".
    static QString durationText(double seconds);
    /// A word and a glyph for a phase, so that colour is never alone.
    static QString phaseText(RunPhase phase);
    static QString phaseGlyph(RunPhase phase);

  signals:
    void pauseRequested();
    void resumeRequested();
    void finishRequested();
    void stopRequested();
    void snapshotRequested();
    /// "Extend..." of a run that has ended.
    void extendRequested();
    /// Live edits, made in the "Extend..." menu.
    void epochsChangeRequested(int plannedEpochs);
    void learningRateChangeRequested(double learningRate);
    void patienceChangeRequested(int patience);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    struct Parts;
    void buildExtendMenu();
    void refresh();
    void refreshButtons();

    std::unique_ptr<Parts> m_parts;
    RunStripState m_state;
    bool m_isControllable = true;
};

} // namespace ty::widgets
