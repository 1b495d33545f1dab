#include "app/pages/quota_question.h"

#include <QApplication>
#include <QClipboard>
#include <QCoreApplication>
#include <QDesktopServices>
#include <QLabel>
#include <QUrl>

#include "app/pages/question_dialog.h"

namespace ty::app {

namespace {

QString say(const char* text)
{
    return QCoreApplication::translate("QuotaQuestion", text);
}

QUrl portalOf(const QuotaWish& wish)
{
    return wish.provider == "google"
        ? QUrl(QStringLiteral("https://console.cloud.google.com/iam-admin/quotas?project=%1").arg(QString::fromStdString(wish.scope)))
        : QUrl(QStringLiteral("https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas"));
}

} // namespace

QString quotaText(const QuotaWish& wish)
{
    const QString text = wish.provider == "google"
        ? say("Please raise the quota \"%1\" in %2 of project %3 so that %4 more can be used.")
        : say("Please raise the quota \"%1\" in %2 of subscription %3 so that %4 more vCPU can be used.");
    return text
        .arg(QString::fromStdString(wish.what), QString::fromStdString(wish.region), QString::fromStdString(wish.scope))
        .arg(wish.needed, 0, 'g', 6);
}

void askForQuota(const QuotaWish& wish, QWidget* parent)
{
    const QString text = quotaText(wish);
    auto* question = new QuestionDialog(
        say("Request more quota"), wish.hasPortal ? say("Copy and open the page") : say("Copy"), parent);
    question->addText(
        wish.hasPortal
            ? say("The provider decides, often within minutes, for GPUs within days. This is what to ask for:")
            : say("The page for it is not known for this cloud. Whoever administers it needs to know:"));
    auto* words = question->addText(text);
    words->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    QObject::connect(question, &QDialog::accepted, parent, [text, wish] {
        QApplication::clipboard()->setText(text);
        if (wish.hasPortal) {
            QDesktopServices::openUrl(portalOf(wish));
        }
    });
    question->ask();
}

} // namespace ty::app
