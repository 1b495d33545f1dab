#pragma once

#include <QMimeData>
#include <QString>

namespace ty::widgets {

/// What a drag carries, with an offer to file managers besides: they name the folder it was dropped on, and the program writes
/// there itself, in its own time. That is XDS, the Direct Save Protocol of X11; elsewhere nothing is offered.
/// Source: freedesktop.org, "Direct Save Protocol (XDS)", version 0.2.
///
/// Lives on the GUI thread. Questions go to the X server alone, never to a disk.
class DirectSaveData : public QMimeData {
    Q_OBJECT
public:
    /// @param name  of the file that is offered; of several any one
    explicit DirectSaveData(const QString& name);

    bool hasFormat(const QString& format) const override;
    QStringList formats() const override;

signals:
    /// It was dropped on that folder of this computer. Comes after the drag.
    void droppedOn(const QString& folder);

protected:
    QVariant retrieveData(const QString& format, QMetaType type) const override;

private:
    void offer() const;

    QString m_name;
};

} // namespace ty::widgets
