#include "app/pages/try_it.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QImageReader>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMimeData>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QThreadPool>
#include <QTimer>
#include <QVBoxLayout>

#include "app/catalog/catalog.h"
#include "app/models/run_format.h"
#include "app/services/all_services.h"
#include "app/services/drop_glance.h"
#include "widgets/draw_pad.h"
#include "widgets/error_panel.h"
#include "widgets/flow_layout.h"
#include "widgets/picture_pair.h"
#include "widgets/probability_bars.h"
#include "widgets/theme/roles.h"

namespace ty::app {

namespace {

constexpr int kSeenEdge = 144;
constexpr int kPictureEdge = 280;
constexpr std::size_t kAnswersForLatency = 5;
constexpr int kInk = 40; ///< of 255

enum StackPlace { PadPlace, PicturePlace, RowPlace };

} // namespace

TryIt::TryIt(AppContext& context, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_stack(new QStackedWidget(this))
    , m_pad(new widgets::DrawPad(this))
    , m_picture(new QLabel(this))
    , m_seen(new widgets::PicturePair(kSeenEdge, this))
    , m_typing(new QTimer(this))
    , m_answer(new QLabel(this))
    , m_latency(new QLabel(this))
    , m_bars(new widgets::ProbabilityBars(this))
    , m_error(new widgets::ErrorPanel(this))
{
    setAcceptDrops(true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 12, 12, 12);
    row->setSpacing(16);
    auto* left = new QVBoxLayout;
    left->addWidget(m_stack);
    left->addStretch(1);
    row->addLayout(left, 1);
    m_stack->addWidget(buildPicture());
    m_picture->setAlignment(Qt::AlignCenter);
    m_picture->setMinimumSize(kPictureEdge, kPictureEdge);
    m_picture->setWordWrap(true);
    m_picture->setFrameShape(QFrame::StyledPanel);
    m_picture->setAccessibleName(tr("Picture to be answered"));
    auto* picturePage = new QWidget(this);
    auto* pictureColumn = new QVBoxLayout(picturePage);
    pictureColumn->setContentsMargins(0, 0, 0, 0);
    pictureColumn->addWidget(m_picture);
    auto* open = new QPushButton(tr("Open picture…"), picturePage);
    auto* insert = new QPushButton(tr("Paste"), picturePage);
    auto* pictureButtons = new QHBoxLayout;
    pictureButtons->addWidget(open);
    pictureButtons->addWidget(insert);
    pictureButtons->addStretch(1);
    pictureColumn->addLayout(pictureButtons);
    connect(open, &QPushButton::clicked, this, &TryIt::openPicture);
    connect(insert, &QPushButton::clicked, this, &TryIt::paste);
    m_stack->addWidget(picturePage);
    m_stack->addWidget(buildRow());

    auto* right = new QVBoxLayout;
    right->addWidget(m_error);
    m_error->hide();
    widgets::setTextRole(*m_answer, widgets::TextRole::Title);
    m_answer->setWordWrap(true);
    right->addWidget(m_answer);
    right->addWidget(m_bars);
    right->addWidget(m_seen);
    widgets::setTextRole(*m_latency, widgets::TextRole::Muted);
    m_latency->setWordWrap(true);
    right->addWidget(m_latency);
    right->addStretch(1);
    row->addLayout(right, 1);

    m_typing->setSingleShot(true);
    m_typing->setInterval(150);
    connect(m_typing, &QTimer::timeout, this, &TryIt::askRow);
    connect(m_pad, &widgets::DrawPad::drawingChanged, this, [this](const QImage& drawing, bool isEmpty) {
        if (isEmpty) {
            m_answer->clear();
            m_seen->clear();
            m_latency->clear();
            m_bars->clear(tr("Draw on the pad; the answer follows every stroke."));
        } else {
            askPicture(centred(drawing, m_paper.width, m_paper.height));
        }
    });
}

TryIt::~TryIt() = default;

QWidget* TryIt::buildPicture()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    m_pad->setMaximumSize(360, 360);
    m_pad->setAccessibleName(tr("Drawing pad"));
    column->addWidget(m_pad);
    auto* row = new QWidget(page);
    auto* buttons = new widgets::FlowLayout(row, 6);
    buttons->setContentsMargins(0, 0, 0, 0);
    auto* clearButton = new QPushButton(tr("Clear"), row);
    auto* undo = new QPushButton(tr("Undo stroke"), row);
    auto* insert = new QPushButton(tr("Paste"), row);
    auto* open = new QPushButton(tr("Open picture…"), row);
    for (auto* button : {clearButton, undo, insert, open}) {
        buttons->addWidget(button);
    }
    column->addWidget(row);
    connect(clearButton, &QPushButton::clicked, m_pad, &widgets::DrawPad::clear);
    connect(undo, &QPushButton::clicked, m_pad, &widgets::DrawPad::undo);
    connect(insert, &QPushButton::clicked, this, &TryIt::paste);
    connect(open, &QPushButton::clicked, this, &TryIt::openPicture);
    return page;
}

QWidget* TryIt::buildRow()
{
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    m_formArea = new QWidget;
    m_form = new QFormLayout(m_formArea);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form->setRowWrapPolicy(QFormLayout::WrapLongRows); // a long name stands above its field where both do not fit
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_formArea);
    return scroll;
}

