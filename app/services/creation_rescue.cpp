#include "app/services/creation_rescue.h"

#include <algorithm>

#include <QRegularExpression>

#include "app/services/machine_service.h"

namespace ty::app {

namespace {

/// "Switch to northeurope".
QString placeText(const OtherPlace& place, const cloud::MachineRequest& asked)
{
    const bool isOtherZone = place.region == asked.region || asked.provider == "google";
    return isOtherZone && !place.zone.empty()
        ? CreationRescue::tr("Switch to zone %1").arg(QString::fromStdString(place.zone))
        : CreationRescue::tr("Switch to %1").arg(QString::fromStdString(place.region));
}

/// "Azure has no free Standard_NC6s_v3 in westeurope now (AllocationFailed, request 7a3f)": the end is what the error's details show.
std::string whyText(const OperationReport& report)
{
    using enum cloud::FailureClass;
    const cloud::MachineRequest& asked = *report.asked;
    const QString cloud = asked.provider == "google" ? QStringLiteral("Google") : QStringLiteral("Azure");
    const QString what = QString::fromStdString(asked.gpu.empty() ? asked.size : asked.gpu);
    const QString place = QString::fromStdString(asked.provider == "google" && !asked.zone.empty() ? asked.zone : asked.region);
    const auto failure = cloud::failureClassFromName(report.finding.verdict);
    QString text = failure == NoCapacity ? CreationRescue::tr("%1 has no free %2 in %3 now.").arg(cloud, what, place)
        : failure == Quota ? CreationRescue::tr("Your quota at %1 does not suffice for %2 in %3.").arg(cloud, what, place)
                           : CreationRescue::tr("%1 does not offer %2 in %3 to you.").arg(cloud, what, place);
    if (report.finding.code.empty()) {
        return text.toStdString();
    }
    static const QRegularExpression request(QStringLiteral(", request ([^)\\s]+)\\)"));
    const auto found = request.match(QString::fromStdString(report.error));
    text += QStringLiteral(" (%1%2)").arg(QString::fromStdString(report.finding.code), found.hasMatch() ? found.captured(0).chopped(1) : QString());
    return text.toStdString();
}

} // namespace

CreationRescue::CreationRescue(MachineService& machines, Notices& notices, QObject* parent)
    : QObject(parent), m_machines(machines), m_notices(notices)
{
}

void CreationRescue::offer(const QString& happened, const OperationReport& report, const Remedy& retry)
{
    const cloud::MachineRequest asked = *report.asked;
    m_notices.error(
        happened, {ErrorKind::Quota, whyText(report), tr("Looking for another region and another size…").toStdString()}, retry);
    m_machines.askIn<Alternatives>(
        QString::fromStdString(asked.account), this,
        [asked, nodes = std::max(1, report.nodes), failure = cloud::failureClassFromName(report.finding.verdict)](
            CloudSession& session, std::stop_token stop) {
            return findAlternatives(session, asked, nodes, failure, stop);
        },
        [this, happened, report, retry](const Result<Alternatives>& found) { show(happened, report, retry, found); });
}

void CreationRescue::show(
    const QString& happened, const OperationReport& report, const Remedy& retry, const Result<Alternatives>& alternatives)
{
    const cloud::MachineRequest& asked = *report.asked;
    const QString account = QString::fromStdString(asked.account);
    Remedies remedies;
    std::string advice;
    if (!alternatives) {
        advice = tr("What else could be had is not known: %1.").arg(QString::fromStdString(alternatives.error().message)).toStdString();
    } else {
        advice = alternativesText(asked, *alternatives);
        if (const auto& place = alternatives->place) {
            remedies << Remedy{placeText(*place, asked), [this, account, request = movedTo(asked, *place), nodes = report.nodes] {
                                   emit machineWanted(account, request, nodes);
                               }};
        }
        if (const auto& size = alternatives->size) {
            remedies << Remedy{
                tr("Switch to %1").arg(QString::fromStdString(size->size)),
                [this, account, request = resizedTo(asked, *size), nodes = report.nodes] {
                    emit machineWanted(account, request, nodes);
                }};
        }
    }
    remedies << retry;
    m_notices.error(happened, {ErrorKind::Quota, whyText(report), advice}, remedies);
}

} // namespace ty::app
