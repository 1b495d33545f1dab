#include "app/docks/inspector_view.h"

#include <QAbstractItemModel>
#include <QAbstractItemView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLocale>
#include <QTimer>

#include "app/models/live_run.h"
#include "app/services/all_services.h"

namespace ty::app {

namespace {
constexpr int kRefreshMs = 200;

QString rowOf(const QString& name, const QString& value)
{
    return QStringLiteral("<tr><td><b>%1</b></td><td>%2</td></tr>").arg(name.toHtmlEscaped(), value.toHtmlEscaped());
}
} // namespace

InspectorView::InspectorView(AppContext& context, QWidget* parent)
    : QScrollArea(parent)
    , m_context(context)
    , m_text(new QLabel)
    , m_timer(new QTimer(this))
{
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setAccessibleName(tr("Inspector"));
    m_text->setObjectName(QStringLiteral("inspectorText"));
    m_text->setWordWrap(true);
    m_text->setMargin(12);
    m_text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_text->setTextFormat(Qt::RichText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setWidget(m_text);
    m_timer->setSingleShot(true);
    m_timer->setInterval(kRefreshMs);
    connect(m_timer, &QTimer::timeout, this, &InspectorView::refresh);
    connect(&context.runs, &RunService::liveChanged, m_timer, qOverload<>(&QTimer::start));
    connect(&context.runs, &RunService::activityChanged, m_timer, qOverload<>(&QTimer::start));
}

void InspectorView::follow(QAbstractItemView* view, const QString& hint)
{
    m_hint = hint;
    if (m_view != view) {
        if (m_view) {
            disconnect(m_view->model(), nullptr, m_timer, nullptr);
            disconnect(m_view->selectionModel(), nullptr, m_timer, nullptr);
        }
        m_view = view;
        if (view != nullptr) {
            const auto soon = qOverload<>(&QTimer::start);
            connect(view->model(), &QAbstractItemModel::dataChanged, m_timer, soon);
            connect(view->model(), &QAbstractItemModel::modelReset, m_timer, soon);
            connect(view->selectionModel(), &QItemSelectionModel::currentChanged, m_timer, soon);
        }
    }
    refresh();
}

void InspectorView::refresh()
{
    auto text = rowText();
    if (text.isEmpty()) {
        text = liveText();
    }
    m_text->setText(text.isEmpty() ? m_hint.toHtmlEscaped() : text);
}

QString InspectorView::rowText() const
{
    const auto current = m_view ? m_view->currentIndex() : QModelIndex();
    if (!current.isValid()) {
        return {};
    }
    QString text = QStringLiteral("<table cellspacing=4>");
    const auto* model = current.model();
    for (int column = 0; column < model->columnCount(current.parent()); ++column) {
        const auto name = model->headerData(column, Qt::Horizontal).toString();
        const auto value = current.siblingAtColumn(column).data().toString();
        if (!name.isEmpty() && !value.isEmpty()) {
            text += rowOf(name, value);
        }
    }
    return text + QStringLiteral("</table>");
}

QString InspectorView::liveText() const
{
    const auto active = m_context.runs.activeRuns();
    const auto* live = active.empty() ? nullptr : m_context.runs.live(active.front());
    if (live == nullptr) {
        return {};
    }
    const auto& run = live->record();
    QString text = QStringLiteral("<p><b>%1</b></p><table cellspacing=4>").arg(tr("Training now"));
    text += rowOf(tr("Run"), live->name());
    text += rowOf(tr("Dataset"), QString::fromStdString(run.dataset));
    text += rowOf(tr("Epoch"), tr("%1 of %2").arg(run.epochsDone).arg(run.epochsPlanned));
    if (run.bestEpoch > 0) {
        text += rowOf(
            QString::fromStdString(run.metric), tr("%1 at epoch %2").arg(QLocale().toString(run.best, 'g', 4)).arg(run.bestEpoch));
    }
    return text + QStringLiteral("</table>");
}

} // namespace ty::app
