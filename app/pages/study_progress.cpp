#include "app/pages/study_progress.h"

#include <algorithm>
#include <cmath>

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/chart/axis.h"
#include "widgets/error_panel.h"
#include "widgets/theme/roles.h"

namespace ty::app {

StudyProgress::StudyProgress(QWidget* parent)
    : QWidget(parent)
    , m_bar(new QProgressBar(this))
    , m_status(new QLabel(this))
    , m_finish(new QPushButton(tr("Finish now"), this))
    , m_stop(new QPushButton(tr("Stop"), this))
    , m_error(new widgets::ErrorPanel(this))
{
    m_bar->setTextVisible(false);
    m_finish->setToolTip(tr("The fit that runs comes to its end; what there is then is the result"));
    m_stop->setToolTip(tr("End at once. What was done stays, and goes on from there when it is started again."));
    widgets::setTextRole(*m_status, widgets::TextRole::Muted);
    m_status->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    auto* row = new QHBoxLayout;
    row->addWidget(m_bar, 1);
    row->addWidget(m_finish);
    row->addWidget(m_stop);
    column->addLayout(row);
    column->addWidget(m_status);
    column->addWidget(m_error);
    m_bar->hide();
    m_finish->hide();
    m_stop->hide();
    m_error->hide();
    connect(m_finish, &QPushButton::clicked, this, [this] {
        m_finish->setEnabled(false);
        m_status->setText(tr("Finishing…"));
        emit finishRequested();
    });
    connect(m_stop, &QPushButton::clicked, this, &StudyProgress::stopRequested);
}

void StudyProgress::begin(const QString& words)
{
    m_isWorking = true;
    m_error->hide();
    m_bar->setRange(0, 0);
    m_bar->show();
    m_finish->setEnabled(true);
    m_finish->setVisible(m_canFinish);
    m_stop->show();
    m_status->setText(words);
}

void StudyProgress::show(int done, int all, const QString& what, double secondsLeft)
{
    m_bar->setRange(0, std::max(1, all));
    m_bar->setValue(done);
    if (!m_finish->isEnabled()) {
        return; // it says that it is finishing
    }
    const QString left =
        std::isfinite(secondsLeft) && secondsLeft >= 1 && done < all ? tr(" · about %1 left").arg(widgets::secondsText(secondsLeft)) : QString();
    m_status->setText(tr("%1 of %2: %3%4").arg(done).arg(all).arg(what, left));
}

void StudyProgress::end(const QString& words)
{
    m_isWorking = false;
    m_bar->hide();
    m_finish->hide();
    m_stop->hide();
    m_status->setText(words);
}

void StudyProgress::fail(const Error& error, const QString& words)
{
    m_error->setText(QString::fromStdString(error.message), {}, QString::fromStdString(error.advice));
    m_error->show();
    end(words);
}

} // namespace ty::app
