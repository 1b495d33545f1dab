#pragma once

#include <functional>
#include <vector>

#include <QString>
#include <QStringList>

namespace ty::app {

struct AppContext;

/// What pages do to catalog entries; each can be undone (Ctrl+Z or the toast) and says what failed.
/// The files stay until the trash is emptied.
void deleteRuns(AppContext& context, const std::vector<qint64>& ids, const QString& what);
void deleteModel(AppContext& context, qint64 id, const QString& name);
void deleteView(AppContext& context, qint64 id, const QString& name);
void renameRun(AppContext& context, qint64 id, const QString& before, const QString& name);
void setRunTags(AppContext& context, qint64 id, const QStringList& tags);
void setRunStarred(AppContext& context, qint64 id, bool isStarred);
void setModelStarred(AppContext& context, qint64 id, bool isStarred);
void openFolder(const QString& folder);

} // namespace ty::app
