#pragma once

#include <functional>
#include <map>
#include <vector>

#include <QImage>
#include <QWidget>

#include "app/models/model_paper.h"
#include "app/services/predict_session.h"

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTimer;

namespace ty::widgets {
class DrawPad;
class ErrorPanel;
class PicturePair;
class ProbabilityBars;
} // namespace ty::widgets

namespace ty::app {

struct AppContext;

/// Ask a model: draw, drop, paste or open a picture; or type a row. The answer follows while one draws or types.
class TryIt : public QWidget {
    Q_OBJECT
public:
    explicit TryIt(AppContext& context, QWidget* parent = nullptr);
    ~TryIt() override;

    /// Loads the model's process when this is first shown.
    void setModel(qint64 modelId, const QString& folder, const ModelPaper& paper);
    void clear();

    widgets::DrawPad* pad() const { return m_pad; }
    widgets::ProbabilityBars* bars() const { return m_bars; }
    QLabel* answer() const { return m_answer; }
    widgets::PicturePair* seen() const { return m_seen; }
    QLineEdit* field(const QString& column) const;

    /// A drawing as training pictures are: cut to its ink, centred, with the usual margin. Null: nothing drawn.
    static QImage centred(const QImage& drawing, int width, int height);

signals:
    void answered();

protected:
    void showEvent(QShowEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* buildPicture();
    QWidget* buildRow();
    void fillForm();
    void ensureSession();
    void askRow();
    void askPicture(const QImage& picture);
    void paste();
    void openPicture();
    void readPicture(const QString& file);
    void onAnswer(const PredictAnswer& answer);

    AppContext& m_context;
    qint64 m_modelId = 0;
    QString m_folder;
    ModelPaper m_paper;
    PredictSession* m_session = nullptr;
    QStackedWidget* m_stack;
    widgets::DrawPad* m_pad;
    QLabel* m_picture;
    widgets::PicturePair* m_seen; ///< what the model sees, and gives back where it does
    QFormLayout* m_form = nullptr;
    QWidget* m_formArea = nullptr;
    std::map<QString, QWidget*> m_fields;
    QTimer* m_typing;
    QLabel* m_answer;
    QLabel* m_latency;
    widgets::ProbabilityBars* m_bars;
    widgets::ErrorPanel* m_error;
    std::vector<double> m_milliseconds; ///< of the answers so far
};

} // namespace ty::app