void TryIt::clear()
{
    delete m_session;
    m_session = nullptr;
    m_modelId = 0;
    m_folder.clear();
}

void TryIt::setModel(qint64 modelId, const QString& folder, const ModelPaper& paper)
{
    if (modelId == m_modelId) {
        return;
    }
    clear();
    m_modelId = modelId;
    m_folder = folder;
    m_paper = paper;
    m_milliseconds.clear();
    m_error->hide();
    m_answer->clear();
    m_latency->clear();
    m_seen->clear();
    m_pad->clear();
    const bool isReconstructed = paper.task == QLatin1String("reconstruction");
    m_bars->setVisible(paper.task != QLatin1String("regression") && !isReconstructed);
    m_seen->setWords(tr("What the model sees"), isReconstructed ? tr("What it gives back") : QString());
    const bool isDrawable = paper.isImage && paper.channels == 1;
    m_seen->setVisible(paper.isImage);
    if (paper.isImage) {
        m_picture->setPixmap({});
        m_picture->setText(tr("Drop a picture here, paste one, or open one."));
        m_bars->clear(
            isDrawable ? tr("Draw on the pad; the answer follows every stroke.") : tr("The answer appears here."));
    } else {
        fillForm();
    }
    m_stack->setCurrentIndex(isDrawable ? PadPlace : paper.isImage ? PicturePlace : RowPlace);
    if (isVisible()) {
        ensureSession();
        if (!paper.isImage) {
            askRow();
        }
    }
}

void TryIt::fillForm()
{
    while (m_form->rowCount() > 0) {
        m_form->removeRow(0);
    }
    m_fields.clear();
    for (const InputColumn& column : m_paper.columns) {
        QWidget* field = nullptr;
        if (!column.categories.isEmpty()) {
            auto* box = new QComboBox(m_formArea);
            box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon); // a long category shall not widen the form
            box->setMinimumContentsLength(8);
            box->addItem(tr("(missing)"), QString());
            for (const QString& category : column.categories) {
                box->addItem(category, category);
            }
            box->setCurrentIndex(1);
            connect(box, &QComboBox::currentIndexChanged, m_typing, qOverload<>(&QTimer::start));
            field = box;
        } else {
            auto* edit = new QLineEdit(m_formArea);
            edit->setPlaceholderText(
                column.type == QLatin1String("date")       ? tr("2026-11-21")
                    : column.type == QLatin1String("text") ? tr("Write some words")
                                                           : tr("missing"));
            if (std::isfinite(column.typical) && column.type != QLatin1String("date")) {
                edit->setText(QString::number(column.typical, 'g', 4));
            }
            connect(edit, &QLineEdit::textChanged, m_typing, qOverload<>(&QTimer::start));
            field = edit;
        }
        field->setAccessibleName(column.name);
        m_form->addRow(column.name, field);
        m_fields[column.name] = field;
    }
    m_bars->clear(tr("The answer follows what you type."));
}

QLineEdit* TryIt::field(const QString& column) const
{
    const auto found = m_fields.find(column);
    return found == m_fields.end() ? nullptr : qobject_cast<QLineEdit*>(found->second);
}

void TryIt::ensureSession()
{
    if (m_session != nullptr || m_folder.isEmpty()) {
        return;
    }
    m_session = m_context.models.openSession(m_folder, this);
    connect(m_session, &PredictSession::answered, this, &TryIt::onAnswer);
    connect(m_session, &PredictSession::failed, this, [this](const QString& message, const QString& advice) {
        m_error->setSeverity(widgets::ErrorPanel::Severity::Warning);
        m_error->setText(tr("No answer."), message, advice);
        m_error->show();
    });
}

void TryIt::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    const bool isNew = m_session == nullptr;
    ensureSession();
    if (isNew && m_session != nullptr && !m_paper.isImage) {
        askRow();
    }
}

void TryIt::askRow()
{
    ensureSession();
    if (m_session == nullptr) {
        return;
    }
    std::map<std::string, std::string> row;
    for (const auto& [name, field] : m_fields) {
        const auto* box = qobject_cast<QComboBox*>(field);
        const QString text = box != nullptr ? box->currentData().toString() : static_cast<QLineEdit*>(field)->text();
        if (!text.trimmed().isEmpty()) {
            row[name.toStdString()] = text.trimmed().toStdString();
        }
    }
    m_session->askRow(row);
}

QImage TryIt::centred(const QImage& drawing, int width, int height)
{
    QRect ink;
    for (int y = 0; y < drawing.height(); ++y) {
        const uchar* line = drawing.constScanLine(y);
        for (int x = 0; x < drawing.width(); ++x) {
            if (line[x] >= kInk) {
                ink |= QRect(x, y, 1, 1);
            }
        }
    }
    if (ink.isEmpty() || width <= 0 || height <= 0) {
        return {};
    }
    // Larger training pictures of digits keep a margin of about a seventh; tiny ones are filled.
    const double margin = width >= 16 ? 1.0 / 7 : 0.02;
    const double edge = std::max(ink.width(), ink.height()) / (1 - 2 * margin);
    const QRectF source(
        ink.center().x() + 0.5 - edge / 2, ink.center().y() + 0.5 - edge / 2, edge, edge);
    QImage square(width * 8, height * 8, QImage::Format_Grayscale8);
    square.fill(0);
    QPainter painter(&square);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const double scale = square.width() / edge;
    painter.scale(scale, scale * square.height() / square.width());
    painter.drawImage(QPointF(-source.x(), -source.y()), drawing);
    painter.end();
    return square.scaled(width, height, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
        .convertToFormat(QImage::Format_Grayscale8);
}

void TryIt::askPicture(const QImage& picture)
{
    ensureSession();
    if (m_session == nullptr || picture.isNull()) {
        return;
    }
    m_error->hide();
    const QImage seen = picture.scaled(m_paper.width, m_paper.height, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    m_seen->setFirst(m_paper.channels == 1 ? seen.convertToFormat(QImage::Format_Grayscale8) : seen);
    m_session->askImage(picture, m_paper.channels, m_paper.height, m_paper.width);
}

void TryIt::onAnswer(const PredictAnswer& answer)
{
    m_error->hide();
    m_answer->setText(
        m_paper.task == QLatin1String("reconstruction")
            ? tr("Squared error of a pixel: %1").arg(QLocale().toString(answer.value, 'g', 3))
            : answer.prediction);
    m_seen->setSecond(answer.reconstruction);
    QList<widgets::Answer> answers;
    for (const auto& part : answer.probabilities) {
        answers << widgets::Answer{part.label, part.probability};
    }
    if (!answers.isEmpty()) {
        m_bars->setAnswers(answers);
    } else if (m_paper.task == QLatin1String("grouping")) {
        m_bars->hide(); // a row is of a group or not
    }
    m_milliseconds.push_back(answer.milliseconds);
    m_latency->setText(tr("answered in %1 ms").arg(QLocale().toString(answer.milliseconds, 'f', 1)));
    // The first answer contains loading the model; from the second on it is the latency of one sample.
    if (m_milliseconds.size() == kAnswersForLatency + 1) {
        std::vector<double> measured(m_milliseconds.begin() + 1, m_milliseconds.end());
        std::nth_element(measured.begin(), measured.begin() + kAnswersForLatency / 2, measured.end());
        m_context.catalog.change(
            CatalogService::Models, this,
            [id = m_modelId, median = measured[kAnswersForLatency / 2]](catalog::Catalog& catalog) {
                return catalog.setModelMeasured(id, median);
            },
            [](Result<void>) {});
    }
    emit answered();
}

void TryIt::paste()
{
    const QMimeData* mime = QApplication::clipboard()->mimeData();
    if (mime != nullptr && mime->hasImage()) {
        const QImage picture = qvariant_cast<QImage>(mime->imageData());
        m_picture->setPixmap(QPixmap::fromImage(
            picture.scaled(kPictureEdge, kPictureEdge, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
        askPicture(picture);
    } else if (mime != nullptr && mime->hasUrls()) {
        readPicture(mime->urls().constFirst().toLocalFile());
    } else {
        m_context.notices.toast(tr("There is no picture on the clipboard."));
    }
}

void TryIt::openPicture()
{
    auto* dialog = new QFileDialog(this, tr("Open picture"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilter(tr("Pictures (*.png *.jpg *.jpeg *.bmp)"));
    connect(dialog, &QFileDialog::fileSelected, this, &TryIt::readPicture);
    dialog->open();
}

void TryIt::readPicture(const QString& file)
{
    QThreadPool::globalInstance()->start([self = QPointer<TryIt>(this), file] {
        QImageReader reader(file);
        reader.setAutoTransform(true);
        const QImage picture = reader.read();
        const QString reason = reader.errorString();
        QMetaObject::invokeMethod(
            qApp,
            [self, picture, reason, file] {
                if (!self) {
                    return;
                }
                if (picture.isNull()) {
                    self->m_error->setText(tr("%1 cannot be read as a picture.").arg(file), reason, {});
                    self->m_error->show();
                    return;
                }
                self->m_picture->setPixmap(QPixmap::fromImage(
                    picture.scaled(kPictureEdge, kPictureEdge, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
                self->askPicture(picture);
            },
            Qt::QueuedConnection);
    });
}

void TryIt::dragEnterEvent(QDragEnterEvent* event)
{
    const auto urls = event->mimeData()->urls();
    const bool isNetwork = !urls.isEmpty() && isNetworkName(urls.constFirst().path()); // the window's
    if (m_paper.isImage && (event->mimeData()->hasImage() || !urls.isEmpty()) && !isNetwork) {
        event->acceptProposedAction();
    }
}

void TryIt::dropEvent(QDropEvent* event)
{
    event->acceptProposedAction();
    if (event->mimeData()->hasUrls()) {
        readPicture(event->mimeData()->urls().constFirst().toLocalFile());
    } else {
        askPicture(qvariant_cast<QImage>(event->mimeData()->imageData()));
    }
}

void TryIt::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Paste) && m_paper.isImage) {
        paste();
        return;
    }
    QWidget::keyPressEvent(event);
}

} // namespace ty::app
